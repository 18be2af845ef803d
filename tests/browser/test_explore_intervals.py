"""What the intervals of the explorable hold: the shares that fresh runs at the very settings would have."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from explored import BASE, GRID, SAMPLE

from bargain_sim.api import explore, load_results, sweep
from bargain_sim.plots.style import STACK

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Open = Callable[..., Any]
SETTINGS = 100
# With near runs as the page opens, and with fewer and more of them: how often the share of grand bargains,
# and of all endings that are neither rare nor usual, must lie within.  Of old it was 60 and 77 per cent with
# near runs, 9 and 35 with less near ones.
ASKED = {0.7: (0.9, 0.9), 1: (0.9, 0.9), 1.5: (0.8, 0.8)}
INTERVALS = "explorable.seen().endings.map((each) => each.interval)"
LOOK = """(asked) => asked.map(([values, near]) => {
  const seen = look({ values, any: values.map(() => false), near });
  return Object.fromEntries(seen.endings.map((each) => [each.ending.id, each.interval]));
})"""


def test_intervals_hold_what_smoothing_hides(tmp_path: Path, open_page: Open) -> None:
    sweep("six_factors", out=tmp_path / "six")
    results = load_results(tmp_path / "six")
    page = open_page(explore(results, tmp_path / "page.html", negotiations=5))
    paths = {each["name"]: each["path"] for each in results.manifest.factors}
    ranges = results.design[list(paths)].agg(["min", "max"])
    places = np.random.default_rng(5).random((SETTINGS, len(paths)))
    chosen = ranges.loc["min"].to_numpy() + places * (ranges.loc["max"] - ranges.loc["min"]).to_numpy()
    pd.DataFrame(chosen, columns=list(paths.values())).to_csv(tmp_path / "chosen.csv", index=False)
    source = BASE | {
        "name": "fresh", "title": "Fresh", "scenario": "baseline", "design": "table", "runs": 1000,
        "table": str(tmp_path / "chosen.csv"), "factors": {path: {} for path in paths.values()}, "seed": 77,
    }  # fmt: skip
    fresh = sweep(source)
    for near, (bargains, endings) in ASKED.items():
        seen = page.evaluate(LOOK, [[row, near] for row in chosen.tolist()])
        within: dict[str, list[bool]] = {}
        for name in seen[0]:
            for share, each in zip(fresh.points[f"share_{name}"], seen, strict=True):
                interval = each[name]
                if name == "grand_bargain" or 0.02 < share < 0.98:
                    within.setdefault(name, []).append(interval[0] <= share <= interval[1])
        assert np.mean(within["grand_bargain"]) >= bargains, near
        assert np.mean(np.concatenate(list(within.values()))) >= endings, near


def test_words_of_a_sample_are_no_exact_cells(tmp_path: Path, open_page: Open) -> None:
    """What has no slider was sampled: forty runs at each of a few points are no hundreds of runs."""
    factors = {
        "sides.both.strategy": ["comparative", "proportional"],
        "sides.both.initial_trust": {"range": [0.1, 0.9]},
    }
    source = BASE | {
        "name": "words", "title": "Words", "design": "sobol", "samples": 64, "runs": 40, "factors": factors,
        "common_random_numbers": False,
    }  # fmt: skip
    results = sweep(source)
    page = open_page(explore(results, tmp_path / "page.html", factors=["strategy"], negotiations=5))
    frame = results.frame[results.frame.strategy == "comparative"]
    each = (frame.outcome == "grand_bargain").groupby(frame.point).mean()
    seen = page.evaluate(LOOK, [[[0], 1]])[0]["grand_bargain"]
    error = float(each.std() / len(each) ** 0.5)
    assert (seen[1] - seen[0]) / 2 == pytest.approx(1.96 * error, rel=0.1)
    assert not page.locator("#near").count(), "there is no window to make wider"
    assert "a sample of many" in page.inner_text(".method")


def test_one_luck_for_all_gives_no_interval(tmp_path: Path, open_page: Open) -> None:
    results = sweep(SAMPLE | {"common_random_numbers": True, "samples": 64})
    page = open_page(explore(results, tmp_path / "page.html", negotiations=5))
    assert page.evaluate(INTERVALS) == [None] * len(STACK)
    assert "same luck" in page.inner_text(".note")
    assert "not known" in page.inner_text("#shares")


def test_nor_where_one_luck_meets_a_single_point(tmp_path: Path, open_page: Open) -> None:
    results = sweep(GRID | {"runs": 1, "common_random_numbers": True})
    page = open_page(explore(results, tmp_path / "page.html", negotiations=5))
    assert page.evaluate(INTERVALS) == [None] * len(STACK)
    assert "95\u00a0% interval" not in page.inner_text("#saying")


def test_sides_may_be_called_anything(tmp_path: Path, open_page: Open) -> None:
    """A name that is a letter of the sentence, or means something to whoever replaces text."""
    named = BASE | {"name": "named", "title": "Named", "extends": "small_initiative"}
    del named["scenario"], named["seed"]
    named["sides"] = {"washington": {"label": "A"}, "minsk": {"label": "$& Bay <i>"}}
    (tmp_path / "named.yaml").write_text(json.dumps(named))
    source = BASE | {"name": "called", "title": "Called", "design": "grid", "runs": 5}
    source["factors"] = {"sides.both.initial_trust": [0.3, 0.6]}
    results = sweep(source | {"scenario": str(tmp_path / "named.yaml")})
    said = open_page(explore(results, tmp_path / "page.html", negotiations=5)).inner_text("#saying")
    assert re.search(r"On average A ends with −?\d+ and \$& Bay <i> with −?\d+ points\.$", said), said
    assert "A package is" in said


@pytest.mark.parametrize("width", [360, 390, 768, 1280])
def test_tables_beside_a_pin_are_seen_whole(tmp_path: Path, open_page: Open, width: int) -> None:
    results = sweep(SAMPLE | {"samples": 128})
    path = explore(results, tmp_path / "page.html", negotiations=5)
    page = open_page(path, viewport={"width": width, "height": 800})
    page.click("#pin")
    page.locator("#s0-slide").fill("0.21")
    cut = page.evaluate(
        "[...document.querySelectorAll('.scroll')].filter((each) => each.scrollWidth > each.clientWidth)"
        ".map((each) => each.querySelector('caption').textContent)"
    )
    assert not cut
    for head in ("Share", "95\u00a0%", "Pinned", "Change", "Pinned mean"):
        assert page.locator("thead th", has_text=re.compile(f"^{head}$")).first.is_visible(), head
    assert not re.search(r"[+−]1 points", page.inner_text("#compared"))
    words = page.evaluate("DATA.endings.map((ending) => ({ending, share: 0, interval: null}))")
    told = page.evaluate(
        "(before) => { const now = before.map((each, k) => ({...each, share: k ? 0 : 0.01}));"
        " return comparison(STATE, {endings: now}, {endings: before}) }", words,
    )  # fmt: skip
    assert "+1 point" in told and "+1 points" not in told
