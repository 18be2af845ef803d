"""The moments that decide: how the odds of an ending move when a milestone is reached."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import NormalDist
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from bargain_sim.routes.milestones import Milestone

__all__ = ["FEWEST", "Comparison", "compared", "deciding_table"]

FEWEST: Final = 20
"""With fewer runs than this on either side no interval is given: it would promise too much."""

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class Comparison(NamedTuple):
    """One milestone: the chance of the ending where it was reached, and where it was not yet."""

    matched: int  # runs that reached it and could be compared
    reached: float
    others: float
    difference: float
    low: float
    high: float


_NOTHING: Final = Comparison(0, *[float("nan")] * 5)


def compared(
    turns: IntArray,
    ends: BoolArray,
    played: IntArray,
    agreed: IntArray,
    points: IntArray,
    luck: IntArray,
    since: IntArray | None = None,
    confidence: float = 0.95,
) -> Comparison:
    """Runs that reached a milestone against runs in the same place that had not reached it yet.

    All arrays have one entry a run: `turns`, the turn in which it reached the milestone (negative: never);
    `ends`, whether it ended in the way that is asked about; `played`, its number of turns; `agreed`, the turn
    in which a package was agreed (negative: never); `points`, its point in a sweep; `luck`, equal where runs
    met the same luck; `since`, the turn from which it could reach the milestone at all (negative: never).

    A run that reached the milestone in turn t is set against all runs of its point that were still going
    in turn t, stood at the same stage (a package agreed before t, or not), could reach it and had not by
    then, whatever they did later; the differences are averaged over the runs that reached it.  So early and
    late moments are each compared with their like, and a run need not survive to count as one that did
    not reach it, which plain shares of "ever reached" and "never reached" would ask of it.

    It is an association within the model, not a cause: runs that reach a milestone may differ from
    those that have not yet, in trust above all.  What a move does by itself, a fork with the same luck
    tells.

    The interval follows from the influence of each run on the average (it may be a case once and a
    comparison many times), summed over runs that share their luck.
    """
    horizon = int(played.max(initial=0)) + 1
    # A place is a point, a stage and a turn; a run stands in a stretch of them at each stage.
    base = np.unique(points, return_inverse=True)[1].reshape(-1).astype(np.int64) * 2 * horizon
    size = int(base.max(initial=0)) + 2 * horizon
    deal = np.where(agreed < 0, horizon, agreed)
    stop = np.where(turns < 0, played, turns)
    start = np.zeros_like(turns) if since is None else np.where(since < 0, stop, np.minimum(since, stop))
    change = np.clip(deal + 1, start, stop)
    talks = (base + start, base + change)
    bargain = (base + horizon + change, base + horizon + stop)

    case = turns >= 0
    place = np.where(case, base + turns + horizon * (turns > deal), 0)
    cases = np.bincount(place[case], minlength=size).astype(np.float64)
    others = _in_each(size, (talks, bargain), np.ones(len(turns)))
    hits = _in_each(size, (talks, bargain), ends.astype(np.float64))

    # Of a single other run nobody could tell how far it is from its like.
    usable = (cases > 0) & (others >= 2)
    n = float(cases[usable].sum())
    if n == 0:
        return _NOTHING
    chance = np.divide(hits, others, out=np.zeros(size), where=others > 0)
    case = case & usable[place]
    y = ends.astype(np.float64)
    reached = float(y[case].mean())
    expected = float((cases * chance)[usable].sum() / n)
    difference = reached - expected

    influence = np.where(case, (y - chance[place] - difference) / n, 0.0)
    weight = np.zeros(size)
    weight[usable] = cases[usable] / n / np.sqrt(others[usable] * (others[usable] - 1.0))
    total = np.concatenate([[0.0], np.cumsum(weight)])
    hoped = np.concatenate([[0.0], np.cumsum(weight * chance)])
    met = np.concatenate([[0], np.cumsum(usable)])
    set_against = np.zeros(len(turns), dtype=bool)
    for first, beyond in (talks, bargain):
        influence -= y * (total[beyond] - total[first]) - (hoped[beyond] - hoped[first])
        set_against |= met[beyond] > met[first]
    if n < FEWEST or int(set_against.sum()) < FEWEST:
        return Comparison(int(n), reached, expected, difference, float("nan"), float("nan"))
    together = np.bincount(np.unique(luck, return_inverse=True)[1].reshape(-1), weights=influence)
    clusters = len(together)
    spread = float(np.sqrt((together**2).sum() * clusters / max(clusters - 1, 1)))
    if spread == 0.0:  # all ended alike: an interval without width would promise too much
        return Comparison(int(n), reached, expected, difference, float("nan"), float("nan"))
    half = NormalDist().inv_cdf(0.5 + confidence / 2.0) * spread
    return Comparison(
        int(n), reached, expected, difference, max(difference - half, -1.0), min(difference + half, 1.0)
    )


def _in_each(size: int, stretches: Iterable[tuple[IntArray, IntArray]], of: FloatArray) -> FloatArray:
    """For each place the sum of `of` over the runs that stand in it."""
    change = np.zeros(size + 1)
    for first, beyond in stretches:
        change += np.bincount(first, weights=of, minlength=size + 1)
        change -= np.bincount(beyond, weights=of, minlength=size + 1)
    return np.cumsum(change[:-1])


def deciding_table(
    runs: pd.DataFrame, milestones: Iterable[Milestone], ending: str, confidence: float = 0.95
) -> pd.DataFrame:
    """One row a milestone, those that move the odds of `ending` most first; see `compared`.

    `runs` has a row a run: `point`, `luck`, `outcome`, `turns` and a column of turns for each milestone.
    The table has `milestone`, `label`, `count` and `share` of runs that reach it, `turn` (the median of
    when), `matched` (how many of them could be compared), the chance of the ending `where_reached` and
    `where_not_yet`, their `difference` with `low` and `high`, and the `odds_ratio`; NaN where there is
    nothing to compare, or too little for an interval.  Final milestones are left out, and one that every
    run reaches together with one before it (both sides have given where the second has).
    """
    rows = []
    ends = (runs["outcome"] == ending).to_numpy()
    played, agreed, points, luck = (
        runs[name].to_numpy(np.int64) for name in ("turns", "agreed", "point", "luck")
    )
    told: list[IntArray] = []
    for milestone in milestones:
        turns = runs[milestone.id].to_numpy(np.int64)
        if milestone.final or any(np.array_equal(turns, before) for before in told):
            continue
        told += [turns] if (turns >= 0).any() else []
        there = turns[turns >= 0]
        since = runs[milestone.after].to_numpy(np.int64) if milestone.after else None
        found = compared(turns, ends, played, agreed, points, luck, since, confidence)
        rows.append({
            "milestone": milestone.id,
            "label": milestone.label,
            "count": len(there),
            "share": len(there) / len(turns),
            "turn": float(np.median(there)) if len(there) else float("nan"),
            "matched": found.matched,
            "where_reached": found.reached,
            "where_not_yet": found.others,
            "difference": found.difference,
            "low": found.low,
            "high": found.high,
            "odds_ratio": _odds_ratio(found.reached, found.others),
        })  # fmt: skip
    table = pd.DataFrame(rows)
    # What has no interval comes last, however large it looks.
    by = table["difference"].abs().where(table["low"].notna(), -1.0)
    return table.loc[by.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


def _odds_ratio(one: float, other: float) -> float:
    """NaN where either chance is 0 or 1: odds then are none or without end."""
    if not (0.0 < one < 1.0 and 0.0 < other < 1.0):
        return float("nan")
    return one / (1.0 - one) / (other / (1.0 - other))
