"""Comparative reciprocity: close the gap between one's own last step and the other's.

Druckman and Harris (1990) found that, of the models of responsiveness they compared, this one
matches observed international negotiations best.
"""

from __future__ import annotations

from bargain_sim.strategies.registry import Strategy
from bargain_sim.strategies.view import Style, View, clip, own_accord


def step(see: View, own: Style) -> float:
    """x + r(ŷ − x) + k."""
    x = see.step + own.reciprocity * (see.perceived - see.step) + own_accord(see, own)
    return clip(x, 0.0, own.max_step)


STRATEGY = Strategy(
    "comparative",
    step,
    "closes the gap between its own last step and the other's, plus initiative",
    "seeds/literature/druckman_harris_1990",
    "x + r(ŷ − x) + k = {step:.2f} + {reciprocity:g}·({perceived:.2f} − {step:.2f}) + {k:.2f}",
)
