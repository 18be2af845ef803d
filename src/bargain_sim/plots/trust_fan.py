"""How trust develops over many runs: a fan for each side, and how many runs are still going."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox
from numpy.typing import ArrayLike, NDArray

from bargain_sim.errors import InputError
from bargain_sim.plots.panels import panel_title, per_cent
from bargain_sim.plots.place import Room
from bargain_sim.plots.sheet import Origin, Sheet, look_named
from bargain_sim.plots.style import QUIET, SIDE_STYLE, blend
from bargain_sim.plots.words import amount, percent, plural

__all__ = ["caption", "draw"]

# Fewer runs than this say little about quantiles; from there on only the median is drawn, dotted.
_ENOUGH = 10
# A median that leaves the span of its first and last by more than this is told.
_NOTABLE = 0.02


def _checked(trust: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(trust, dtype=np.float64)
    if values.ndim != 3 or values.shape[2] != 2 or 0 in values.shape:
        raise InputError(
            f"trust has the shape {values.shape}", remedy="It must be (runs, turns, 2) and not empty"
        )
    going = ~np.isnan(values[:, :, 0])
    if not going.any():
        raise InputError("there is no trust to draw, all of it is missing", remedy="Run longer")
    # Turns that no run reached would be an empty stretch of the axis.
    return values[:, : int(np.flatnonzero(going.any(axis=0)).max()) + 1, :]


def caption(trust: ArrayLike, sides: tuple[str, str], *, labels: Mapping[str, str] | None = None) -> str:
    """One sentence: median trust of both sides at both ends and its peak, and how many runs are left."""
    values = _checked(trust)
    names = [(labels or {}).get(side, side.replace("_", " ")) for side in sides]
    going = (~np.isnan(values[:, :, 0])).sum(axis=0)
    enough = going >= min(_ENOUGH, len(values))
    paths = [_path(values[:, :, k], enough) for k in (0, 1)]
    return (
        f"Median trust goes {paths[0]} for {names[0]} and {paths[1]} for {names[1]} between turn 0 and turn "
        f"{values.shape[1] - 1}, where {amount(int(going[-1]))} of {plural(values.shape[0], 'run')} are "
        "still going."
    )


def _path(values: NDArray[np.float64], enough: NDArray[np.bool_]) -> str:
    """`from 0.38 to 0.36`, with the highest and lowest median on the way where they lie well outside."""
    middle = np.nanmedian(values, axis=0)
    known = np.where(enough, middle, np.nan)
    ends = (float(middle[0]), float(middle[-1]))
    stops: list[int] = []
    if bool(enough.any()):
        peak, pit = int(np.nanargmax(known)), int(np.nanargmin(known))
        stops += [peak] if known[peak] > max(ends) + _NOTABLE else []
        stops += [pit] if known[pit] < min(ends) - _NOTABLE else []
    way = "".join(
        f" {'up' if known[turn] > max(ends) else 'down'} to {known[turn]:.2f} at turn {turn}, then"
        for turn in sorted(stops)
    )
    return f"from {ends[0]:.2f}{way} to {ends[1]:.2f}"


def draw(
    trust: ArrayLike,
    sides: tuple[str, str],
    *,
    labels: Mapping[str, str] | None = None,
    origin: Origin | None = None,
    size: str = "print",
) -> Sheet:
    """Median and 50 % and 90 % bands of trust by turn, for the runs still going at that turn.

    `trust` has the shape (runs, turns, 2), last axis in the order of `sides`, NaN after the end of a
    run.  Where fewer than ten runs are left the bands stop and the median is dotted.  The lower
    panels show the share of runs still going: trust of those that broke off is not in the bands.
    """
    values = _checked(trust)
    runs, turns, _ = values.shape
    names = [(labels or {}).get(side, side.replace("_", " ")) for side in sides]
    sheet = Sheet(
        "How trust develops", "Runs still going at each turn: median, 50\u00a0% and 90\u00a0% bands",
        origin=origin or Origin(runs=runs), size=size, height=look_named(size).height,
    )  # fmt: skip
    going = (~np.isnan(values[:, :, 0])).sum(axis=0)
    with sheet.house():
        grid = sheet.subplots(2, 2, sharex=True, sharey="row", squeeze=False, height_ratios=[3.2, 1])
        for k in (0, 1):
            _fan(sheet, grid[0, k], values[:, :, k], going, k)
            title = f"Trust of {names[k]} in {names[1 - k]}"
            grid[0, k].set_title(panel_title(sheet, title, 2))
            grid[0, k].set_ylim(0, 1)
            _going(sheet, grid[1, k], going, runs)
            grid[1, k].set_xlabel("turn")
            grid[1, k].set_xlim(0 if turns > 1 else -0.5, max(turns - 1, 0.5))
        grid[0, 0].set_ylabel("trust (probability)")
        grid[1, 0].set_ylabel("runs going")
        sheet.align_ylabels(grid[:, 0])
        sheet.settle()
        _say_left(sheet, grid[1, 0], going, runs)
        for k in (0, 1):
            _name_bands(sheet, grid[0, k], values[:, :, k], going, k)
    sheet.caption = caption(trust, sides, labels=labels)
    return sheet


def _fan(sheet: Sheet, axes: Axes, values: NDArray[np.float64], going: NDArray[np.int64], k: int) -> None:
    colour = SIDE_STYLE[k].colour
    at = np.arange(values.shape[1])
    low5, low25, middle, high75, high95 = np.nanpercentile(values, [5, 25, 50, 75, 95], axis=0)
    enough = going >= min(_ENOUGH, len(values))
    axes.fill_between(at, low5, high95, where=enough, color=blend(colour, 0.18), lw=0)
    axes.fill_between(at, low25, high75, where=enough, color=blend(colour, 0.42), lw=0)
    marker = "o" if len(at) == 1 else ""
    axes.plot(at, np.where(enough, middle, np.nan), color=colour, lw=sheet.look.line * 1.5, marker=marker)
    if not enough.all():
        # One turn of overlap, or the line would have a gap.
        thin = ~enough | np.append(~enough[1:], False)
        axes.plot(at, np.where(thin, middle, np.nan), color=colour, ls=":", lw=sheet.look.line)


def _going(sheet: Sheet, axes: Axes, going: NDArray[np.int64], runs: int) -> None:
    at = np.arange(len(going))
    share = going / runs
    axes.fill_between(at, 0, share, step="mid", color="#dddddd", lw=0)
    axes.step(at, share, where="mid", color=QUIET, lw=sheet.look.line)
    axes.set_ylim(0, 1.02)
    per_cent(axes.yaxis)
    axes.set_yticks([0, 0.5, 1])


def _say_left(sheet: Sheet, axes: Axes, going: NDArray[np.int64], runs: int) -> None:
    """How many runs are still going at the last turn: above the curve at its end, if it is low there."""
    share = going / runs
    words = f"{amount(int(going[-1]))} of {plural(runs, 'run')} ({percent(float(share[-1]))})"
    words += f" at turn {len(share) - 1}"
    box = axes.get_window_extent(sheet.renderer)
    size, points = sheet.look.small, 72.0 / sheet.dpi
    wide = (sheet.text_width(words, size) + size) / (float(box.width) * points)
    tall = 1.7 * size / (float(box.height) * points)
    ending = share[int(len(share) * max(0.0, 1.0 - wide)) :]
    above = bool(ending.max() < 1.0 - tall)
    axes.text(
        0.98 if above else 0.02, 0.94 if above else 0.08, words, transform=axes.transAxes, size=size,
        ha="right" if above else "left", va="top" if above else "bottom",
        bbox={"facecolor": "white", "alpha": 0.85, "lw": 0, "boxstyle": "round,pad=0.15"},
    ).set_in_layout(False)  # fmt: skip


def _name_bands(
    sheet: Sheet, axes: Axes, values: NDArray[np.float64], going: NDArray[np.int64], k: int
) -> None:
    """Name median and bands where they are, at the turn where the bands are widest apart."""
    enough = np.flatnonzero(going >= min(_ENOUGH, len(values)))
    edges = np.nanpercentile(values[:, enough], [5, 25, 50, 75, 95], axis=0)
    marks = edges[2:]
    at = int(np.argmax(marks[2] - marks[0]))
    room = Room(sheet)
    # No word may stand on the median or on the edge of a band.
    thin = sheet.look.line * sheet.dpi / 72.0
    for edge in edges:
        turns = np.linspace(enough[0], enough[-1], 400)
        spots = axes.transData.transform(np.column_stack([turns, np.interp(turns, enough, edge)]))
        room.take(Bbox.from_extents(x - thin, y - thin, x + thin, y + thin) for x, y in spots)
    reach = sheet.look.font * 1.3
    dark = blend(SIDE_STYLE[k].colour, 0.8, "black")
    turn = float(enough[at])
    for word, value, up in (
        ("90\u00a0%", (marks[1][at] + marks[2][at]) / 2, 1.0),
        ("50\u00a0%", (marks[0][at] + marks[1][at]) / 2, 1.0),
        ("median", float(marks[0][at]), -1.0),
    ):
        offsets = [
            (across * reach, up * height * reach)
            for height in (1.6, 2.4, 3.2, 4.2, 5.2, 6.4, 7.6, 9.0, -2.0, -3.0, -4.0, -5.2, -6.4, -7.6)
            for across in (1.5, -1.5, 3.0, -3.0, 4.5, -4.5, 6.0, -6.0)
        ]
        room.note(axes, word, (turn, float(value)), offsets, size=sheet.look.small, color=dark)
