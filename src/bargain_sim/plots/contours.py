"""Contours that mean something: noise left out, and a gap only where a label stands in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.contour import ContourSet
from matplotlib.path import Path
from matplotlib.patheffects import AbstractPathEffect
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from bargain_sim.plots.sheet import Sheet

__all__ = ["Line", "finer", "tidy", "write"]

Line = NDArray[np.float64]
"""One contour without a break: vertices in the shape (n, 2)."""

# Shorter pieces are noise (in cells of the map); on a small map, half of what it is across.
_LEAST = 3.0
# Labels lean no further to the right than this (degrees): steeper ones read upwards.
_STEEPEST = -80.0


def tidy(lines: ContourSet, x: NDArray[np.float64], y: NDArray[np.float64]) -> list[list[Line]]:
    """Drop the pieces of `lines` that are shorter than about three cells of the grid `x` by `y`.

    Returns, for each level, the pieces that are left.
    """
    least = min(_LEAST, 0.5 * (min(len(x), len(y)) - 1))
    kept = [[line for line in _pieces(path) if _cells(line, x, y) >= least] for path in lines.get_paths()]
    lines.set_paths([_joined(pieces) for pieces in kept])
    return kept


def finer(values: NDArray[np.float64], times: int = 12) -> NDArray[np.float64]:
    """`values` with `times` − 1 more in between each two along every axis, linearly."""
    for axis in range(values.ndim):
        n = values.shape[axis]
        at = np.linspace(0, n - 1, (n - 1) * times + 1)
        low = np.minimum(at.astype(int), max(n - 2, 0))
        high = np.minimum(low + 1, n - 1)
        shape = [1] * values.ndim
        shape[axis] = -1
        part = (at - low).reshape(shape)
        values = np.take(values, low, axis) * (1.0 - part) + np.take(values, high, axis) * part
    return values


def write(
    sheet: Sheet, axes: Axes, lines: ContourSet, kept: Sequence[Sequence[Line]], words: Sequence[str],
    avoid: Sequence[Line], effects: Sequence[AbstractPathEffect],
) -> None:  # fmt: skip
    """Write on each piece of each level what `words` has for the level, and open the line for it.

    A label stands along its line, never upside down, has line on both of its sides, and covers no
    other line or label; `avoid` (other lines) it may cross where there is no better place.  A line
    without room for its label stays whole.  The sheet must be settled and not change its layout any more.
    """
    frame = axes.get_window_extent(sheet.renderer)
    dots = sheet.dpi / 72.0
    step = 2.0
    inked = [[_pixels(axes, piece, step) for piece in level] for level in kept]
    crossed = [_pixels(axes, piece, step) for piece in avoid]
    taken: list[Bbox] = []
    paths: list[Path] = []
    for level, (pieces, word) in enumerate(zip(inked, words, strict=True)):
        left: list[Line] = []
        for place, piece in enumerate(pieces):
            half = sheet.text_width(word, sheet.look.small) * dots / 2 + sheet.look.small * 0.3 * dots
            tall = sheet.look.small * 0.62 * dots
            others = [
                line
                for k, there in enumerate(inked)
                for j, line in enumerate(there)
                if (k, j) != (level, place)
            ]
            spot = None
            for obstacles in ([*others, *crossed], others):
                spot = _spot(piece, step, half, tall, frame, _all(obstacles), taken)
                if spot is not None:
                    break
            if spot is None:
                left.append(kept[level][place])
                continue
            taken.append(spot.box)
            back = axes.transData.inverted()
            across, up = back.transform(spot.middle)
            text = axes.text(
                across, up, word, size=sheet.look.small, color="white",
                rotation=spot.angle, rotation_mode="anchor", ha="center", va="center_baseline", zorder=6,
            )  # fmt: skip
            text.set_path_effects(list(effects))
            text.set_in_layout(False)
            left += [back.transform(piece[: spot.first + 1]), back.transform(piece[spot.last :])]
        paths.append(_joined(left))
    lines.set_paths(paths)


@dataclass(frozen=True)
class _Spot:
    middle: tuple[float, float]
    angle: float
    box: Bbox
    first: int
    last: int


def _spot(
    line: Line, step: float, half: float, tall: float, frame: Bbox, others: Line, taken: Sequence[Bbox]
) -> _Spot | None:
    """The best place on `line` (vertices `step` pixels apart) for a label 2 `half` wide and 2 `tall` high."""
    reach = int(np.ceil(half / step))
    # On both sides some of the line must be left, or the label would hang past its end.
    margin = reach + int(np.ceil(1.6 * tall / step))
    best: tuple[float, _Spot] | None = None
    for middle in range(margin, len(line) - margin, 2):
        first, last = middle - reach, middle + reach
        start, end = line[first], line[last]
        along = end - start
        length = float(np.hypot(*along))
        if length < 1.7 * half:
            continue
        along = along / length
        across = np.array([-along[1], along[0]])
        bend = float(np.abs((line[first : last + 1] - start) @ across).max())
        if bend > 0.8 * tall:
            continue
        centre = (start + end) / 2
        corners = np.array([centre + a * half * along + b * tall * across for a in (-1, 1) for b in (-1, 1)])
        box = Bbox([corners.min(axis=0), corners.max(axis=0)])
        if box.x0 < frame.x0 or box.x1 > frame.x1 or box.y0 < frame.y0 or box.y1 > frame.y1:
            continue
        own = np.concatenate([line[:first], line[last + 1 :]])
        near = np.concatenate([others, own]) - centre
        if bool(((np.abs(near @ along) < half) & (np.abs(near @ across) < tall * 1.15)).any()):
            continue
        if any(box.overlaps(other) for other in taken):
            continue
        angle = float(np.degrees(np.arctan2(along[1], along[0])))
        angle = angle - 180.0 if angle > 90.0 else angle + 180.0 if angle <= -90.0 else angle
        # Steep lines all read upwards; a little past upright counts as upright.
        angle = 90.0 if angle < _STEEPEST else angle
        score = bend / tall + abs(middle / len(line) - 0.5)
        if best is None or score < best[0]:
            best = (score, _Spot((float(centre[0]), float(centre[1])), angle, box, first, last))
    return None if best is None else best[1]


def _all(lines: Sequence[Line]) -> Line:
    return np.concatenate(lines) if lines else np.empty((0, 2))


def _pixels(axes: Axes, line: Line, step: float) -> Line:
    """The line in pixels, with a vertex every `step`."""
    corners = np.asarray(axes.transData.transform(line), dtype=np.float64)
    way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
    at = np.linspace(0.0, way[-1], max(int(way[-1] / step), 1) + 1)
    return np.column_stack([np.interp(at, way, corners[:, k]) for k in (0, 1)])


def _pieces(path: Path) -> list[Line]:
    """The lines that a path is made of."""
    vertices = np.asarray(path.vertices, dtype=np.float64)
    if path.codes is None:
        return [vertices] if len(vertices) > 1 else []
    codes = np.asarray(path.codes)
    starts = np.flatnonzero(codes == Path.MOVETO)
    found = []
    for first, last in zip(starts, [*starts[1:], len(vertices)], strict=True):
        line = vertices[first:last]
        if codes[last - 1] == Path.CLOSEPOLY:
            line = np.concatenate([line[:-1], line[:1]])
        if len(line) > 1:
            found.append(line)
    return found


def _joined(lines: Sequence[Line]) -> Path:
    """One path of separate lines."""
    if not lines:
        return Path(np.empty((0, 2)))
    codes = [np.r_[Path.MOVETO, np.full(len(line) - 1, Path.LINETO)].astype(np.uint8) for line in lines]
    return Path(np.concatenate(lines), np.concatenate(codes))


def _cells(line: Line, x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Length in cells of the grid; of a loop, how far it is around half of it."""
    at = np.column_stack(
        [np.interp(line[:, k], levels, np.arange(len(levels))) for k, levels in enumerate((x, y))]
    )
    length = float(np.hypot(*np.diff(at, axis=0).T).sum())
    return length / 2 if bool(np.allclose(line[0], line[-1])) else length
