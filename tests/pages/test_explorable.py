"""What goes into the explorable: which runs, which settings, which negotiations, and what is refused."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from explored import BASE, GRID, SAMPLE, data_in

from bargain_sim.api import explore, load_results, simulate, sweep
from bargain_sim.cli import main
from bargain_sim.codes import OUTCOMES
from bargain_sim.errors import InputError
from bargain_sim.narrate import CAVEAT
from bargain_sim.pages.explore_page import SCRIPTS, explore_page
from bargain_sim.pages.kept import Kept, kept_of
from bargain_sim.pages.negotiations import spread
from bargain_sim.pages.settings import choose, exact, explained, settings_of
from bargain_sim.pages.writing import FOLDER, page_from
from bargain_sim.store.remedies import command_for
from bargain_sim.store.results import Results
from bargain_sim.version import __version__


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return sweep(GRID, out=tmp_path_factory.mktemp("grid") / "grid")


@pytest.fixture(scope="module")
def sample() -> Results:
    return sweep(SAMPLE)


def page_of(results: Results, **more: Any) -> str:
    asked: dict[str, Any] = {"factors": None, "negotiations": 3, "asked": ("-o", "page.html")} | more
    return explore_page(results, **asked)


def test_runs_are_the_sweeps(grid: Results) -> None:
    kept = kept_of(grid)
    frame = grid.frame
    assert (kept.points, kept.runs, kept.stored) == (30, 40, 1200)
    assert kept.shared_luck
    assert [OUTCOMES[code] for code in kept.outcome.ravel()] == frame["outcome"].tolist()
    assert (kept.run.ravel() == frame["run"]).all()
    assert np.array_equal(kept.utility.reshape(-1, 2), frame[["utility_washington", "utility_minsk"]])
    assert (np.where(kept.deal_turn < 0, np.nan, kept.deal_turn).ravel()[frame.deal_turn.notna()]
            == frame.deal_turn.dropna()).all()  # fmt: skip
    assert ((kept.deal_turn.ravel() == -1) == frame.deal_turn.isna()).all()


def test_too_many_runs_are_cut_to_the_first_of_every_point(grid: Results) -> None:
    kept = kept_of(grid, most=100)
    assert (kept.points, kept.runs, kept.stored) == (30, 3, 1200)
    assert (kept.run == np.arange(3)[:, None]).all()
    few = kept_of(grid, most=10)
    assert (few.points, few.runs, few.of_points) == (10, 1, 30)
    assert (np.diff(few.point) > 0).all()


def test_of_a_sobol_sequence_the_first_points_are_kept(sample: Results) -> None:
    kept = kept_of(sample, most=300)
    assert kept.point.tolist() == list(range(256))
    assert not kept.shared_luck


def test_the_page_says_what_it_leaves_out(grid: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bargain_sim.pages.explore_page.kept_of", lambda results: kept_of(results, 100))
    text = page_of(grid, factors=["strategy"])
    assert "The page holds 90 of 1,200 runs: the first 3 runs of each point." in text
    assert (
        "1 of 3 settings have a slider. All pictures average over the others: initial trust of both" in text
    )


def test_an_incomplete_sweep_is_said_to_be_so(tmp_path: Path) -> None:
    done = sweep(GRID, out=tmp_path / "grid").manifest
    manifest = tmp_path / "grid" / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace('"complete": true', '"complete": false'), "utf-8")
    text = page_of(load_results(tmp_path / "grid"))
    assert "not complete" not in text, "all of its runs are there"
    short = manifest.read_text("utf-8").replace(f'"runs": {done.runs}', '"runs": 50')
    manifest.write_text(short, "utf-8")
    assert "This sweep is not complete: 1,200 of 1,500 runs are stored." in page_of(
        load_results(tmp_path / "grid")
    )


def test_settings_are_named_placed_and_start_where_the_scenario_does(grid: Results, sample: Results) -> None:
    kept = kept_of(grid)
    strategy, trust, snapback = settings_of(grid, kept, list(grid.factors))
    assert strategy.kind == "choice" and strategy.words[4] == "tit for tat"
    assert strategy.words[int(strategy.start)] == grid.scenario.sides["minsk"].strategy.replace("_", " ")
    assert trust.kind == "levels" and trust.levels == (0.2, 0.4, 0.6) and trust.unit == "probability"
    assert snapback.words == ("no", "yes") and snapback.start == 0
    assert snapback.places(kept.values["snapback"]).tolist() == kept.values["snapback"].tolist()
    assert exact(grid, [strategy, trust, snapback], kept)
    own, exposure = settings_of(sample, kept_of(sample), list(sample.factors))
    assert (own.kind, own.low, own.high) == ("number", 0.2, 0.6) and own.label == "Initial trust"
    assert own.start == pytest.approx(float(sample.scenario.sides["minsk"].initial_trust), abs=own.step / 2)
    assert exposure.log and exposure.places(np.array([1.0, 60.0**0.5, 60.0])) == pytest.approx([0, 0.5, 1])
    assert exposure.called == "exposure of Washington"
    assert not exact(sample, [own, exposure], kept_of(sample))


def made(values: dict[str, np.ndarray[Any, Any]], outcome: np.ndarray[Any, Any]) -> Kept:
    n = len(outcome)
    return Kept(
        np.arange(n),
        values,
        outcome[None],
        np.full((1, n), -1),
        np.zeros((1, n, 2)),
        np.arange(n)[None],
        n,
        n,
        n,
    )


def test_what_decides_explains_most() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.random(4000), rng.random(4000)
    word = rng.choice(np.array(["x", "y"], dtype=object), 4000)
    kept = made({"a": a, "b": b, "word": word}, np.where(a > 0.5, 2, 5))
    assert explained(kept, "a") == pytest.approx(1.0, abs=0.05)
    assert explained(kept, "b") < 0.01 and explained(kept, "word") < 0.01
    middling = made({"a": a, "b": b}, np.where(rng.random(4000) < a, 2, 5))
    # The chance is a, uniform: Var(a) / (1/4) is 1/3, less what eight groups cannot see.
    assert explained(middling, "a") == pytest.approx(1 / 3, abs=0.03)


def test_of_many_factors_the_six_that_explain_most(tmp_path: Path) -> None:
    names = ["negativity", "correction", "generosity", "reciprocity", "resume", "memory"]
    factors: dict[str, Any] = {f"sides.both.{name}": {"range": [0.1, 0.6]} for name in names}
    factors["sides.both.initial_trust"] = {"range": [0.05, 0.9]}
    source = BASE | {"name": "seven", "title": "Seven", "design": "sobol", "samples": 256, "runs": 2}
    results = sweep(source | {"factors": factors})
    kept = kept_of(results)
    chosen = choose(results, kept)
    left = (set(results.factors) - set(chosen)).pop()
    assert len(chosen) == 6 and chosen == [name for name in results.factors if name in chosen]
    assert all(explained(kept, left) <= explained(kept, name) for name in chosen)
    assert "initial_trust" in chosen
    assert "6 of 7 settings have a slider, the 6 that by themselves explain most" in page_of(results)
    with pytest.raises(InputError, match="room for 6 settings, not 7"):
        choose(results, kept, list(results.factors))


def test_samples_are_spread_and_used_once_before_twice() -> None:
    places = np.random.default_rng(1).random((50, 3))
    chosen = spread(places, runs=3, n=120)
    assert len(set(chosen)) == 120
    assert {run for run, _ in chosen[:50]} == {0} and len({place for _, place in chosen[:50]}) == 50
    assert len(spread(places, runs=1, n=200)) == 50
    far = places[[place for _, place in spread(places, runs=1, n=10)]]
    apart = np.sqrt(((far[:, None] - far) ** 2).sum(axis=2))[np.triu_indices(10, 1)]
    first = np.sqrt(((places[:10, None] - places[:10]) ** 2).sum(axis=2))[np.triu_indices(10, 1)]
    assert apart.min() > first.min()


def test_negotiations_are_told_as_they_were(sample: Results) -> None:
    data = data_in(page_of(sample, negotiations=4))
    texts = data["samples"]["texts"]
    assert len(data["samples"]["list"]) == 4 and len(set(texts)) == len(texts)
    for each in data["samples"]["list"]:
        transcript = simulate(sample.scenario_at(each["point"]), sample.manifest.seed, each["run"])
        assert texts[each["ending"]] == transcript.ending
        trust = np.frombuffer(base64.b64decode(each["trust"]), dtype=np.uint8).reshape(-1, 2) / 250
        told = [[turn.trust[side] for side in sample.sides] for turn in transcript.moves]
        assert np.abs(trust - told).max() <= 0.5 / 250 + 1e-9
        modes = base64.b64decode(each["modes"])
        assert [code == 1 for code in modes] == [turn.mode == "paused" for turn in transcript.moves]


def test_a_frontier_that_moves_is_stored_with_each_negotiation() -> None:
    source = SAMPLE | {"samples": 16, "factors": {"sides.both.bonus": {"range": [0, 40]}}}
    stored = data_in(page_of(sweep(source)))["samples"]
    assert not stored["oneCurve"] and len(stored["curves"]) == 3
    best = [stored["curves"][each["curve"]][-1][0] for each in stored["list"]]
    assert len(set(best)) == 3, "with the bonus, which is another at each"


def test_results_of_other_rules_are_not_passed_off(grid: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = kept_of(grid)
    object.__setattr__(kept, "outcome", (kept.outcome + 1) % len(OUTCOMES))
    monkeypatch.setattr("bargain_sim.pages.explore_page.kept_of", lambda results: kept)
    with pytest.raises(InputError, match="ends otherwise than is stored"):
        page_of(grid)


def test_titles_do_nothing_but_stand_there(grid: Results) -> None:
    text = page_of(grid)
    assert html.escape(GRID["title"]) in text and GRID["title"] not in text.replace(
        html.escape(GRID["title"]), ""
    )
    evil = sweep(SAMPLE | {"samples": 4, "title": "</script><script>alert(1)</script>"})
    assert "<script>alert" not in page_of(evil)


def test_policy_names_the_styles_and_scripts_that_are_there(grid: Results) -> None:
    text = page_of(grid)
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert found is not None
    policy = html.unescape(found[1])
    assert policy.startswith("default-src 'none'; ")
    styles, scripts = (
        re.findall(r"<style>(.*?)</style>", text, re.S),
        re.findall(r"<script>(.*?)</script>", text, re.S),
    )
    assert len(styles) == len(scripts) == 1
    for inside in (*styles, *scripts):
        checksum = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"'sha256-{checksum}'" in policy
    assert "unsafe" not in policy and " style=" not in text and " onclick=" not in text
    assert not re.findall(r"(?:src|href)=\"(?!#)[^\"]+", text), "nothing is linked that would be fetched"


def test_scripts_and_styles_are_small_files() -> None:
    for path in [*FOLDER.rglob("*.js"), *FOLDER.rglob("*.css"), *FOLDER.rglob("*.html")]:
        assert len(path.read_text("utf-8").splitlines()) <= 250, path
    rooms = ("charts", "explore")
    assert {f"{room}/{path.name}" for room in rooms for path in (FOLDER / room).glob("*.js")} == set(SCRIPTS)


def test_the_foot_says_how_to_make_it_again(grid: Results, tmp_path: Path) -> None:
    page = explore(grid, tmp_path / "new" / "page.html", factors=["strategy"], negotiations=2)
    text = html.unescape(page.read_text("utf-8"))
    assert f"bargain explore {grid.folder} -o {page} --factors strategy --negotiations 2" in text
    assert grid.manifest.command in text and grid.manifest.scenario_hash in text and __version__ in text
    assert command_for(grid.manifest, grid.folder) in text and "--out" in text  # type: ignore[arg-type]
    assert CAVEAT.rstrip(".") in text
    assert not list(page.parent.glob(".*")), "written whole, with nothing left beside it"


def test_the_same_results_make_the_same_bytes(sample: Results) -> None:
    assert page_of(sample) == page_of(sample)


def test_a_page_needs_no_script() -> None:
    assert "script-src 'none'" in html.unescape(page_from("base.html", title="Quiet"))


BAD: list[tuple[dict[str, Any], str]] = [
    (
        {"factors": {"sides.both.initial_trust": [0.4]}, "design": "grid", "samples": None},
        "nothing to explore",
    ),
    ({"keep": "summary"}, "kept summaries only"),
]


@pytest.mark.parametrize(("changes", "message"), BAD)
def test_sweeps_that_cannot_be_explored_are_refused(
    changes: dict[str, Any], message: str, tmp_path: Path
) -> None:
    source = {key: value for key, value in (SAMPLE | {"samples": 8} | changes).items() if value is not None}
    results = sweep(source, out=tmp_path / "r")
    with pytest.raises(InputError, match=message) as caught:
        explore(results, tmp_path / "page.html")
    assert caught.value.remedy and not (tmp_path / "page.html").exists()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["nowhere", "-o", "page.html"], "no results folder"),
        (["{grid}", "-o", "page.txt"], "no name for a page"),
        (["{grid}", "-o", "{folder}"], "a folder stands where the page should"),
        (["{grid}", "-o", "page.html", "--factors", "trust"], "`trust` is no factor of this sweep"),
        (["{grid}", "-o", "page.html", "--factors", ","], "names no factor"),
        (["{grid}", "-o", "page.html", "--negotiations", "0"], "0 is not in the range"),
        (["{grid}"], "Missing option"),
    ],
)
def test_wrong_input_is_told_and_nothing_is_written(
    args: list[str], message: str, grid: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.html").mkdir()
    filled = [arg.format(grid=grid.folder, folder="there.html") for arg in args]
    assert main(["explore", *filled]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert message in said and "Traceback" not in said
    assert not (tmp_path / "page.html").exists()


def test_the_command_prints_the_file(
    grid: Results, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.html"
    assert main(["explore", str(grid.folder), "-o", str(page), "--negotiations", "2"]) == 0
    out, err = capsys.readouterr()
    assert out.strip() == str(page) and page.is_file()
    assert "MB; open it in any browser" in err
