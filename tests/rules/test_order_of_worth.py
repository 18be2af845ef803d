"""The order of worth is kept up when costs move, without sorting the catalogue again."""

from __future__ import annotations

import random

import pytest

from bargain_sim.rules.begin import begin, prepare
from bargain_sim.rules.limits import put_in_order, sort_by_worth
from bargain_sim.scenario.loader import load_scenario
from bargain_sim.scenario.pack import pack


@pytest.mark.parametrize("seed", range(20))
def test_moving_one_concession_gives_the_order_that_sorting_gives(seed: int) -> None:
    terms, state = pack(load_scenario("baseline")).lists()
    luck = random.Random(seed)
    for c in range(terms.span[2]):  # few values and costs, so that many are worth the same
        terms.value[c] = luck.choice([0.0, 2.0, 4.0, 8.0])
        terms.base_cost[c] = luck.choice([0.0, 0.5, 1.0, 2.0])
    prepare(terms, state)
    begin(terms, state)
    sorted_anew = [0] * terms.span[2]
    for _ in range(100):
        c = luck.randrange(terms.span[2])
        state.cost[c] = luck.choice([0.0, 0.5, 1.0, 2.0, 3.0])
        put_in_order(terms, state.cost, state.order, c)
        sort_by_worth(terms, state.cost, sorted_anew)
        assert state.order == sorted_anew


def test_only_concessions_that_an_event_can_move_are_looked_at() -> None:
    packed = pack(load_scenario("baseline"))
    terms, state = packed.lists()
    prepare(terms, state)
    found = {packed.concession_ids[terms.movable[k]] for k in range(terms.n_movable[0])}
    scenario = load_scenario("baseline")
    tags = {tag for event in scenario.events.values() for tag in event.cost}
    assert found == {name for name, each in scenario.concessions.items() if tags & set(each.tags)}
    assert 0 < len(found) < len(scenario.concessions)
