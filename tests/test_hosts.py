"""One negotiation, three hosts: plain Python, Mesa and the compiled engine agree bit for bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from bargain_sim import NegotiationModel, load_scenario, simulate, sweep
from bargain_sim.codes import DRAW_PARAMETERS, DRAW_STRATEGY, OUTCOMES, RUNNING, SLOTS
from bargain_sim.draws import draws_for
from bargain_sim.engine import Engine, draws_of
from bargain_sim.recorder import Recorder
from bargain_sim.rules.summary import COLUMNS
from bargain_sim.scenario.drawn import as_drawn
from bargain_sim.scenario.pack import pack
from bargain_sim.scenario.schema import Scenario
from bargain_sim.shipped import shipped_folder
from bargain_sim.transcript import Transcript

SHIPPED = sorted(path.stem for path in Path(shipped_folder("scenarios")).glob("*.yaml"))
RUNS = 50


def followed(
    engine: Engine, scenario: Scenario, draws: npt.NDArray[np.float64], seed: int, run: int
) -> Transcript:
    """One run of the compiled rules, turn by turn, written down by the recorder of the plain host."""
    scenario = as_drawn(scenario, float(draws[DRAW_PARAMETERS]))
    packed = pack(scenario)
    recorder = Recorder(scenario, packed)
    engine.begin(packed)
    terms, state = engine.snapshot()
    t = 0
    while state.outcome[0] == RUNNING:
        recorder.before(state)
        terms, state = engine.step(draws, t)
        recorder.after(terms, state, t, float(draws[SLOTS * t + DRAW_STRATEGY]))
        t += 1
    return recorder.transcript(terms, state, seed, run)


def by_hand(scenario: Scenario, seed: int, run: int) -> Transcript:
    """One run of the Mesa model."""
    model = NegotiationModel(scenario, seed=seed, run=run)
    while model.running:
        model.step()
    return model.transcript()


def as_row(transcript: Transcript) -> list[float]:
    """The summary in the engine's numbers."""
    row = dict(transcript.summary)
    row["outcome"] = OUTCOMES.index(transcript.outcome)
    row["deal_turn"] = -1 if transcript.deal_turn is None else transcript.deal_turn
    assert len(row) == len(COLUMNS) + len(transcript.scenario.counters)
    return [float(value) for value in row.values()]


def test_there_are_scenarios() -> None:
    assert "baseline" in SHIPPED
    assert len(SHIPPED) >= 13


@pytest.mark.parametrize("name", SHIPPED)
def test_three_hosts_play_the_same_negotiation(name: str) -> None:
    scenario = load_scenario(name)
    packed = pack(scenario)
    engine = Engine(packed)
    draws = draws_of(0, 0, RUNS, packed.sizes.turns)
    rows = engine.run(packed.floats[None], packed.ints[None], draws)
    for k in range(RUNS):
        plain = simulate(scenario, run=k)
        text = plain.to_json()
        assert followed(engine, scenario, draws[k], 0, k).to_json() == text, f"compiled, run {k}"
        assert by_hand(scenario, 0, k).to_json() == text, f"Mesa, run {k}"
        assert rows[k].tolist() == as_row(plain), f"engine in one go, run {k}"


def test_trust_paths_are_those_of_the_transcripts() -> None:
    scenario = load_scenario("baseline")
    packed = pack(scenario)
    paths = Engine(packed).trust_paths(packed, draws_of(0, 0, 5, packed.sizes.turns))
    for k in range(5):
        moves = simulate(scenario, run=k).moves
        told = [[turn.trust[side] for side in scenario.side_ids] for turn in moves]
        assert paths[k, : len(moves)].tolist() == told
        assert np.isnan(paths[k, len(moves) :]).all()


def test_an_engine_keeps_nothing_from_the_run_before() -> None:
    scenario = load_scenario("two_islands")
    packed = pack(scenario)
    draws = draws_of(0, 0, 30, packed.sizes.turns)
    engine = Engine(packed)
    together = engine.run(packed.floats[None], packed.ints[None], draws)
    alone = [Engine(packed).run(packed.floats[None], packed.ints[None], draws[k : k + 1]) for k in range(30)]
    assert np.array_equal(together, np.concatenate(alone))
    backwards = engine.run(packed.floats[None], packed.ints[None], draws[::-1].copy())
    assert np.array_equal(backwards[::-1], together)


