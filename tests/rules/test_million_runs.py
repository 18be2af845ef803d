"""Random parameters over every shipped scenario with hard red lines: no run delivers across one.

The compiled engine plays them; its own counters, one for each concession, show what was delivered,
so that nothing but the sweep's own columns is trusted.  A sample is replayed turn by turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hosts import Array, Game, many_draws
from invariants import play_checked
from randoms import RANGES
from toys import counters_of, rich

from bargain_sim.codes import OUTCOMES
from bargain_sim.engine import Engine
from bargain_sim.rules.begin import begin, prepare
from bargain_sim.rules.state import Terms
from bargain_sim.rules.summary import COLUMNS
from bargain_sim.scenario.loader import load_scenario
from bargain_sim.scenario.pack import Packed, as_lists, pack, windows
from bargain_sim.scenario.schema import Counter, Scenario
from bargain_sim.shipped import shipped_folder
from bargain_sim.strategies import STRATEGIES

Ints = npt.NDArray[np.int64]
RUNS_A_POINT = 250
WHOLE = 1e9  # what counters read for a whole concession: anything from a billionth of it shows


def counted(scenario: Scenario) -> Scenario:
    """The scenario with a counter for every concession, and no others."""
    counters = counters_of(scenario.concessions)
    for counter in counters.values():
        for count in counter["counts"].values():
            count["value"] = WHOLE
    checked = {name: Counter.model_validate(counter) for name, counter in counters.items()}
    return scenario.model_copy(update={"counters": checked})


def shipped() -> list[Scenario]:
    """Every shipped scenario with a hard red line around something, and the tests' rich one.

    Those that draw their own parameters are left out: here the parameters are random for all.
    """
    files = sorted(shipped_folder("scenarios").glob("*.yaml"))
    loaded = [scenario for scenario in map(load_scenario, files) if scenario.parameters is None]
    everything = [counted(scenario) for scenario in loaded]
    return [s for s in [*everything, counted(rich(bonus=30))] if any(Game(s).terms.hard)]


def random_points(packed: Packed, points: int, rng: np.random.Generator) -> tuple[Array, Ints]:
    """Packed terms, one row a point: parameters over their studied ranges, some at their bounds.

    Each parameter of each side stays as shipped in two points of five; strategies are drawn too.
    """
    floats = np.repeat(packed.floats[None], points, axis=0)
    ints = np.repeat(packed.ints[None], points, axis=0)
    for p in range(points):
        terms: Any = windows(Terms, packed.layout, floats[p], ints[p])
        for name, extra in RANGES.items():
            field = getattr(terms, name)
            low, high = extra["studied"] or (extra["low"], extra["high"])
            for i in range(2):
                luck = rng.random()
                if luck < 0.4:
                    continue
                value = rng.uniform(low, high)
                if luck > 0.98:
                    value = high if luck > 0.99 else max(low, 0.01)
                field[i] = round(value) if extra["whole"] else value
        for i in range(2):
            terms.strategy[i] = rng.integers(len(STRATEGIES))
            terms.snapback[i] = rng.integers(2)
    return floats, ints


def blocks(total: int) -> Iterator[tuple[Scenario, Packed, Array, Ints, Array]]:
    """Results of `total` runs or a few more, scenario by scenario: (…, rows of the engine)."""
    scenarios = shipped()
    rng = np.random.default_rng(20251205)
    points = -(-total // (len(scenarios) * RUNS_A_POINT))
    for number, scenario in enumerate(scenarios):
        packed = pack(scenario)
        floats, ints = random_points(packed, points, rng)
        draws = many_draws(number, RUNS_A_POINT, packed.sizes.turns)
        yield scenario, packed, floats, ints, Engine(packed).run(floats, ints, draws)


def hard_barred(packed: Packed) -> list[int]:
    """Concessions behind hard red lines, by their place."""
    return [c for c, hard in enumerate(packed_terms(packed).hard) if hard]


def packed_terms(packed: Packed) -> Any:
    return windows(Terms, packed.layout, packed.floats, packed.ints)


def check_rows(scenario: Scenario, packed: Packed, rows: Array) -> None:
    """One ending each, finite payoffs, fractions in [0, 1], nothing across a hard red line."""
    assert np.isin(rows[:, 0], range(len(OUTCOMES))).all()
    assert (rows[:, 1] >= 1).all() and (rows[:, 1] <= packed.sizes.turns).all()
    assert np.isfinite(rows).all()
    names = list(scenario.counters)
    counts = rows[:, len(COLUMNS) :]
    assert counts.shape[1] == len(packed.concession_ids)
    assert (counts >= 0).all() and (counts <= WHOLE).all()
    for c in hard_barred(packed):
        column = names.index(f"n_{packed.concession_ids[c]}")
        assert (counts[:, column] == 0).all(), packed.concession_ids[c]


def replay(scenario: Scenario, packed: Packed, floats: Array, ints: Ints, number: int, run: int) -> int:
    """Play one run of one point turn by turn in plain Python, checking everything; its outcome."""
    game = Game(scenario, many_draws(number, RUNS_A_POINT, packed.sizes.turns)[run].tolist())
    point = windows(Terms, packed.layout, floats, ints)
    game.terms = as_lists(point)
    prepare(game.terms, game.state)
    begin(game.terms, game.state)
    play_checked(game)
    return int(game.state.outcome[0])


def run_and_check(total: int, sample: int) -> tuple[int, Ints]:
    """Runs played and how they ended."""
    played = 0
    endings = np.zeros(len(OUTCOMES), dtype=np.int64)
    for number, (scenario, packed, floats, ints, rows) in enumerate(blocks(total)):
        check_rows(scenario, packed, rows)
        played += len(rows)
        endings += np.bincount(rows[:, 0].astype(np.int64), minlength=len(OUTCOMES))
        points = floats.shape[0]
        for k in range(0, len(rows), max(1, len(rows) // sample)):
            run, point = divmod(k, points)
            outcome = replay(scenario, packed, floats[point], ints[point], number, run)
            assert outcome == rows[k, 0]
    return played, endings


def test_shipped_scenarios_have_red_lines_to_test() -> None:
    found = shipped()
    assert len(found) >= 8
    for scenario in found:
        assert hard_barred(pack(scenario))


def test_twenty_thousand_runs_cross_no_red_line() -> None:
    played, endings = run_and_check(20_000, sample=5)
    assert played >= 20_000 and endings.sum() == played


@pytest.mark.slow
def test_a_million_runs_cross_no_red_line() -> None:
    played, endings = run_and_check(1_000_000, sample=60)
    assert played >= 1_000_000 and endings.sum() == played
    # The runs are no monoculture: every ending occurs, and bargains in thousands.
    assert (endings > 0).all()
    assert endings[OUTCOMES.index("grand_bargain")] > 1000
