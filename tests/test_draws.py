"""The draws of a run depend on its seed and number only."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bargain_sim import InputError, paths
from bargain_sim.codes import SLOTS
from bargain_sim.draws import LARGEST_SEED, draws_for
from bargain_sim.engine import draws_of


def test_runs_drawn_together_are_the_runs_drawn_alone() -> None:
    for seed, first in ((0, 0), (12, 1000), (LARGEST_SEED, LARGEST_SEED - 4)):
        together = draws_of(seed, first, first + 4, 30)
        for k in range(4):
            alone = np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, first + k, 0]))
            expected = alone.random(SLOTS * 30)
            assert together[k].tobytes() == expected.tobytes()
            assert draws_for(seed, first + k, 30).tobytes() == expected.tobytes()


@pytest.mark.parametrize(
    ("seed", "said"),
    [(1.5, "must be a whole number, not 1.5"), (2**64, "out of range"), (-1, "out of range"),
     (True, "whole number"), ("0", "whole number")],
)  # fmt: skip
def test_routes_refuse_a_seed_that_is_none(seed: Any, said: str) -> None:
    with pytest.raises(InputError, match=f"seed.*{said}"):
        paths("two_islands", runs=5, seed=seed)
