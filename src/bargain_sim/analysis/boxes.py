"""Scenario discovery by PRIM: boxes in the space of factors in which cases of interest are dense.

Friedman & Fisher (1999), Bump hunting in high-dimensional data, Statistics and Computing 9, 123-143;
for scenarios Bryant & Lempert (2010), Thinking inside the box, Technological Forecasting and Social
Change 77, 34-49.  The algorithm is the EMA workbench's (Kwakkel 2017).
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from bargain_sim.analysis.cases import Cases, Dimension
from bargain_sim.analysis.cut import Cut, bounds_in_words
from bargain_sim.analysis.intervals import wilson
from bargain_sim.errors import InputError, install

__all__ = ["Box", "Boxes", "check_density", "find_boxes"]

_ALPHA: Final = 0.05
_MASS: Final = 0.05
_SURE: Final = 0.05
_LEAST_COVERAGE: Final = 0.05
# Any between 0 and 1 asks the workbench for the whole way; which box to take is decided here.
_EVERY: Final = 0.5e-9


@dataclass(frozen=True)
class Box:
    """One box: its `limits`, and how many cases lie in it.

    `limits` has one row a restricted factor: `factor`, `label`, `low` and `high` (NaN: not restricted on
    that side), `words`, `least` and `most` of the sample, and `quasi_p`, the chance (one-sided binomial
    test) that the box would be as dense if it did not restrict this factor.  `coverage` is the share of
    the cases of interest that lie in it, `density` the share of its cases that are of interest, with
    Wilson's bounds, `mass` the share of all cases that lie in it.
    """

    limits: pd.DataFrame
    coverage: float
    density: float
    density_low: float
    density_high: float
    mass: float
    cases: int
    hits: int
    dense: bool

    @property
    def rule(self) -> str:
        """The box in words; `everywhere` where it restricts nothing."""
        return " and ".join(self.limits["words"]) or "everywhere"


@dataclass(frozen=True)
class Boxes:
    """Boxes one after the other, each found among the cases outside those before it.

    `way` is the way on which the first was found (`coverage`, `density`, `mass`, `factors`, one row a
    step), `taken` the step that was taken.  `density` is what was asked of a box.
    """

    cut: Cut
    boxes: tuple[Box, ...]
    way: pd.DataFrame
    taken: int
    density: float


def check_density(density: float) -> None:
    """Raise InputError where no box could be so dense."""
    if not 0.0 < density <= 1.0:
        raise InputError(
            f"a density of {density:g} cannot be", remedy="Give one over 0, up to 1, such as 0.8"
        )


def find_boxes(cut: Cut, density: float = 0.8, most: int = 3) -> Boxes:
    """Boxes in which at least `density` of the cases are of interest, each covering as many as can be.

    On the way on which PRIM peels a box, that step is taken which covers most among those that
    are dense enough, or else the densest; then factors are set free whose restriction may be chance
    (quasi-p of 0.05 or more).  At most `most` boxes; those after the first must be dense enough
    and cover 5 % of the cases of interest.  Raises InputError where `density` is not between 0 and 1,
    or the EMA workbench is missing.
    """
    check_density(density)
    prim = _prim(cut)
    boxes: list[Box] = []
    way, taken = pd.DataFrame(), 0
    for number in range(most):
        if number and not cut.hit[prim.yi_remaining].any():
            break
        with _workbench():
            found = prim.find_box()
        if found is None or len(found.peeling_trajectory) < 2:
            break
        path = found.peeling_trajectory
        with _workbench():
            step = _settle(found, density)
        box = _box(cut, prim, found, density)
        poor = number and (not box.dense or box.coverage < _LEAST_COVERAGE)
        if poor or box.limits.empty:
            break
        if not number:
            way = path[["coverage", "density", "mass", "res_dim"]].rename(columns={"res_dim": "factors"})
            way, taken = way.reset_index(drop=True), step
        boxes.append(box)
        prim._update_yi_remaining(prim)
    if not boxes:
        raise InputError(
            "no box is denser in cases of interest than the whole, beyond chance",
            remedy="Make a sweep of more points, or vary other factors",
        )
    return Boxes(cut, tuple(boxes), way, taken, density)


def _prim(cut: Cut) -> Any:
    try:
        with _workbench():
            from ema_workbench.analysis import prim
    except ImportError as error:
        raise InputError(
            "scenario discovery needs the EMA workbench, which is not installed",
            remedy=install("discovery"),
        ) from error
    logging.getLogger("EMA").setLevel(logging.WARNING)
    with _workbench():
        return prim.Prim(
            _frame(cut.cases), cut.hit.astype(np.int64), threshold=_EVERY, peel_alpha=_ALPHA,
            paste_alpha=_ALPHA, mass_min=_MASS,
        )  # fmt: skip


@contextmanager
def _workbench() -> Iterator[None]:
    """Where the workbench works: it warns of parts that are not installed and of older pandas' ways."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _frame(cases: Cases) -> pd.DataFrame:
    """Factors as the workbench wants them: numbers float64, the rest words."""
    columns: dict[str, Any] = {}
    for each in cases.dimensions:
        values = cases.x[each.name]
        if each.kind == "number":
            columns[each.name] = values.to_numpy(dtype=np.float64)
        elif each.kind == "yes_no":
            columns[each.name] = np.where(values.to_numpy(dtype=np.float64) > 0.5, "yes", "no").astype(object)
        else:
            columns[each.name] = values.astype(str).to_numpy(dtype=object)
    return pd.DataFrame(columns)


