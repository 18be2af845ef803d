"""The compiled rules once more, for answers at once: results, and of the turns only trust."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from bargain_sim.codes import DRAW_PARAMETERS, RUNNING
from bargain_sim.compiling import cache_folder, compiled, state_in, terms_in
from bargain_sim.engine import Engine
from bargain_sim.rules.begin import begin, prepare
from bargain_sim.rules.parameters import lay_row, row_of
from bargain_sim.rules.summary import summarise
from bargain_sim.rules.trust import trust
from bargain_sim.rules.turn import turn
from bargain_sim.scenario.pack import Packed

__all__ = ["Quick", "is_ready"]


def run_quick(
    terms_at: Any,
    state_at: Any,
    term_floats: Any,
    term_ints: Any,
    state_floats: Any,
    state_ints: Any,
    table: Any,
    float_places: Any,
    float_columns: Any,
    int_places: Any,
    int_columns: Any,
    draws: Any,
    out: Any,
    trusts: Any,
    columns: int,
) -> None:
    """Play every run of `draws` with the terms that lie in the buffers; see `engine.run_block`.

    `trusts` (sides, turns, runs) takes trust after each turn.
    """
    terms = terms_in(terms_at, term_floats, term_ints)
    state = state_in(state_at, state_floats, state_ints)
    draw = table.shape[0] > 0
    if not draw:
        prepare(terms, state)
    for r in range(draws.shape[0]):
        if draw:
            row = row_of(draws[r, DRAW_PARAMETERS], table.shape[0])
            lay_row(term_floats, term_ints, row, table, float_places, float_columns, int_places, int_columns)
            prepare(terms, state)
        begin(terms, state)
        t = 0
        while state.outcome[0] == RUNNING:
            turn(terms, state, draws[r], t)
            trusts[0, t, r] = trust(state, 0)
            trusts[1, t, r] = trust(state, 1)
            t += 1
        summarise(terms, state, t, out, r * columns)


def is_ready() -> bool:
    """Whether the compiled loop lies in the cache, so that loading it takes a second."""
    return any(cache_folder().rglob("*run_quick*.nbi"))


class Quick(Engine):
    """An engine that also hands out trust by turn, without the rest of what `Engine.traced` writes.

    That takes half the time and a twentieth of the memory.
    """

    def __init__(self, packed: Packed) -> None:
        super().__init__(packed)
        self._packed = packed
        self._run_quick = compiled(run_quick)

    def play(self, draws: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float32]]:
        """Results, as `Engine.run` gives them for one point, and trust.

        Trust has the shape (sides, turns, runs), NaN after the end, and is rounded to single precision.
        """
        self._check_draws(draws)
        self._floats[:], self._ints[:] = self._packed.floats, self._packed.ints
        out = np.empty((len(draws), self.columns))
        trusts = np.full((2, self.sizes.turns, len(draws)), np.nan, dtype=np.float32)
        self._run_quick(*self._buffers, *self._drawn, draws, out.reshape(-1), trusts, self.columns)
        return out, trusts
