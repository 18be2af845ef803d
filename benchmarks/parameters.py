"""What each parameter does: `python benchmarks/parameters.py` prints a table, in Markdown.

Every parameter is moved over the range in which it is studied, for both sides together, in every
shipped scenario, and in the baseline under every other strategy (some parameters are read by one
strategy only).  All levels meet the same luck, so differences between them are paired.  Changes are
between the level with the largest and that with the smallest share, of five over the range.  Scenario
exploration, not prediction.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from bargain_sim.codes import OUTCOME_LABEL, OUTCOMES
from bargain_sim.engine import Engine, draws_of
from bargain_sim.rules.summary import COLUMNS
from bargain_sim.scenario.loader import Resolved, resolve
from bargain_sim.scenario.quantity import Quantity
from bargain_sim.scenario.schema import Event
from bargain_sim.scenario.side import Side
from bargain_sim.shipped import shipped_folder
from bargain_sim.strategies import STRATEGIES
from bargain_sim.sweeps.points import pack_points

Array = npt.NDArray[np.float64]

LEVELS = 5
BARGAIN = OUTCOMES.index("grand_bargain")
EVENT_RATE, EVENT_WEIGHT = "event rate", "event weight"
WEIGHTS = (0.5, 2.0)  # model: "event rate, weight"
LEAST_RECIPROCITY = 0.02  # `comparative` needs more than 0


@dataclass(frozen=True)
class Parameter:
    """A number of the model, or the rate or weight of an event, and the range to move it over."""

    name: str
    symbol: str
    low: float
    high: float
    whole: bool = False

    def levels(self, resolved: Resolved) -> list[float]:
        """Five values over the range, or fewer where only whole numbers will do."""
        values = np.linspace(self.low, self.high, LEVELS)
        if self.whole:
            return [float(value) for value in sorted(set(np.round(values)))]
        strategies = {side.strategy for side in resolved.scenario.sides.values()}
        if self.name == "reciprocity" and "comparative" in strategies:
            values = np.maximum(values, LEAST_RECIPROCITY)
        return [float(value) for value in values]

    def paths(self, resolved: Resolved) -> list[str]:
        """Where it stands in a scenario; several for the events, each of which is moved alone."""
        events = resolved.scenario.events
        if self.name == EVENT_RATE:
            return [f"events.{name}.rate" for name, event in events.items() if event.rate is not None]
        if self.name == EVENT_WEIGHT:
            return [f"events.{name}.evidence.{s}" for name, event in events.items() for s in event.evidence]
        return [f"sides.both.{self.name}"]


@dataclass(frozen=True)
class Place:
    """A scenario to move a parameter in."""

    label: str
    scenario: str
    strategy: str = ""

    def resolved(self) -> Resolved:
        """The scenario as it is before the parameter is moved."""
        return _resolved(self.scenario, self.strategy)


@dataclass(frozen=True)
class Effect:
    """What one parameter does in one place; differences in `name`s between the extreme levels."""

    parameter: Parameter
    place: Place
    path: str
    levels: tuple[float, ...]
    means: dict[str, Array]  # share of each ending, mean payoff of each side: one number a level
    changes: dict[str, float]  # highest less lowest of them
    errors: dict[str, float]  # paired standard errors of these

    def moves(self, errors: float) -> bool:
        """Whether any ending or payoff changes by more than so many standard errors."""
        return any(change > errors * self.errors[name] for name, change in self.changes.items())

    @property
    def bargains(self) -> float:
        """Change in the share of grand bargains."""
        return self.changes[OUTCOMES[BARGAIN]]

    @property
    def ending(self) -> str:
        """The ending whose share changes most."""
        return max(OUTCOMES, key=lambda name: self.changes[name])


def parameters() -> list[Parameter]:
    """Every number that has a studied range, in the order of the schema, then the events'."""
    found = []
    for name, field in Side.model_fields.items():
        extra: Any = field.json_schema_extra
        if field.annotation is Quantity and extra["studied"]:
            low, high = extra["studied"]
            found.append(Parameter(name, extra["symbol"], low, high, extra["whole"]))
    rate: Any = Event.model_fields["rate"].json_schema_extra
    low, high = rate["studied"]
    return [*found, Parameter(EVENT_RATE, "", low, high), Parameter(EVENT_WEIGHT, "", *WEIGHTS)]


