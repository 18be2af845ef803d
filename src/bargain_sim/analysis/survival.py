"""How long until a package is agreed, and until talks break off: cumulative incidence, with bands.

Three things can end the wait for a package: it is agreed; the talks **break off** (breakdown), or all is
given step by step (normalised), after which none will ever be; or the negotiation's time is over, which
cuts the wait off without saying what would have come (censoring).  The first two are **competing** endings.
To treat them as censoring, as Kaplan and Meier's estimator would, answers how soon packages would be agreed
if talks could not break off, which overstates it.  Shown is the **cumulative incidence**: the share of all
runs in which it has happened by then (Aalen and Johansen 1978).

Because every run's time limit is known beforehand, this needs no estimator of its own: a run that ended in
the competing way waits on in vain until its limit and is censored there (Fine and Gray's 1999 risk set,
with complete censoring), and SciPy's `ecdf` of these times is the cumulative incidence; the log-rank test
of them is that of the subdistribution (Gray 1988).  Under a limit common to all it is the plain share of
runs.

Bands are SciPy's, on the log-log scale, point by point (Wilson's where there is hardly a case).  Where
points share their luck (common random numbers) rows are worth fewer independent runs
(`intervals.independent_runs`, at some turns, with straight lines between): bands are widened by the square
root of that, on the same scale, and the test's statistic shrinks by what it is at the end.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bargain_sim.analysis.intervals import check_confidence, independent_runs, luck_of, wilson
from bargain_sim.analysis.reading import factor_column, groups_of, rows_of, turns_of
from bargain_sim.errors import InputError
from bargain_sim.store.results import Results

__all__ = ["ENDS", "End", "Survival", "survival", "survival_of"]

Floats = NDArray[np.float64]
End = Literal["deal", "breakdown"]

ENDS: Final[Mapping[End, str]] = {
    "deal": "a package is agreed",
    "breakdown": "the talks break off without one",
}
"""What may be waited for → what happens then, in words."""

_FEW: Final = 5.0  # independent cases; under this the bounds of a survival curve mean nothing
_LOOKS: Final = 6  # turns at which it is asked how many independent runs the rows are worth


@dataclass(frozen=True)
class Survival:
    """Cumulative incidence of an ending by turn, in one or more groups of runs.

    `curves` has a row for each group and turn from 0 to the longest limit: `group`, `turn` (0 is the
    first), `share` of the group's runs in which it has happened in that turn or before, `low` and `high`,
    and `waiting`, how many runs had neither had it nor reached their limit before (those of the competing
    endings included). `groups` has a row for each group: `group`, `runs`, `happened`, `competing` and
    `censored` (counts), `worth` (independent runs), `median` (the turn by which it has happened in half of
    all runs; NaN: in fewer), and the last `share` with its `low` and `high`.  `tests` compares every two
    groups: `group_a`, `group_b`, `statistic` (above 0 where it comes sooner in a) and `pvalue`, of the
    log-rank test.
    """

    of: End
    by: str | None
    curves: pd.DataFrame
    groups: pd.DataFrame
    tests: pd.DataFrame

    def curve(self, group: str) -> pd.DataFrame:
        """The rows of one group."""
        found = self.curves[self.curves["group"] == group]
        if found.empty:
            known = ", ".join(map(str, self.groups["group"]))
            raise InputError(f"there is no group `{group}`", remedy=f"There are {known}")
        return found


def survival(
    results: Results, by: str | None = None, *, of: End = "deal", confidence: float = 0.95
) -> Survival:
    """How long until a package is agreed (or talks break off), over a sweep or for each value of a factor.

    `by` names a factor, by its column or path; of a number with more than six values there are three groups
    of about the same size.  `of` is `deal` or `breakdown`.  See the head of this file for what competing
    endings and censoring mean here.  Every point counts alike: where `until` went on at some, by the runs
    that all points have.  Raises InputError for an unknown factor, a confidence that cannot be, or where only
    summaries were kept.
    """
    column = None if by is None else factor_column(results, by)
    frame = rows_of(results, [*results.factors, "outcome", "turns", "deal_turn"])
    groups = None if column is None else groups_of(frame, column)
    return survival_of(frame, groups, of=of, limit=turns_of(results, frame), by=column, confidence=confidence)


def survival_of(
    frame: pd.DataFrame,
    groups: Mapping[str, pd.DataFrame] | None = None,
    *,
    of: End = "deal",
    limit: int | pd.Series,
    by: str | None = None,
    confidence: float = 0.95,
) -> Survival:
    """The wait for `of` in runs with `outcome`, `turns`, `deal_turn` (and `run`), one row a run.

    `groups` are parts of `frame` by name (None: all of it is one).  `limit` is how many turns a run could
    have had: one number, or one a row, on the index of `frame`.  Raises InputError for an unknown `of`, a
    missing column, an empty group or a confidence that cannot be.
    """
    if of not in ENDS:
        raise InputError(f"`{of}` is nothing to wait for", remedy=f"Known are {', '.join(ENDS)}")
    check_confidence(confidence)
    for column in ("outcome", "turns", "deal_turn"):
        if column not in frame.columns:
            raise InputError(f"there is no column `{column}` in these runs", remedy="Give runs of a sweep")
    limits = limit if isinstance(limit, pd.Series) else pd.Series(limit, index=frame.index)
    parts = {"all runs": frame} if groups is None else groups
    last = int(limits.max())
    curves, rows, times = [], [], {}
    for name, part in parts.items():
        if part.empty:
            raise InputError(f"there are no runs in `{name}`", remedy="Leave the group out")
        wait = _waits(part, of, np.asarray(limits.loc[part.index], dtype=np.float64))
        effect = _effect(part, wait, last)
        times[name] = (wait, float(effect[-1]))
        curve = _curve(wait, last, effect, confidence)
        curves.append(curve.assign(group=name))
        rows.append(_summary(name, wait, len(part) / float(effect[-1]), curve))
    return Survival(
        of,
        by,
        pd.concat(curves, ignore_index=True)[["group", "turn", "share", "low", "high", "waiting"]],
        pd.DataFrame(rows),
        _tests(times),
    )


@dataclass(frozen=True)
class _Waits:
    """For each run: the turn in which it happened, or the last one it could have had; and which it was."""

    turn: Floats
    happened: NDArray[np.bool_]
    competing: NDArray[np.bool_]

    def censored_data(self) -> Any:
        from scipy.stats import CensoredData

        return CensoredData(uncensored=self.turn[self.happened], right=self.turn[~self.happened])


def _waits(part: pd.DataFrame, of: End, limit: Floats) -> _Waits:
    outcome = part["outcome"].astype(str).to_numpy()
    deal = part["deal_turn"].astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
    ended = part["turns"].to_numpy(dtype=np.float64) - 1.0  # the turn in which it ended
    agreed = ~np.isnan(deal)
    broke = (outcome == "breakdown") & ~agreed
    normalised = (outcome == "normalised_by_steps") & ~agreed
    happened, competing = (agreed, broke | normalised) if of == "deal" else (broke, agreed | normalised)
    turn = np.where(happened, deal if of == "deal" else ended, limit - 1.0)
    return _Waits(turn, happened, competing)


def _effect(part: pd.DataFrame, wait: _Waits, last: int) -> Floats:
    """Turn by turn, by what factor the rows are more than the independent runs they are worth: (last,)."""
    when = wait.turn[wait.happened]
    if "run" not in part or not len(when):
        return np.ones(last)
    runs = luck_of(part)
    if len(np.unique(runs)) == len(runs):
        return np.ones(last)
    looked_at = np.unique(np.quantile(when, np.linspace(0.1, 1.0, _LOOKS), method="inverted_cdf"))
    effects = [len(runs) / independent_runs(wait.happened & (wait.turn <= turn), runs) for turn in looked_at]
    turn_by_turn: Floats = np.interp(np.arange(last), looked_at, effects)
    return turn_by_turn


def _curve(wait: _Waits, last: int, effect: Floats, confidence: float) -> pd.DataFrame:
    from scipy.stats import ecdf

    cdf = ecdf(wait.censored_data()).cdf
    with warnings.catch_warnings():
        # Where nothing or everything has happened these bounds are undefined, and not used.
        warnings.simplefilter("ignore", RuntimeWarning)
        bounds = cdf.confidence_interval(confidence, method="log-log")
    at = np.arange(last, dtype=np.float64)
    share = cdf.evaluate(at)
    low, high = (_widened(share, each.evaluate(at), effect) for each in (bounds.low, bounds.high))
    n = len(wait.turn)
    # With hardly a case (or hardly a run without one) no transformation makes up for it: Wilson's bounds
    # hold.
    worth = n / effect
    few = np.minimum(share, 1.0 - share) * worth < _FEW
    scores = wilson(np.clip(share, 0.0, 1.0) * worth, worth, confidence)
    low, high = (np.where(few, each, bound) for each, bound in zip(scores, (low, high), strict=True))
    waiting = n - np.searchsorted(np.sort(wait.turn), at, side="left")
    return pd.DataFrame(
        {"turn": at.astype(np.int64), "share": share, "low": low, "high": high, "waiting": waiting}
    )


def _widened(share: Floats, bound: Floats, effect: Floats) -> Floats:
    """A bound of a share whose distance on the scale log(−log(1 − share)) grows by the root of `effect`."""
    with np.errstate(divide="ignore", invalid="ignore"):
        middle, edge = np.log(-np.log1p(-share)), np.log(-np.log1p(-bound))
        wider: Floats = -np.expm1(-np.exp(middle + np.sqrt(effect) * (edge - middle)))
    return wider


def _summary(name: str, wait: _Waits, worth: float, curve: pd.DataFrame) -> dict[str, Any]:
    reached = curve.loc[curve["share"] >= 0.5, "turn"]
    final = curve.iloc[-1]
    return {
        "group": name,
        "runs": len(wait.turn),
        "happened": int(wait.happened.sum()),
        "competing": int(wait.competing.sum()),
        "censored": int((~wait.happened & ~wait.competing).sum()),
        "worth": worth,
        "median": float(reached.iloc[0]) if len(reached) else float("nan"),
        "share": float(final["share"]),
        "low": float(final["low"]),
        "high": float(final["high"]),
    }


def _tests(times: Mapping[str, tuple[_Waits, float]]) -> pd.DataFrame:
    from scipy.stats import logrank, norm

    rows = []
    for (a, (wait_a, effect_a)), (b, (wait_b, effect_b)) in combinations(times.items(), 2):
        statistic = pvalue = float("nan")
        if wait_a.happened.any() or wait_b.happened.any():
            with np.errstate(divide="ignore", invalid="ignore"):
                found = logrank(wait_a.censored_data(), wait_b.censored_data())
            statistic = float(found.statistic) / float(np.sqrt(max(effect_a, effect_b)))
            pvalue = float(2.0 * norm.sf(abs(statistic)))
        rows.append({"group_a": a, "group_b": b, "statistic": statistic, "pvalue": pvalue})
    return pd.DataFrame(rows, columns=["group_a", "group_b", "statistic", "pvalue"])
