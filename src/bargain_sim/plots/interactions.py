"""Small multiples of two factors at a time: whether what one does depends on where the other stands."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from bargain_sim.analysis.cases import Cases, Dimension
from bargain_sim.analysis.ends import thirds
from bargain_sim.errors import InputError
from bargain_sim.plots.grid import rows_and_columns
from bargain_sim.plots.panels import panel_title, per_cent
from bargain_sim.plots.sheet import Origin, Sheet, look_named
from bargain_sim.plots.words import interval_told, percent, shorten

__all__ = ["caption", "draw"]

_MOST_FACTORS: Final = 4
_BANDS: Final = (
    ("#56B4E9", "o", ":"), ("#009E73", "s", "--"), ("#D55E00", "^", "-"), ("#CC79A7", "D", "-."),
)  # fmt: skip

_THIRDS: Final = ("lowest third", "middle third", "highest third")

Panel = tuple[Dimension, Dimension, pd.DataFrame]


def caption(cases: Cases, factors: Sequence[str]) -> str:
    """One sentence: the pair whose lines differ most in what they do, and by how much."""
    return _told(cases, _panels(cases, factors))


def draw(cases: Cases, factors: Sequence[str], *, origin: Origin | None = None, size: str = "print") -> Sheet:
    """A panel for each pair of up to four `factors`: the mean outcome over one, apart by the other.

    A line stands for the lowest, the middle or the highest third of the other factor (or for a word of
    it; of many the first four); bars are 95 % intervals; a hollow mark has none that is known.  Lines side by
    side: the two do not interact.
    """
    panels = _panels(cases, factors)
    label = cases.outcome.mean_label
    look = look_named(size)
    rows, columns = rows_and_columns(len(panels))
    sheet = Sheet(
        f"The {label}, two factors at a time",
        f"Mean over runs ({_bounds_told(panels)}) over the factor below a panel, apart by the one above. "
        "Lines that do not run alike: what one factor does depends on the other.",
        origin=origin or Origin(runs=len(cases.y)), size=size, height=look.height * (0.75 + 0.35 * rows),
    )  # fmt: skip
    with sheet.house():
        grid = list(sheet.subplots(rows, columns, sharey=True, squeeze=False).flat)
        for axes in grid[len(panels) :]:
            axes.set_axis_off()
        for axes, (across, by, table) in zip(grid, panels, strict=False):
            _lines(sheet, axes, across, table)
            if by.kind != "number":
                _legend(sheet, axes, by, table)
            axes.set_title(panel_title(sheet, f"by {by.label}", columns))
            words = sheet.wrapped(across.label, sheet.look.font, look.width / columns * 56.0, lines=2)
            axes.set_xlabel("\n".join(words))
            if cases.outcome.share:
                per_cent(axes.yaxis)
        sheet.supylabel(label, size=look.font)
        if any(by.kind == "number" for _, by, _ in panels):
            sheet.outside_legend([_line(sheet, each) for each in _BANDS[:3]], list(_THIRDS), "below", 3)
    sheet.caption = _told(cases, panels)
    return sheet


def _panels(cases: Cases, factors: Sequence[str]) -> list[Panel]:
    known = {each.name: each for each in cases.dimensions}
    missing = [name for name in factors if name not in known]
    if missing or len(factors) < 2:
        raise InputError(
            f"no factor `{missing[0]}` varies" if missing else "two factors are needed to see them interact",
            remedy=f"Known are {', '.join(known)}",
        )
    pairs = combinations(factors[:_MOST_FACTORS], 2)
    # The stronger of two goes into the lines, where its levels stand apart.
    return [(known[x], known[by], thirds(cases, x, by)) for by, x in pairs]


def _lines(sheet: Sheet, axes: Axes, across: Dimension, table: pd.DataFrame) -> None:
    bands = [part for _, part in table.groupby("band")]
    for part, (colour, marker, dash) in zip(bands, _BANDS, strict=False):
        mean = part["mean"].to_numpy()
        error = np.array([mean - part["from"].to_numpy(), part["to"].to_numpy() - mean])
        axes.errorbar(
            part["x"], mean, np.maximum(error, 0.0), color=colour, marker=marker, ls=dash,
            ms=sheet.look.marker * 0.6, lw=sheet.look.line * 0.8, elinewidth=sheet.look.line * 0.6,
        )  # fmt: skip
        unknown = part[part["from"].isna()]
        axes.plot(
            unknown["x"], unknown["mean"], color=colour, marker=marker, ls="", ms=sheet.look.marker * 0.6,
            mfc="white", zorder=3,
        )  # fmt: skip
    names = across.levels or (("no", "yes") if across.kind == "yes_no" else ())
    if names:
        axes.set_xticks(range(len(names)), [shorten(each.replace("_", " "), 14) for each in names])


def _legend(sheet: Sheet, axes: Axes, by: Dimension, table: pd.DataFrame) -> None:
    """Names of the lines on the panel itself, where they are words and not thirds."""
    words = list(dict.fromkeys(table.sort_values("band")["words"]))[: len(_BANDS)]
    axes.legend(
        [_line(sheet, look) for look in _BANDS[: len(words)]], [each.replace("_", " ") for each in words],
        handlelength=2.2, loc="best", frameon=True, framealpha=0.8, edgecolor="none",
    )  # fmt: skip


def _line(sheet: Sheet, look: tuple[str, str, str]) -> Line2D:
    colour, marker, dash = look
    return Line2D([], [], color=colour, marker=marker, ls=dash, ms=sheet.look.marker * 0.7)


def _bounds_told(panels: list[Panel]) -> str:
    """What the bars are, and the marks without one."""
    known = pd.concat([table["from"] for _, _, table in panels]).notna()
    told = interval_told("bar", bool(known.any()), bool(known.all()))
    return told if known.all() or not known.any() else f"{told}; else a hollow mark"


def _told(cases: Cases, panels: list[Panel]) -> str:
    across, by, table = panels[int(np.argmax([_gap(table) for _, _, table in panels]))]
    low, high = (_span(table[table["band"] == band]) for band in (table["band"].min(), table["band"].max()))
    share = cases.outcome.share
    text = (
        f"From one end of {across.label} to the other the {cases.outcome.mean_label} changes by "
        f"{_value(low, share)} where {by.label} is {_words(table, 'min')}, and by {_value(high, share)} "
        f"where it is {_words(table, 'max')}"
    )
    return f"{text}: of {len(panels)} pairs these two interact most." if len(panels) > 1 else f"{text}."


def _span(part: pd.DataFrame) -> float:
    return float(part["mean"].iloc[-1] - part["mean"].iloc[0])


def _gap(table: pd.DataFrame) -> float:
    """How differently the first and the last line go, from end to end."""
    spans = [_span(part) for _, part in table.groupby("band")]
    return max(spans) - min(spans)


def _words(table: pd.DataFrame, which: str) -> str:
    band = table["band"].min() if which == "min" else table["band"].max()
    return str(table.loc[table["band"] == band, "words"].iloc[0])


def _value(value: float, share: bool) -> str:
    if not share:
        return f"{value:+.1f}"
    return f"{'−' if value < 0 else '+'}{percent(abs(value))}".replace("\u00a0%", " percentage points")
