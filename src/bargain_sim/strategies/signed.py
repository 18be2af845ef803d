"""Reciprocity and inverse response: distrust makes a side take readiness back.

Goldstein and Pevehouse (1997) found both in three-way time series of the Bosnian conflict.  The
step may be negative; it then drains what had been saved up.
"""

from __future__ import annotations

from bargain_sim.strategies.registry import Strategy
from bargain_sim.strategies.view import Style, View, own_accord


def step(see: View, own: Style) -> float:
    """r·[T·ŷ − κ(1 − T)] + k, not above x_max."""
    answer = see.trust * see.perceived - own.inverse_response * (1.0 - see.trust)
    x = own.reciprocity * answer + own_accord(see, own)
    if x > own.max_step:
        return own.max_step
    return x


STRATEGY = Strategy(
    "signed",
    step,
    "answers trust with steps and distrust with steps back",
    "seeds/literature/goldstein_pevehouse_1997",
    "r·[T·ŷ − κ(1 − T)] + k = {reciprocity:g}·[{trust:.2f}·{perceived:.2f} − "
    "{inverse_response:g}·(1 − {trust:.2f})] + {k:.2f}",
)