@pytest.mark.parametrize("common", [True, False])
def test_a_sweeps_rows_are_runs_of_the_mesa_model(common: bool) -> None:
    """The same for `simulate`, and for workers and folders: tests/test_sweeps.py."""
    results = sweep(
        {
            "format_version": 1,
            "name": "rows",
            "title": "Rows that other hosts play again",
            "scenario": "two_islands",
            "design": "grid",
            "factors": {
                "turns": {"values": [12, 26], "name": "horizon"},
                "sides.both.strategy": ["generous_tit_for_tat", "boulware"],
                "sides.norrholm.reliability": [0.6, 0.9],
            },
            "runs": 3,
            "seed": 7,
            "common_random_numbers": common,
        }
    )
    assert len(results.frame) == 8 * 3
    assert results.frame["run"].nunique() == (3 if common else 24)
    for _, row in results.frame.iterrows():
        scenario = results.scenario_at(int(row["point"]))
        played = by_hand(scenario, 7, int(row["run"]))
        assert int(scenario.turns) == row["horizon"]
        for name, value in played.summary.items():
            if value is None:
                assert pd.isna(row[name])
            else:
                assert row[name] == (np.float32(value) if isinstance(value, float) else value), name


def test_zero_is_a_seed() -> None:
    zero = simulate("baseline", seed=0).to_json()
    assert simulate("baseline").to_json() == zero
    assert NegotiationModel("baseline").negotiation.seed == 0
    assert by_hand(load_scenario("baseline"), 0, 0).to_json() == zero
    assert simulate("baseline", seed=1).moves != simulate("baseline", seed=0).moves
    assert not np.array_equal(draws_for(0, 0, 5), draws_for(0, 1, 5))


def test_runs_and_seeds_do_not_share_their_luck() -> None:
    firsts = {draws_for(seed, run, 1)[0] for seed in range(30) for run in range(30)}
    assert len(firsts) == 900


@pytest.mark.parametrize(("seed", "run"), [(0, 0), (0, 7), (2**63 - 1, 3), (5, 2**63 - 1)])
def test_the_first_turns_do_not_depend_on_how_many_follow(seed: int, run: int) -> None:
    long = draws_for(seed, run, 104)
    for turns in (1, 2, 26, 103):
        assert np.array_equal(draws_for(seed, run, turns), long[: SLOTS * turns])
    assert np.array_equal(draws_of(seed, run, run + 1, 104)[0], long)
    assert ((long >= 0.0) & (long < 1.0)).all()


def test_a_longer_negotiation_begins_like_a_shorter_one() -> None:
    short, long = (load_scenario("baseline", [("turns", turns)]) for turns in (20, 104))
    for run in range(20):
        a, b = simulate(short, run=run).moves, simulate(long, run=run).moves
        shared = min(len(a), len(b))
        assert shared > 3
        assert a[:shared] == b[:shared]


@pytest.mark.parametrize("kind", ["event", "concession"])
def test_what_never_happens_changes_nothing(kind: str) -> None:
    """An event with rate 0, or a concession that nobody can give or wants, bit for bit."""
    number = {"value": 0, "source": "assumption: a test"}
    more: dict[str, object] = {"label": "Nothing", "source": "assumption: a test"}
    if kind == "event":
        extra: dict[str, object] = {"events": {"aaa_never": more | {"rate": number, "pause": True}}}
    else:
        one = {"value": 1, "source": "assumption: a test"}
        more |= {"giver": "minsk", "kind": "material", "value": number, "cost": one, "units": one}
        extra = {"concessions": {"aaa_never": more}}
    plain = load_scenario("baseline")
    other = load_scenario({"format_version": 1, "extends": "baseline", "name": "baseline", **extra})
    assert pack(plain).sizes != pack(other).sizes
    for run in range(20):
        assert simulate(other, run=run).to_json() == simulate(plain, run=run).to_json()
