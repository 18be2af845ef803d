"""Scenarios whose runs draw their parameters from a file: who draws what, and who holds it."""

from __future__ import annotations

import json
import pickle
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from harbours import COLUMNS, ROWS, harbours, over, plan, table

from bargain_sim import (
    NegotiationModel,
    Results,
    Scenario,
    forecast,
    fork,
    load_results,
    load_scenario,
    paths,
    simulate,
    sweep,
)
from bargain_sim.codes import DRAW_PARAMETERS
from bargain_sim.draws import draws_for, run_draws
from bargain_sim.engine import Engine, draws_of
from bargain_sim.scenario.columns import result_columns
from bargain_sim.scenario.drawn import drawn_numbers, drawn_values, with_row
from bargain_sim.scenario.loader import resolve
from bargain_sim.scenario.pack import pack
from bargain_sim.scenario.sources import numbers
from bargain_sim.store.ranges import ranges_of
from bargain_sim.store.verify import verify
from bargain_sim.sweeps.job import Job
from bargain_sim.sweeps.loading import load_sweep
from bargain_sim.sweeps.runner import first_plan
from bargain_sim.tracing import traced_runs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """`drawn.yaml` extends `calm.yaml` and draws from `mine.csv`."""
    return harbours(tmp_path)


def held(path: Path | Scenario, overrides: Sequence[str] = ()) -> set[str]:
    """Columns of which nothing is drawn."""
    scenario = path if isinstance(path, Scenario) else load_scenario(path, overrides)
    return set(COLUMNS) - set(drawn_numbers(scenario).values())


def check_rows(results: Results, every: int = 7) -> None:
    """Every so many rows of a sweep are what `simulate` and Mesa say of that run."""
    frame = results.frame
    assert len(frame) > 2 * every
    for _, row in frame.iloc[::every].iterrows():
        scenario = results.scenario_at(int(row["point"]))
        plain = simulate(scenario, results.manifest.seed, int(row["run"]))
        model = NegotiationModel(scenario, seed=results.manifest.seed, run=int(row["run"]))
        while model.running:
            model.step()
        assert model.transcript().to_json() == plain.to_json()
        drawn = plain.parameters
        if drawn is None:
            assert pd.isna(row["parameters_row"])
        else:
            assert drawn["row"] == row["parameters_row"]
        for name, value in plain.summary.items():
            if value is None:
                assert pd.isna(row[name])
            else:
                assert row[name] == (np.float32(value) if isinstance(value, float) else value), name


# Drawing


def test_the_row_is_a_draw_of_its_own_and_the_run_is_that_of_the_row(folder: Path) -> None:
    scenario = load_scenario(folder / "drawn.yaml")
    seen = set()
    for run in range(60):
        row = int(draws_for(3, run, 1)[DRAW_PARAMETERS] * len(ROWS))
        seen.add(row)
        trust, lag, rate = ROWS[row]
        by_hand = load_scenario(
            folder / "calm.yaml",
            {
                "sides.both.initial_trust": trust,
                "sides.lowport.lag": lag,
                "events.storm.rate": rate,
            },
        )
        drawn, expected = simulate(scenario, 3, run), simulate(by_hand, 3, run)
        assert drawn.parameters is not None and drawn.parameters["row"] == row
        assert drawn.moves == expected.moves and drawn.summary == expected.summary, run
    assert seen == set(range(len(ROWS)))


def test_run_draws_are_those_of_the_runs() -> None:
    runs = np.array([0, 1, 2, 9, 10, 4_000])
    assert run_draws(7, runs).tolist() == [draws_for(7, int(k), 3)[DRAW_PARAMETERS] for k in runs]


