"""The work that all hosts are given: the baseline at 100 points close around its own values.

Close, so that a negotiation takes as many turns at one point as at another.  Hosts that take one
negotiation at a time play runs 0, 1, 2 … of the baseline itself, which lies in the middle.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from bargain_sim.scenario.schema import Scenario
from bargain_sim.store.table import Columns
from bargain_sim.sweeps.loading import LoadedSweep, load_sweep
from bargain_sim.sweeps.points import Group
from bargain_sim.sweeps.runner import Job

POINTS = 100


def definition(runs: int) -> dict[str, Any]:
    """The sweep file: 10 × 10 points around the baseline, `runs` negotiations at each."""
    return {
        "format_version": 1,
        "name": "benchmark",
        "title": "Baseline, for timing",
        "scenario": "baseline",
        "design": "grid",
        "factors": {
            "sides.both.initial_trust": {"range": [0.36, 0.40], "steps": 10},
            "sides.both.reciprocity": {"range": [0.12, 0.16], "steps": 10},
        },
        "runs": runs,
    }


@cache
def loaded() -> LoadedSweep:
    return load_sweep(definition(1))


@cache
def group() -> Group:
    """All points, packed."""
    (only,) = loaded().groups()
    return only


@cache
def baseline() -> Scenario:
    """The scenario in the middle of the points, for hosts that take one negotiation at a time."""
    return loaded().resolved.scenario


@cache
def columns() -> Columns:
    """What the table of this sweep holds."""
    scenario = loaded().resolved.scenario
    factors = dict.fromkeys(loaded().sweep.columns().values(), True)
    return Columns(factors, scenario.side_ids, tuple(scenario.counters))


def job(runs: int, common: bool = True) -> Job:
    """The sweep's computation alone: engine and draws, nothing kept or stored."""
    return Job(
        groups=[group()], points=POINTS, runs=runs, seed=0, common=common, columns=len(columns().results)
    )