def _settle(found: Any, density: float) -> int:
    """Select the step to take, its doubtful restrictions given back; returns the step."""
    way = found.peeling_trajectory
    dense = way[way["density"] >= density].sort_values(
        ["coverage", "res_dim"], ascending=[False, True], kind="stable"
    )
    for step in dense["id"].astype(int):
        _set_free(found, step)
        # What was given back may have made up the density: then a smaller box must do.
        if found.peeling_trajectory["density"].iloc[found._cur_box] >= density:
            return int(step)
    densest = int(way["density"].to_numpy().argmax())
    _set_free(found, densest)
    return densest


def _set_free(found: Any, step: int) -> None:
    """Select a step, and give back the restrictions that may be chance, the least sure first."""
    found.select(step)
    while True:
        now = found._cur_box
        doubts = {name: _quasi_p(found.qp[now][name]) for name in found.qp[now]}
        worst = max(doubts, key=lambda name: doubts[name], default=None)
        if worst is None or doubts[worst] < _SURE:
            return
        found.drop_restriction(worst, now)


def _quasi_p(sides: Any) -> float:
    """Of the two sides of a factor, the surer one; the workbench writes −1 for a side that is free."""
    known = [float(each) for each in np.ravel(sides) if float(each) >= 0.0]
    return min(known, default=1.0)


def _box(cut: Cut, prim: Any, found: Any, density: float) -> Box:
    now = found._cur_box
    inside: npt.NDArray[np.int64] = found.yi
    hits, n = int(cut.hit[inside].sum()), len(inside)
    low, high = (float(bound) for bound in wilson(hits, n))
    rows = [
        _limit(each, found.box_lims[now][each.name], prim.box_init[each.name], found.qp[now][each.name])
        for each in cut.cases.dimensions
        if each.name in found.qp[now]
    ]
    columns = ["factor", "label", "low", "high", "words", "least", "most", "levels", "quasi_p"]
    limits = pd.DataFrame(rows, columns=columns)
    return Box(
        limits, hits / int(cut.hit.sum()), hits / n, low, high, n / len(cut.hit), n, hits, hits / n >= density
    )


def _limit(dimension: Dimension, now: pd.Series, whole: pd.Series, sides: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"factor": dimension.name, "label": dimension.label, "quasi_p": _quasi_p(sides)}
    if dimension.kind == "number":
        least, most = float(whole[0]), float(whole[1])
        low = float(now[0]) if now[0] > least else None
        high = float(now[1]) if now[1] < most else None
        nan = float("nan")
        return {
            **row, "low": nan if low is None else low, "high": nan if high is None else high,
            "words": bounds_in_words(dimension, low, high), "least": least, "most": most, "levels": "",
        }  # fmt: skip
    names = dimension.levels or ("no", "yes")
    kept = [name for name in names if name in now[0]]
    return {
        **row, "low": float("nan"), "high": float("nan"), "least": 0.0, "most": float(len(names) - 1),
        "words": f"{dimension.label} is {' or '.join(kept)}", "levels": ", ".join(kept),
    }  # fmt: skip
