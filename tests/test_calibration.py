"""What a calibration rests on: the prior, the statistics of a record, the distance, the adjustment."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest

from bargain_sim import load_scenario
from bargain_sim.calibration.nearness import fit, metric_of, nearest, weighted_quantiles
from bargain_sim.calibration.prior import Parameter, draw, prior, unit_of, values_of
from bargain_sim.calibration.reference import make_reference, record_of, shares_passed, simulated
from bargain_sim.calibration.statistics import NUMBERS, STATISTICS, statistics_of
from bargain_sim.patterns import PATTERNS
from bargain_sim.scenario.loader import resolve
from bargain_sim.tracing import traced_runs


def test_the_prior_is_the_table_of_parameters() -> None:
    parameters = {p.path: (p.low, p.high) for p in prior()}
    assert parameters["sides.both.initial_trust"] == (0.2, 0.6)
    assert parameters["sides.both.reciprocity"] == (0.02, 1.0)
    assert parameters["sides.washington.reliability"] == (0.3, 1.0)
    assert parameters["sides.minsk.reliability"] == (0.8, 1.0)
    assert "sides.both.pace" not in parameters, "no strategy of the baseline uses it"
    assert "sides.both.reliability" not in parameters
    assert len(parameters) == 34


def test_draws_are_uniform_and_whole_where_they_should_be() -> None:
    parameters = (Parameter("a", 2.0, 10.0), Parameter("b", 1.0, 4.0, whole=True))
    unit = draw(parameters, 2**12, seed=1)
    values = values_of(parameters, unit)
    assert kstest(values[:, 0], "uniform", (2.0, 8.0)).pvalue > 0.05
    assert [(values[:, 1] == k).mean() for k in (1, 2, 3, 4)] == pytest.approx([0.25] * 4, abs=0.01)
    back = unit_of(parameters, values)
    assert np.allclose(back[:, 0], unit[:, 0])
    assert (np.abs(back[:, 1] - unit[:, 1]) <= 0.125 + 1e-12).all()
    assert not np.array_equal(draw(parameters, 64, 1), draw(parameters, 64, 2))


def test_statistics_of_the_record() -> None:
    record = dict(zip(STATISTICS, record_of(resolve("baseline")), strict=True))
    assert (record["status_turns_washington"], record["material_turns_washington"]) == (6, 1)
    assert (record["points_washington"], record["points_minsk"]) == (37, 22)
    assert (record["first_minsk"], record["first_washington"], record["first_relief"]) == (0, 3, 17)
    assert record["released"] == pytest.approx(np.log1p(71))
    assert (record["pauses"], record["paused_turns"], record["slights"], record["ended"]) == (1, 2, 1, 0)
    assert all(record[name] == 1.0 for name in PATTERNS)


def test_statistics_of_what_ended_early_or_never_happened() -> None:
    # Nobody ever gives anything, and talks are given up at once.
    silent = [
        ("sides.both.strategy", "hardliner"), ("sides.both.patience", 1), ("sides.both.abandon", 1.0),
        ("sides.both.resume", 0.0),
    ]  # fmt: skip
    runs = traced_runs(load_scenario("baseline", silent), 0, 20)
    found = statistics_of(runs, 22)
    assert np.isfinite(found).all()
    column = {name: found[:, k] for k, name in enumerate(STATISTICS)}
    assert (column["first_relief"] == 22).all() and (column["ended"] == 1).all()
    assert (column["pauses"] >= 1).all() and (column["points_minsk"] == 0).all()


def test_a_reference_table_plays_each_draw_once() -> None:
    resolved, parameters = resolve("baseline"), prior()
    table = make_reference(resolved, parameters, 64, seed=3, windows=(10, 22))
    again = simulated(resolved, parameters, table.unit[5:9], 3, (22,), first_run=5)[22]
    assert np.array_equal(table.statistics[22][5:9], again.astype(np.float32))
    # By hand: the scenario of the draw, and its own run number.
    values = values_of(parameters, table.unit[7:8])[0]
    changes = [(p.path, float(value)) for p, value in zip(parameters, values, strict=True)]
    alone = traced_runs(load_scenario("baseline", changes), 3, 1, first=7)
    assert np.allclose(statistics_of(alone, 22)[0], table.statistics[22][7])
    assert table.passed()["P6"] == shares_passed(table.statistics[22])["P6"] > 0.8


def test_distance_counts_what_varies_and_what_is_missed() -> None:
    rng = np.random.default_rng(0)
    statistics = np.column_stack(
        [rng.normal(0, k, 500) for k in range(len(NUMBERS))] + [rng.integers(0, 2, 500) for _ in PATTERNS]
    ).astype(float)
    metric = metric_of(statistics)
    record = statistics[0].copy()
    assert metric.distances(statistics[:1], record)[0] == 0.0
    missed = record.copy()
    missed[len(NUMBERS)] = 1.0 - missed[len(NUMBERS)]
    assert metric.distances(missed[None], record)[0] == pytest.approx(100.0)
    missed[0] += 5.0  # never varies
    assert metric.distances(missed[None], record)[0] == pytest.approx(100.0)
    places, reach = nearest(metric.distances(statistics, record), 10)
    assert 0 in places and len(places) == 10 and reach > 0.0


def test_a_known_parameter_is_found_again_and_an_unknown_one_stays_so() -> None:
    """One parameter shows in a statistic with known noise, the other in none; the posterior is known."""
    parameters = (Parameter("seen", 0.0, 1.0), Parameter("hidden", 0.0, 1.0))
    rng = np.random.default_rng(5)
    unit = rng.random((200_000, 2))
    statistics = np.zeros((len(unit), len(STATISTICS)))
    statistics[:, 0] = unit[:, 0] + rng.normal(0.0, 0.05, len(unit))
    record = np.zeros(len(STATISTICS))
    record[0] = 0.6
    found = fit(parameters, unit, statistics, record, metric_of(statistics), accepted=2_000)
    low, middle, high = found.quantiles(np.array([0.1, 0.5, 0.9]))
    assert middle[0] == pytest.approx(0.6, abs=0.01)
    assert high[0] - low[0] == pytest.approx(2 * 1.2816 * 0.05, rel=0.1)
    assert (low[1], high[1]) == (pytest.approx(0.1, abs=0.04), pytest.approx(0.9, abs=0.04))
    contraction = found.contraction()
    assert contraction[0] > 0.95 and abs(contraction[1]) < 0.1
    assert abs(found.sample(4_000, 0)[:, 0].mean() - 0.6) < 0.01


def test_weighted_quantiles() -> None:
    values, weights = np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 2.0])
    assert weighted_quantiles(values, weights, np.array([0.5]))[0] == pytest.approx(2.0)
