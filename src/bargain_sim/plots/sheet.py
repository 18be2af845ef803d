"""The sheet a figure is drawn on: title above, footer below, house style, a caption it carries."""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal, cast

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.legend import Legend

from bargain_sim.errors import InputError
from bargain_sim.plots.style import CLAIM, INK, LOOKS, QUIET, THEMES, Look, rc
from bargain_sim.plots.words import amount, joined, plural

__all__ = ["CLAIM", "Origin", "Sheet", "look_named"]


@dataclass(frozen=True)
class Origin:
    """Where the runs of a figure come from, for its footer: name of sweep or scenario, seed, runs."""

    name: str = ""
    seed: int | None = None
    runs: int | None = None
    averaged: tuple[str, ...] = ()
    """Factors that vary in the runs but are not drawn."""
    planned: int | None = None
    """How many runs there are to be, where the sweep is not complete; `stored` of them there are."""
    stored: int | None = None

    def footer(self) -> str:
        """The line at the foot of every figure."""
        details = [self.name] if self.name else []
        if self.seed is not None:
            details.append(f"seed {self.seed}")
        if self.planned is not None:
            details.append(self.incomplete)
        elif self.runs is not None:
            details.append(plural(self.runs, "run"))
        if self.averaged:
            details.append(f"averaged over {joined(self.averaged)}")
        return " · ".join([CLAIM, "bargain_sim", *([", ".join(details)] if details else [])])

    @property
    def incomplete(self) -> str:
        """`incomplete: 400 of 2,000 runs`; empty for a complete sweep."""
        if self.planned is None:
            return ""
        there = self.stored if self.stored is not None else self.runs or 0
        return f"incomplete: {amount(there)} of {plural(self.planned, 'run')}"


def look_named(size: str) -> Look:
    """The size called `print` or `projector`; InputError for any other."""
    if size not in LOOKS:
        raise InputError(f"there is no size `{size}`", remedy=f"Known are {', '.join(LOOKS)}")
    return LOOKS[size]


