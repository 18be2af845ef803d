"""Uniform draws addressed by (seed, run, turn, name).

A negotiation never owns a generator: it is handed `SLOTS` numbers a turn, by name (codes.DRAW_…).
Run k therefore replays alone, the order of workers is irrelevant, and two scenarios under the same
seed and run meet the same luck.  The numbers come from NumPy's Philox, a counter-based generator:
key = seed, counter = (0, 0, run, 0); turn t owns blocks 4·t … 4·t + 3, so the first turns do not
depend on how long the negotiation is.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from bargain_sim.codes import DRAW_PARAMETERS, SLOTS
from bargain_sim.errors import InputError

__all__ = ["LARGEST_SEED", "MOST_RUNS", "Luck", "checked", "checked_count", "draws_for", "run_draws"]

LARGEST_SEED = 2**63 - 1
MOST_RUNS = 1_000_000
"""Runs of one scenario that are looked at together: some minutes, and far more than intervals need."""


def checked(name: str, value: Any) -> int:
    """A seed or run number: a whole number from 0 to 2⁶³ − 1.  Raises InputError."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise InputError(f"{name} must be a whole number, not {value!r}", remedy="Write 0, 1, 2, …")
    if not 0 <= int(value) <= LARGEST_SEED:
        raise InputError(f"{name} {value} is out of range", remedy=f"Choose one from 0 to {LARGEST_SEED}")
    return int(value)


def checked_count(name: str, value: int, least: int, most: int) -> int:
    """A number of runs, from `least` to `most`: more would take hours, or more memory than there is.

    Raises InputError.
    """
    if not least <= value <= most:
        bound = f"at least {least}" if value < least else f"{most:,} at most"
        raise InputError(f"{name} is {value:,}", remedy=f"Choose {bound}")
    return value


class Luck:
    """The draws of any runs under one seed.

    One generator is set to each run's counter: making one anew takes several times as long as its numbers.
    """

    def __init__(self, seed: int) -> None:
        self._philox = np.random.Philox(key=seed)
        self._generator = np.random.Generator(self._philox)
        self._start: Any = self._philox.state

    def fill(self, first: int, out: npt.NDArray[np.float64]) -> None:
        """Fill row k of `out`, shape (runs, SLOTS·turns), with the draws of run first + k."""
        for k in range(len(out)):
            self._start["state"]["counter"][:] = (0, 0, first + k, 0)
            self._philox.state = self._start
            self._generator.random(out=out[k])


def draws_for(seed: int, run: int, turns: int) -> npt.NDArray[np.float64]:
    """The draws of run `run` under `seed`: shape (SLOTS·turns,), uniform on [0, 1)."""
    out = np.empty(SLOTS * turns)
    Luck(checked("seed", seed)).fill(checked("run", run), out[None])
    return out


def run_draws(seed: int, runs: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """The draw that decides the parameters of each of `runs`, uniform on [0, 1): shape (runs,)."""
    out = np.empty((len(runs), DRAW_PARAMETERS + 1))
    luck = Luck(seed)
    for run, row in zip(runs, out, strict=True):
        luck.fill(int(run), row[None])
    return out[:, DRAW_PARAMETERS]
