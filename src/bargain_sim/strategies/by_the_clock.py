"""Time-dependent tactics (Faratin, Sierra and Jennings 1998): concede by the clock alone.

All three give what remains to reach κ + (1 − κ)(t/H)^(1/β) of all they can give; β under 1 holds
out (Boulware), 1 is linear, above 1 concedes early.
"""

from __future__ import annotations

from bargain_sim.strategies.registry import Strategy
from bargain_sim.strategies.view import Style, View, clip


def by_the_clock(see: View, own: Style, pace: float) -> float:
    """What remains to reach the share due at this time, over what is given and saved up."""
    due = own.inverse_response + (1.0 - own.inverse_response) * see.time ** (1.0 / pace)
    return clip(due * see.total - see.given - see.readiness, 0.0, own.max_step)


def boulware(see: View, own: Style) -> float:
    """Holds out until late: β = pace or 1/pace, whichever is under 1."""
    return by_the_clock(see, own, 1.0 / later(own.pace))


def linear(see: View, own: Style) -> float:
    """Concedes at an even pace: β = 1."""
    return by_the_clock(see, own, 1.0)


def conceder(see: View, own: Style) -> float:
    """Concedes early: β = pace or 1/pace, whichever is above 1."""
    return by_the_clock(see, own, later(own.pace))


def later(pace: float) -> float:
    """Pace or its inverse, whichever is at least 1: one number serves both ways of being uneven."""
    if pace < 1.0:
        return 1.0 / pace
    return pace


_FORMULA = (
    "what is due by now (κ = {inverse_response:g}, t/H = {time:.2f}) of {total:.0f} points, less "
    "{given:.2f} given and {readiness:.2f} saved up"
)
_SOURCE = "seeds/literature/faratin_1998"

BOULWARE = Strategy("boulware", boulware, "holds out until late", _SOURCE, _FORMULA)
LINEAR = Strategy("linear", linear, "concedes at an even pace", _SOURCE, _FORMULA)
CONCEDER = Strategy("conceder", conceder, "concedes early", _SOURCE, _FORMULA)
