"""Tit for tat (Axelrod and Hamilton 1981): open, then give what was delivered last."""

from __future__ import annotations

from bargain_sim.strategies.registry import Strategy
from bargain_sim.strategies.view import Style, View, clip


def step(see: View, own: Style) -> float:
    """What the other delivered on its last turn seen."""
    return clip(see.last, 0.0, own.max_step)


STRATEGY = Strategy(
    "tit_for_tat",
    step,
    "gives what was delivered last",
    "seeds/literature/axelrod_hamilton_1981",
    "what the other delivered last = {last:.2f}",
)
