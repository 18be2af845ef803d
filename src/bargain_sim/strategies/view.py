"""What a strategy is given: what its side can see, and its side's own parameters."""

from __future__ import annotations

from typing import NamedTuple


class View(NamedTuple):
    """What a side sees when it decides.  Points, unless said otherwise."""

    trust: float  # T: chance it gives to the other delivering what it announces
    perceived: float  # ŷ: the other's last step, as it perceives it
    last: float  # what the other delivered on its last turn seen (0: it was silent)
    unanswered: float  # own turns in a row on which the other was seen silent
    step: float  # x: its own last desired step
    readiness: float  # R: what it has saved up
    given: float  # what it has delivered so far
    received: float  # what it has seen delivered to it so far
    total: float  # all it can give
    share: float  # given / total
    time: float  # t/H: share of the negotiation that has passed
    draw: float  # its own uniform random number of this turn


class Style(NamedTuple):
    """A side's own parameters (see `scenario.side.Side` for units and ranges)."""

    reciprocity: float  # r
    initiative: float  # k₀
    trust_threshold: float  # τ
    opening: float
    max_step: float  # x_max
    generosity: float  # g
    inverse_response: float  # κ
    pace: float  # β
    grit_turns: float  # n


def clip(x: float, low: float, high: float) -> float:
    """x kept within [low, high]; the same in plain and compiled code for every x but NaN."""
    if x < low:
        return low
    if x > high:
        return high
    return x


def own_accord(see: View, own: Style) -> float:
    """k = k₀·max(0, (T − τ)/(1 − τ)): the step a side takes of its own accord."""
    if see.trust <= own.trust_threshold:
        return 0.0
    return own.initiative * (see.trust - own.trust_threshold) / (1.0 - own.trust_threshold)
