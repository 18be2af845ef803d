"""The compiled host: the same rules, handed to numba, in one loop over runs and points.

State and terms come from outside, as bare pointers into buffers; a run allocates nothing and lets go
of the GIL, so that threads share the work.  How the rules are compiled: `bargain_sim.compiling`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from bargain_sim.codes import DRAW_PARAMETERS, RUNNING, SLOTS
from bargain_sim.compiling import compiled, is_compiled, rules_version, state_in, terms_in
from bargain_sim.draws import Luck
from bargain_sim.rules.begin import begin, prepare
from bargain_sim.rules.parameters import lay_row, row_of
from bargain_sim.rules.state import State, Terms
from bargain_sim.rules.summary import COLUMNS, summarise
from bargain_sim.rules.trace import TRACE, first_times, trace
from bargain_sim.rules.trust import trust
from bargain_sim.rules.turn import mover_of, turn
from bargain_sim.scenario.pack import Layout, Packed, as_lists, layout_of, windows

__all__ = ["Engine", "Traced", "draws_of", "is_compiled", "rules_version", "warm_up"]

_NOTHING_DRAWN = (np.empty((0, 0)), *[np.empty(0, dtype=np.int64)] * 4)
_PAD = 8  # float64s (64 bytes) around each thread's buffers, so that threads share no cache line


def run_block(
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
    point_floats: Any,
    point_ints: Any,
    draws: Any,
    out: Any,
    columns: int,
) -> None:
    """Play every run of a block at every point; row `run*points + point` of `out` is its result.

    The first six are the places of the fields of Terms and State and the buffers they lie in; the next five
    what runs draw (see `scenario.packed.Drawn`; a table without rows: nothing); `draws` has one row a run.
    """
    terms = terms_in(terms_at, term_floats, term_ints)
    state = state_in(state_at, state_floats, state_ints)
    points = point_floats.shape[0]
    for p in range(points):
        for k in range(term_floats.shape[0]):
            term_floats[k] = point_floats[p, k]
        for k in range(term_ints.shape[0]):
            term_ints[k] = point_ints[p, k]
        if table.shape[0] == 0:
            prepare(terms, state)
        for r in range(draws.shape[0]):
            if table.shape[0] > 0:
                row = row_of(draws[r, DRAW_PARAMETERS], table.shape[0])
                lay_row(
                    term_floats, term_ints, row, table, float_places, float_columns, int_places, int_columns
                )
                prepare(terms, state)
            begin(terms, state)
            t = 0
            while state.outcome[0] == RUNNING:
                turn(terms, state, draws[r], t)
                t += 1
            summarise(terms, state, t, out, (r * points + p) * columns)


def run_traced(
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
    point_floats: Any,
    point_ints: Any,
    draws: Any,
    out: Any,
    traces: Any,
    firsts: Any,
    columns: int,
    wide: int,
    stop: int,
) -> None:
    """Play run r at point r up to turn `stop`, and write down every turn: `traces` (runs, stop·wide).

    `firsts` (runs, 2C) takes first times; the other arguments are those of `run_block`, with one row of
    `out` a run.
    """
    terms = terms_in(terms_at, term_floats, term_ints)
    state = state_in(state_at, state_floats, state_ints)
    one_point = point_floats.shape[0] == 1
    draw = table.shape[0] > 0
    for r in range(draws.shape[0]):
        if r == 0 or not one_point:
            for k in range(term_floats.shape[0]):
                term_floats[k] = point_floats[r, k]
            for k in range(term_ints.shape[0]):
                term_ints[k] = point_ints[r, k]
        if draw:
            row = row_of(draws[r, DRAW_PARAMETERS], table.shape[0])
            lay_row(term_floats, term_ints, row, table, float_places, float_columns, int_places, int_columns)
        if r == 0 or draw or not one_point:
            prepare(terms, state)
        begin(terms, state)
        t = 0
        while state.outcome[0] == RUNNING and t < stop:
            turn(terms, state, draws[r], t)
            trace(terms, state, t, mover_of(terms, t), traces[r], t * wide)
            first_times(terms, state, t, firsts[r], 0)
            t += 1
        summarise(terms, state, t, out, r * columns)


def run_on(
    terms_at: Any,
    state_at: Any,
    term_floats: Any,
    term_ints: Any,
    state_floats: Any,
    state_ints: Any,
    draws: Any,
    first: int,
    stop: int,
    trusts: Any,
) -> int:
    """Play turns first … stop-1 of one run (from its start if first is 0); returns the next turn.

    `trusts[turn, side]` takes the trust of both sides after each turn.
    """
    terms = terms_in(terms_at, term_floats, term_ints)
    state = state_in(state_at, state_floats, state_ints)
    if first == 0:
        prepare(terms, state)
        begin(terms, state)
    t = first
    while t < stop and state.outcome[0] == RUNNING:
        turn(terms, state, draws, t)
        for i in range(2):
            trusts[t, i] = trust(state, i)
        t += 1
    return t


def warm_up(packed: Packed) -> None:
    """Compile the sweep's loop, or load it from the cache, by playing one run."""
    engine = Engine(packed)
    engine.run(packed.floats[None], packed.ints[None], draws_of(0, 0, 1, packed.sizes.turns))


