"""What a person may set in the explorer, and what that sets in the scenario: nothing else is let in."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, Final, Literal

from bargain_sim.errors import InputError
from bargain_sim.scenario.drawn import drawn_numbers
from bargain_sim.scenario.loader import Resolved
from bargain_sim.scenario.overrides import Override
from bargain_sim.scenario.quantity import Quantity
from bargain_sim.scenario.schema import Event, Scenario
from bargain_sim.scenario.side import Side
from bargain_sim.strategies import STRATEGIES

__all__ = ["GROUPS", "Setting", "Value", "kept", "overrides_of", "settings_of"]

Value = float | str | bool

ORIGIN: Final = "explorer"

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "Main settings": ("initial_trust", "reciprocity", "reliability", "generosity", "outside_option"),
    "How trust forms": (
        "prior_strength", "negativity", "evidence_kept", "full_weight", "lag", "correction_credit", "slight",
        "caution",
    ),
    "How large steps are": (
        "initiative", "trust_threshold", "opening", "max_step", "inverse_response", "pace", "grit_turns",
        "memory",
    ),
    "What limits moves": ("exposure", "max_readiness", "firmness"),
    "How moves are delivered": ("shortfall_floor", "sham", "correction", "tranche", "snapback"),
    "What is demanded and accepted": ("ambition", "bonus"),
    "When sides wait and walk out": (
        "patience", "doubt", "resume", "abandon", "break_trust", "break_turns",
    ),
}  # fmt: skip
"""Parameters of a side under the headings of the page; every studied one is under one of them."""

WIDER: Final[Mapping[str, tuple[float, float]]] = {
    "initial_trust": (0.05, 0.95),
    "reciprocity": (0.0, 1.5),
    "outside_option": (0.0, 40.0),
}
"""Where the page goes beyond the range studied, because lessons look there; nothing else reads it."""

STRATEGY_GROUP: Final = "Strategies"
EVENT_GROUP: Final = "Events"


@dataclass(frozen=True)
class Setting:
    """One thing to set: a number from `low` to `high`, one of the words in `choices`, or on and off.

    `path` is its name in requests and addresses: a path of the scenario, or `events.ID` for whether an event
    strikes at all.  `label` names what is set, `of` whose it is; several settings with one label stand
    together.  `own` is what the scenario itself says; where runs draw the number (`drawn`), its median.
    """

    path: str
    group: str
    label: str
    of: str
    hint: str
    kind: Literal["number", "choice", "switch"]
    own: Value
    unit: str = ""
    low: float = 0.0
    high: float = 1.0
    step: float = 1.0
    whole: bool = False
    choices: tuple[str, ...] = ()
    drawn: bool = False

    def checked(self, value: object) -> Value:
        """`value`, if it may be set here.  Raises InputError."""
        if self.kind == "switch":
            if isinstance(value, bool):
                return value
            raise self._wrong("is on or off", "Give true or false")
        if self.kind == "choice":
            if isinstance(value, str) and value in self.choices:
                return value
            raise self._wrong("is not one of those that are known", f"Choose from {', '.join(self.choices)}")
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self._wrong("must be a number", f"Give one from {self.low:g} to {self.high:g}")
        if self.whole and value != int(value):
            raise self._wrong(f"is {value:g}", "It takes whole numbers only")
        if not self.low <= value <= self.high:
            raise self._wrong(f"is {value:g}", f"It goes from {self.low:g} to {self.high:g} here")
        return float(value)

    def _wrong(self, problem: str, remedy: str) -> InputError:
        return InputError(f"`{self.path}` {problem}", remedy=remedy)


def settings_of(resolved: Resolved) -> list[Setting]:
    """All settings of a scenario, in the order of the page."""
    scenario = resolved.scenario
    drawn = {".".join(map(str, path)) for path in drawn_numbers(scenario)}
    sides = scenario.sides.items()
    found = [_strategy(name, side) for name, side in sides]
    first, *others = GROUPS
    for group in (first, EVENT_GROUP, *others):
        if group == EVENT_GROUP:
            for name, event in scenario.events.items():
                found += _event(name, event)
            continue
        for key in GROUPS[group]:
            found += [_of_side(group, name, side, key, drawn) for name, side in sides]
        if group == first and scenario.history is not None:
            found.append(_start(group, scenario))
    return found


def kept(settings: Mapping[str, Setting], chosen: Mapping[str, object]) -> tuple[tuple[str, Value], ...]:
    """What of `chosen` (path → value) changes the scenario, checked, in the order of the settings.

    Raises InputError with everything that is wrong.
    """
    wrong: list[InputError] = []
    values: dict[str, Value] = {}
    for path, value in chosen.items():
        if path not in settings:
            near = get_close_matches(path, settings, n=1)
            remedy = f"Did you mean `{near[0]}`?" if near else "The page lists what can be"
            wrong.append(InputError(f"`{path[:80]}` cannot be set here", remedy=remedy))
            continue
        try:
            values[path] = settings[path].checked(value)
        except InputError as error:
            wrong.append(error)
    if wrong:
        raise InputError(wrong[0].problem, remedy=wrong[0].remedy, more=tuple(wrong[1:]))
    # A number that runs draw is held by being set, even at its median.
    return tuple(
        (path, values[path])
        for path, setting in settings.items()
        if path in values and (setting.drawn or values[path] != setting.own)
    )


def overrides_of(scenario: Scenario, values: Sequence[tuple[str, Value]]) -> list[Override]:
    """What these values set in the scenario, in order: switching an event off comes after its rate."""
    found, last = [], []
    for path, value in values:
        event = path.removeprefix("events.")
        if event == path or event not in scenario.events:
            found.append(Override(path, value, ORIGIN))
        elif value is False:
            last.append(Override(f"{path}.rate", 0.0, ORIGIN))
            if scenario.events[event].at:
                last.append(Override(f"{path}.at", [], ORIGIN))
    return found + last


def _strategy(name: str, side: Side) -> Setting:
    return Setting(
        path=f"sides.{name}.strategy", group=STRATEGY_GROUP, label="Strategy", of=side.label,
        hint="how large a step it takes",
        kind="choice", own=side.strategy, choices=tuple(STRATEGIES),
    )  # fmt: skip


def _start(group: str, scenario: Scenario) -> Setting:
    return Setting(
        path="start", group=group, label="Where play begins", of="both sides",
        hint="at the beginning, or where the record ends: what is known is told, and play goes on from there",
        kind="choice", own=scenario.start, choices=("beginning", "record"),
    )  # fmt: skip


def _of_side(group: str, name: str, side: Side, key: str, drawn: set[str]) -> Setting:
    path, field = f"sides.{name}.{key}", Side.model_fields[key]
    label = key.replace("_", " ").capitalize()
    hint = field.description or ""
    own = getattr(side, key)
    if not isinstance(own, Quantity):
        return Setting(path, group, label, side.label, hint, "switch", bool(own))
    extra: Any = field.json_schema_extra
    setting = _number(
        path, group, label, side.label, hint, own, {**extra, "studied": WIDER.get(key, extra["studied"])}
    )
    return replace(setting, drawn=path in drawn)


def _event(name: str, event: Event) -> list[Setting]:
    found = [Setting(
        f"events.{name}", EVENT_GROUP, event.label, "It may strike", "switched off, it never does", "switch",
        True,
    )]  # fmt: skip
    if event.rate is not None:
        field = Event.model_fields["rate"]
        found.append(_number(
            f"events.{name}.rate", EVENT_GROUP, event.label, "How often", field.description or "", event.rate,
            field.json_schema_extra,
        ))  # fmt: skip
    return found


def _number(path: str, group: str, label: str, of: str, hint: str, own: Quantity, extra: Any) -> Setting:
    """A number over the range that `extra` has, stretched where the scenario's own lies beyond it."""
    value = float(own)
    low, high = extra["studied"]
    low, high = min(low, value), max(high, value)
    whole = bool(extra["whole"])
    step = 1.0 if whole else _step(high - low)
    if extra["symbol"]:
        label = f"{label} {extra['symbol']}"
    return Setting(path, group, label, of, hint, "number", value, extra["unit"], low, high, step, whole)


def _step(span: float) -> float:
    """A round number, about a hundredth of `span`."""
    power = 10.0 ** math.floor(math.log10(span / 100.0))
    return next(power * m for m in (1.0, 2.0, 5.0, 10.0) if power * m >= span / 100.0 * 0.999)
