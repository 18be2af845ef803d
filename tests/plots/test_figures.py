"""Figures of sweeps: the right artists, words that can be read, captions that equal the data."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from figure_bounds import faults_of, words_on
from figure_runs import SIDES, runs, trust_paths
from matplotlib.collections import QuadMesh
from matplotlib.contour import ContourSet
from matplotlib.text import Text
from PIL import Image

from bargain_sim.codes import OUTCOME_LABEL, OUTCOMES
from bargain_sim.errors import InputError
from bargain_sim.plots import (
    KINDS,
    bargain_map,
    deal_time,
    outcome_map,
    outcome_shares,
    trust_fan,
    utility_plane,
)
from bargain_sim.plots.book import draw_all, plan
from bargain_sim.plots.grid import map_of
from bargain_sim.plots.saving import save
from bargain_sim.plots.sheet import CLAIM, Origin, Sheet
from bargain_sim.plots.style import OUTCOME_STYLE, STACK
from bargain_sim.plots.words import axis_label, factor_name, percent, shorten
from bargain_sim.store.captions import CAPTIONS

T, R, S = "initial_trust", "reciprocity", "strategy"
LABELS = {"washington": "Washington", "minsk": "Minsk"}


def line(low: float, high: float, steps: int) -> list[Any]:
    return [round(float(value), 4) for value in np.linspace(low, high, steps)]


@pytest.fixture(scope="module")
def grid() -> pd.DataFrame:
    return runs({T: line(0.2, 0.6, 9), R: line(0, 1, 7), S: ["comparative", "proportional"]}, 30)


def texts(sheet: Sheet) -> list[str]:
    return [text.replace("\n", " ") for text, _ in words_on(sheet)]


CASES: dict[str, tuple[dict[str, list[Any]], int, str | None]] = {
    "one outcome": ({T: line(0.2, 0.6, 5), R: line(0, 1, 4)}, 10, "stall"),
    "one value": ({T: [0.4]}, 20, None),
    "two runs": ({T: [0.2, 0.4]}, 1, None),
    "two by two": ({T: [0.2, 0.6], R: [0.0, 1.0]}, 60, None),
    "three factors": ({T: line(0.2, 0.6, 5), R: line(0, 1, 5), S: ["comparative", "tit_for_tat"]}, 10, None),
    "names only": ({S: ["comparative", "signed"], "other": ["grit", "hardliner", "linear"]}, 40, None),
    "forty names": ({"scenario": [f"a_very_long_name_of_a_scenario_number_{k}" for k in range(40)],
                     T: [0.2, 0.4, 0.6]}, 8, None),
}  # fmt: skip


@pytest.mark.parametrize("size", ["print", "projector"])
@pytest.mark.parametrize("case", CASES)
def test_words_of_every_figure_can_be_read(
    case: str, size: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    factors, replicates, only = CASES[case]
    frame = runs(factors, replicates, only=only)
    kinds = {name: "categorical" if isinstance(v[0], str) else "numeric" for name, v in factors.items()}
    faults: dict[str, list[str]] = {}

    def look(sheet: Sheet, path: Path, formats: object) -> list[Path]:
        faults[Path(path).name] = faults_of(sheet)
        assert texts(sheet)[1].startswith(CLAIM) or any(t.startswith(CLAIM) for t in texts(sheet))
        return []

    monkeypatch.setattr("bargain_sim.plots.book.save", look)
    draw_all(frame, kinds, tmp_path, sides=LABELS, turn_days=14, sizes=(size,), trust=trust_paths(20, 30))  # type: ignore[arg-type]
    assert {name: found for name, found in faults.items() if found} == {}
    assert any(name.startswith("trust_fan") for name in faults)


def test_shares_are_labelled_on_their_bands_or_in_a_legend(grid: pd.DataFrame) -> None:
    sheet = outcome_shares.draw(grid, T, panel=S)
    for name in grid["outcome"].unique():
        assert OUTCOME_LABEL[name] in texts(sheet)
    areas = [area for area in sheet.axes[0].collections if area.get_label() in OUTCOME_LABEL.values()]
    assert [area.get_label() for area in areas] == [
        OUTCOME_LABEL[name] for name in STACK if (grid["outcome"] == name).any()
    ]
    for area in areas:
        name = next(name for name in OUTCOMES if OUTCOME_LABEL[name] == area.get_label())
        assert area.get_hatch() == OUTCOME_STYLE[name].hatch


def test_every_outcome_differs_in_colour_marker_and_hatch() -> None:
    looks = list(OUTCOME_STYLE.values())
    assert list(OUTCOME_STYLE) == list(OUTCOMES)
    assert set(STACK) == set(OUTCOMES)
    for what in ("colour", "marker", "hatch", "label"):
        assert len({getattr(look, what) for look in looks}) == len(OUTCOMES)


def test_captions_of_shares_equal_the_data(grid: pd.DataFrame) -> None:
    text = outcome_shares.caption(grid, T)
    for level in (0.2, 0.6):
        here = grid[grid[T] == level]
        assert f"{percent(float((here['outcome'] == 'grand_bargain').mean()))} at {level:g}" in text
    assert f"{len(grid):,} runs" in text


def test_the_map_shows_the_commonest_ending_and_counts_it(grid: pd.DataFrame) -> None:
    sheet = outcome_map.draw(grid, T, R, panel=S)
    expected: dict[str, int] = {}
    unsure = 0
    for _, part in grid.groupby(S, observed=True):
        table = map_of(part, T, R, grid)
        first, _, sure = outcome_map.prevailing(table)
        for (_, _), here in part.groupby([T, R]):
            counts = here["outcome"].astype(str).value_counts().reindex(list(OUTCOMES), fill_value=0)
            expected[str(counts.idxmax())] = expected.get(str(counts.idxmax()), 0) + 1
        assert (first >= 0).all()
        unsure += int((~sure).sum())
    listed = [text.get_text() for text in sheet.legends[0].get_texts()]
    for name, count in expected.items():
        assert f"{OUTCOME_LABEL[name]} ({count} point{'s' * (count != 1)})" in listed
    assert f"at {unsure} points the lead" in sheet.caption
    assert len([c for axes in sheet.axes for c in axes.collections if isinstance(c, QuadMesh)]) == 2


def test_a_cell_without_runs_stays_white(grid: pd.DataFrame) -> None:
    holed = grid[~((grid[T] == 0.4) & (grid[R] == 0.5))]
    table = map_of(holed, T, R)
    first, share, sure = outcome_map.prevailing(table)
    assert (first == -1).sum() == 1
    assert np.isnan(share).sum() == 1 and not sure[first == -1].any()
    assert faults_of(outcome_map.draw(holed, T, R)) == []
    assert faults_of(bargain_map.draw(holed, T, R)) == []


def test_the_heat_map_has_labelled_contours_and_dashed_bounds(grid: pd.DataFrame) -> None:
    sheet = bargain_map.draw(grid, T, R)
    contours = [c for c in sheet.axes[0].collections if isinstance(c, ContourSet)]
    assert len(contours) == 3
    assert set(texts(sheet)) & {"25\u00a0%", "50\u00a0%"}
    share = map_of(grid, T, R).share("grand_bargain")
    assert f"between {percent(float(share.min()))} and {percent(float(share.max()))}" in sheet.caption
    assert "pool each point" in " ".join(texts(sheet))


def test_pooling_adds_the_runs_of_neighbours(grid: pd.DataFrame) -> None:
    table = map_of(grid, T, R)
    pooled = table.pooled(1)
    assert pooled.n[3, 4] == table.n[2:5, 3:6].sum()
    assert pooled.n[0, 0] == table.n[:2, :2].sum()


def shared_luck(copies: int) -> pd.DataFrame:
    """Fifty runs at each of nine by nine points, alike at all of them, at `copies` levels of a third."""
    rng = np.random.default_rng(5)
    ends = rng.choice(["grand_bargain", "stall"], 50, p=[0.64, 0.36])
    steps = [float(step) for step in np.linspace(0.0, 1.0, 9)]
    points = pd.DataFrame(itertools.product(steps, steps, range(copies)), columns=[T, R, "third"])
    return points.merge(pd.DataFrame({"run": np.arange(50), "outcome": ends}), how="cross")


def test_the_same_luck_at_every_point_makes_a_map_no_surer() -> None:
    once, thrice = map_of(shared_luck(1), T, R), map_of(shared_luck(3), T, R)
    for pooled in (once.pooled(1), once.pooled(2), thrice):
        assert pooled.n.min() > 50
        np.testing.assert_allclose(pooled.share("grand_bargain"), once.share("grand_bargain"))
        for told, known in zip(pooled.bounds("grand_bargain"), once.bounds("grand_bargain"), strict=True):
            np.testing.assert_allclose(told, known, atol=0.005)
    np.testing.assert_array_equal(once.worth(np.full((9, 9), OUTCOMES.index("grand_bargain"))), 50.0)
    np.testing.assert_array_equal(outcome_map.prevailing(once)[2], outcome_map.prevailing(thrice)[2])
    assert not outcome_map.prevailing(thrice)[2].any()
    captions = [bargain_map.caption(shared_luck(copies), T, R) for copies in (1, 3)]
    assert captions[0] == captions[1]
    apart = shared_luck(3)
    apart["run"] = np.arange(len(apart))
    assert outcome_map.prevailing(map_of(apart, T, R))[2].all()


def sample(n: int = 5400) -> pd.DataFrame:
    """One run at each of n points of three numbers; grand bargains where the first two are large."""
    rng = np.random.default_rng(8)
    frame = pd.DataFrame(rng.random((n, 3)), columns=[T, R, "generosity"])
    ends = np.where(rng.random(n) < frame[T] * frame[R], "grand_bargain", "stall")
    points = np.arange(n)
    return frame.assign(point=points, run=points, turns=9, deal_turn=np.nan, outcome=ends)


def test_a_sample_is_cut_into_thirds_and_cells_of_about_fifty_runs() -> None:
    frame = sample()
    sheet = bargain_map.draw(frame, T, R, panel="generosity")
    titles = [axes.get_title("left") for axes in sheet.axes if axes.get_title("left")]
    assert [title.split()[0] for title in titles] == ["generosity"] * 3
    assert [title.split()[-3:] for title in titles] == [
        [f"{low:.3g}", "to", f"{high:.3g}"]
        for part in np.array_split(np.sort(frame["generosity"]), 3)
        for low, high in [(round(part[0], 3), round(part[-1], 3))]
    ]
    meshes = [c for axes in sheet.axes[:3] for c in axes.collections if isinstance(c, QuadMesh)]
    shapes = [np.asarray(mesh.get_array()).shape for mesh in meshes]
    assert shapes == [(6, 6)] * 3  # 1,800 runs a panel
    assert "over 108 cells of" in sheet.caption and "point of" not in sheet.caption
    assert "panels shown" not in " ".join(texts(sheet))
    assert "cell" in outcome_map.caption(frame, T, R)


def test_of_a_sample_points_are_chosen_by_chance_too() -> None:
    frame = sample(100)
    frame = pd.concat([frame] * 30, ignore_index=True).assign(run=np.arange(3000))
    table = map_of(frame, T, R)
    worth = table.worth(np.full(table.n.shape, OUTCOMES.index("grand_bargain")))
    points = table.n[worth > 0] / 30
    np.testing.assert_array_less(worth[worth > 0], points + 1.0)


def test_a_dollar_is_a_dollar(grid: pd.DataFrame) -> None:
    name = "$\\frac$ of <b>"
    sheet = outcome_shares.draw(grid, T, labels={T: name}, origin=Origin(f"{name} $_$", 0, 1))
    sheet.settle()
    assert name in texts(sheet)
    assert not any(text.get_parse_math() for text in sheet.findobj(Text))


def test_the_footer_counts_the_runs_that_are_drawn() -> None:
    frame = runs({T: [0.2, 0.6], R: [0.1, 0.9], "turn": [float(k) for k in range(12)]}, 10)
    for made in (
        bargain_map.draw(frame, T, R, panel="turn", origin=Origin("x", 0, len(frame))),
        outcome_map.draw(frame, T, R, panel="turn", origin=Origin("x", 0, len(frame))),
        outcome_shares.draw(frame, T, panel="turn", origin=Origin("x", 0, len(frame))),
        deal_time.draw(frame, by="turn", origin=Origin("x", 0, len(frame))),
    ):
        (footer,) = (text for text in texts(made) if "not prediction" in text)
        assert f"{len(frame) // 2} runs" in footer, footer


def test_times_to_a_deal_state_how_many_never_agreed(grid: pd.DataFrame) -> None:
    never = float(grid["deal_turn"].isna().mean())
    sheet = deal_time.draw(grid, turn_days=14)
    words = " ".join(texts(sheet))
    assert f"never agreed: {percent(never)} of {len(grid):,} runs" in words
    median = float(grid["deal_turn"].dropna().astype(float).median()) * 14 * 12 / 365.25
    assert f"took {median:.0f} months at the median" in sheet.caption
    bars = sum(bar.get_height() for bar in sheet.axes[0].patches if hasattr(bar, "get_height"))
    assert bars == pytest.approx(1 - never)


def test_no_deal_at_all_is_said() -> None:
    frame = runs({T: [0.2, 0.4]}, 20, only="stall")
    sheet = deal_time.draw(frame)
    assert "no package in any of 40 runs" in texts(sheet)
    assert sheet.caption == "None of 40 runs ever agreed a package."


def test_the_utility_plane_has_a_panel_for_each_ending_and_the_frontier(grid: pd.DataFrame) -> None:
    frontier = [(-20.0, 70.0), (45.0, 45.0), (70.0, -30.0)]
    sheet = utility_plane.draw(grid, SIDES, frontier=frontier, outside=(8.0, 8.0))
    occurring = [name for name in STACK if (grid["outcome"] == name).any()]
    titles = [axes.get_title(loc="left").replace("\n", " ") for axes in sheet.axes if axes.axison]
    for title, name in zip(titles, occurring, strict=True):
        assert title == f"{OUTCOME_LABEL[name]}, {percent(float((grid['outcome'] == name).mean()))}"
    for axes in sheet.axes[: len(occurring)]:
        drawn = [tuple(np.asarray(line.get_xdata()).tolist()) for line in axes.get_lines()]
        assert (-20.0, -20.0, 45.0, 45.0, 70.0) in drawn
    medians = grid[[f"utility_{side}" for side in SIDES]].median()
    assert f"{medians.iloc[0]:.1f} points for washington" in sheet.caption
    assert faults_of(sheet) == []


@pytest.mark.parametrize(("count", "turns"), [(300, 104), (2, 6), (1, 1), (40, 6)])
def test_the_fan_says_how_many_runs_are_going(count: int, turns: int) -> None:
    paths = trust_paths(count, turns)
    if count < 3:
        paths = np.full((count, turns, 2), 0.4)
    sheet = trust_fan.draw(paths, SIDES, labels=LABELS)
    going = (~np.isnan(paths[:, :, 0])).sum(axis=0)
    last = int(np.flatnonzero(going).max())
    assert f"{going[last]} of {count} run" in sheet.caption
    assert f"{np.nanmedian(paths[:, last, 0]):.2f} for Washington" in sheet.caption
    assert "median" in texts(sheet)
    assert faults_of(sheet) == []


@pytest.mark.parametrize("bad", [np.zeros((3, 4)), np.zeros((0, 4, 2)), np.full((2, 3, 2), np.nan)])
def test_trust_of_the_wrong_shape_is_refused(bad: np.ndarray[Any, Any]) -> None:
    with pytest.raises(InputError):
        trust_fan.draw(bad, SIDES)


def test_missing_columns_and_empty_tables_are_refused(grid: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="no column `nonsense`"):
        outcome_shares.draw(grid, "nonsense")
    with pytest.raises(InputError, match="no runs"):
        outcome_map.draw(grid.head(0), T, R)


@pytest.mark.parametrize(
    ("factors", "expected"),
    [
        ({T: "numeric"}, (T, None, None)),
        ({T: "numeric", R: "numeric"}, (T, R, None)),
        ({S: "categorical", T: "numeric", R: "numeric"}, (T, R, S)),
        ({S: "categorical", T: "numeric"}, (T, S, None)),
        ({S: "categorical"}, (S, None, None)),
    ],
)
def test_factors_find_their_place(
    grid: pd.DataFrame, factors: Mapping[str, Any], expected: tuple[str | None, ...]
) -> None:
    assert tuple(plan(factors, grid).values()) == expected


def test_files_are_equal_each_time_and_carry_their_caption(grid: pd.DataFrame, tmp_path: Path) -> None:
    written = []
    for folder in ("one", "two"):
        sheet = outcome_map.draw(grid, T, R, origin=Origin("test", 0, len(grid)))
        written.append(save(sheet, tmp_path / folder / "map_0.5", ("png", "svg", "pdf")))
    for one, two in zip(*written, strict=True):
        assert one.name == two.name and one.name.startswith("map_0.5.")
        assert one.read_bytes() == two.read_bytes()
    png, svg, pdf = written[0]
    with Image.open(png) as image:
        assert image.info["Description"] == sheet.caption
        assert round(image.info["dpi"][0]) == 200
        assert image.size == (1300, 860)
    assert sheet.caption[:40] in svg.read_text(encoding="utf-8")
    assert b"/FontFile2" in pdf.read_bytes() and b"CreationDate" not in pdf.read_bytes()
    with pytest.raises(InputError, match="format"):
        save(sheet, tmp_path / "x", ("gif",))


def test_the_book_writes_figures_and_captions(grid: pd.DataFrame, tmp_path: Path) -> None:
    factors: dict[str, Any] = {T: "numeric", R: "numeric", S: "categorical"}
    made = draw_all(grid, factors, tmp_path, sides=LABELS, kinds=("outcome_map", "deal_time"))
    assert [path.name for path in made] == [
        "outcome_map.png", "deal_time.png", f"deal_time_by_{S}.png", CAPTIONS,
    ]  # fmt: skip
    page = (tmp_path / CAPTIONS).read_text(encoding="utf-8")
    assert outcome_map.caption(grid, T, R, panel=S, labels=LABELS) in page
    with pytest.raises(InputError, match="no figure `pie`"):
        draw_all(grid, factors, tmp_path, sides=LABELS, kinds=("pie",))


def test_the_settings_of_the_caller_are_left_alone(grid: pd.DataFrame) -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)
    sheet = outcome_shares.draw(grid, T)
    sheet.settle()
    assert dict(matplotlib.rcParams) == before


def test_kinds_are_known_without_matplotlib() -> None:
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    code = (
        "import sys, bargain_sim, bargain_sim.plots as p; assert 'timeline' in list(p.KINDS); "
        "sys.exit('matplotlib' in sys.modules or 'pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, env=env).returncode == 0
    assert all(callable(KINDS[name]) for name in KINDS)
    with pytest.raises(KeyError, match="known are"):
        KINDS["pie"]


def test_words() -> None:
    assert [percent(share) for share in (0, 0.001, 0.4, 0.999, 1)] == [
        "0\u00a0%", "under 1\u00a0%", "40\u00a0%", "over 99\u00a0%", "100\u00a0%",
    ]  # fmt: skip
    assert axis_label("sides.minsk.initial_trust") == "initial trust T₀ of minsk (probability)"
    assert axis_label("sides.both.reciprocity.value") == "reciprocity r of both sides (ratio)"
    assert factor_name("a", {"a": "Minsk’s trust (points)", "minsk": "Minsk"}) == "Minsk’s trust"
    assert factor_name("a", {"a": "Initial trust"}) == "initial trust"
    assert re.fullmatch(r"a long.*…number 12", shorten("a long and winding name number 12", 20))
