"""Strategies: how large a step a side takes.  One file each; registering one is one line below."""

from __future__ import annotations

from bargain_sim.strategies import (
    baselines,
    by_the_clock,
    comparative,
    generous_tit_for_tat,
    grit,
    proportional,
    signed,
    tit_for_tat,
)
from bargain_sim.strategies.registry import Strategy, explain
from bargain_sim.strategies.view import Style, View

__all__ = ["STRATEGIES", "Strategy", "Style", "View", "desired_step", "explain", "number_of"]

# The number of a strategy is its place here; new ones go to the end.
_LIST: list[Strategy] = [
    comparative.STRATEGY,
    proportional.STRATEGY,
    signed.STRATEGY,
    tit_for_tat.STRATEGY,
    generous_tit_for_tat.STRATEGY,
    grit.STRATEGY,
    by_the_clock.BOULWARE,
    by_the_clock.LINEAR,
    by_the_clock.CONCEDER,
    baselines.HARDLINER,
    baselines.EXPLOITER,
]

STRATEGIES: dict[str, Strategy] = {strategy.name: strategy for strategy in _LIST}
"""Every strategy that a scenario may name."""


def number_of(name: str) -> int:
    """The number by which the rules know a strategy."""
    return list(STRATEGIES).index(name)


def desired_step(number: int, see: View, own: Style) -> float:
    """What strategy `number` asks for.  The compiled engine puts an if-chain in its place."""
    return _LIST[number].step(see, own)
