"""Settings in, negotiations out: the same luck every time, and nothing that is known is played again."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from bargain_sim.analysis.packages import outline, undominated
from bargain_sim.engine import draws_of
from bargain_sim.errors import InputError
from bargain_sim.play import simulate
from bargain_sim.rules.summary import COLUMNS
from bargain_sim.scenario.loader import Resolved, build, resolve
from bargain_sim.scenario.pack import pack
from bargain_sim.scenario.schema import Scenario
from bargain_sim.shipped import shipped_folder
from bargain_sim.transcript import Transcript
from bargain_sim.web.live.quick import Quick
from bargain_sim.web.live.recent import Recent
from bargain_sim.web.live.settings import Setting, Value, kept, overrides_of, settings_of

__all__ = ["QUANTILES", "RUNS", "Choice", "Explorer", "Played"]

RUNS: Final = 2_000
"""Negotiations at each change."""

QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Of trust, in a fan."""


@dataclass(frozen=True)
class Choice:
    """A scenario and what was set in it: pairs of path and value, in the order of the settings."""

    scenario: str
    values: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, eq=False)
class Played:
    """Runs 0 … n-1 of a choice under one seed."""

    choice: Choice
    seed: int
    sides: tuple[str, str]
    counters: tuple[str, ...]
    rows: npt.NDArray[np.float64]
    """What each run came to, by `columns`: shape (runs, columns)."""
    fan: npt.NDArray[np.float32]
    """Quantiles of trust after each turn over the runs still going: shape (sides, QUANTILES, turns)."""
    going: npt.NDArray[np.int64]
    """Runs still going in each turn; turns that none reaches are left out: shape (turns,)."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns of `rows`: `rules.summary.COLUMNS`, then counters."""
        return (*COLUMNS, *self.counters)

    def column(self, name: str) -> npt.NDArray[np.float64]:
        """One column: shape (runs,)."""
        return self.rows[:, self.columns.index(name)]

    @property
    def outcomes(self) -> npt.NDArray[np.int64]:
        """Number of each run's ending in `codes.OUTCOMES`."""
        return self.column("outcome").astype(np.int64)

    @property
    def typical(self) -> int:
        """The first run with the commonest ending."""
        outcomes = self.outcomes
        return int(np.argmax(outcomes == np.bincount(outcomes).argmax()))


class Explorer:
    """Plays what is asked.  All methods may be called from several threads.

    What it keeps is bounded: draws of three seeds (27 MB each), 32 scenarios, the runs of 64 choices (0.3 MB
    each).
    """

    def __init__(self, runs: int = RUNS, paths: Mapping[str, Path] | None = None) -> None:
        """`paths` are scenarios by name; those that are shipped, if left out."""
        shipped = {path.stem: path for path in sorted(shipped_folder("scenarios").glob("*.yaml"))}
        self.runs = runs
        self.paths = dict(shipped if paths is None else paths)
        self.names = tuple(self.paths)
        self._files: Recent[str, tuple[Resolved, Mapping[str, Setting]]] = Recent(64)
        self._scenarios: Recent[Choice, Scenario] = Recent(32)
        self._draws: Recent[tuple[int, int], npt.NDArray[np.float64]] = Recent(3)
        self._played: Recent[tuple[Choice, int], Played] = Recent(64)
        self._frontiers: Recent[tuple[Any, ...], npt.NDArray[np.float64]] = Recent(64)
        self._drawing = threading.Lock()

    def settings(self, name: str) -> Mapping[str, Setting]:
        """What can be set in a scenario, by path.  Raises InputError."""
        return self._file(name)[1]

    def scenario_as_it_is(self, name: str) -> Scenario:
        """A scenario with nothing set.  Raises InputError."""
        return self._file(name)[0].scenario

    def choice(self, name: str, values: Mapping[str, object]) -> Choice:
        """These values in a scenario, checked one by one.  Raises InputError."""
        return Choice(name, kept(self.settings(name), values))

    def scenario(self, choice: Choice) -> Scenario:
        """The scenario with what was set, checked as a whole as any file is.  Raises InputError."""

        def made() -> Scenario:
            resolved, _ = self._file(choice.scenario)
            return build(resolved.base, overrides_of(resolved.scenario, choice.values))

        return self._scenarios.get(choice, made)

    def play(self, choice: Choice, seed: int) -> Played:
        """All runs of a choice; run k meets the luck of (seed, k) whatever was set.  Raises InputError."""
        return self._played.get((choice, seed), lambda: self._play(choice, seed))

    def tell(self, choice: Choice, seed: int, run: int) -> Transcript:
        """One of these runs, turn by turn.  Raises InputError."""
        return simulate(self.scenario(choice), seed, run)

    def frontier(self, choice: Choice) -> npt.NDArray[np.float64]:
        """The Pareto frontier with what was set, as `analysis.packages.outline` has it.

        Found anew only where something was set that can have moved it.
        """
        scenario = self.scenario(choice)
        moved = [(float(side.firmness), float(side.bonus)) for side in scenario.sides.values()]
        return self._frontiers.get((choice.scenario, *moved), lambda: outline(undominated(scenario).points))

    def warm_up(self) -> None:
        """Compile the engine, or load it from its cache, and draw the luck of seed 0."""
        self.play(Choice("baseline"), 0)

    def _file(self, name: str) -> tuple[Resolved, Mapping[str, Setting]]:
        if name not in self.names:
            raise InputError("there is no such scenario here", remedy=f"Choose from {', '.join(self.names)}")

        def made() -> tuple[Resolved, Mapping[str, Setting]]:
            resolved = resolve(self.paths[name])
            return resolved, {setting.path: setting for setting in settings_of(resolved)}

        return self._files.get(name, made)

    def _luck(self, seed: int, turns: int) -> npt.NDArray[np.float64]:
        # One thread at a time: a class that chooses another seed would draw it once for each.
        with self._drawing:
            return self._draws.get((seed, turns), lambda: draws_of(seed, 0, self.runs, turns))

    def _play(self, choice: Choice, seed: int) -> Played:
        scenario = self.scenario(choice)
        packed = pack(scenario)
        draws = self._luck(seed, packed.sizes.turns)
        rows, trusts = Quick(packed).play(draws)
        fan, going = fan_of(trusts)
        return Played(choice, seed, scenario.side_ids, tuple(scenario.counters), rows, fan, going)


def fan_of(trusts: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """Quantiles of trust (sides, turns, runs), NaN after the end, by turn; and how many runs are going.

    As `numpy.nanquantile` has them, but one sort that puts what is missing last takes a fiftieth of the
    time.  `trusts` is sorted in place.
    """
    trusts.sort(axis=-1)
    going = np.count_nonzero(~np.isnan(trusts[0]), axis=-1)
    reached = int(np.count_nonzero(going))
    going, ordered = going[:reached], trusts[:, :reached]
    fan = np.empty((ordered.shape[0], len(QUANTILES), reached), dtype=np.float32)
    for k, quantile in enumerate(QUANTILES):
        at = quantile * (going - 1)
        below = np.floor(at).astype(np.int64)
        above = np.minimum(below + 1, going - 1)
        low, high = (np.take_along_axis(ordered, b[None, :, None], axis=-1)[..., 0] for b in (below, above))
        fan[:, k] = low + (at - below) * (high - low)
    return fan, going


def threads() -> int:
    """How many threads are worth having: one a core that this process may use, eight at most."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, 8))
