"""A tornado: the outcome at the low and the high end of every factor, widest apart above."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from bargain_sim.plots.grid import need
from bargain_sim.plots.panels import per_cent
from bargain_sim.plots.rows import LIGHT, STRONG, row_chart, strongest
from bargain_sim.plots.sheet import Origin, Sheet
from bargain_sim.plots.style import INK, blend
from bargain_sim.plots.words import interval_told, percent

__all__ = ["caption", "draw"]

_ENDS: Final = (("low", -0.2, STRONG, ""), ("high", 0.2, LIGHT, "////"))
_EXPLAINED: Final = (
    "Mean over the runs in the lowest and the highest tenth of each factor's values, whatever the others are "
    "({bounds})."
)
_TEXT: Final = {"low": "lowest values", "high": "highest values"}


def caption(table: pd.DataFrame, label: str, *, share: bool = True) -> str:
    """One sentence: which factor moves the outcome furthest, from what to what, and which least."""
    need(table, "label", "low", "high", "at_low", "at_high")
    top, last = table.iloc[0], table.iloc[-1]
    text = (
        f"The {label} goes from {_value(top['at_low'], share)} where {_name(top)} is {top['low']} to "
        f"{_value(top['at_high'], share)} where it is {top['high']}"
    )
    if len(table) == 1:
        return f"{text}."
    return (
        f"{text}, the widest span of {len(table)} factors; the narrowest is that of {_name(last)}, from "
        f"{_value(last['at_low'], share)} to {_value(last['at_high'], share)}."
    )


def draw(
    table: pd.DataFrame,
    label: str,
    *,
    share: bool = True,
    explained: str | None = None,
    origin: Origin | None = None,
    size: str = "print",
) -> Sheet:
    """Two bars a factor, from the overall mean to the outcome at its low and at its high end.

    `table` has one row a factor (see `analysis.ends`): `label`, `low` and `high` (the ends, in words),
    `at_low`, `at_high`, `overall`, and the bounds `at_low_from` …, where there are any.  `label` is what
    the outcome is called, `explained` says what stands behind the numbers.
    """
    need(table, "label", "low", "high", "at_low", "at_high", "overall")
    rows, left_out = strongest(table, size)
    text = _EXPLAINED.format(bounds=_bounds_told(table)) if explained is None else explained
    sheet, axes = row_chart(
        f"The {label}, from one end of each factor to the other", text + left_out, list(rows["label"]),
        origin or Origin(), size,
    )  # fmt: skip
    middle = float(rows["overall"].iloc[0])
    left, right = _limits(sheet, rows)
    with sheet.house():
        handles = []
        for end, shift, colour, hatch in _ENDS:
            y = np.arange(len(rows)) + shift
            at = rows[f"at_{end}"].to_numpy(dtype=float)
            handles.append(axes.barh(
                y, at - middle, left=middle, height=0.36, color=colour, hatch=hatch,
                edgecolor=blend(colour, 0.6, "black"), lw=0.0,
            ))  # fmt: skip
            outer = at
            if f"at_{end}_from" in rows:
                low, high = (rows[f"at_{end}_{bound}"].to_numpy(dtype=float) for bound in ("from", "to"))
                axes.hlines(y, low, high, color=INK, lw=sheet.look.line, zorder=4)
                outer = np.where(at >= middle, np.fmax(at, high), np.fmin(at, low))
            for place, words, value, beyond in zip(y, rows[end], at, outer, strict=True):
                above = value >= middle
                axes.annotate(
                    str(words), (beyond, place), xytext=(4 if above else -4, 0), textcoords="offset points",
                    ha="left" if above else "right", va="center", size=sheet.look.tiny,
                )  # fmt: skip
        axes.axvline(middle, color=INK, lw=sheet.look.line * 0.6, zorder=3)
        axes.set_xlim(left, right)
        if share:
            axes.set_xticks([t for t in axes.get_xticks() if max(0.0, left) <= t <= min(1.0, right)])
            per_cent(axes.xaxis)
        axes.set_xlabel(f"{label}; upright line: overall, {_value(middle, share)}")
        sheet.outside_legend(handles, [_TEXT[end] for end, *_ in _ENDS], "below", 2)
    sheet.caption = caption(table, label, share=share)
    return sheet


def _bounds_told(table: pd.DataFrame) -> str:
    """What the lines are; a bound that is not known has none."""
    bounds = [f"at_{end}_{bound}" for end, *_ in _ENDS for bound in ("from", "to")]
    known = table.reindex(columns=bounds).notna().to_numpy()
    return interval_told("line", bool(known.any()), bool(known.all()))


def _limits(sheet: Sheet, rows: pd.DataFrame) -> tuple[float, float]:
    """Ends of the axis: all bars and lines, and room for the longest words beyond them."""
    bounds = ("", "_from", "_to") if "at_low_from" in rows else ("",)
    drawn = rows[[f"at_{end}{bound}" for end in ("low", "high") for bound in bounds]].to_numpy(dtype=float)
    least, most = (float(pick([pick(drawn), rows["overall"].iloc[0]])) for pick in (np.nanmin, np.nanmax))
    words = [str(each) for end in ("low", "high") for each in rows[end]]
    longest = max(sheet.text_width(each, sheet.look.small) for each in words) + 8.0
    # About two thirds of the sheet are axes; words never take more than half of these.
    part = min(longest / (sheet.look.width * 72.0 * 0.64), 0.25)
    room = ((most - least) or 1.0) * part / (1.0 - 2.0 * part)
    return least - room, most + room


def _value(value: float, share: bool) -> str:
    return percent(float(value)) if share else f"{value:.1f}"


def _name(row: pd.Series) -> str:
    return f"“{row['label']}”"
