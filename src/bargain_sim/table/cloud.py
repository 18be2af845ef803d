"""A pair against simulated ones: the same scenario played by strategies on both sides, many times."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from bargain_sim.codes import OUTCOMES
from bargain_sim.draws import draws_for
from bargain_sim.play import play_out
from bargain_sim.rules.summary import COLUMNS, summarise
from bargain_sim.scenario.pack import pack
from bargain_sim.scenario.schema import Scenario

__all__ = ["Cloud", "cloud"]

_AT_ONCE = 500  # pairs: their draws take 6 MB, and a classroom's server is a small one


@dataclass(frozen=True)
class Cloud:
    """How simulated pairs ended: runs 0, 1, … under `seed`.

    `scores` has one pair of payoffs a run, in the order of `sides`; `outcomes` one ending.
    """

    sides: tuple[str, str]
    seed: int
    scores: tuple[tuple[float, float], ...]
    outcomes: tuple[str, ...]

    def share(self, outcome: str) -> float:
        """Share of the pairs that ended so."""
        return self.outcomes.count(outcome) / len(self.outcomes)

    def below(self, side: str, score: float) -> float:
        """Share of the pairs in which a side got less."""
        k = self.sides.index(side)
        return sum(each[k] < score for each in self.scores) / len(self.scores)

    def below_joint(self, joint: float) -> float:
        """Share of the pairs that got less together."""
        return sum(sum(each) < joint for each in self.scores) / len(self.scores)

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def cloud(scenario: Scenario, pairs: int, seed: int = 0) -> Cloud:
    """Play `pairs` runs of the scenario by its strategies; the same in every host, bit for bit.

    By the compiled rules where they lie ready, else on lists: for some hundreds that is quicker than
    compiling.  Raises ValueError for less than one pair.
    """
    if pairs < 1:
        raise ValueError(f"a cloud has one pair at least, not {pairs}")
    rows = _compiled(scenario, pairs, seed) or _on_lists(scenario, pairs, seed)
    first, second = COLUMNS.index("utility_0"), COLUMNS.index("utility_1")
    return Cloud(
        scenario.side_ids,
        seed,
        tuple((row[first], row[second]) for row in rows),
        tuple(OUTCOMES[int(row[COLUMNS.index("outcome")])] for row in rows),
    )


def _compiled(scenario: Scenario, pairs: int, seed: int) -> list[list[float]]:
    from bargain_sim.engine import Engine, draws_of, is_compiled  # numba takes half a second

    if not is_compiled() and pairs <= 5_000:
        return []
    packed, rows = pack(scenario), []
    engine = Engine(packed)
    for first in range(0, pairs, _AT_ONCE):
        draws = draws_of(seed, first, min(first + _AT_ONCE, pairs), packed.sizes.turns)
        rows += engine.run(packed.floats[None], packed.ints[None], draws).tolist()
    return rows


def _on_lists(scenario: Scenario, pairs: int, seed: int) -> list[list[float]]:
    packed, rows = pack(scenario), []
    for run in range(pairs):
        draws = draws_for(seed, run, packed.sizes.turns).tolist()
        terms, state, played = play_out(packed, draws)
        row = [0.0] * (len(COLUMNS) + packed.sizes.counters)
        summarise(terms, state, played, row, 0)
        rows.append(row)
    return rows
