"""Figures of the analyses: what they draw is what was found, and all words can be read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from figure_bounds import faults_of, words_on
from figure_runs import SIDES, runs
from matplotlib.collections import PolyCollection
from matplotlib.text import Text

from bargain_sim.analysis.bettering import Standing, standing
from bargain_sim.analysis.solutions import Solutions, solutions
from bargain_sim.analysis.survival import survival_of
from bargain_sim.analysis.tipping import tipping_point_of
from bargain_sim.errors import InputError
from bargain_sim.play import simulate
from bargain_sim.plots import dance, deal_time, survival, tipping, utilities, utility_plane
from bargain_sim.plots import solutions as bargaining
from bargain_sim.plots.sheet import Sheet
from bargain_sim.plots.words import bettered, percent

T, S = "initial_trust", "strategy"
LABELS = {"washington": "Washington", "minsk": "Minsk"}
NAMES = {S: ["comparative", "proportional", "a_strategy_with_quite_a_long_name"]}
LEVELS = [round(float(x), 3) for x in np.linspace(0.2, 0.6, 9)]


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return runs({T: LEVELS, **NAMES}, 40)


@pytest.fixture(scope="module")
def solved() -> Solutions:
    return solutions("two_islands", discounts=(0.9, 0.8))


def cloud(solved: Solutions, n: int) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    return pd.DataFrame(rng.normal(40, 25, (n, 2)), columns=[f"utility_{side}" for side in solved.sides])


def said(sheet: Sheet) -> str:
    return " ".join(text.replace("\n", " ") for text, _ in words_on(sheet))


@pytest.mark.parametrize("size", ["print", "projector"])
@pytest.mark.parametrize("only", [None, "breakdown", "grand_bargain", "stall"])
def test_words_can_be_read(size: str, only: str | None, frame: pd.DataFrame, solved: Solutions) -> None:
    some = frame if only is None else runs({T: LEVELS, **NAMES}, 2, only=only)
    drawn = {
        "survival": survival.draw(some, limit=104, size=size),
        "survival by": survival.draw(some, limit=104, by=S, turn_days=14, size=size),
        "survival by number": survival.draw(some, limit=104, by=T, size=size),
        "tipping": tipping.draw(some, T, size=size),
        "utilities": utilities.draw(some, SIDES, labels=LABELS, size=size),
        "solutions": bargaining.draw(solved, size=size),
        "solutions and runs": bargaining.draw(solved, cloud(solved, 5 if only else 2000), size=size),
    }
    assert {name: found for name, sheet in drawn.items() if (found := faults_of(sheet))} == {}
    assert all(sheet.caption.endswith(".") for sheet in drawn.values())


@pytest.mark.parametrize("size", ["print", "projector"])
def test_dances_can_be_read(size: str) -> None:
    some = [simulate("two_islands", 0, run) for run in range(6)]
    for first, *others in (some[:1], some, some[::-1]):
        assert faults_of(dance.draw(first, others, size=size)) == []


def test_survival_draws_what_was_found(frame: pd.DataFrame) -> None:
    sheet = survival.draw(frame, limit=104, by=S)
    groups = dict(iter(frame.groupby(S, sort=False)))
    for axes, of in zip(sheet.axes, ("deal", "breakdown"), strict=True):
        found = survival_of(frame, {str(k): v for k, v in groups.items()}, limit=104, of=of)  # type: ignore[arg-type]
        steps = [line for line in axes.lines if line.get_drawstyle() == "steps-post"]
        assert len(steps) == 3
        for line, group in zip(steps, found.groups["group"], strict=True):
            curve = found.curve(group)
            assert np.asarray(line.get_xdata())[1:].tolist() == curve["turn"].tolist()
            assert np.asarray(line.get_ydata())[1:] == pytest.approx(curve["share"].to_numpy())
        assert sum(isinstance(each, PolyCollection) for each in axes.collections) == 3
    for name, part in groups.items():
        assert (
            f"with {str(name).replace('_', ' ')} {percent(part['deal_turn'].notna().mean())}" in sheet.caption
        )


def test_more_groups_than_lines_are_said(frame: pd.DataFrame) -> None:
    many = runs({"scenario": [f"scenario_{k}" for k in range(9)]}, 10)
    sheet = survival.draw(many, limit=104, by="scenario")
    assert "6 of 9 groups shown" in said(sheet) and "(6 of 9 groups shown)" in sheet.caption
    # The same six as in the histograms, and no more runs than these have.
    shown = [k for k in range(9) if f"with scenario {k} " in sheet.caption]
    times = deal_time.draw(many, by="scenario")
    assert shown == [k for k in range(9) if f"with scenario {k} " in times.caption] == [0, 2, 3, 5, 6, 8]
    assert "60 runs" in said(sheet) and sheet.caption.startswith("Of 60 runs (6 of 9")
    assert not [each for each in sheet.axes[0].collections if isinstance(each, PolyCollection)]


def test_a_month_is_the_same_in_every_figure() -> None:
    """An agreement falls on the day of its turn, as it is told, also where shares by then are drawn."""
    frame = runs({T: [0.4]}, 40, only="grand_bargain")
    frame["deal_turn"] = 30.0
    months = f"{30 * 14 / (365.25 / 12):.0f}"
    assert f"month {months})" in survival.caption(frame, limit=104, turn_days=14)
    assert f"took {months} months" in deal_time.caption(frame, turn_days=14)


def test_no_number_of_a_dance_stands_on_a_line() -> None:
    for size in ("print", "projector"):
        played = [simulate("two_islands", 0, run) for run in range(3)]
        packages = solutions("two_islands").packages.points
        sheet = dance.draw(played[0], played[1:], frontier=packages, size=size)
        plane = sheet.axes[0]
        frontier = next(line for line in plane.lines if line.get_drawstyle().startswith("steps"))
        lines = [frontier, *(line for line in plane.lines if line.get_zorder() == 0)]
        assert len(lines) == 3
        for number in (each for each in plane.texts if each.get_text().isdigit()):
            box = Text.get_window_extent(number, sheet.renderer)
            for line in lines:
                path = line.get_path().transformed(line.get_transform())
                assert not path.intersects_bbox(box, filled=False), number.get_text()


def test_tipping_draws_what_was_found(frame: pd.DataFrame) -> None:
    crossing = runs({T: [4 * level for level in LEVELS]}, 60)
    found = tipping_point_of(crossing, T)
    sheet = tipping.draw(crossing, T)
    (axes,) = sheet.axes
    assert found.at is not None
    assert any(np.allclose(line.get_xdata(), found.at) for line in axes.lines)
    assert f"{found.at:.3g}" in said(sheet) and f"{found.at:.3g}" in sheet.caption
    fitted = [
        line for line in axes.lines if len(np.asarray(line.get_xdata())) == 9 and line.get_linestyle() == "-"
    ]
    assert np.asarray(fitted[0].get_ydata()) == pytest.approx(found.levels["fit"].to_numpy())
    none = tipping.draw(runs({T: LEVELS}, 20, only="stall"), T)
    assert "does not cross" in none.caption and "crossing" not in said(none)
    assert "  " not in none.caption
    with pytest.raises(InputError, match="no number"):
        tipping.draw(frame, S)


def test_tipping_of_a_sample_speaks_of_ranges() -> None:
    sheet = tipping.draw(runs({T: list(np.linspace(0.0, 1.0, 200))}, 5), T)
    assert "1,000 runs in 20 ranges, told by their middles" in sheet.caption
    assert "share of the runs in a range" in said(sheet) and "level" not in said(sheet)


def test_ridges_are_histograms_of_each_ending(frame: pd.DataFrame) -> None:
    sheet = utilities.draw(frame, SIDES, labels=LABELS)
    occurring = frame["outcome"].astype(str).nunique()
    assert len(sheet.axes[0].get_yticks()) == occurring + 1
    for axes, side in zip(sheet.axes, SIDES, strict=True):
        medians = sorted(
            float(np.asarray(line.get_xdata())[0]) for line in axes.lines if line.get_marker() == "o"
        )
        by_ending = frame.groupby(frame["outcome"].astype(str))[f"utility_{side}"].median()
        assert medians == pytest.approx(sorted([*by_ending, frame[f"utility_{side}"].median()]))
        assert f"{frame[f'utility_{side}'].median():.1f} points at the median" in sheet.caption


def test_the_bargaining_set_holds_packages_and_points(solved: Solutions) -> None:
    frame = cloud(solved, 400)
    sheet = bargaining.draw(solved, frame)
    axes = sheet.axes[0]
    points = {tuple(np.round(xy, 6)) for line in axes.lines for xy in np.asarray(line.get_xydata())}
    assert {tuple(np.round(xy, 6)) for xy in solved.packages.points} <= points
    for name in ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian"):
        for over in ("packages", "lotteries"):
            at = solved.point(name, over)
            assert at is not None and tuple(np.round(at, 6)) in points
            near = sheet.axes[1]
            assert near.get_xlim()[0] < at[0] < near.get_xlim()[1]
            assert near.get_ylim()[0] < at[1] < near.get_ylim()[1]
    measured = solved.measured(frame)
    assert f"{measured['both_more'].median():.1f} points for each side" in sheet.caption
    assert f"{len(solved.packages.points)} packages" in sheet.caption
    either = (measured[[f"more_{side}" for side in solved.sides]] > 0).any(axis=1)
    told = bettered(Standing(
        float((measured["both_more"] > 0).mean()),
        float((either & (measured["both_more"] == 0)).mean()), float((~either).mean()),
        standing(solved.packages.points, frame.to_numpy()).beyond,
    ))  # fmt: skip
    plane = utility_plane.caption(
        frame.assign(outcome="stall"), solved.sides, frontier=solved.packages.points
    )
    # One thing has one number, in whichever figure.
    assert told in sheet.caption and told in plane


def test_without_a_solution_it_says_so() -> None:
    found = solutions("two_islands", disagreement=(1e6, 1e6))
    sheet = bargaining.draw(found)
    assert "none gives both" in sheet.caption and faults_of(sheet) == []


def test_the_dance_ends_where_the_run_does() -> None:
    transcript = simulate("two_islands", 0, 1)
    sheet = dance.draw(transcript)
    last: list[Any] = [transcript.moves[-1].utility[side] for side in transcript.scenario.side_ids]
    assert any(np.allclose(np.asarray(line.get_xydata())[-1], last) for line in sheet.axes[0].lines)
    assert f"{last[0]:.1f} points for" in sheet.caption and f"{last[1]:.1f} for" in sheet.caption
    for axes, what in zip(sheet.axes[1:], ("utility", "trust"), strict=True):
        for side in transcript.scenario.side_ids:
            values = [getattr(turn, what)[side] for turn in transcript.moves]
            assert any(np.array_equal(np.asarray(line.get_ydata()), values) for line in axes.lines)