def places() -> list[Place]:
    """Every shipped scenario, then the baseline under every strategy that is not its own."""
    shipped = sorted(path.stem for path in shipped_folder("scenarios").glob("*.yaml"))
    found = [Place(name, name) for name in ["baseline", *(name for name in shipped if name != "baseline")]]
    own = {side.strategy for side in _resolved("baseline", "").scenario.sides.values()}
    others = [name for name in STRATEGIES if name not in own]
    return found + [Place(f"baseline, both `{name}`", "baseline", name) for name in others]


def effects(parameter: Parameter, where: Sequence[Place], runs: int, seed: int = 0) -> Iterator[Effect]:
    """What a parameter does in each place, one by one."""
    for place in where:
        resolved = place.resolved()
        levels = parameter.levels(resolved)
        for path in parameter.paths(resolved):
            rows = _run(resolved, path, levels, runs, seed)
            outcomes = rows[:, :, COLUMNS.index("outcome")]
            values = {name: (outcomes == k).astype(float) for k, name in enumerate(OUTCOMES)}
            for k, side in enumerate(resolved.scenario.side_ids):
                values[f"payoff of {side}"] = rows[:, :, COLUMNS.index(f"utility_{k}")]
            means = {name: value.mean(axis=0) for name, value in values.items()}
            changes, errors = {}, {}
            for name, value in values.items():
                top, bottom = int(means[name].argmax()), int(means[name].argmin())
                difference = value[:, top] - value[:, bottom]
                changes[name] = float(difference.mean())
                errors[name] = float(difference.std(ddof=1) / np.sqrt(runs))
            yield Effect(parameter, place, path, tuple(levels), means, changes, errors)


@cache
def _resolved(scenario: str, strategy: str) -> Resolved:
    return resolve(scenario, {"sides.both.strategy": strategy} if strategy else {})


@cache
def _draws(seed: int, runs: int, turns: int) -> Array:
    return draws_of(seed, 0, runs, turns)


def _run(resolved: Resolved, path: str, levels: Sequence[float], runs: int, seed: int) -> Array:
    """Results: shape (runs, levels, columns)."""
    (group,) = pack_points(resolved, {path: list(levels)})
    engine = Engine(group.packed)
    rows = engine.run(group.floats, group.ints, _draws(seed, runs, group.sizes.turns))
    return rows.reshape(runs, len(levels), engine.columns)


def table(rows: Sequence[Sequence[Effect]], runs: int) -> str:
    """The effects of each parameter as a Markdown table, strongest place first."""
    lines = [
        f"{runs:,} runs a level under common random numbers. Changes are in percentage points of all runs;",
        "± is one paired standard error. The shares stand at levels evenly over the range.",
        "",
        "| parameter | range | share of bargains changes most in | its shares, % | change "
        "| any ending changes most in | ending | change |",
        "|---|---|---|---|---:|---|---|---:|",
    ]
    for of_parameter in rows:
        parameter = of_parameter[0].parameter
        best = max(of_parameter, key=lambda effect: effect.bargains)
        most = max(of_parameter, key=lambda effect: effect.changes[effect.ending])
        name = f"`{parameter.name}` {parameter.symbol}".strip() if parameter.symbol else f"`{parameter.name}`"
        shares = " ".join(f"{100 * share:.1f}" for share in best.means[OUTCOMES[BARGAIN]])
        lines.append(
            f"| {name} | {parameter.low:g}–{parameter.high:g} | {_where(best)} | {shares} "
            f"| {_change(best, OUTCOMES[BARGAIN])} | {_where(most)} "
            f"| {OUTCOME_LABEL[most.ending].lower()} | {_change(most, most.ending)} |"
        )
    return "\n".join(lines)


def _where(effect: Effect) -> str:
    event = f" ({effect.path.split('.')[1]})" if effect.path.startswith("events.") else ""
    return effect.place.label + event


def _change(effect: Effect, name: str) -> str:
    return f"{100 * effect.changes[name]:.1f} ± {100 * effect.errors[name]:.1f}"


def main() -> None:
    """Print the table, then what moves nothing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=2000, help="runs at each level (default 2000)")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    where = places()
    rows = [list(effects(each, where, arguments.runs, arguments.seed)) for each in parameters()]
    print(table(rows, arguments.runs))
    still = [row[0].parameter.name for row in rows if not any(effect.moves(5.0) for effect in row)]
    print("\nMoves nothing anywhere: " + (", ".join(f"`{name}`" for name in still) or "none."))


if __name__ == "__main__":
    main()
