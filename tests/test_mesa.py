"""The negotiation as a Mesa model: by hand, in batch_run, and as Mesa's users expect it to behave."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from typing import Any

import mesa
import numpy as np
import pandas as pd
import pytest

from bargain_sim import InputError, NegotiationModel, Scenario, load_scenario, simulate

MESA = tuple(int(part) for part in mesa.__version__.split(".")[:2])


@pytest.fixture(scope="module")
def islands() -> Scenario:
    """A short one."""
    return load_scenario("two_islands")


@contextlib.contextmanager
def iterations_are_deprecated() -> Iterator[None]:
    """Mesa warns of `iterations` from 3.4 on; nothing else is let through."""
    with warnings.catch_warnings():
        if MESA >= (3, 4):
            warnings.filterwarnings("ignore", message="The `iterations` keyword", category=DeprecationWarning)
        yield


def batch(scenario: Any, **more: Any) -> pd.DataFrame:
    parameters = {"scenario": [scenario], "seed": [0], "run": range(40)} | more.pop("parameters", {})
    rows = mesa.batch_run(
        NegotiationModel, parameters=parameters, number_processes=1, display_progress=False, **more
    )
    return pd.DataFrame(rows)


def finished(scenario: Any = "baseline", **which: Any) -> NegotiationModel:
    model = NegotiationModel(scenario, **which)
    while model.running:
        model.step()
    return model


def test_batch_run_gives_each_run_its_own_ending() -> None:
    scenario = load_scenario("baseline")
    frame = batch(scenario)
    assert len(frame) == 2 * 40, "a row for each side of each run"
    for run, rows in frame.groupby("run"):
        alone = simulate(scenario, seed=0, run=int(str(run)))
        assert list(rows["side"]) == list(scenario.side_ids)
        for _, row in rows.iterrows():
            side = row["side"]
            assert row["outcome"] == alone.outcome
            assert row["turn"] == alone.turns
            for name in ("trust", "given", "utility"):
                assert row[name] == row[f"{name}_{side}"] == alone.summary[f"{name}_{side}"]
    assert frame["outcome"].nunique() >= 3


def test_batch_run_collects_every_turn(islands: Scenario) -> None:
    frame = batch(islands, parameters={"run": range(6)}, data_collection_period=1)
    for run, rows in frame.groupby("run"):
        moves = simulate(islands, run=int(str(run))).moves
        assert list(rows["turn"]) == [k for k in range(1, len(moves) + 1) for _ in range(2)]
        for _, row in rows.iterrows():
            turn = moves[int(row["turn"]) - 1]
            side = row["side"]
            assert row["mode"] == turn.mode
            assert row["trust"] == row[f"trust_{side}"] == turn.trust[side]
            assert row["given"] == row[f"given_{side}"] == turn.given[side]
        ended = rows["turn"] == len(moves)
        assert set(rows.loc[~ended, "outcome"]) <= {""}
        assert (rows.loc[ended, "outcome"] != "").all()


def test_iterations_play_the_same_negotiation_again(islands: Scenario) -> None:
    with iterations_are_deprecated():
        frame = batch(islands, parameters={"run": [0, 1]}, iterations=3)
    assert len(frame) == 2 * 2 * 3
    results = frame.drop(columns=["RunId", "iteration", "Step", "scenario"])
    for run in (0, 1):
        of_run = [rows for _, rows in results[frame["run"] == run].groupby(frame["iteration"])]
        assert len(of_run) == 3
        assert all(rows.reset_index(drop=True).equals(of_run[0].reset_index(drop=True)) for rows in of_run)


def test_seeds_mean_something_in_batch_run(islands: Scenario) -> None:
    frame = batch(islands, parameters={"seed": [0, 1, 2], "run": [0, 1]})
    for _, rows in frame.groupby(["seed", "run"]):
        alone = simulate(islands, seed=int(rows["seed"].iloc[0]), run=int(rows["run"].iloc[0])).summary
        assert list(rows["utility"]) == [alone[f"utility_{side}"] for side in islands.side_ids]
    assert frame["utility_norrholm"].nunique() > 3


@pytest.mark.skipif(MESA < (3, 4), reason="batch_run takes `rng` from Mesa 3.4 on")
def test_rng_is_another_name_of_the_seed_in_batch_run(islands: Scenario) -> None:
    rows = mesa.batch_run(
        NegotiationModel,
        parameters={"scenario": [islands], "run": [4]},
        rng=[0, 5],
        number_processes=1,
        display_progress=False,
    )
    got = [row["utility_sydvik"] for row in rows[::2]]
    assert got == [simulate(islands, seed=seed, run=4).summary["utility_sydvik"] for seed in (0, 5)]


def test_parameters_that_do_not_fit_are_told(islands: Scenario) -> None:
    with pytest.raises(InputError, match="takes no `trust`"):
        NegotiationModel(islands, trust=0.4)
    with pytest.raises(InputError, match="differ"):
        NegotiationModel(islands, seed=1, rng=2)
    for which in (
        {"seed": 0.5},
        {"rng": np.random.default_rng(0)},
        {"run": "x"},
        {"seed": -1},
        {"run": True},
    ):
        with pytest.raises(InputError, match=r"seed|rng|run"):
            NegotiationModel(islands, **which)


@pytest.mark.parametrize(
    "which", [{"seed": 3}, {"rng": 3}, {"seed": 3, "rng": 3}, {"seed": "3", "rng": None}]
)
def test_seed_and_rng_are_one(islands: Scenario, which: dict[str, Any]) -> None:
    assert finished(islands, run=2, **which).transcript() == simulate(islands, seed=3, run=2)


def test_without_a_seed_it_is_zero(islands: Scenario) -> None:
    assert finished(islands).transcript() == simulate(islands, seed=0, run=0)
    assert finished(islands, seed=None, rng=None).transcript() == simulate(islands, seed=0, run=0)


def test_frames_have_a_row_a_turn(islands: Scenario) -> None:
    model = finished(islands, run=5)
    moves = model.transcript().moves
    frame = model.datacollector.get_model_vars_dataframe()
    assert list(frame["turn"]) == list(range(1, len(moves) + 1))
    assert list(frame["mode"]) == [turn.mode for turn in moves]
    assert list(frame["outcome"]) == [""] * (len(moves) - 1) + [model.outcome]
    for name in ("trust", "given", "utility"):
        for side in islands.side_ids:
            assert list(frame[f"{name}_{side}"]) == [getattr(turn, name)[side] for turn in moves]
    agents = model.datacollector.get_agent_vars_dataframe()
    assert [step for step, _ in agents.index[::2]] == list(range(1, len(moves) + 1))
    for k, side in enumerate(model.sides):
        own = agents.xs(side.unique_id, level="AgentID")
        assert set(own["side"]) == {islands.side_ids[k]}
        assert list(own["utility"]) == [turn.utility[side.side_id] for turn in moves]
        assert own["readiness"].iloc[-1] == side.readiness


def test_a_finished_model_stays_as_it_is(islands: Scenario) -> None:
    model = finished(islands)
    before = model.transcript()
    frame = model.datacollector.get_model_vars_dataframe()
    for _ in range(3):
        model.step()
        for side in model.sides:
            side.step()
    assert not model.running
    assert model.transcript() == before
    assert model.datacollector.get_model_vars_dataframe().equals(frame)


def test_run_model_plays_to_the_end(islands: Scenario) -> None:
    model = NegotiationModel(islands, run=1)
    model.run_model()
    assert model.transcript() == simulate(islands, run=1)
    assert model.steps == model.turn == len(model.transcript().moves)


def test_the_sides_are_agents_that_tell_how_they_stand(islands: Scenario) -> None:
    model = NegotiationModel(islands, run=3)
    assert list(model.agents) == model.sides
    assert [side.label for side in model.sides] == ["Norrholm", "Sydvik"]
    assert model.mover.side_id == "sydvik"
    assert (model.turn, model.mode, model.outcome) == (0, "talks", "")
    while model.running:
        model.step()
        turn = model.transcript().moves[-1]
        for side in model.sides:
            assert side.trust == turn.trust[side.side_id]
            assert side.given == turn.given[side.side_id]
            assert side.utility == turn.utility[side.side_id]
        moved = next(side for side in model.sides if side.side_id == turn.mover)
        assert moved.readiness == turn.readiness
    assert model.outcome == model.transcript().outcome


def test_only_the_side_whose_turn_it_is_moves(islands: Scenario) -> None:
    model = NegotiationModel(islands)
    norrholm, sydvik = model.sides
    norrholm.step()
    assert model.turn == 0
    sydvik.step()
    assert model.turn == 1


def test_mesas_scenario_does_not_get_in_the_way_of_ours(islands: Scenario) -> None:
    """SolaraViz of Mesa 3.5 hands `model.scenario`, if there is any, to the next model as `scenario`."""
    model = NegotiationModel(islands)
    assert not hasattr(model, "scenario")
    assert model.negotiation.scenario is islands


def test_mesas_own_luck_differs_between_runs_and_leaves_ours_alone(islands: Scenario) -> None:
    models = [NegotiationModel(islands, seed=4, run=run) for run in (0, 1, 0)]
    own = [(model.random.random(), float(model.rng.random())) for model in models]
    assert own[0] == own[2]
    assert own[0] != own[1]
    while models[0].running:
        models[0].step()
        models[0].random.random()
        models[0].rng.random()
    assert models[0].transcript() == simulate(islands, seed=4, run=0)


def test_scenarios_come_in_every_form(islands: Scenario) -> None:
    mapping = {"format_version": 1, "extends": "two_islands", "name": "two_islands"}
    assert finished("two_islands").transcript() == finished(islands).transcript()
    assert finished(mapping).transcript() == finished(islands).transcript()


@pytest.mark.slow
def test_batch_run_on_two_processes(islands: Scenario) -> None:
    """Mesa starts them anew, so the model has to be found by import and the scenario to be pickled."""
    rows = mesa.batch_run(
        NegotiationModel,
        parameters={"scenario": [islands], "seed": [0], "run": range(4)},
        number_processes=2,
        display_progress=False,
    )
    got = {row["run"]: row["utility_sydvik"] for row in rows}
    assert got == {run: simulate(islands, run=run).summary["utility_sydvik"] for run in range(4)}
