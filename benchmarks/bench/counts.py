"""How much of everything: a full bench, a quick look, and next to nothing for the test suite."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Counts:
    """Negotiations are given as runs at each of the 100 points where the name says `runs`."""

    rounds: int
    sweep_runs: int
    engine_runs: int
    own_runs: int  # with draws of their own at every point
    slow: int  # for each of the hosts that play one negotiation at a time
    mesa_two: int
    ema_two: int
    negmas: int
    negmas_large: int
    startups: int
    cold_compiles: int
    memory_sweep: tuple[int, ...]  # runs a point
    memory_mesa: tuple[int, ...]  # negotiations
    shares_runs: int
    limit_runs: int
    scaling_runs: int
    sizes: int  # how many of the sizes of points × runs
    million_runs: int  # a point
    dask_runs: int  # a point
    until_half_width: float


FULL = Counts(
    rounds=5,
    sweep_runs=5_242,  # four part files of 131,072 rows, all but full: an even load for two threads
    engine_runs=2_000,
    own_runs=500,
    slow=500,
    mesa_two=2_000,  # starting a second process takes over a second
    ema_two=2_000,
    negmas=50,
    negmas_large=2,
    startups=11,
    cold_compiles=3,
    memory_sweep=(1_000, 10_000),
    memory_mesa=(200, 1_000),
    shares_runs=5_242,
    limit_runs=1_024,
    scaling_runs=10_000,
    sizes=6,
    million_runs=10_000,
    dask_runs=10_000,
    until_half_width=0.01,
)
QUICK = Counts(
    rounds=2,
    sweep_runs=2_621,
    engine_runs=500,
    own_runs=200,
    slow=200,
    mesa_two=0,
    ema_two=0,
    negmas=10,
    negmas_large=0,
    startups=5,
    cold_compiles=1,
    memory_sweep=(1_000,),
    memory_mesa=(200,),
    shares_runs=1_000,
    limit_runs=256,
    scaling_runs=2_000,
    sizes=2,
    million_runs=0,
    dask_runs=2_500,
    until_half_width=0.02,
)
TINY = Counts(
    rounds=2,
    sweep_runs=2,
    engine_runs=2,
    own_runs=1,
    slow=2,
    mesa_two=0,
    ema_two=0,
    negmas=1,
    negmas_large=0,
    startups=1,
    cold_compiles=0,
    memory_sweep=(2,),
    memory_mesa=(),
    shares_runs=2,
    limit_runs=2,
    scaling_runs=4,
    sizes=1,
    million_runs=0,
    dask_runs=2,
    until_half_width=0.1,
)