def test_the_compiled_rules_draw_as_the_plain_ones(folder: Path) -> None:
    scenario = load_scenario(folder / "drawn.yaml")
    packed = pack(scenario)
    draws = draws_of(1, 20, 120, packed.sizes.turns)
    rows = Engine(packed).run(packed.floats[None], packed.ints[None], draws)
    traced = traced_runs(scenario, 1, 100, 20)
    assert np.array_equal(traced.traced.rows, rows)
    paths_of_trust = Engine(packed).trust_paths(packed, draws)
    for k in range(100):
        plain = simulate(scenario, 1, 20 + k)
        assert list(rows[k][3:9]) == list(plain.summary.values())[3:9]
        told = [[turn.trust[side] for side in scenario.side_ids] for turn in plain.moves]
        assert paths_of_trust[k, : len(told)].tolist() == told
        assert traced.turn("trust_0")[k, : len(told)].tolist() == [first for first, _ in told]
    # Terms are those of each run's row: the same runs differ from those at the medians.
    assert not np.array_equal(rows, Engine(pack(with_row(scenario, 5))).run(
        packed.floats[None], packed.ints[None], draws
    ))  # fmt: skip


def test_the_transcript_says_what_was_drawn_and_replays(folder: Path) -> None:
    transcript = simulate(load_scenario(folder / "drawn.yaml"), 2, 8)
    told = json.loads(transcript.to_json())["parameters"]
    assert told["file"] == "mine.csv" and list(told["values"]) == list(COLUMNS)
    assert tuple(told["values"].values()) == ROWS[told["row"]]
    again = simulate(load_scenario(folder / "calm.yaml", told["values"]), 2, 8)
    assert again.moves == transcript.moves
    # The scenario of a run keeps its row under any luck.
    other = simulate(transcript.scenario, 9, 1)
    assert other.parameters == transcript.parameters
    assert "parameters" not in json.loads(again.to_json())


def test_what_stands_there_unread_is_the_median_and_says_so(folder: Path) -> None:
    scenario = load_scenario(folder / "drawn.yaml")
    found = {each.path: each for each in numbers(scenario)}
    lag = found["sides.lowport.lag"]
    assert (lag.value, lag.support, lag.source) == (2.0, "drawn", "drawn: sides.lowport.lag of mine.csv")
    assert found["sides.both.initial_trust"].value == 0.45
    assert found["sides.both.caution"].support == "assumption"
    run = with_row(scenario, 3)
    assert drawn_values(run) == dict(zip(COLUMNS, (0.35, 1.0, 0.03), strict=True))
    assert run.events["storm"].rate is not None and run.events["storm"].rate.source.endswith("csv, row 3")


# Who wins


def test_what_is_set_later_is_held(folder: Path) -> None:
    drawn = folder / "drawn.yaml"
    assert held(drawn) == set()
    assert held(drawn, ["sides.lowport.lag=2"]) == {"sides.lowport.lag"}
    assert held(drawn, ["sides.both.initial_trust=0.5"]) == {"sides.both.initial_trust"}
    assert held(over(folder, "sides: {both: {lag: {value: 3, source: assumption}}}\n")) == {COLUMNS[1]}
    assert held(over(folder, "events: {storm: ~}\n")) == {"events.storm.rate"}
    # Beside `parameters` in the same file too, and under it not: there it is drawn.
    text = "parameters: mine.csv\nsides: {lowport: {lag: {value: 3, source: assumption}}}\n"
    assert held(over(folder, text, below="calm")) == {"sides.lowport.lag"}
    # Of `both` each side is held for itself.
    scenario = load_scenario(drawn, ["sides.highport.initial_trust=0.33"])
    for run in range(20):
        found = simulate(scenario, 0, run).scenario.sides
        assert float(found["highport"].initial_trust) == 0.33
    drew = {float(simulate(scenario, 0, run).scenario.sides["lowport"].initial_trust) for run in range(40)}
    assert len(drew) > 5


