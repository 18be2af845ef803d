"""The work that all hosts are given: a scenario at 100 points close around its own values.

Close, so that a negotiation takes as many turns at one point as at another.  Hosts that take one
negotiation at a time play runs 0, 1, 2 … of the baseline itself, which lies in the middle.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from bargain_sim.plans.plan import Plan, tasks_in
from bargain_sim.scenario.loader import load_scenario
from bargain_sim.scenario.schema import Scenario
from bargain_sim.store.table import Columns
from bargain_sim.sweeps.backends import Threads
from bargain_sim.sweeps.job import Job
from bargain_sim.sweeps.loading import LoadedSweep, load_sweep
from bargain_sim.sweeps.points import Group
from bargain_sim.sweeps.runner import first_plan

STEPS = (10, 10)  # levels of trust and of reciprocity
POINTS = STEPS[0] * STEPS[1]
NEAR = 0.02


def definition(runs: int, scenario: Any = "baseline", steps: tuple[int, int] = STEPS) -> dict[str, Any]:
    """The sweep: points of trust and reciprocity close around `scenario`, `runs` negotiations at each."""
    side = next(iter(load_scenario(scenario).sides.values()))
    middle = {"initial_trust": float(side.initial_trust), "reciprocity": float(side.reciprocity)}
    return {
        "format_version": 1,
        "name": "benchmark",
        "title": "For timing",
        "scenario": scenario,
        "design": "grid",
        "factors": {
            f"sides.both.{name}": {
                "range": [max(0.0, value - NEAR), value + NEAR],
                "steps": count,
            }
            for (name, value), count in zip(middle.items(), steps, strict=True)
        },
        "runs": runs,
    }


@cache
def loaded() -> LoadedSweep:
    return load_sweep(definition(1))


@cache
def group() -> Group:
    """All points of the baseline, packed."""
    return group_of("baseline")


def group_of(scenario: Any) -> Group:
    """All points around a scenario, packed."""
    (only,) = load_sweep(definition(1, scenario)).groups()
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


@dataclass(frozen=True)
class Work:
    """A sweep's computation alone: engine and draws, nothing kept or stored."""

    job: Job
    plan: Plan

    @property
    def rows(self) -> int:
        return self.plan.rows

    @property
    def columns(self) -> int:
        return self.job.columns

    def alone(self) -> npt.NDArray[np.float64]:
        """All rows, one thread."""
        return self.job.compute(self.plan, 0, self.rows)

    def on_threads(self, workers: int) -> npt.NDArray[np.float64]:
        """All rows, as the threads of a sweep compute them."""
        found = np.empty((self.rows, self.columns))

        def keep(start: int, stop: int, rows: npt.NDArray[np.float64]) -> None:
            found[start:stop] = rows

        backend = Threads(workers)
        tasks = tasks_in(0, self.rows, backend.task_rows, self.rows)
        backend.run(self.job, self.plan, tasks, keep, lambda rows: None)
        return found


def job(runs: int, common: bool = True) -> Work:
    """The baseline's points, `runs` negotiations each."""
    return Work(Job([group()], POINTS, runs, 0, common, len(columns().results)), first_plan(POINTS, runs))
