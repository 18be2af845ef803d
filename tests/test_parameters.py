"""Every parameter moves something: a rule that never binds would be one too many."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bargain_sim.scenario.quantity import Quantity
from bargain_sim.scenario.side import Side

SCRIPT = Path(__file__).resolve().parent.parent / "benchmarks" / "parameters.py"

# The largest of some two thousand differences lies under this by chance in all but a few of a
# thousand searches, and draws are fixed: the tests do not flicker.
ERRORS = 6.0
RUNS = 600


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("benchmarks_parameters", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


script = _load()
PARAMETERS = {each.name: each for each in script.parameters()}


def first_that_moves(name: str) -> Any:
    """The first place in which a parameter moves something, None if there is none."""
    for place in script.places():
        for effect in script.effects(PARAMETERS[name], [place], RUNS):
            if effect.moves(ERRORS):
                return effect
    return None


def test_no_number_is_left_out() -> None:
    numbers = {name for name, field in Side.model_fields.items() if field.annotation is Quantity}
    assert numbers | {script.EVENT_RATE, script.EVENT_WEIGHT} == set(PARAMETERS)


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_parameter_moves_something(name: str) -> None:
    assert first_that_moves(name) is not None


@pytest.mark.parametrize(
    ("name", "strategy"),
    [("pace", "comparative"), ("pace", "linear"), ("grit_turns", "proportional"), ("reciprocity", "grit")],
)
def test_what_a_strategy_does_not_read_moves_nothing(name: str, strategy: str) -> None:
    place = script.Place("here", "baseline", strategy)
    (effect,) = script.effects(PARAMETERS[name], [place], 200)
    assert set(effect.changes.values()) == {0.0}


def test_the_table_names_every_parameter() -> None:
    where = [script.Place("baseline", "baseline")]
    rows = [list(script.effects(each, where, 50)) for each in PARAMETERS.values()]
    lines = script.table(rows, 50).splitlines()
    assert [line.split("`")[1] for line in lines[5:]] == list(PARAMETERS)
    assert all(line.count("|") == lines[3].count("|") for line in lines[4:])
