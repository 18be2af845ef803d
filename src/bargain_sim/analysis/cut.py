"""Which cases are of interest: the line that scenario discovery draws through an outcome, and its words."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from bargain_sim.analysis.cases import Cases, Dimension
from bargain_sim.analysis.outcomes import DEAL_TIME
from bargain_sim.errors import InputError

__all__ = ["IN_SAMPLE", "Cut", "bounds_in_words", "check_bounds", "cut_of", "features"]

_LEAST: Final = 20

IN_SAMPLE: Final = (
    "Densities and their intervals are of the very {unit}s in which this was sought, and so somewhat too "
    "favourable; new ones would tell."
)
"""What is said of every density that PRIM or CART finds; `unit` as in `Cut`."""


@dataclass(frozen=True)
class Cut:
    """Cases, and which of them are of interest.

    `cases` has one row a run where every point has one, else one a point.  `hit` (rows,) is true for
    a case of interest; `rule` says when, in words, and `unit` what a case is.
    """

    cases: Cases
    hit: npt.NDArray[np.bool_]
    rule: str
    unit: str

    @property
    def share(self) -> float:
        """Share of the cases that are of interest: what a box must beat."""
        return float(self.hit.mean())


def check_bounds(at_least: float | None, at_most: float | None) -> None:
    """Raise InputError where no line can be drawn at these."""
    if at_least is not None and at_most is not None:
        raise InputError("both a least and a most are given", remedy="Give --at-least or --at-most")
    for bound in (at_least, at_most):
        if bound is not None and not isfinite(bound):
            raise InputError(f"no line can be drawn at {bound:g}", remedy="Give a finite number, such as 0.5")


def cut_of(cases: Cases, at_least: float | None = None, at_most: float | None = None) -> Cut:
    """Draw the line: of interest is where the outcome is `at_least` or `at_most` so much.

    Where both are left out: of a share at least one half, of the time to a deal at most its median (where
    half or more never agree: any time before the horizon), of anything else at least its median.  Where each
    point has one run, that run is the case (it ended so, or it did not).  Raises InputError where all cases
    are of interest or none, or both bounds are given.
    """
    check_bounds(at_least, at_most)
    rows = cases if cases.alone else cases.by_point()
    unit = "run" if cases.alone else "point"
    outcome = cases.outcome
    if at_least is None and at_most is None:
        if outcome.share:
            at_least = 0.5
        elif outcome.name == DEAL_TIME:
            at_most = min(float(np.median(rows.y)), _before(outcome.horizon))
        else:
            at_least = float(np.median(rows.y))
    hit = rows.y >= at_least if at_least is not None else rows.y <= (at_most or 0.0)
    agreed = outcome.name == DEAL_TIME and at_most == _before(outcome.horizon)
    bound = f"at least {_amount(cases, at_least)}" if at_least is not None else (
        f"at most {_amount(cases, at_most or 0.0)}"
    )  # fmt: skip
    if outcome.share and cases.alone:
        ended = at_least is not None
        rule = f"runs that {'end' if ended else 'do not end'} as “{outcome.label.lower()}”"
    elif agreed:
        where = "runs in" if cases.alone else "points at"
        rule = f"{where} which a package is agreed before the horizon{'' if cases.alone else ' in some run'}"
    elif outcome.share:
        rule = f"points at which {bound} of the runs end as “{outcome.label.lower()}”"
    else:
        rule = f"{unit}s with {outcome.mean_label} {bound}"
    if hit.all() or not hit.any():
        raise InputError(
            f"{'every' if hit.all() else 'no'} {unit} is of interest ({rule})",
            remedy="Draw the line elsewhere with --at-least or --at-most",
        )
    if len(hit) < _LEAST:
        raise InputError(
            f"{len(hit)} points are too few to find regions in",
            remedy=f"Make a sweep of at least {_LEAST} points, better of hundreds (`design: sobol`)",
        )
    return Cut(rows, hit, rule, unit)


def _before(horizon: int) -> float:
    """The longest time to a deal that is none to the horizon; a mean over runs may lie just below it."""
    return float(np.nextafter(horizon, 0.0))


def _amount(cases: Cases, value: float) -> str:
    return f"{100 * value:g} %" if cases.outcome.share else f"{value:.4g}"


def features(cases: Cases) -> tuple[pd.DataFrame, list[tuple[Dimension, str | None]]]:
    """Columns of numbers for a tree: factors, with a yes or no for every word.

    Beside the table, what each column is: the factor, and the word (None for a number).
    """
    columns: list[npt.NDArray[np.float64]] = []
    meaning: list[tuple[Dimension, str | None]] = []
    for each in cases.dimensions:
        values = cases.coded(each)
        if each.kind != "text":
            columns.append(values)
            meaning.append((each, None))
            continue
        for code, level in enumerate(each.levels):
            columns.append((values == code).astype(np.float64))
            meaning.append((each, level))
    frame = pd.DataFrame(dict(enumerate(columns)))
    return frame, meaning


def bounds_in_words(dimension: Dimension, low: float | None, high: float | None) -> str:
    """`reliability is at least 0.62`, `trust is from 0.3 to 0.5`, `snapback is yes`; None: no bound."""
    name = dimension.label
    if dimension.kind == "yes_no":
        return f"{name} is {'yes' if (low or 0.0) > 0.0 else 'no'}"
    if low is not None and high is not None:
        return f"{name} is from {dimension.told(low)} to {dimension.told(high)}"
    if low is not None:
        return f"{name} is at least {dimension.told(low)}"
    return f"{name} is at most {dimension.told(0.0 if high is None else high)}"
