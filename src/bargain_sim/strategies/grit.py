"""GRIT, graduated reciprocation in tension reduction (Osgood 1962; Lindskold 1978).

A side announces a first initiative and keeps it up though nothing comes back, a fixed number of
times; an answer is matched, and revives the initiative.
"""

from __future__ import annotations

from bargain_sim.strategies.registry import Strategy
from bargain_sim.strategies.view import Style, View, clip


def step(see: View, own: Style) -> float:
    """At least `opening` until it went unanswered n times in a row; matching in any case."""
    x = see.last
    if see.unanswered < own.grit_turns and own.opening > x:
        x = own.opening
    return clip(x, 0.0, own.max_step)


STRATEGY = Strategy(
    "grit",
    step,
    "keeps up a first initiative for some turns without an answer, then matches",
    "seeds/literature/osgood_1962; seeds/literature/lindskold_1978",
    "the larger of delivered {last:.2f} and, while unanswered {unanswered:.0f} of {grit_turns:.0f} "
    "times, opening {opening:g}",
)
