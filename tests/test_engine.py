"""The compiled host refuses what would read foreign memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bargain_sim.codes import RUNNING
from bargain_sim.engine import Engine, draws_of
from bargain_sim.scenario.loader import load_scenario
from bargain_sim.scenario.pack import pack


@pytest.fixture(scope="module")
def parts() -> dict[str, Any]:
    packed = pack(load_scenario("baseline"))
    return {"packed": packed, "engine": Engine(packed), "draws": draws_of(0, 0, 3, packed.sizes.turns)}


@pytest.mark.parametrize("wrong", ["floats", "ints", "draws", "kind", "out", "strided"])
def test_what_does_not_fit_is_refused(parts: dict[str, Any], wrong: str) -> None:
    packed, engine = parts["packed"], parts["engine"]
    floats, ints, draws, out = packed.floats[None], packed.ints[None], parts["draws"], None
    if wrong == "floats":
        floats = floats[:, :-1].copy()
    if wrong == "ints":
        ints = np.repeat(ints, 2, axis=0)
    if wrong == "draws":
        draws = draws[:, :-1].copy()
    if wrong == "kind":
        draws = draws.astype(np.float32)
    if wrong == "out":
        out = np.empty((2, engine.columns))
    if wrong == "strided":
        floats = np.repeat(packed.floats, 2)[::2][None]
    with pytest.raises(ValueError, match="must be"):
        engine.run(floats, ints, draws, out)


def test_longer_draws_are_fine(parts: dict[str, Any]) -> None:
    """Draws are a prefix: those of a longer negotiation serve a shorter one."""
    packed, engine = parts["packed"], parts["engine"]
    longer = draws_of(0, 0, 3, packed.sizes.turns + 5)
    rows = engine.run(packed.floats[None], packed.ints[None], longer)
    assert np.array_equal(rows, engine.run(packed.floats[None], packed.ints[None], parts["draws"]))


def test_there_is_no_turn_beyond_the_last(parts: dict[str, Any]) -> None:
    parts["engine"].begin(parts["packed"])
    with pytest.raises(ValueError, match="no turn"):
        parts["engine"].step(parts["draws"][0], parts["packed"].sizes.turns)


def test_to_stop_before_the_first_turn_plays_none(parts: dict[str, Any]) -> None:
    packed, engine, draws = parts["packed"], parts["engine"], parts["draws"]
    none, one, whole = (
        engine.traced(packed.floats[None], packed.ints[None], draws, stop=stop) for stop in (0, 1, None)
    )
    assert (none.turns.shape[1], one.turns.shape[1], whole.turns.shape[1]) == (0, 1, packed.sizes.turns)
    assert (none.rows[:, 0] == RUNNING).all() and (none.rows[:, 1] == 0).all() and (none.firsts == -1).all()
    with pytest.raises(ValueError, match="no turn -1"):
        engine.traced(packed.floats[None], packed.ints[None], draws, stop=-1)
