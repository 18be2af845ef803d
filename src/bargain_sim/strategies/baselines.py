"""Two sides to measure the others against: one that never gives, one that lives on the other."""

from __future__ import annotations

from bargain_sim.strategies.registry import Strategy
from bargain_sim.strategies.view import Style, View, clip


def hardliner(see: View, own: Style) -> float:
    """Nothing, ever."""
    return 0.0


def exploiter(see: View, own: Style) -> float:
    """`opening`, only after two silent turns of the other in a row."""
    if see.unanswered >= 2.0:
        return clip(own.opening, 0.0, own.max_step)
    return 0.0


HARDLINER = Strategy("hardliner", hardliner, "gives nothing", "assumption: a baseline", "never")
EXPLOITER = Strategy(
    "exploiter",
    exploiter,
    "gives its opening only when the other has been silent twice",
    "assumption: a baseline",
    "opening {opening:g} after two silent turns of the other (now {unanswered:.0f})",
)
