"""The explorable in a browser: its sums, its sliders, without a mouse, on a phone, in the dark."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from explored import BASE, GRID, SAMPLE, data_in, kernel, leaning, weighted

from bargain_sim.analysis.intervals import wilson
from bargain_sim.analysis.shares import outcome_shares
from bargain_sim.api import explore, load_results, simulate, sweep
from bargain_sim.narrate import timeline
from bargain_sim.store.results import Results

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Open = Callable[..., Any]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Results, Path]:
    folder = tmp_path_factory.mktemp("sample")
    results = sweep(SAMPLE, out=folder / "results")
    return results, explore(results, folder / "page.html", negotiations=30)


@pytest.fixture(scope="session")
def grid(tmp_path_factory: pytest.TempPathFactory) -> tuple[Results, Path]:
    folder = tmp_path_factory.mktemp("grid")
    results = sweep(GRID, out=folder / "results")
    return results, explore(folder / "results", folder / "page.html", negotiations=30)


@pytest.fixture(scope="session")
def six(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("six")
    sweep("six_factors", out=folder / "results")
    return explore(folder / "results", folder / "page.html")


def go(page: Any, address: str) -> dict[str, Any]:
    """Give the page another address, as a pasted link would, and return what it then has seen."""
    page.evaluate(
        "(address) => new Promise((done) => { addEventListener('hashchange', () => setTimeout(done));"
        " location.hash = address })",
        address,
    )
    return seen(page)


def until(page: Any, condition: str) -> None:
    """Wait until this holds, ten seconds at most (the page's policy forbids Playwright's own way)."""
    held: bool = page.evaluate(
        "async () => { for (let k = 0; k < 200; k++) { if (" + condition + ") return true;"
        " await new Promise((done) => setTimeout(done, 50)) } return false }"
    )
    assert held, condition


def seen(page: Any) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(
        "() => { const s = explorable.seen(); return {...s, deals: null, shares:"
        " Object.fromEntries(s.endings.map((e) => [e.ending.id, e.share])), intervals:"
        " Object.fromEntries(s.endings.map((e) => [e.ending.id, e.interval]))} }"
    )
    return found


def agree(found: Mapping[str, Any], shares: Mapping[str, float], bounds: Mapping[str, Any]) -> None:
    for name, share in found["shares"].items():
        assert share == pytest.approx(shares.get(name, 0.0), abs=2e-4)
        if name in shares:
            assert found["intervals"][name] == pytest.approx(bounds[name], abs=4e-3)


@pytest.mark.parametrize("near", [0.7, 1.0, 1.5])
@pytest.mark.parametrize(("trust", "exposure"), [(0.4, 8.0), (0.25, 40.0), (0.6, 1.0), (0.5, None)])
def test_shares_are_those_of_the_kernel(
    sample: tuple[Results, Path], open_page: Open, trust: float, exposure: float | None, near: float
) -> None:
    results, path = sample
    frame = results.frame
    page = open_page(path)
    any_of = "&exposure_washington.any=1" if exposure is None else f"&exposure_washington={exposure}"
    found = go(page, f"#initial_trust={trust}{any_of}&.near={near}")
    places = {
        "trust": (frame["initial_trust"].to_numpy() - 0.2) / 0.4,
        "exposure": np.log(frame["exposure_washington"].to_numpy()) / np.log(60.0),
    }
    at = {"trust": (trust - 0.2) / 0.4}
    if exposure is not None:
        at["exposure"] = float(np.log(exposure) / np.log(60.0))
    wide = {name: each["window"] for name, each in zip(places, data_in(path.read_text("utf-8"))["settings"],
                                                       strict=True)}  # fmt: skip
    weights = kernel(places, at, near, wide)
    outcome = frame["outcome"].astype(str).to_numpy()
    shares, bounds, effective = weighted(outcome, weights)
    for name, (low, high) in bounds.items():
        lean = leaning(outcome == name, places, at, near, wide)
        bounds[name] = (max(0.0, low - lean), min(1.0, high + lean))
    agree(found, shares, bounds)
    assert found["effective"] == pytest.approx(effective, rel=1e-3)
    # A run on the very edge of the window may fall on either side of it.
    assert abs(found["within"] - int((weights > 0).sum())) <= 2
    assert found["few"] == (effective < 30)
    for k, side in enumerate(results.sides):
        mean = np.average(frame[f"utility_{side}"], weights=weights)
        assert found["means"][k] == pytest.approx(mean, abs=0.01)
    agreed = float(weights[frame["deal_turn"].notna()].sum() / weights.sum())
    assert found["agreed"] == pytest.approx(agreed, abs=1e-3)


def test_cells_of_a_grid_are_exact(grid: tuple[Results, Path], open_page: Open) -> None:
    results, path = grid
    page = open_page(path)
    found = go(page, "#strategy=proportional&initial_trust=0.4&snapback=yes")
    frame = results.frame
    cell = frame[(frame.strategy == "proportional") & (frame.initial_trust == 0.4) & (frame.snapback == 1.0)]
    table = outcome_shares(cell).set_index("outcome")
    assert found["effective"] == len(cell) == 40
    for name in found["shares"]:
        assert found["shares"][name] == pytest.approx(table.loc[name, "share"])
        assert found["intervals"][name] == pytest.approx([table.loc[name, "low"], table.loc[name, "high"]])
    assert "40 runs with these settings" in page.inner_text("#behind")


def test_points_that_share_their_luck_are_not_counted_twice(
    grid: tuple[Results, Path], open_page: Open
) -> None:
    results, path = grid
    page = open_page(path)
    found = go(page, "#strategy.any=1&initial_trust=0.4&snapback.any=1")
    frame = results.frame
    table = outcome_shares(frame[frame.initial_trust == 0.4]).set_index("outcome")
    for name in found["shares"]:
        assert found["shares"][name] == pytest.approx(table.loc[name, "share"])
        assert found["intervals"][name] == pytest.approx([table.loc[name, "low"], table.loc[name, "high"]])
    widest = max(high - low for low, high in found["intervals"].values())
    alone = wilson(200, 400)
    assert widest > 1.05 * float(alone[1] - alone[0]), "ten points of forty runs are not four hundred"


def test_runs_of_a_point_are_not_independent_of_what_is_averaged_over(
    tmp_path: Path, open_page: Open
) -> None:
    """Half of what decides has no slider: runs of one point end alike, so forty of them tell little."""
    factors = {
        "sides.both.initial_trust": {"range": [0.1, 0.9]},
        "sides.both.reciprocity": {"range": [0.2, 0.8]},
    }
    source = BASE | {
        "name": "two", "title": "Two", "design": "sobol", "samples": 64, "runs": 40, "factors": factors,
        "common_random_numbers": False,
    }  # fmt: skip
    results = sweep(source, out=tmp_path / "two")
    page = open_page(
        explore(results, tmp_path / "page.html", factors=["reciprocity"], negotiations=5), "#reciprocity=0.5"
    )
    found = seen(page)
    by_point = (
        results.frame.assign(hit=results.frame.outcome == "grand_bargain").groupby("point")["hit"].mean()
    )
    place = (results.design["reciprocity"].to_numpy() - 0.2) / 0.6
    weights = kernel({"r": place}, {"r": 0.5})
    share = float(np.average(by_point, weights=weights))
    active = int((weights > 0).sum())
    variance = (
        float((weights**2 * (by_point - share) ** 2).sum() / weights.sum() ** 2) * active / (active - 1)
    )
    assert found["shares"]["grand_bargain"] == pytest.approx(share, abs=1e-3)
    low, high = found["intervals"]["grand_bargain"]
    lean = leaning(by_point.to_numpy(), {"r": place}, {"r": 0.5})
    assert (high - low) / 2 - lean == pytest.approx(1.96 * variance**0.5, rel=0.15)
    assert "“any”" not in page.inner_text("#behind") and "points" in page.inner_text("#behind")
    assert "All pictures average over the others: initial trust" in page.inner_text(".note")


def test_keyboard_only(six: Path, open_page: Open) -> None:
    page = open_page(six, "#initial_trust=0.38&outside_option=14")
    body = page.keyboard

    def focused() -> str:
        found: str = page.evaluate("document.activeElement.id || document.activeElement.tagName")
        return found

    def tab_to(name: str) -> None:
        for _ in range(80):
            body.press("Tab")
            ring = page.evaluate(
                "() => { const s = getComputedStyle(document.activeElement);"
                " return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0 }"
            )
            assert ring, f"no ring around {focused()}"
            if focused() == name:
                return
        raise AssertionError(f"{name} cannot be reached by Tab")

    body.press("Tab")
    assert page.inner_text(":focus") == "Skip to the content"
    body.press("Enter")
    assert focused() == "content"
    # A slider: by one step, by ten, to the end; what is seen changes each time.
    tab_to("s0-slide")
    said = [page.inner_text("#saying")]
    start = page.evaluate("explorable.state().values[0]")
    steps = (("ArrowLeft", start - 0.005), ("PageDown", start - 0.055), ("End", 0.6), ("Home", 0.2))
    for key, value in steps:
        body.press(key)
        assert page.evaluate("explorable.state().values[0]") == pytest.approx(value)
        assert float(page.input_value("#s0-type")) == pytest.approx(value)
        assert page.get_attribute("#s0-slide", "aria-valuetext") == f"{value:.3f} probability"
        said.append(page.inner_text("#saying"))
    assert len(set(said)) >= 4
    # Its number box, and `any`.
    tab_to("s0-type")
    body.press("Control+a")
    body.type("0.5")
    assert page.evaluate("explorable.state().values[0]") == 0.5
    tab_to("s0-any")
    effective = seen(page)["effective"]
    body.press("Space")
    assert seen(page)["effective"] > 1.2 * effective
    body.press("Space")
    # Pin, then compare.
    pinned = page.evaluate("explorable.state().values[4]")
    tab_to("pin")
    body.press("Enter")
    assert "Now move a setting" in page.inner_text("#compared")
    body.press("Control+Home")
    page.focus("#s4-type")
    body.press("Shift+Tab")
    assert focused() == "s4-slide"
    for _ in range(5):
        body.press("PageDown")
    assert f"outside option {pinned:.1f} → " in page.inner_text("#compared")
    assert page.locator("th", has_text="Change").is_visible()
    tab_to("back")
    body.press("Enter")
    assert page.evaluate("explorable.state().values[4]") == pinned
    # The next negotiation, and the one before.
    tab_to("farther")
    first = page.inner_text("#story-which")
    body.press("Enter")
    assert page.inner_text("#story-which") != first
    assert page.inner_text("#story-which").startswith("Number 2 by nearness of 200")


def test_changes_are_announced_once_they_settle(six: Path, open_page: Open) -> None:
    page = open_page(six)
    until(page, "document.getElementById('announced').textContent !== ''")
    before = page.text_content("#announced")
    assert page.get_attribute("#announced", "aria-live") == "polite"
    page.focus("#s0-slide")
    for _ in range(3):
        page.keyboard.press("PageUp")
        assert page.text_content("#announced") == before
    until(page, f"document.getElementById('announced').textContent !== {before!r}")
    assert page.text_content("#announced").startswith(page.inner_text("#saying"))


@pytest.mark.parametrize("which", ["six", "grid"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nobody_is_shut_out(
    which: str, width: int, request: pytest.FixtureRequest, open_page: Open,
    faults_of: Callable[[Any], list[str]],
) -> None:  # fmt: skip
    made = request.getfixturevalue(which)
    path = made if isinstance(made, Path) else made[1]
    page = open_page(path, viewport={"width": width, "height": 800})
    page.click("#pin")
    for summary in page.locator("summary").all():
        summary.click()
    assert not faults_of(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_phone_keeps_the_shares_in_sight(six: Path, open_page: Open) -> None:
    page = open_page(six, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.evaluate("document.getElementById('s5-slide').scrollIntoView({block: 'start'})")
    assert page.evaluate("scrollY") > 200
    assert page.evaluate("document.querySelector('.glance').getBoundingClientRect().top") >= 0
    before = page.inner_text("#brief")
    page.locator("#s0-slide").fill("0.2")
    assert page.inner_text("#brief") != before


def test_dark_as_the_system_or_by_choice(six: Path, open_page: Open) -> None:
    def ground(page: Any) -> str:
        found: str = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        return found

    light, dark = open_page(six), open_page(six, color_scheme="dark")
    assert ground(light) != ground(dark)
    light.select_option("#theme", "dark")
    assert ground(light) == ground(dark)
    dark.select_option("#theme", "light")
    assert ground(dark) != ground(light)
    dark.emulate_media(media="print", color_scheme="dark")
    assert ground(dark) != ground(light)


def test_the_address_carries_everything(grid: tuple[Results, Path], open_page: Open) -> None:
    _, path = grid
    page = open_page(path)
    page.click("#pin")
    page.select_option("#s0-pick", label="tit for tat")
    page.locator("#s1-slide").fill("2")
    page.check("#s2-any")
    page.select_option("#theme", "dark")
    until(page, "location.hash.includes('theme')")
    again = open_page(path, page.evaluate("location.hash"))
    for expression in ("explorable.state()", "explorable.seen().endings.map((e) => e.share)"):
        assert again.evaluate(expression) == page.evaluate(expression)
    assert again.inner_text("#compared") == page.inner_text("#compared")
    again.click("#reset")
    assert again.evaluate("explorable.state().any") == [False] * 3


@pytest.mark.parametrize(
    "address", ["#initial_trust=9&strategy=none&.near=4&.pin.x=1", "#%E0%A4%A&=&&", "#="]
)
def test_a_broken_address_is_taken_for_what_it_says(
    grid: tuple[Results, Path], open_page: Open, address: str
) -> None:
    page = open_page(grid[1], address)
    state = page.evaluate("explorable.state()")
    assert state["values"][0] == 0 and state["values"][1] in (1, 2) and state["near"] == 1


def test_the_negotiation_is_a_run_of_the_sweep(sample: tuple[Results, Path], open_page: Open) -> None:
    results, path = sample
    page = open_page(path)
    told = page.evaluate("DATA.samples.list.map((s) => ({point: s.point, run: s.run}))")
    assert len(told) == 30
    first = page.evaluate("nearest(explorable.state())[0].sample.point")
    transcript = simulate(results.scenario_at(first), results.manifest.seed, int(results.frame.run[first]))
    assert page.inner_text("#story-ending") == transcript.ending
    lines = timeline(transcript)
    shown = page.locator("#lines .what").all_text_contents()
    assert shown == [line.text for line in lines]
    design = results.design.set_index("point")
    own = np.array([(0.4 - 0.2) / 0.4, np.log(page.evaluate("explorable.state().values[1]")) / np.log(60)])
    points = [each["point"] for each in told]
    at = np.column_stack([
        (design.loc[points, "initial_trust"] - 0.2) / 0.4,
        np.log(design.loc[points, "exposure_washington"]) / np.log(60.0),
    ])  # fmt: skip
    own[0] = (page.evaluate("explorable.state().values[0]") - 0.2) / 0.4
    assert points[int(((at - own) ** 2).sum(axis=1).argmin())] == first


def test_without_scripts_it_says_why_nothing_moves(six: Path, open_page: Open) -> None:
    page = open_page(six, java_script_enabled=False)
    assert "Scripts are switched off" in page.inner_text("noscript")
    assert "not prediction" in page.inner_text("header")


def test_nothing_else_can_run_or_be_fetched(grid: tuple[Results, Path], open_page: Open) -> None:
    page = open_page(grid[1])
    assert page.inner_text("h1") == GRID["title"]
    assert page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
        " document.body.append(s); return window.ran === undefined }"
    )
    fetched = "fetch('file:///etc/hostname').then(() => 'came', () => 'refused')"
    assert page.evaluate(fetched) == "refused"
    page.complaints.clear()  # the browser says that it refused


def test_tables_say_what_the_charts_show(six: Path, open_page: Open) -> None:
    page = open_page(six)
    found = seen(page)
    rows = dict(zip(page.locator("#shares th").all_inner_texts(),
                    page.locator("#shares td:nth-child(3)").all_inner_texts(), strict=False))  # fmt: skip
    assert rows["Grand bargain"].replace("\u00a0", " ") == f"{100 * found['shares']['grand_bargain']:.0f} %"
    for chart in ("deal", "plane", "trust"):
        assert len(page.get_attribute(f"#{chart}", "aria-label")) > 30
    assert "runs lie within" in page.inner_text("#behind")
    assert len(six.read_bytes()) <= 3_000_000


def test_results_in_a_folder_and_in_memory_make_the_same_page(tmp_path: Path) -> None:
    kept, stored = sweep(SAMPLE | {"samples": 32}), sweep(SAMPLE | {"samples": 32}, out=tmp_path / "r")
    pages = [explore(r, tmp_path / f"{k}.html", negotiations=4) for k, r in enumerate((kept, stored))]
    first, second = (data_in(page.read_text("utf-8")) for page in pages)
    assert first == second
    assert load_results(tmp_path / "r").manifest.complete
