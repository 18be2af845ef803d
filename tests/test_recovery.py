"""The guard-rails of a calibration: whether known parameters are found again in synthetic records."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from figure_bounds import faults_of
from scipy.stats import truncnorm

from bargain_sim import recover
from bargain_sim.calibration.accepting import FEWEST, MOST, near_to
from bargain_sim.calibration.findings import of_recovery
from bargain_sim.calibration.nearness import Posterior, metric_of
from bargain_sim.calibration.prior import Parameter
from bargain_sim.calibration.recovery import CONTRACTION, CORRELATION, Recovery, recovered
from bargain_sim.calibration.reference import make_reference
from bargain_sim.calibration.rivals import models_of
from bargain_sim.errors import InputError
from bargain_sim.plots import recovered as recovered_figure
from bargain_sim.scenario.loader import resolve

ONE = (Parameter("sides.both.initial_trust", 0.0, 1.0),)


@pytest.fixture(scope="module")
def again() -> Recovery:
    return recover(records=12, draws=2**11)


def _gaussian(wide: float, records: int = 1_500) -> tuple[np.ndarray, list[Posterior]]:
    """Uniform truths, seen with a normal error of 0.1, and posteriors `wide` times as wide as is right."""
    rng = np.random.default_rng(5)
    truth = rng.random((records, 1))
    seen = truth[:, 0] + rng.normal(0.0, 0.1, records)
    scale = 0.1 * wide
    share = (np.arange(400) + 0.5) / 400
    found = []
    for y in seen:
        places = truncnorm.ppf(share, -y / scale, (1.0 - y) / scale, y, scale)[:, None]
        found.append(Posterior(ONE, np.full(400, 1 / 400), places, places, 0.0))
    return truth, found


def test_right_posteriors_cover_as_often_as_they_say_and_narrow_ones_less() -> None:
    truth, found = _gaussian(1.0)
    right = recovered("any", ONE, truth, found).iloc[0]
    assert right["coverage"] == pytest.approx(0.8, abs=3 * np.sqrt(0.16 / 1_500))
    assert right["coverage_low"] < 0.8 < right["coverage_high"] < right["coverage"] + 0.03
    assert right["contraction"] == pytest.approx(1 - 12 * 0.1**2, abs=0.03)
    assert right["correlation"] > 0.9
    narrow = recovered("any", ONE, *_gaussian(0.4)).iloc[0]
    # ±1.28·0.4 standard deviations of the normal hold 39 % of it.
    assert narrow["coverage"] == pytest.approx(0.39, abs=0.05)


def test_posteriors_that_learnt_nothing_cover_too_but_are_not_contracted() -> None:
    rng = np.random.default_rng(6)
    truth = rng.random((800, 1))
    found = [Posterior(ONE, np.full(300, 1 / 300), u, u, 0.0) for u in rng.random((800, 300, 1))]
    row = recovered("any", ONE, truth, found).iloc[0]
    assert row["coverage"] == pytest.approx(0.8, abs=0.06)
    assert abs(row["contraction"]) < 0.05 and abs(row["correlation"]) < 0.12


def test_what_is_alike_is_told_by_the_records_own_patterns() -> None:
    resolved = resolve("baseline")
    table = make_reference(resolved, models_of(resolved)[0].parameters(resolved), 2**11, 0)
    statistics = table.statistics[22]
    metric = metric_of(statistics)
    for record in statistics[:5].astype(np.float64):
        near = near_to(metric, statistics, record)
        same = (statistics[:, -6:] == record[-6:]).all(axis=1)
        assert near.alike == same.sum()
        assert len(near.places) == min(max(same.sum(), FEWEST), MOST)
        distance = metric.distances(statistics.astype(np.float64), record)
        # The very nearest are those that any rule by distance would take.
        assert distance[near.places].max() == pytest.approx(np.sort(distance)[len(near.places) - 1])
        assert near.adjusted == (same.sum() >= FEWEST)


def test_recovery_tells_each_record_and_parameter(again: Recovery) -> None:
    assert again.records == {"any": 12, "alike": 12}
    table, rows = again.parameters, again.intervals
    assert len(table) == 2 * 34 and len(rows) == 2 * 12 * 34
    for (kind, path), part in rows.groupby(["kind", "path"]):
        told = table[(table["kind"] == kind) & (table["path"] == path)].iloc[0]
        assert told["coverage"] == part["holds"].mean()
        inside = (part["place_low"] <= part["place"]) & (part["place"] <= part["place_high"])
        assert (inside == part["holds"]).all()
        assert (part["truth"].between(told["low"], told["high"])).all()
    alike = table[table["kind"] == "alike"]
    known = (alike["contraction"] >= CONTRACTION) & (alike["correlation"] >= CORRELATION)
    assert (known == alike["identifiable"]).all() and again.identifiable == list(alike["path"][known])
    assert f"{len(again.identifiable)} are declared identifiable" in of_recovery(again)[0]


def test_recovery_refuses_what_says_nothing() -> None:
    with pytest.raises(InputError, match="too few"):
        recover(records=1, draws=2**10)
    with pytest.raises(InputError, match="power of 2"):
        recover(records=5, draws=1000)


@pytest.mark.slow
def test_identifiable_parameters_are_covered_as_they_should_be() -> None:
    found = recover(records=100, draws=2**16)
    assert len(found.identifiable) >= 3
    alike = found.parameters[found.parameters["kind"] == "alike"].set_index("path")
    assert alike.loc[found.identifiable, "coverage"].between(0.65, 0.95).all()


@pytest.mark.parametrize("size", ["print", "projector"])
def test_words_on_the_figure_can_be_read(again: Recovery, size: str) -> None:
    none = replace(again, parameters=again.parameters.assign(identifiable=False))
    sheets = [recovered_figure.draw(again, size=size), recovered_figure.draw(none, size=size)]
    assert [faults_of(sheet) for sheet in sheets] == [[], []]
    assert "none of 34 parameters" in sheets[1].caption
