"""Morris screening: how far each factor moves the outcome, against how much that depends on the others."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from bargain_sim.analysis.sensitivity import Sensitivity
from bargain_sim.errors import InputError
from bargain_sim.plots.place import Room, around
from bargain_sim.plots.sheet import Origin, Sheet
from bargain_sim.plots.style import INK, QUIET, SIDE_STYLE
from bargain_sim.plots.words import joined, percent

__all__ = ["caption", "draw"]

# Of a normal distribution of effects hardly any changes its sign where σ is under half of its mean.
_LINES: Final = ((1.0, "--", "σ = µ*"), (0.5, ":", "σ = µ*/2: below, effects nearly all go one way"))
_NOTHING: Final = 0.005


def caption(found: Sensitivity) -> str:
    """Two sentences: which factor moves the outcome furthest, in which direction, and who does nothing."""
    _need(found)
    share = found.outcome.share
    top = found.table.iloc[0]
    way = "up" if top["mu"] > 0 else "down"
    sure = abs(top["mu"]) >= 0.9 * top["mu_star"]
    text = (
        f"Moved over its whole range, {top['label']} moves the {found.outcome.mean_label} furthest, by "
        f"{_value(top['mu_star'], share)}{' of the runs' if share else ''} on average "
        f"({_value(top['mu_star_low'], share)} to {_value(top['mu_star_high'], share)}), "
        f"{'nearly always' if sure else 'more often'} {way}."
    )
    nothing = list(found.table.loc[_idle(found.table), "label"])
    return f"{text} {joined(nothing)} {'do' if len(nothing) > 1 else 'does'} nothing." if nothing else text


def draw(found: Sensitivity, *, origin: Origin | None = None, size: str = "print") -> Sheet:
    """A mark for each factor: to the right it matters more, above its effect hangs more on the others.

    `found` is of the method `morris` (see `analysis.sensitivity`); lines through the marks are 95 %
    intervals.  Names without room are left out and listed in the subtitle.
    """
    _need(found)
    subtitle = (
        "Elementary effects of moving a factor over its whole range: mean size (µ*, with 95\u00a0% interval) "
        "and standard deviation (σ, its dependence on the others)."
    )
    sheet, unnamed = _drawn(found, subtitle, origin, size)
    if unnamed:
        # Only now is it known which names have no room; they are told above instead.
        sheet, _ = _drawn(found, f"{subtitle} Without a name: {joined(unnamed)}.", origin, size)
    sheet.caption = caption(found)
    return sheet


def _drawn(found: Sensitivity, subtitle: str, origin: Origin | None, size: str) -> tuple[Sheet, list[str]]:
    table, share = found.table, found.outcome.share
    sheet = Sheet(
        f"Which factors move the {found.outcome.mean_label}", subtitle,
        origin=origin or Origin(found.name, found.seed, found.runs), size=size,
    )  # fmt: skip
    with sheet.house():
        axes = sheet.add_subplot()
        right = float(table["mu_star_high"].max()) * 1.12 or 1.0
        top = max(float(table["sigma"].max()) * 1.2, right * 0.3)
        axes.set_xlim(-0.03 * right, right)
        axes.set_ylim(-0.07 * top, top)
        handles = [
            axes.plot([0.0, right], [0.0, slope * right], color=QUIET, ls=dash, lw=sheet.look.line * 0.7)[0]
            for slope, dash, _ in _LINES
        ]
        axes.hlines(
            table["sigma"], table["mu_star_low"], table["mu_star_high"], color=QUIET, lw=sheet.look.line * 0.8
        )
        axes.plot(
            table["mu_star"], table["sigma"], ls="", marker="o", ms=sheet.look.marker,
            color=SIDE_STYLE[0].colour, mec=INK, mew=sheet.look.line * 0.4, zorder=4,
        )  # fmt: skip
        unit = "share of runs" if share else found.outcome.unit or "its own unit"
        axes.set_xlabel(f"µ*: mean size of the effect ({unit})")
        axes.set_ylabel("σ: how much it varies")
        sheet.outside_legend(handles, [words for *_, words in _LINES], "below", 2)
        sheet.freeze()
    room = Room(sheet)
    spots = axes.transData.transform(table[["mu_star", "sigma"]].to_numpy(dtype=float))
    reach = sheet.look.marker * 0.5 * sheet.dpi / 72.0
    room.take(Bbox.from_extents(x - reach, y - reach, x + reach, y + reach) for x, y in spots)
    for slope, *_ in _LINES:
        way = axes.transData.transform([(x, slope * x) for x in np.linspace(0.0, right, 200)])
        room.take(Bbox.from_extents(x - 1, y - 1, x + 1, y + 1) for x, y in way)
    names = [(str(row["label"]), float(row["mu_star"]), float(row["sigma"])) for _, row in table.iterrows()]
    idle = _idle(table)
    if idle.sum() > 2:  # they lie on one another
        names = [name for name, nothing in zip(names, idle, strict=True) if not nothing]
        names.append((f"{idle.sum()} factors without any effect", 0.0, 0.0))
    offsets = around(sheet.look.font * 1.3, rings=5)
    # An offset is to the middle of a name: beside its mark a long one needs half its width.
    unnamed = []
    for label, x, y in names:
        half = sheet.text_width(label, sheet.look.small) / 2 + sheet.look.marker
        beside = [(half, 0.0), (-half, 0.0)]
        note = room.note(
            axes, label, (x, y), [*offsets[:2], *beside, *offsets], size=sheet.look.small, color=INK
        )
        if note is None:
            unnamed.append(label)
    return sheet, unnamed


def _idle(table: pd.DataFrame) -> NDArray[np.bool_]:
    """Which factors do next to nothing, beside the strongest."""
    return np.asarray(table["mu_star_high"] <= _NOTHING * float(table["mu_star"].max()))


def _need(found: Sensitivity) -> None:
    if found.method != "morris":
        raise InputError(
            f"these are effects of `{found.method}`, not of `morris`", remedy="Draw them with its own figure"
        )


def _value(value: float, share: bool) -> str:
    return percent(float(np.clip(value, 0.0, 1.0))) if share else f"{value:.1f}"
