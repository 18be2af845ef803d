"""Writing a name on the band of a stack where the band is thick enough to hold it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text
from numpy.typing import NDArray

from bargain_sim.plots.sheet import Sheet

__all__ = ["Bands", "write"]


@dataclass(frozen=True)
class Bands:
    """A stack over `x`: `bottom` and `top` have the shape (bands, len(x)); `bar` is the width of a bar.

    `bar` None: areas, straight between one x and the next.
    """

    x: NDArray[np.float64]
    bottom: NDArray[np.float64]
    top: NDArray[np.float64]
    bar: float | None


def write(sheet: Sheet, axes: Axes, bands: Bands, row: int, label: str) -> Text | None:
    """Write `label` where band `row` leaves it the most room, on one line or two; None if nowhere."""
    left, right = axes.get_xlim()
    at = np.linspace(left, right, 240)
    bottom, top = (_at(at, bands, values[row]) for values in (bands.bottom, bands.top))
    box = axes.get_window_extent(sheet.renderer)
    high, wide = float(box.height), float(box.width)
    size = sheet.look.small
    point = sheet.dpi / 72.0
    for lines in dict.fromkeys((label, label.replace(" ", "\n", 1))):
        parts = lines.split("\n")
        reach = (max(sheet.text_width(part, size) for part in parts) + size * 0.8) * point / wide
        tall = (len(parts) * size * 1.25 + size * 0.5) * point / high
        steps = int(np.ceil(reach * len(at) / 2))
        best: tuple[float, int, float] | None = None
        for middle in range(steps, len(at) - steps):
            over = slice(middle - steps, middle + steps + 1)
            floor, ceiling = float(bottom[over].max()), float(top[over].min())
            if ceiling - floor >= tall and (best is None or ceiling - floor > best[0]):
                best = (ceiling - floor, middle, (ceiling + floor) / 2)
        if best is not None:
            text = axes.text(
                float(at[best[1]]), best[2], lines, size=size, ha="center", va="center", zorder=5,
                linespacing=1.1,
                bbox={"facecolor": "white", "alpha": 0.82, "linewidth": 0, "boxstyle": "round,pad=0.2"},
            )  # fmt: skip
            text.set_in_layout(False)
            return text
    return None


def _at(at: NDArray[np.float64], bands: Bands, values: NDArray[np.float64]) -> NDArray[np.float64]:
    if bands.bar is None:
        return np.interp(at, bands.x, values)
    nearest = np.abs(at[:, None] - bands.x[None, :]).argmin(axis=1)
    inside = np.abs(at - bands.x[nearest]) <= bands.bar / 2
    return np.where(inside, values[nearest], 0.0)
