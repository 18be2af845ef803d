"""The search for the best-supported point, in full."""

from __future__ import annotations

import numpy as np
import pytest

from bargain_sim.calibration.prior import draw, prior, unit_of
from bargain_sim.calibration.searching import best_supported, passing, rounded, runs_of_search
from bargain_sim.scenario.loader import resolve

PARAMETERS = prior()


def test_the_same_seed_finds_the_same_point() -> None:
    resolved = resolve("baseline")
    start = draw(PARAMETERS, 256, 1)
    told: list[int] = []
    best = best_supported(resolved, PARAMETERS, start, 32, 0, 10**6, told.append)
    assert told[-1] == runs_of_search(32)
    assert np.array_equal(best, best_supported(resolved, PARAMETERS, start, 32, 0, 10**6, told.append))


@pytest.mark.slow
def test_the_search_finds_a_point_with_more_support() -> None:
    resolved = resolve("baseline")
    # With fewer points none of the first rounds passes in any run, and there is nothing to follow.
    best = best_supported(resolved, PARAMETERS, draw(PARAMETERS, 256, 1), 512, 0, 10**6, lambda _: None)
    place = unit_of(PARAMETERS, best[None])
    support = passing(resolved, PARAMETERS, place, 2_000, 1, 0)[0].all(axis=1).mean()
    assert support > 0.005, "the prior has 0.00007"
    # What is told is what is played: three digits, within the ranges, whole numbers whole.
    for parameter, value in zip(PARAMETERS, best, strict=True):
        assert parameter.low <= value <= parameter.high
        assert value == float(f"{value:.3g}") or value in (parameter.low, parameter.high)
        assert not parameter.whole or value == int(value)
    assert rounded(PARAMETERS[:1], np.array([[0.59999]]))[0, 0] == 0.6
