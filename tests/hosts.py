"""Short ways for tests to run scenarios: turn by turn in plain Python, by the thousand compiled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from bargain_sim.codes import OUTCOMES, RUNNING, SLOTS
from bargain_sim.draws import draws_for
from bargain_sim.engine import Engine, draws_of
from bargain_sim.rules.begin import begin, prepare
from bargain_sim.rules.state import State, Terms
from bargain_sim.rules.summary import COLUMNS
from bargain_sim.rules.turn import turn
from bargain_sim.scenario.pack import Packed, pack
from bargain_sim.scenario.schema import Scenario
from bargain_sim.strategies import Style, View

Array = npt.NDArray[np.float64]


class Game:
    """One negotiation on plain lists, with draws that a test may choose."""

    def __init__(self, scenario: Scenario, draws: Sequence[float] | None = None, run: int = 0) -> None:
        self.scenario = scenario
        self.packed = pack(scenario)
        # Any: tests look into the lists, and set them, more freely than the rules' own types allow.
        self.terms: Any
        self.state: Any
        self.terms, self.state = self.packed.lists()
        turns = self.packed.sizes.turns
        self.draws = draws_for(0, run, turns).tolist() if draws is None else list(draws)
        self.t = 0
        prepare(self.terms, self.state)
        begin(self.terms, self.state)

    @property
    def running(self) -> bool:
        return bool(self.state.outcome[0] == RUNNING)

    def step(self) -> None:
        turn(self.terms, self.state, self.draws, self.t)
        self.t += 1

    def play(self, turns: int | None = None) -> Game:
        """Play that many turns, or to the end."""
        while self.running and (turns is None or turns > 0):
            self.step()
            turns = None if turns is None else turns - 1
        return self

    def index(self, name: str) -> int:
        """The place of a concession in the arrays."""
        return self.packed.concession_ids.index(name)


def constant_draws(turns: int, **slots: float) -> list[float]:
    """Draws that never fire anything (0.999999…) but the slots named `event`, `delivery`, …, all turns."""
    import bargain_sim.codes as codes

    row = [1.0 - 2.0**-53] * SLOTS
    for name, value in slots.items():
        row[getattr(codes, f"DRAW_{name.upper()}")] = value
    return row * turns


@lru_cache(maxsize=4)
def many_draws(seed: int, runs: int, turns: int) -> Array:
    """Draws of runs 0 … runs-1."""
    return draws_of(seed, 0, runs, turns)


class Rows:
    """Results of every run (rows) at every point (columns): `rows["utility_0"]` has shape (runs, points)."""

    def __init__(self, values: Array, counters: tuple[str, ...]) -> None:
        self.values = values
        self.names = (*COLUMNS, *counters)

    def __getitem__(self, name: str) -> Array:
        column: Array = self.values[:, :, self.names.index(name)]
        return column

    def ended(self, outcome: str) -> Array:
        """1.0 where the run ended so."""
        endings: Array = (self["outcome"] == OUTCOMES.index(outcome)).astype(np.float64)
        return endings

    @property
    def agreed(self) -> Array:
        """1.0 where a package was agreed."""
        return (self["deal_turn"] >= 0).astype(np.float64)


def compiled(points: Sequence[Scenario], runs: int, seed: int = 1) -> Rows:
    """Run every point, with the same draws, in the compiled engine; points have the same sizes."""
    packed = [pack(point) for point in points]
    engine = Engine(packed[0])
    draws = many_draws(seed, runs, packed[0].sizes.turns)
    floats = np.stack([p.floats for p in packed])
    ints = np.stack([p.ints for p in packed])
    values = engine.run(floats, ints, draws)
    return Rows(values.reshape(runs, len(points), engine.columns), tuple(points[0].counters))


def compiled_steps(packed: Packed, draws: Array) -> Iterator[tuple[Terms, State]]:
    """Terms and state after each turn of one run of the compiled rules."""
    engine = Engine(packed)
    engine.begin(packed)
    t = 0
    while engine.state.outcome[0] == RUNNING:
        yield engine.step(draws, t)
        t += 1


def mean_and_error(values: Array) -> tuple[float, float]:
    """Mean and standard error of the mean (0 where all are equal)."""
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))


def never_rises(columns: Array, errors: float = 3.0) -> None:
    """Fail where a later column exceeds an earlier neighbour by more than `errors` paired standard errors.

    Columns that are zero throughout would never rise either: that is a test of nothing, and fails.
    """
    assert np.abs(columns).max() > 0.0, "nothing ever happens here"
    for k in range(columns.shape[1] - 1):
        mean, error = mean_and_error(columns[:, k + 1] - columns[:, k])
        assert mean <= errors * error, f"step {k}: {columns.mean(axis=0)}, rise {mean:.5f} ± {error:.5f}"


def sweep(make: Callable[..., Scenario], name: str, values: Sequence[float], runs: int, **fixed: Any) -> Rows:
    """`make(name=value, **fixed)` for every value, run under common random numbers."""
    return compiled([make(**{name: value}, **fixed) for value in values], runs)


def steps_of(game: Game, mover: int) -> list[float]:
    """What the mover announced on each of its turns so far."""
    first = 0 if game.terms.first_mover[0] == mover else 1
    return [game.state.announced[t] for t in range(first, game.t, 2)]


def style(**numbers: float) -> Style:
    """A style of start values; `numbers` override."""
    base = {
        "reciprocity": 0.6,
        "initiative": 2.0,
        "trust_threshold": 0.25,
        "opening": 1.0,
        "max_step": 1e9,
        "generosity": 0.2,
        "inverse_response": 0.3,
        "pace": 1.0,
        "grit_turns": 3.0,
    }
    return Style(**(base | numbers))


def view(**numbers: float) -> View:
    """A view of nothing yet at trust ½; `numbers` override."""
    base = dict.fromkeys(View._fields, 0.0) | {"trust": 0.5}
    return View(**(base | numbers))