class Sheet(Figure):
    """A Figure with a title, a footer and a caption, drawn and saved in the house style.

    Settings of the person who draws are not touched: the style holds while this sheet is made,
    drawn or saved, and no pyplot state is involved.  `height` is in inches (None: that of the
    size; only the print size stretches, a slide stays a slide).
    """

    def __init__(
        self, title: str, subtitle: str, *, origin: Origin, size: str, height: float | None = None
    ) -> None:
        self.look: Look = look_named(size)
        self.theme = "light"  # see plots.dark
        self.caption: str = ""
        tall = self.look.height if height is None or size == "projector" else height
        with self.house():
            super().__init__(figsize=(self.look.width, tall), dpi=self.look.dpi)
            self.agg = FigureCanvasAgg(self)
            head = self._head(title, subtitle)
            foot = self._foot(origin.footer())
        self.inner: tuple[float, float, float, float] = (0.0, foot, 1.0, 1.0 - head - foot)
        """Left, bottom, width, height of what is left for axes and legends, as shares of the sheet."""
        pad = self.look.font / 72 * 0.5
        self.set_layout_engine(
            ConstrainedLayoutEngine(rect=self.inner, w_pad=pad, h_pad=pad, wspace=0.03, hspace=0.03)
        )

    @contextmanager
    def house(self) -> Iterator[None]:
        """Within this block the style of the house holds."""
        with rc_context(cast("Any", rc(self.look, THEMES[self.theme]))):
            yield

    def draw(self, renderer: Any) -> None:
        """Draw in the house style (ticks are made while drawing)."""
        with self.house():
            super().draw(renderer)

    def savefig(self, fname: Any, **options: Any) -> None:
        """Save in the house style; see `matplotlib.figure.Figure.savefig`."""
        with self.house():
            super().savefig(fname, **options)

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, str], dict[str, Any]]:
        """How a notebook shows it: the picture, with the caption as its alternative text."""
        written = BytesIO()
        self.savefig(written, format="png")
        picture = base64.b64encode(written.getvalue()).decode()
        return {"image/png": picture, "text/plain": self.caption}, {"image/png": {"alt": self.caption}}

    @property
    def renderer(self) -> Any:
        """What measures and draws in memory; sizes are in pixels at the resolution of the sheet."""
        return self.agg.get_renderer()  # type: ignore[no-untyped-call]

    def text_width(self, text: str, size: float, bold: bool = False) -> float:
        """Width of one line of `text` at `size` points, in points."""
        font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
        width, _, _ = self.renderer.get_text_width_height_descent(text, font, ismath=False)
        return float(width) * 72.0 / self.dpi

    def wrapped(
        self, text: str, size: float, width: float, *, bold: bool = False, lines: int = 3
    ) -> list[str]:
        """`text` in at most `lines` lines no wider than `width` points, cut with … if need be."""
        if not text:
            return []
        a_character = max(self.text_width(text, size, bold) / len(text), 0.1)
        at_most = max(4, int(width / a_character))
        while True:
            found = textwrap.wrap(text, at_most, max_lines=lines, placeholder=" …") or [text]
            if at_most <= 4 or max(self.text_width(line, size, bold) for line in found) <= width:
                return found
            at_most -= 1

    def outside_legend(
        self,
        handles: Sequence[Any],
        labels: Sequence[str],
        where: Literal["below", "right"],
        columns: int = 1,
    ) -> Legend:
        """A legend below or right of the axes, which make room for it; in place of one made before.

        With `columns` it has as many columns as fit the sheet, and no more than that.
        """
        self.legends.clear()
        loc = "lower left" if where == "below" else "center right"
        while True:
            found: Legend = self.legend(
                list(handles), list(labels), loc=cast("Any", loc), bbox_to_anchor=self.inner, ncols=columns,
                borderaxespad=0.5, handlelength=2.6,
            )  # fmt: skip
            found.set_in_layout(False)
            box = found.get_window_extent(self.renderer)
            if columns == 1 or box.x1 - box.x0 <= self.bbox.width * 0.98:
                break
            found.remove()
            columns -= 1
        gap = self.look.font * 0.9 * self.dpi / 72.0
        left, bottom, width, height = self.inner
        if where == "below":
            taken = float(box.height + gap) / float(self.bbox.height)
            rect = (left, bottom + taken, width, height - taken)
        else:
            rect = (left, bottom, width - float(box.width + gap) / float(self.bbox.width), height)
        engine = self.get_layout_engine()
        if isinstance(engine, ConstrainedLayoutEngine):
            engine.set(rect=rect)
        return found

    def settle(self) -> None:
        """Lay everything out now, so that what is measured next stays where it is."""
        with self.house():
            self.draw_without_rendering()

    def freeze(self) -> None:
        """Settle, and let nothing that is added later move the axes."""
        self.settle()
        self.set_layout_engine("none")

    def _room(self) -> float:
        return (self.look.width - 2 * self._margin()) * 72.0

    def _margin(self) -> float:
        return self.look.font / 72.0 * 0.75

    def _head(self, title: str, subtitle: str) -> float:
        tall = float(self.get_figheight())
        left = self._margin() / self.look.width
        large, small = self.look.font * 1.25, self.look.font
        y = self._margin()
        for text, size, bold, colour in ((title, large, True, INK), (subtitle, small, False, QUIET)):
            lines = self.wrapped(text, size, self._room(), bold=bold)
            if lines:
                self.text(
                    left, 1.0 - y / tall, "\n".join(lines), size=size, color=colour, va="top", ha="left",
                    weight="bold" if bold else "normal", linespacing=1.2,
                )  # fmt: skip
                y += len(lines) * size * 1.35 / 72.0
        return (y + self.look.font * 0.2 / 72.0) / tall

    def _foot(self, footer: str) -> float:
        tall = float(self.get_figheight())
        size = self.look.tiny
        lines = self.wrapped(footer, size, self._room(), lines=2)
        self.text(
            self._margin() / self.look.width, self.look.font * 0.4 / 72.0 / tall, "\n".join(lines),
            size=size, color=QUIET, va="bottom", ha="left",
        )  # fmt: skip
        return size * (0.7 + 1.2 * len(lines)) / 72.0 / tall
