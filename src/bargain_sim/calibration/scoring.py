"""The logarithmic score of a forecast over categories, and how sure it is.

The score is the natural logarithm of the chance that was given to what then happened: 0 at best.  It is
proper: nobody expects a better score from telling other chances than those believed (Good 1952).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["KEPT_BACK", "Score", "chances", "log_score"]

Floats = npt.NDArray[np.float64]

KEPT_BACK: Final = 0.01
"""Chance that every forecast keeps back, shared equally by all categories: for what its model did not think
of.  So no score is endless, nor does it hang on how many runs were played."""


class Score(NamedTuple):
    """The `chance` given to what happened, its logarithm, and the standard error of that logarithm.

    The error is that of the draws at hand and of their runs; it does not know how other draws would fare.
    """

    chance: float
    score: float
    error: float


def chances(shares: Floats) -> Floats:
    """Chances of the categories (categories,) from shares of runs that add up to 1, some of it kept back."""
    return np.asarray((1.0 - KEPT_BACK) * shares + KEPT_BACK / len(shares))


def log_score(came: npt.NDArray[np.intp], weights: Floats, what: int, categories: int) -> Score:
    """The score of weighted draws from which runs were played, when category `what` happened.

    `came` (draws, runs) are the categories of the runs of each draw, `weights` (draws,) what draws weigh.
    """
    share = (came == what).mean(axis=1)
    weight = weights / weights.sum()
    hit = float(weight @ share)
    chance = (1.0 - KEPT_BACK) * hit + KEPT_BACK / categories
    # Draws are the units that vary: their own runs lean the same way.
    error = (1.0 - KEPT_BACK) * float(np.sqrt((weight**2) @ (share - hit) ** 2))
    return Score(chance, float(np.log(chance)), error / chance)
