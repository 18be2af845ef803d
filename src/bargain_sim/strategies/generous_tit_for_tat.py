"""Generous tit for tat: forgive a part, so that noise does not echo for ever.

Molander (1985); Nowak and Sigmund (1992).
"""

from __future__ import annotations

from bargain_sim.strategies.registry import Strategy
from bargain_sim.strategies.view import Style, View, clip


def step(see: View, own: Style) -> float:
    """(1 − g)·delivered + g·opening."""
    x = (1.0 - own.generosity) * see.last + own.generosity * own.opening
    return clip(x, 0.0, own.max_step)


STRATEGY = Strategy(
    "generous_tit_for_tat",
    step,
    "gives what was delivered last, mixed with its opening step",
    "seeds/literature/molander_1985; seeds/literature/nowak_sigmund_1992",
    "(1 − g)·delivered + g·opening = (1 − {generosity:g})·{last:.2f} + {generosity:g}·{opening:g}",
)
