"""The orders in which runs come by some milestones, how common each is and how it ends."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from bargain_sim.analysis.intervals import share_with_bounds
from bargain_sim.analysis.shares import outcome_shares
from bargain_sim.codes import OUTCOMES

__all__ = ["ARROW", "orders_of", "orders_table"]

ARROW = " > "
"""Between the milestones of an order, which is kept as text; no milestone at all is the empty text."""


def orders_of(turns: npt.NDArray[np.int64], keys: Sequence[str]) -> npt.NDArray[np.object_]:
    """The order of each run, such as `pause > slight`: shape (runs,).

    `turns` (runs, keys) holds the turn of each milestone, negative where it was not reached; of those
    reached in one turn the one that stands first in `keys` comes first.
    """
    never = np.iinfo(np.int64).max
    when = np.where(turns < 0, never, turns)
    sequence = np.argsort(when, axis=1, kind="stable")
    reached = np.arange(len(keys)) < (turns >= 0).sum(axis=1)[:, None]
    # One number an order: its milestones, counted from 1, as digits; 0 where there is none any more.
    digits = np.where(reached, sequence + 1, 0)
    codes = digits @ (len(keys) + 1) ** np.arange(len(keys))
    _, first, which = np.unique(codes, return_index=True, return_inverse=True)
    names = [ARROW.join(keys[digit - 1] for digit in digits[row] if digit) for row in first]
    return np.array(names, dtype=object)[which.reshape(-1)]


def orders_table(runs: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """One row an order, the commonest first.

    `runs` has a row a run with `order`, `outcome` and `luck` (runs with the same number met the same luck;
    the bounds know it).  The table has `order`, `count`, `n` (all runs), `share` with `low` and `high`,
    and for every ending the chance of it given the order, `share_<ending>`, with `low_<ending>` and
    `high_<ending>` (all Wilson's).
    """
    frame = pd.DataFrame({"order": runs["order"], "outcome": runs["outcome"], "run": runs["luck"]})
    counts = frame["order"].value_counts()
    common = sorted(counts.index, key=lambda order: (-int(counts[order]), str(order)))
    orders, luck = frame["order"].to_numpy(), frame["run"].to_numpy()
    count = counts[common].to_numpy(dtype=np.int64)
    bounds = np.array([share_with_bounds(orders == order, luck, confidence) for order in common])
    table = pd.DataFrame({"order": common, "count": count, "n": len(frame)})
    table[["share", "low", "high"]] = bounds.reshape(-1, 3)
    endings = outcome_shares(frame, "order", confidence)
    for outcome in OUTCOMES:
        of_it = endings[endings["outcome"] == outcome].set_index("order")
        for part in ("share", "low", "high"):
            table[f"{part}_{outcome}"] = of_it[part][common].to_numpy()
    return table
