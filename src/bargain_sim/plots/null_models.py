"""The full model beside models with one idea less: what fits the patterns, and what is forecast."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from bargain_sim.calibration.comparing import Comparison
from bargain_sim.calibration.findings import beaten, errors_of
from bargain_sim.calibration.leaving_out import LeftOut
from bargain_sim.calibration.rivals import FULL
from bargain_sim.plots.panels import per_cent
from bargain_sim.plots.sheet import Origin, Sheet, look_named
from bargain_sim.plots.style import QUIET, SIDE_STYLE
from bargain_sim.plots.words import plural

__all__ = ["caption", "draw"]

_BESIDE = 0.05  # of the width, so that a marker at 0 does not touch the name of its row
_FULL, _OTHER = "#D55E00", SIDE_STYLE[0].colour


def caption(compared: Comparison | None, left_out: LeftOut | None) -> str:
    """One or two sentences: how many null models fit as well, and how many are beaten at forecasting."""
    told = []
    if compared is not None:
        nulls = compared.models[compared.models["null"]]
        as_good = int((nulls["verdict"] != "worse").sum())
        best = compared.patterns.query("pattern == 'all'").set_index("model")["best"]
        told.append(
            "At its best-supported point the full model passes all six patterns in "
            f"{100 * best[FULL]:.1f} % of the runs; {as_good} of {plural(len(nulls), 'null model')} "
            f"{'does' if as_good == 1 else 'do'} as well or better."
        )
    if left_out is not None:
        totals = beaten(left_out.totals)
        nulls = totals[totals["null"]]
        won = int((nulls["full_model"] == "beats").sum())
        score = float(totals.set_index("model")["score"][FULL])
        told.append(
            f"Forecasting the days left out it scores {score:.2f} and clearly beats {won} of "
            f"{plural(len(nulls), 'null model')}.".replace("-", "−")
        )
    return " ".join(told)


def draw(
    compared: Comparison | None, left_out: LeftOut | None, *, origin: Origin | None = None,
    size: str = "print",
) -> Sheet:  # fmt: skip
    """One row a model: left the share of runs that pass all patterns, right the score of its forecasts.

    A panel is left out where its check was not made; one of the two must have been.
    """
    labels = _labels(compared, left_out)
    columns = (compared is not None) + (left_out is not None)
    look = look_named(size)
    sheet = Sheet(
        "What does each idea of the model contribute?",
        "The full model beside models with one idea less, each fitted by the same procedure. Lines: 95 % "
        f"intervals{_how_told(left_out)}.",
        origin=origin or _origin(compared, left_out), size=size,
        height=1.6 + len(labels) * look.font * 2.6 / 72.0,
    )  # fmt: skip
    with sheet.house():
        grid = list(sheet.subplots(1, columns, squeeze=False, sharey=True)[0])
        if compared is not None:
            _patterns(sheet, grid[0], compared, labels)
        if left_out is not None:
            _scores(sheet, grid[-1], left_out, labels)
        grid[0].set_yticks(np.arange(len(labels)), list(labels.values()))
        grid[0].set_ylim(len(labels) - 0.4, -0.6)
        for axes in grid:
            axes.tick_params(axis="y", length=0)
        sheet.settle()
    sheet.caption = caption(compared, left_out)
    return sheet


def _how_told(left_out: LeftOut | None) -> str:
    return f"; of scores, as they differ between {left_out.tables} tables of draws" if left_out else ""


def _labels(compared: Comparison | None, left_out: LeftOut | None) -> dict[str, str]:
    if left_out is not None:
        return dict(zip(left_out.totals["model"], left_out.totals["label"], strict=True))
    assert compared is not None
    return dict(zip(compared.models["model"], compared.models["label"], strict=True))


def _origin(compared: Comparison | None, left_out: LeftOut | None) -> Origin:
    found = left_out if compared is None else compared
    assert found is not None
    return Origin(found.scenario.scenario.name, found.seed, found.draws)


def _patterns(sheet: Sheet, axes: Axes, compared: Comparison, labels: dict[str, str]) -> None:
    rows = compared.patterns.query("pattern == 'all'").set_index("model")
    rows = rows.reindex([name for name in labels if name in rows.index])
    _dots(sheet, axes, rows["best"], rows["best_low"], rows["best_high"], labels)
    axes.set_xlim(left=-_BESIDE * axes.get_xlim()[1])
    per_cent(axes.xaxis)
    axes.set_xlabel("runs that pass all six patterns,\nbest-supported point (more is better)")


def _scores(sheet: Sheet, axes: Axes, left_out: LeftOut, labels: dict[str, str]) -> None:
    rows = left_out.totals.set_index("model").reindex(list(labels))
    half = errors_of(rows) * rows["error"]
    _dots(sheet, axes, rows["score"], rows["score"] - half, rows["score"] + half, labels)
    axes.set_xlabel("log score of the left-out forecasts\n(nearer 0 is better)")


def _dots(
    sheet: Sheet, axes: Axes, value: pd.Series, low: pd.Series, high: pd.Series, labels: dict[str, str]
) -> None:
    places = [list(labels).index(str(name)) for name in value.index]
    colours = [_FULL if name == FULL else _OTHER for name in value.index]
    axes.hlines(places, low, high, color=colours, lw=sheet.look.line)
    for name, place, colour in zip(value.index, places, colours, strict=True):
        marker = "D" if name == FULL else "o"
        axes.plot(
            [value[name]], [place], ls="", marker=marker, color=colour, ms=sheet.look.marker, clip_on=False
        )
    axes.axvline(float(value[FULL]), color=QUIET, lw=sheet.look.line * 0.5, ls="--", zorder=0)
