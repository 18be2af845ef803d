"""Proportional reciprocity: answer the other's last step in proportion to trust.

Trust-weighted exchange: it has a frontier in trust × reciprocity, below which concessions die out
and above which they grow (r·r·T·T·φ·φ against 1).
"""

from __future__ import annotations

from bargain_sim.strategies.registry import Strategy
from bargain_sim.strategies.view import Style, View, clip, own_accord


def step(see: View, own: Style) -> float:
    """k + r·T·ŷ."""
    x = own_accord(see, own) + own.reciprocity * see.trust * see.perceived
    return clip(x, 0.0, own.max_step)


STRATEGY = Strategy(
    "proportional",
    step,
    "answers the other's last step in proportion to its trust, plus initiative",
    "assumption: trust-weighted exchange",
    "k + r·T·ŷ = {k:.2f} + {reciprocity:g}·{trust:.2f}·{perceived:.2f}",
)