class Traced(NamedTuple):
    """Runs turn by turn, as `rules.trace` writes them."""

    rows: npt.NDArray[np.float64]  # (runs, columns): their results, as `Engine.run` gives them
    turns: npt.NDArray[np.float64]  # (runs, turns, columns of TRACE and counters); NaN after the end
    firsts: npt.NDArray[np.float64]  # (runs, concessions, 2): turn first announced, first in full


class Engine:
    """The compiled rules with buffers for one thread.  Not to be shared between threads.

    `packed` fixes the sizes, and what each run draws for itself; the points handed to `run` may differ in
    everything else.
    """

    def __init__(self, packed: Packed) -> None:
        self.sizes = packed.sizes
        self.columns = len(COLUMNS) + packed.sizes.counters
        state_layout = layout_of(State, packed.sizes)
        self._floats = _padded(packed.layout.n_floats, np.float64)
        self._ints = _padded(packed.layout.n_ints, np.int64)
        state_floats = _padded(state_layout.n_floats, np.float64)
        state_ints = _padded(state_layout.n_ints, np.int64)
        self.terms = windows(Terms, packed.layout, self._floats, self._ints)
        self.state = windows(State, state_layout, state_floats, state_ints)
        self._buffers = (
            _starts(packed.layout),
            _starts(state_layout),
            self._floats,
            self._ints,
            state_floats,
            state_ints,
        )
        self._drawn = _NOTHING_DRAWN if packed.drawn is None else packed.drawn.arrays
        self._trusts = np.empty((packed.sizes.turns, 2))
        self._run_block, self._run_on = compiled(run_block), compiled(run_on)
        self._run_traced = compiled(run_traced)

    def run(
        self,
        floats: npt.NDArray[np.float64],
        ints: npt.NDArray[np.int64],
        draws: npt.NDArray[np.float64],
        out: npt.NDArray[np.float64] | None = None,
    ) -> npt.NDArray[np.float64]:
        """Results of every run at every point: shape (runs·points, columns), run-major.

        `floats` (points, n_floats) and `ints` (points, n_ints) are packed terms, `draws` has shape
        (runs, SLOTS·turns) or more turns.
        """
        rows = floats.shape[0] * draws.shape[0]
        if out is None:
            out = np.empty((rows, self.columns))
        # Compiled code reads bare pointers: what does not fit must be refused here.
        _must_be(floats, np.float64, (floats.shape[0], len(self._floats)), "floats")
        _must_be(ints, np.int64, (floats.shape[0], len(self._ints)), "ints")
        _must_be(out, np.float64, (rows, self.columns), "out")
        self._check_draws(draws)
        self._run_block(*self._buffers, *self._drawn, floats, ints, draws, out.reshape(-1), self.columns)
        return out

    def traced(
        self,
        floats: npt.NDArray[np.float64],
        ints: npt.NDArray[np.int64],
        draws: npt.NDArray[np.float64],
        stop: int | None = None,
    ) -> Traced:
        """Every turn of run r of `draws` at point r (or at the only point that is given).

        With `stop` only turns before it are played, none for 0: the outcome of what goes on still is
        RUNNING.  Raises ValueError where it is negative or the arrays do not fit.
        """
        runs, turns = draws.shape[0], self.sizes.turns
        if stop is not None:
            if stop < 0:
                raise ValueError(f"there is no turn {stop} to stop before")
            turns = min(stop, turns)
        points = floats.shape[0]
        if points not in (1, runs):
            raise ValueError(f"there are {runs} runs and {points} points")
        wide = len(TRACE) + self.sizes.counters
        out = np.empty((runs, self.columns))
        traces = np.full((runs, turns, wide), np.nan)
        firsts = np.full((runs, self.sizes.concessions, 2), -1.0)
        _must_be(floats, np.float64, (points, len(self._floats)), "floats")
        _must_be(ints, np.int64, (points, len(self._ints)), "ints")
        self._check_draws(draws)
        self._run_traced(
            *self._buffers, *self._drawn, floats, ints, draws, out.reshape(-1),
            traces.reshape(runs, turns * wide), firsts.reshape(runs, -1), self.columns, wide, turns,
        )  # fmt: skip
        return Traced(out, traces, firsts)

    def trust_paths(self, packed: Packed, draws: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Trust by turn: shape (runs, turns, 2), NaN once a run has ended."""
        self._check_draws(draws)
        table = self._drawn[0]
        self._floats[:], self._ints[:] = packed.floats, packed.ints
        paths = np.full((draws.shape[0], self.sizes.turns, 2), np.nan)
        for path, of_run in zip(paths, draws, strict=True):
            if len(table):
                lay_row(self._floats, self._ints, row_of(of_run[DRAW_PARAMETERS], len(table)), *self._drawn)
            self._run_on(*self._buffers, of_run, 0, self.sizes.turns, path)
        return paths

    def _check_draws(self, draws: npt.NDArray[np.float64]) -> None:
        wide = max(draws.shape[-1], SLOTS * self.sizes.turns)
        _must_be(draws, np.float64, (*draws.shape[:-1], wide), "draws")

    def begin(self, packed: Packed) -> None:
        """Start one run, to be followed turn by turn (for transcripts and tests): it draws no terms."""
        self._floats[:], self._ints[:] = packed.floats, packed.ints
        self._run_on(*self._buffers, np.empty(0), 0, 0, self._trusts)

    def step(self, draws: npt.NDArray[np.float64], t: int) -> tuple[Terms, State]:
        """Play turn t; terms and state after it, as plain lists."""
        self._check_draws(draws)
        if not 0 <= t < self.sizes.turns:
            raise ValueError(f"there is no turn {t} among {self.sizes.turns}")
        self._run_on(*self._buffers, draws, t, t + 1, self._trusts)
        return self.snapshot()

    def snapshot(self) -> tuple[Terms, State]:
        """Terms and state as plain lists."""
        return as_lists(self.terms), as_lists(self.state)


def draws_of(seed: int, first: int, stop: int, turns: int) -> npt.NDArray[np.float64]:
    """Draws of runs first … stop-1: shape (runs, SLOTS·turns)."""
    draws = np.empty((stop - first, SLOTS * turns))
    Luck(seed).fill(first, draws)
    return draws


def _must_be(array: npt.NDArray[Any], kind: Any, shape: tuple[int, ...], name: str) -> None:
    if array.dtype != kind or array.shape != shape or not array.flags.c_contiguous:
        raise ValueError(
            f"{name} must be {np.dtype(kind)} of shape {shape}, not {array.dtype} of {array.shape}"
        )


def _starts(layout: Layout) -> npt.NDArray[np.int64]:
    return np.array([start for _, start, _ in layout.places.values()], dtype=np.int64)


def _padded(length: int, kind: Any) -> npt.NDArray[Any]:
    return np.zeros(length + 2 * _PAD, dtype=kind)[_PAD : _PAD + length]