def test_a_factor_holds_what_it_sets(folder: Path) -> None:
    results = sweep(plan(folder / "drawn.yaml", factors={"sides.lowport.lag": [1, 3]}))
    for point, lag in ((0, 1.0), (1, 3.0)):
        scenario = results.scenario_at(point)
        assert held(scenario) == {"sides.lowport.lag"}
        assert {float(simulate(scenario, 5, run).scenario.sides["lowport"].lag) for run in range(9)} == {lag}
    check_rows(results)
    assert results.frame["parameters_row"].nunique() == len(ROWS)


def test_another_file_replaces_the_first_and_none_takes_it_back(folder: Path) -> None:
    (folder / "other.csv").write_text(table(["sides.lowport.lag"], [(1,), (3,)]), "utf-8")
    assert held(over(folder, "parameters: other.csv\n")) == {COLUMNS[0], COLUMNS[2]}
    back, calm = (load_scenario(path) for path in (over(folder, "parameters: ~\n"), folder / "calm.yaml"))
    assert back.parameters is None and back.sides == calm.sides and back.events == calm.events
    assert held(over(folder, "parameters: mine\n", below="calm")) == set()


def test_the_shipped_posterior_is_found_by_its_name_and_the_one_beside_wins(folder: Path) -> None:
    shipped = load_scenario("baseline_uncertain").parameters
    assert shipped is not None and shipped.file == "posterior.csv" and shipped.rows >= 100
    given = {"format_version": 1, "extends": "baseline", "title": "Mine", "parameters": "posterior"}
    assert resolve(given).scenario.parameters == shipped
    (folder / "posterior.csv").write_text(table(["sides.both.lag"], [(1,), (3,)]), encoding="utf-8")
    own = resolve(given, folder=folder).scenario.parameters
    assert own is not None and own.rows == 2


# Everywhere the same


@pytest.mark.parametrize("common", [True, False])
def test_a_sweeps_rows_are_single_runs(folder: Path, common: bool) -> None:
    factors = {"sides.both.strategy": ["proportional", "comparative"], "sides.both.reciprocity": [0.3, 0.8],
               "sides.highport.initial_trust": [0.3, 0.5]}  # fmt: skip
    written = plan(folder / "drawn.yaml", factors=factors, common_random_numbers=common)
    check_rows(sweep(written, workers=1), every=23)
    one, two = (sweep(written, workers=workers).table for workers in (1, 2))
    assert one.equals(two)


def test_sub_scenarios_draw_each_in_their_own_way(folder: Path) -> None:
    (folder / "few.csv").write_text(table(["sides.lowport.lag"], [(1,), (4,)]), encoding="utf-8")
    for name, text in (
        ("few", "parameters: few.csv\n"), ("none", "parameters: ~\n"),
        ("firm", "sides: {lowport: {lag: {value: 1, source: assumption}}}\n"),
    ):  # fmt: skip
        over(folder, text).rename(folder / f"{name}.yaml")
    (folder / "all.yaml").write_text(json.dumps(plan("drawn", factors={"extends": ["few", "none", "firm"]})))
    results = sweep(folder / "all.yaml")
    check_rows(results, every=5)
    rows = results.frame.groupby("extends", observed=True)["parameters_row"]
    assert rows.nunique().to_dict() == {"few": 2, "none": 0, "firm": len(ROWS)}


def test_adaptive_and_stored_sweeps_can_be_played_again(folder: Path, tmp_path: Path) -> None:
    until = {"outcome": "grand_bargain", "half_width": 0.08, "max_runs": 400}
    transcripts = {"points": [1], "runs": [0, 3]}
    written = plan(
        folder / "drawn.yaml",
        factors={"sides.both.reciprocity": [0.3, 0.8]},
        until=until,
        transcripts=transcripts,
    )
    out = tmp_path / "out"
    results = sweep(written, out=out)
    in_memory = sweep(written | {"transcripts": None})
    assert results.frame.drop(columns="outcome").equals(in_memory.frame.drop(columns="outcome"))
    (folder / "mine.csv").unlink()  # what is stored does not need it any more
    again = load_results(out)
    check_rows(again, every=31)
    assert verify(out) == []
    assert (
        again.transcript(1, 3)["parameters"]["row"]
        == again.frame.query("point == 1 and run == 3")["parameters_row"].item()
    )
    found = paths(out, runs=60)
    assert len(found.runs) == 60
    joined = again.frame.join(again.parameters, on="parameters_row")
    trusts = [ROWS[row][0] for row in again.frame["parameters_row"]]
    assert joined["sides.both.initial_trust"].to_numpy() == pytest.approx(np.array(trusts))


