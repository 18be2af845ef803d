"""How the endings are shared out as one factor changes: stacked areas (numbers) or bars (names)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from bargain_sim.analysis.cases import short
from bargain_sim.analysis.shares import outcome_shares
from bargain_sim.plots import bands
from bargain_sim.plots.grid import facets, is_numeric, is_sampled, levelled, need, rows_and_columns
from bargain_sim.plots.panels import drawn_from, name_axes, name_levels, panel_title, per_cent
from bargain_sim.plots.sheet import Origin, Sheet, look_named
from bargain_sim.plots.style import INK, OUTCOME_STYLE, STACK, outcome_edge, outcome_patch
from bargain_sim.plots.words import axis_label, factor_name, level_label, percent, plural
from bargain_sim.scenario.columns import SEED

__all__ = ["caption", "draw"]

# Up to so many values, each is marked on the areas.
_FEW_VALUES = 6
# Segments of bars from this share on carry their names.
_WIDE = 0.08


def caption(
    frame: pd.DataFrame, x: str, *, panel: str | None = None, labels: Mapping[str, str] | None = None
) -> str:
    """One sentence: the share of grand bargains at the least and the greatest level, or the extremes.

    With a factor `panel`, one clause for each of its panels.
    """
    need(frame, x, "outcome")
    name = factor_name(x, labels)
    if panel is not None:
        parts, left_out = facets(frame, panel, labels, most=6)
        among = f", {len(parts)} of {len(parts) + left_out} panels shown" if left_out else ""
        told = "; with ".join(f"{part.title} it {_span(part.frame, x, labels)}" for part in parts)
        return (
            f"The share of runs that end in a grand bargain, by {name} ({plural(len(frame), 'run')}{among}): "
            f"with {told}."
        )
    table, levels = _table(frame, x)
    if len(levels) == 1:
        first_row = table.iloc[0].to_dict()
        common = max(STACK, key=lambda outcome: float(first_row[outcome]))
        share = float(table[common].iloc[0] / table["n"].iloc[0])
        return (
            f"With {name} at {level_label(levels[0], labels)}, the most common ending is "
            f"{OUTCOME_STYLE[common].label.lower()}, in {percent(share)} of "
            f"{plural(int(table['n'].iloc[0]), 'run')}."
        )
    span = _span(frame, x, labels)
    return f"The share of runs that end in a grand bargain {span} ({name}; {plural(len(frame), 'run')})."


def _span(frame: pd.DataFrame, x: str, labels: Mapping[str, str] | None) -> str:
    """`goes from 0 % at 0.1 to 83 % at 0.9`; the peak too, where numbers rise and fall again."""
    table, levels = _table(frame, x)
    bargain = (table["grand_bargain"] / table["n"]).to_numpy(dtype=np.float64)

    def at(place: int) -> str:
        level = level_label(levels[place], labels)
        if is_sampled(frame, x):
            level = f"about {short(levels[place], float(np.ptp(levels)))}"
        return f"{percent(float(bargain[place]))} at {level}"

    if len(levels) == 1:
        return f"is {at(0)}"
    if not is_numeric(frame, x):
        return f"ranges from {at(int(bargain.argmin()))} to {at(int(bargain.argmax()))}"
    verb = "goes from" if bargain[0] != bargain[-1] else "is the same at both ends:"
    peak, pit = int(bargain.argmax()), int(bargain.argmin())
    turn = ""
    for place, past in ((peak, bargain[peak] - bargain[[0, -1]].max()),
                        (pit, bargain[[0, -1]].min() - bargain[pit])):  # fmt: skip
        # Less than this is noise, or not worth a word.
        if past > 0.05 and not turn:
            turn = f", by way of {at(place)},"
    return f"{verb} {at(0)}{turn} to {at(-1)}"


def draw(
    frame: pd.DataFrame,
    x: str,
    *,
    panel: str | None = None,
    labels: Mapping[str, str] | None = None,
    origin: Origin | None = None,
    size: str = "print",
) -> Sheet:
    """Draw shares of endings over the factor `x`, in small multiples over `panel` if given.

    `frame` holds one row a run with the columns `outcome`, `x` (and `panel`).  Numbers with three
    values or more give areas, fewer give columns, names give bars.  A black tick with whiskers
    marks the 95 % Wilson interval of the share of grand bargains, which lies at the bottom.
    Raises InputError for missing columns or an empty table.
    """
    need(frame, x, "outcome")
    parts, left_out = facets(frame, panel, labels, most=6)
    numeric = is_numeric(frame, x)
    levels = _table(frame, x)[1]
    look = look_named(size)
    rows, columns = rows_and_columns(len(parts), 3 if numeric else 2)
    height = look.height * (1.0 if rows == 1 else 0.62 * rows)
    if not numeric:
        height = max(look.height, rows * (1.2 + look.font / 72 * 1.7 * len(levels)))
    subtitle = "Share of runs by ending"
    if (frame["outcome"] == "grand_bargain").any():
        subtitle += "; whiskers: 95\u00a0% interval of the share of grand bargains"
    if numeric and 3 <= len(levels) <= _FEW_VALUES:
        subtitle += "; dots: values that were run"
    if left_out:
        subtitle += f"; {len(parts)} of {len(parts) + left_out} panels shown"
    sheet = Sheet(
        f"How the talks end, by {factor_name(x, labels)}", subtitle,
        origin=drawn_from(origin, parts), size=size, height=height,
    )  # fmt: skip
    occurring = [o for o in STACK if (frame["outcome"] == o).any()]
    with sheet.house():
        grid = sheet.subplots(rows, columns, sharex=numeric, sharey=True, squeeze=False)
        drawn: list[tuple[Axes, bands.Bands]] = []
        for place, axes in enumerate(grid.flat):
            if place >= len(parts):
                axes.set_axis_off()
                continue
            part = parts[place]
            found = _panel(sheet, axes, part.frame, x, numeric, occurring, labels)
            if part.title:
                axes.set_title(panel_title(sheet, part.title, columns))
            if numeric:
                drawn.append((axes, found))
        if numeric:
            name_axes(sheet, list(grid.flat)[: len(parts)], axis_label(x, labels), "")
            _label(sheet, drawn, occurring)
        else:
            sheet.outside_legend(
                [outcome_patch(o) for o in occurring], [OUTCOME_STYLE[o].label for o in occurring],
                "below", 4,
            )  # fmt: skip
            sheet.freeze()
            for axes, part in zip(grid.flat, parts, strict=False):
                _name_segments(sheet, axes, _table(part.frame, x)[0], occurring)
    sheet.caption = caption(frame, x, panel=panel, labels=labels)
    return sheet


def _table(frame: pd.DataFrame, x: str) -> tuple[pd.DataFrame, list[Any]]:
    """Counts, one row a level, one column an outcome and `n`; and the levels in order."""
    values = levelled(frame, x)
    columns = {"x": values} | {name: frame[name] for name in ("outcome", "run", SEED) if name in frame}
    tidy = outcome_shares(pd.DataFrame(columns), "x")
    wide = tidy.pivot(index="x", columns="outcome", values="count")
    wide.columns = pd.Index([str(column) for column in wide.columns])
    if not is_numeric(frame, x):
        wide = wide.reindex(list(values.unique()))
    wide["n"] = wide.sum(axis=1)
    bargains = tidy[tidy["outcome"] == "grand_bargain"].set_index("x")
    wide["low"], wide["high"] = bargains["low"], bargains["high"]
    return wide, list(wide.index)


def _panel(
    sheet: Sheet, axes: Axes, frame: pd.DataFrame, x: str, numeric: bool, occurring: list[str],
    labels: Mapping[str, str] | None,
) -> bands.Bands:  # fmt: skip
    table, levels = _table(frame, x)
    shares = np.array([table[outcome] / table["n"] for outcome in occurring])
    tops = np.cumsum(shares, axis=0)
    bottoms = tops - shares
    areas = numeric and len(levels) >= 3
    at = np.asarray(levels, dtype=np.float64) if numeric else np.arange(len(levels), dtype=np.float64)
    width = 0.8 if len(at) < 2 or not numeric else 0.7 * float(np.diff(at).min())
    for low, share, outcome in zip(bottoms, shares, occurring, strict=True):
        look = OUTCOME_STYLE[outcome]
        style: dict[str, Any] = {
            "facecolor": look.colour, "edgecolor": outcome_edge(outcome), "hatch": look.hatch,
            "linewidth": 0.0, "label": look.label,
        }  # fmt: skip
        if areas:
            axes.fill_between(at, low, low + share, **style)
        elif numeric:
            axes.bar(at, share, width, bottom=low, **style)
        else:
            axes.barh(at, share, 0.8, left=low, **style)
    if areas:
        _mark_measured(sheet, axes, at, tops)
    if "grand_bargain" in occurring:
        _whiskers(sheet, axes, at, table, numeric)
    if numeric:
        axes.set_ylim(0, 1)
        per_cent(axes.yaxis)
        # A factor with one value would else be drawn as a line of no width.
        axes.set_xlim(at[0], at[-1]) if areas else axes.set_xlim(at[0] - width, at[-1] + width)
        if not areas:
            axes.set_xticks(at, [level_label(level, labels) for level in levels])
    else:
        axes.set_xlim(0, 1)
        per_cent(axes.xaxis)
        name_levels(sheet, axes, False, levels, labels)
        axes.set_ylim(len(at) - 0.5, -0.5)
    return bands.Bands(at, bottoms, tops, None if areas else width)


def _mark_measured(sheet: Sheet, axes: Axes, at: NDArray[np.float64], tops: NDArray[np.float64]) -> None:
    """Ticks at the values that were run and, where they are few, dots: between them areas only connect."""
    axes.set_xticks(at, minor=True)
    if len(at) > _FEW_VALUES:
        return
    axes.set_xticks(at, [level_label(float(value)) for value in at])
    for top in tops[:-1]:
        axes.plot(at, top, ls="", marker="o", ms=sheet.look.marker * 0.45, color=INK, zorder=4, clip_on=False)


def _whiskers(sheet: Sheet, axes: Axes, at: NDArray[np.float64], table: pd.DataFrame, numeric: bool) -> None:
    share = (table["grand_bargain"] / table["n"]).to_numpy()
    low, high = table["low"].to_numpy(), table["high"].to_numpy()
    around = np.vstack([np.maximum(share - low, 0), np.maximum(high - share, 0)])
    style: dict[str, Any] = {
        "fmt": "none", "ecolor": INK, "elinewidth": sheet.look.line * 0.7,
        "capsize": sheet.look.font * 0.18, "zorder": 4, "clip_on": False,
    }  # fmt: skip
    if numeric:
        axes.errorbar(at, share, yerr=around, **style)
    else:
        axes.errorbar(share, at, xerr=around, **style)


def _name_segments(sheet: Sheet, axes: Axes, table: pd.DataFrame, occurring: list[str]) -> None:
    """Write name and share on the wide segments of the bars, or only the share where no more fits."""
    box = axes.get_window_extent(sheet.renderer)
    points = 72.0 / sheet.dpi
    low_y, high_y = sorted(axes.get_ylim())
    tall = 0.8 / (high_y - low_y) * box.height * points
    size = sheet.look.small
    for row, counts in enumerate(table.to_dict("records")):
        left = 0.0
        for outcome in occurring:
            share = float(counts[outcome] / counts["n"])
            start, end = left, left + share
            left = end
            if share <= _WIDE:
                continue
            if "grand_bargain" in occurring:
                # The whiskers stay free.
                if outcome == "grand_bargain":
                    end = min(end, float(counts["low"]))
                elif start < float(counts["high"]):
                    start = float(counts["high"])
            room = (end - start) * box.width * points - size * 0.9
            label = OUTCOME_STYLE[outcome].label
            name = sheet.wrapped(label, size, room, lines=3)
            for lines in ([*name, percent(share)], [percent(share)]):
                cut = any("…" in line for line in lines)
                wide = max(sheet.text_width(line, size) for line in lines)
                if not cut and wide <= room and (len(lines) * 1.25 + 0.5) * size <= tall:
                    axes.text(
                        (start + end) / 2, row, "\n".join(lines), size=size, ha="center", va="center",
                        zorder=5, linespacing=1.1,
                        bbox={"facecolor": "white", "alpha": 0.82, "linewidth": 0,
                              "boxstyle": "round,pad=0.2"},
                    ).set_in_layout(False)  # fmt: skip
                    break


def _label(sheet: Sheet, drawn: list[tuple[Axes, bands.Bands]], occurring: list[str]) -> None:
    """Write each ending on its band; those too thin anywhere go into a legend at the side."""
    aside: list[str] = []
    while True:
        if aside:
            listed = [o for o in STACK if o in aside][::-1]
            sheet.outside_legend(
                [outcome_patch(o) for o in listed], [_broken(OUTCOME_STYLE[o].label) for o in listed],
                "right",
            )  # fmt: skip
        sheet.settle()
        written = [
            bands.write(sheet, axes, found, row, OUTCOME_STYLE[outcome].label)
            for axes, found in drawn
            for row, outcome in enumerate(occurring)
            if outcome not in aside
        ]
        placed = {text.get_text().replace("\n", " ") for text in written if text is not None}
        missing = [o for o in occurring if o not in aside and OUTCOME_STYLE[o].label not in placed]
        if not missing:
            sheet.freeze()
            return
        # The legend takes room away from the axes, so everything is measured again.
        for text in written:
            if text is not None:
                text.remove()
        aside += missing


def _broken(label: str) -> str:
    return label if len(label) < 14 else label.replace(" ", "\n", 1)
