"""Finding room for words on a figure that is already laid out, so that none covers another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox

from bargain_sim.plots.sheet import Sheet

__all__ = ["Room", "around"]


def around(reach: float, rings: int = 4) -> list[tuple[float, float]]:
    """Offsets in points to try around a spot, the nearest first: above and below, then aslant, then far."""
    offsets: list[tuple[float, float]] = []
    for ring in range(1, rings + 1):
        far = reach * ring
        offsets += [(0, far), (0, -far), (far, far), (-far, far), (far, -far), (-far, -far)]
        offsets += [(far * 1.5, 0), (-far * 1.5, 0)]
    return offsets


class Room:
    """What is taken on a sheet, in pixels."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.renderer: Any = sheet.renderer
        self._taken = np.empty((0, 4))
        self._words: list[Bbox] = []

    def take(self, boxes: Iterable[Bbox]) -> None:
        """Nothing may be placed on these any more."""
        new = [(box.x0, box.y0, box.x1, box.y1) for box in boxes]
        self._taken = np.concatenate([self._taken, np.array(new, dtype=np.float64).reshape(-1, 4)])

    def is_free(self, box: Bbox, within: Bbox) -> bool:
        """Whether `box` lies inside `within` and on nothing that is taken."""
        if not (box.x0 >= within.x0 and box.x1 <= within.x1 and box.y0 >= within.y0 and box.y1 <= within.y1):
            return False
        # All at once: a long timeline has hundreds of lines in the way of each of its labels.
        taken = self._taken
        meets = (
            (taken[:, 0] < box.x1) & (taken[:, 2] > box.x0) & (taken[:, 1] < box.y1) & (taken[:, 3] > box.y0)
        )
        return not bool(meets.any())

    def note(
        self,
        axes: Axes,
        text: str,
        at: tuple[float, float],
        offsets: Sequence[tuple[float, float]],
        *,
        within: Bbox | None = None,
        leader: bool = True,
        **style: Any,
    ) -> Annotation | None:
        """Write `text` near `at` (data coordinates) at the first offset (points) that is free.

        Returns None, and writes nothing, where no offset is.
        """
        arrow = (
            {"arrowstyle": "-", "lw": self.sheet.look.line * 0.4, "color": style.get("color"), "shrinkA": 0,
             "shrinkB": 1}
            if leader
            else None
        )  # fmt: skip
        with self.sheet.house():
            written = axes.annotate(
                text, at, xytext=offsets[0], textcoords="offset points", ha="center", va="center",
                arrowprops=arrow, annotation_clip=False, **style,
            )  # fmt: skip
        written.set_in_layout(False)
        area = within if within is not None else axes.get_window_extent(self.renderer)
        for offset in offsets:
            written.xyann = offset
            written.update_positions(self.renderer)
            box = Text.get_window_extent(written, self.renderer).padded(self.sheet.dpi / 72.0)
            way = self._way(axes, at, offset) if leader else []
            if self.is_free(box, area) and not any(
                spot.overlaps(other) for spot in way for other in self._words
            ):
                self.take([box, *way])
                self._words.append(box)
                return written
        written.remove()
        return None

    def _way(self, axes: Axes, at: tuple[float, float], offset: tuple[float, float]) -> list[Bbox]:
        """The line from a spot to its words, as a string of small boxes, the spot itself left out."""
        x, y = axes.transData.transform(at)
        point = self.sheet.dpi / 72.0
        steps = np.linspace(0.15, 1.0, 12)
        return [
            Bbox.from_bounds(x + s * offset[0] * point - 1, y + s * offset[1] * point - 1, 2, 2)
            for s in steps
        ]
