"""What a reader stumbled over once: lines through words, gaps without labels, captions of pooled runs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from figure_bounds import faults_of, words_on
from figure_runs import SIDES, runs, trust_paths
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.contour import ContourSet
from matplotlib.path import Path
from matplotlib.text import Text

from bargain_sim.plots import bargain_map, deal_time, outcome_shares, trust_fan, utility_plane
from bargain_sim.plots.contours import _pieces, finer
from bargain_sim.plots.sheet import Sheet
from bargain_sim.plots.words import percent

T, R, S = "initial_trust", "reciprocity", "strategy"


def levels(low: float, high: float, steps: int) -> list[float]:
    return [round(float(value), 4) for value in np.linspace(low, high, steps)]


@pytest.fixture(scope="module")
def grid() -> pd.DataFrame:
    return runs({T: levels(0.2, 0.6, 12), R: levels(0, 1, 10), S: ["comparative", "proportional"]}, 120)


@pytest.mark.parametrize("size", ["print", "projector"])
def test_the_median_stops_below_the_words(size: str) -> None:
    frame = runs({S: ["comparative", "proportional", "tit_for_tat"], T: [0.4, 0.6]}, 200)
    sheet = deal_time.draw(frame, by=S, turn_days=14, size=size)
    boxes = [box for text, box in words_on(sheet) if "never" in text]
    assert len(boxes) == 3
    lines = [c for axes in sheet.axes for c in axes.collections if isinstance(c, LineCollection)]
    assert len(lines) == 3
    for line in lines:
        top = line.get_window_extent(sheet.renderer).y1
        assert all(top < box.y0 for box in boxes)


def contours(sheet: Sheet, panel: int = 0) -> list[ContourSet]:
    return [c for c in sheet.axes[panel].collections if isinstance(c, ContourSet)]


@pytest.mark.parametrize("size", ["print", "projector"])
@pytest.mark.parametrize("replicates", [3, 30, 120])
def test_contours_are_whole_but_for_their_labels(size: str, replicates: int) -> None:
    x, y = levels(0.2, 0.6, 12), levels(0, 1, 10)
    sheet = bargain_map.draw(runs({T: x, R: y}, replicates), T, R, size=size)
    axes = sheet.axes[0]
    labels = [text for text in axes.texts if text.get_text().endswith("%")]
    for text in labels:
        assert -90 <= (text.get_rotation() + 180) % 360 - 180 <= 90
    solid = [c for c in contours(sheet) if not c.filled and list(c.levels) != [0.0]]
    gaps = 0
    for lines in solid:
        for path in lines.get_paths():
            ends = [end for piece in _pieces(path) for end in (piece[0], piece[-1])]
            inner = [
                (a, b) for a, b in ends
                if x[0] + 1e-6 < a < x[-1] - 1e-6 and y[0] + 1e-6 < b < y[-1] - 1e-6
            ]  # fmt: skip
            gaps += len(inner)
            for spot in inner:
                at = axes.transData.transform(spot)
                near = [np.hypot(*(axes.transData.transform(t.get_position()) - at)) for t in labels]
                assert min(near) < sheet.look.font * 4 * sheet.dpi / 72
    assert gaps <= 2 * len(labels)
    assert faults_of(sheet) == []


def test_short_pieces_of_contours_are_left_out() -> None:
    frame = runs({T: levels(0.2, 0.6, 12), R: levels(0, 1, 10)}, 200, only="stall")
    spike = (frame[T] == frame[T].unique()[5]) & (frame[R] == frame[R].unique()[5])
    frame.loc[spike, "outcome"] = "grand_bargain"
    sheet = bargain_map.draw(frame, T, R)
    for lines in contours(sheet):
        if not lines.filled:
            assert all(not _pieces(path) for path in lines.get_paths())
    assert not any(text.get_text().endswith("%") for text in sheet.axes[0].texts)


def test_what_contains_one_half_is_hatched_also_at_the_edge() -> None:
    x, y = levels(0.2, 0.6, 5), levels(0, 1, 5)
    frame = runs({T: x, R: y}, 200, only="stall")
    # One half everywhere on the left edge, never further right: the band is open to the left.
    half = (frame[T] == x[0]) & (frame["run"] % 2 == 0)
    frame.loc[half, "outcome"] = "grand_bargain"
    sheet = bargain_map.draw(frame, T, R)
    (band,) = [c for c in contours(sheet) if c.filled]
    assert band.hatches == ["////"]
    corners = np.concatenate([np.asarray(path.vertices) for path in band.get_paths()])
    assert corners[:, 0].min() == pytest.approx(x[0]) and corners[:, 0].max() < x[1]
    assert any("hatched: the 95\u00a0% interval contains one half" in text for text, _ in words_on(sheet))
    # Everywhere one half: all of it is hatched, though there is no line to draw.
    frame["outcome"] = np.where(frame["run"] % 2 == 0, "grand_bargain", "stall")
    (band,) = [c for c in contours(bargain_map.draw(frame, T, R)) if c.filled]
    assert np.ptp(np.concatenate([p.vertices for p in band.get_paths()]), axis=0) == pytest.approx([0.4, 1])


def test_a_finer_grid_passes_through_the_coarse_one() -> None:
    values = np.arange(12.0).reshape(3, 4) ** 2
    fine = finer(values, 5)
    assert fine.shape == (11, 16)
    assert np.array_equal(fine[::5, ::5], values)
    assert fine[0, 1] == pytest.approx(values[0, 0] * 0.8 + values[0, 1] * 0.2)


def plane(frame: pd.DataFrame, frontier: list[tuple[float, float]]) -> Sheet:
    return utility_plane.draw(frame, SIDES, frontier=frontier)


def test_hexagons_end_at_the_frontier() -> None:
    frame = runs({T: [0.4]}, 2000, only="stall")
    top = float(frame[[f"utility_{side}" for side in SIDES]].to_numpy().max())
    sheet = plane(frame, [(-100.0, top), (top, top), (top, -100.0)])
    (cells,) = [c for c in sheet.axes[0].collections if isinstance(c, PolyCollection)]
    assert cells.get_clip_path() is not None
    assert "some package would have given both more in" in sheet.caption and "beyond" not in sheet.caption
    # A few runs between two packages are drawn one by one, and the others are cut off as ever.
    two = frame.copy()
    two.loc[two.index[:2], [f"utility_{side}" for side in SIDES]] = top + 5.0
    sheet = plane(two, [(-100.0, top), (top, top), (top, -100.0)])
    (cells,) = [c for c in sheet.axes[0].collections if isinstance(c, PolyCollection)]
    (single,) = [c for c in sheet.axes[0].collections if isinstance(c, PathCollection)]
    assert cells.get_clip_path() is not None
    assert np.asarray(single.get_offsets()).tolist() == [[top + 5.0] * 2] * 2
    # A frontier that many runs lie beyond is that of another scenario: nothing of theirs is hidden.
    sheet = plane(frame, [(-100.0, 10.0), (10.0, -100.0)])
    (cells,) = [c for c in sheet.axes[0].collections if isinstance(c, PolyCollection)]
    assert cells.get_clip_path() is None
    assert "lie beyond these packages" in sheet.caption


def test_the_cross_leaves_free_what_it_points_at() -> None:
    """Nearly all runs of an ending may lie in one hexagon."""
    sheet = plane(runs({T: [0.4]}, 2000, only="stall"), [(-100.0, 200.0), (200.0, -100.0)])
    crosses = [line for line in sheet.axes[0].lines if line.get_zorder() == 6]
    assert len(crosses) == 2
    for cross in crosses:
        path = cross.get_marker()
        assert isinstance(path, Path) and np.hypot(*np.asarray(path.vertices).T).min() > 0.4


def test_every_column_of_panels_has_an_axis_name() -> None:
    sheet = utility_plane.draw(runs({T: [0.2, 0.6]}, 400), SIDES)
    drawn = [axes for axes in sheet.axes if axes.axison]
    columns = drawn[0].get_subplotspec().get_gridspec().ncols  # type: ignore[union-attr]
    assert len(drawn) % columns, "a place is blank"
    lowest = [place + columns >= len(drawn) for place in range(len(drawn))]
    assert [bool(axes.get_xlabel()) for axes in drawn] == lowest


def test_runs_against_the_packages_add_up_and_are_told_exactly() -> None:
    frame = runs({T: [0.4]}, 4, only="stall")
    packages = [(0.0, 10.0), (4.0, 4.0), (10.0, 0.0)]
    # Both more; one side more and the other no less; at a package inside the hull; at the last one.
    frame[[f"utility_{side}" for side in SIDES]] = [[3.0, 3.0], [4.0, 0.0], [4.0, 4.0], [10.0, 0.0]]
    text = utility_plane.caption(frame, SIDES, frontier=packages)
    assert "given both more in 25\u00a0% of the runs, in 25\u00a0% one more and the other no less" in text
    assert "none would in 50\u00a0%" in text and "beyond" not in text


def test_the_frontier_is_drawn_as_what_packages_reach() -> None:
    frame = runs({T: [0.4]}, 4, only="stall")
    sheet = plane(frame, [(0.0, 10.0), (4.0, 4.0), (10.0, 0.0)])
    drawn = [np.asarray(line.get_xydata()).tolist() for line in sheet.axes[0].get_lines()]
    assert [[0, 10], [0, 4], [4, 4], [4, 0], [10, 0]] in drawn


def test_captions_of_panels_tell_each_of_them(grid: pd.DataFrame) -> None:
    pooled, by = deal_time.caption(grid), deal_time.caption(grid, by=S)
    shares = outcome_shares.caption(grid, T, panel=S)
    assert pooled != by == deal_time.draw(grid, by=S).caption
    assert outcome_shares.draw(grid, T, panel=S).caption == shares
    for name, part in grid.groupby(S, observed=True):
        assert f"with {name} {percent(float(part['deal_turn'].isna().mean()))} never did" in by
        first = part[part[T] == 0.2]["outcome"]
        assert f"with {name} it goes from {percent(float((first == 'grand_bargain').mean()))}" in shares


def test_the_peak_of_trust_is_told() -> None:
    rise = np.concatenate([np.linspace(0.4, 0.6, 20), np.linspace(0.6, 0.35, 30)])
    paths = np.repeat(np.stack([rise, np.full(50, 0.4)], axis=1)[None], 40, axis=0)
    text = trust_fan.caption(paths, SIDES)
    assert "from 0.40 up to 0.60 at turn 19, then to 0.35 for washington" in text
    assert "from 0.40 to 0.40 for minsk" in text


@pytest.mark.parametrize("size", ["print", "projector"])
def test_names_of_bands_are_on_no_edge(size: str) -> None:
    paths = trust_paths()
    sheet = trust_fan.draw(paths, SIDES, size=size)
    sheet.settle()
    for k in (0, 1):
        axes = sheet.axes[k]
        edges = np.nanpercentile(paths[:, :, k], [5, 25, 50, 75, 95], axis=0)
        enough = (~np.isnan(paths[:, :, k])).sum(axis=0) >= 10
        words = [Text.get_window_extent(text, sheet.renderer) for text in axes.texts]
        assert len(words) == 3
        for edge in edges:
            turns = np.flatnonzero(enough)
            spots = axes.transData.transform(np.column_stack([turns, edge[enough]]))
            for box in words:
                inside = (spots > [box.x0, box.y0]).all(axis=1) & (spots < [box.x1, box.y1]).all(axis=1)
                assert not inside.any()


@pytest.mark.parametrize("size", ["print", "projector"])
def test_wide_segments_carry_their_names(size: str) -> None:
    frame = runs({S: ["comparative", "tit_for_tat"]}, 400)
    sheet = outcome_shares.draw(frame, S, size=size)
    words = [text.get_text() for text in sheet.axes[0].texts]
    for _, part in frame.groupby(S):
        for _, share in part["outcome"].value_counts(normalize=True).items():
            if share > 0.08:
                assert any(text.split("\n")[-1] == percent(float(share)) for text in words)
    assert any(text.startswith("Breakdown\n") or text.startswith("Stall\n") for text in words)
    assert faults_of(sheet) == []


def test_values_that_were_run_are_marked() -> None:
    frame = runs({T: [0.2, 0.3, 0.6]}, 200)
    sheet = outcome_shares.draw(frame, T)
    dots = [line for line in sheet.axes[0].get_lines() if line.get_marker() == "o"]
    assert dots and all(np.asarray(line.get_xdata()).tolist() == [0.2, 0.3, 0.6] for line in dots)
    assert list(sheet.axes[0].get_xticks()) == [0.2, 0.3, 0.6]
    assert "dots: values that were run" in " ".join(text.replace("\n", " ") for text, _ in words_on(sheet))
