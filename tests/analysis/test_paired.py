"""Differences of sweeps: as those of a fork where there is one point, and covering what they should."""

from __future__ import annotations

import numpy as np
import pytest
from folders import SMALL

from bargain_sim import sweep
from bargain_sim.analysis.paired import _Spread, paired_differences
from bargain_sim.analysis.pairs import share_difference
from bargain_sim.codes import OUTCOMES


def test_differences_at_one_point_are_those_of_a_fork() -> None:
    one = SMALL | {"factors": {"sides.both.initial_trust": [0.6]}}
    a, b = sweep(one, runs=60), sweep(one, runs=60, overrides=["sides.both.patience=2"])
    found = paired_differences(a, b, 0.9).set_index("outcome")
    for outcome in OUTCOMES:
        told = share_difference(a.frame["outcome"] == outcome, b.frame["outcome"] == outcome, 0.9)
        row = [found[name][outcome] for name in ("difference", "low", "high")]
        assert row == pytest.approx(told, abs=1e-12), outcome
    assert (found["high"] > found["low"]).all()


@pytest.mark.parametrize(("points", "often"), [(1, (0.02, 0.03)), (1, (0.1, 0.3)), (4, (0.02, 0.03))])
def test_intervals_cover_also_where_hardly_a_run_differs(points: int, often: tuple[float, float]) -> None:
    """Endings of runs drawn apart; of points that share their luck wholly, which is the worst case."""
    rng = np.random.default_rng(3)
    covered = 0
    for _ in range(400):
        hits = [np.repeat(rng.random((50, 1)) < share, points, axis=1).astype(np.int8) for share in often]
        apart = _Spread(points)
        apart.add(0, hits[1] - hits[0])
        apart.runs = 50
        middle, error = apart.with_two_added(-1)
        covered += abs(middle[0] - (often[1] - often[0])) <= 1.959964 * error[0]
    assert covered / 400 > 0.93