def test_summaries_hold_what_may_be_drawn(folder: Path) -> None:
    (folder / "mine.csv").write_text(table(["sides.both.bonus"], [(1,), (1,), (30,)]), encoding="utf-8")
    written = plan(folder / "drawn.yaml", factors={"sides.both.reciprocity": [0.8]}, runs=300, keep="summary")
    points = sweep(written).points
    every = sweep(written | {"keep": "runs"})
    assert points["mean_utility_lowport"][0] == pytest.approx(every.frame["utility_lowport"].mean(), rel=1e-5)
    names = result_columns(every.scenario.side_ids, every.scenario.counters)
    rich = over(folder, "sides: {both: {bonus: {value: 30, source: assumption}}}\n")
    # The ranges that sketches divide beforehand reach as far as the most that may be drawn.
    found, at_most = (
        ranges_of(names, load_sweep(written | {"scenario": str(path)}).groups())
        for path in (folder / "drawn.yaml", rich)
    )
    assert found == at_most
    assert every.frame["utility_lowport"].max() <= found["utility_lowport"][1]


def test_a_job_can_be_sent_away(folder: Path) -> None:
    loaded = load_sweep(plan(folder / "drawn.yaml", factors={"sides.both.reciprocity": [0.3, 0.8]}))
    scenario = loaded.resolved.scenario
    width = len(result_columns(scenario.side_ids, scenario.counters))
    job = Job(loaded.groups(), 2, 40, 5, True, width)
    copy: Job = pickle.loads(pickle.dumps(job))
    rows = copy.compute(first_plan(2, 40), 0, 80)
    assert np.array_equal(rows, job.compute(first_plan(2, 40), 0, 80))
    numbers = np.arange(40)
    drawn = copy.parameters_rows(np.zeros(40, dtype=np.int64), numbers)
    expected = [(simulate(scenario, 5, int(run)).parameters or {})["row"] for run in numbers]
    assert drawn.tolist() == expected


def test_futures_draw_too() -> None:
    found = forecast("baseline_uncertain", runs=60, seed=4, sensitivity_runs=20, until="2026-12-31")
    told = load_scenario("baseline_uncertain", ["start=record"])
    for run, row in found.runs.iterrows():
        plain = simulate(told, 4, int(str(run)))
        assert row["ending"] in (plain.outcome, "open")
    assert len(found.drivers)
    assert drawn_numbers(found.scenario)


def test_a_fork_holds_what_it_changes_and_draws_the_rest() -> None:
    same = fork("baseline_uncertain", at="2025-09-11", runs=50)
    assert same.differ == 0 and not same.endings["difference"].any()
    found = fork("baseline_uncertain", at="2025-09-11", changes=["sides.minsk.caution=0.5"], runs=50, run=7)
    one, other = (each.parameters for each in found.timelines)
    assert one is not None and other is not None and one["row"] == other["row"]
    assert float(found.timelines[1].scenario.sides["minsk"].caution) == 0.5
    for arm, scenario in (("as_it_was", found.as_it_was), ("changed", found.changed)):
        assert found.runs[arm].tolist() == [simulate(scenario, 0, run).outcome for run in range(50)]


def test_fresh_routes_are_those_of_single_runs() -> None:
    found = paths("baseline_uncertain", runs=30, seed=6)
    scenario = load_scenario("baseline_uncertain")
    assert found.runs["outcome"].tolist() == [simulate(scenario, 6, run).outcome for run in range(30)]
