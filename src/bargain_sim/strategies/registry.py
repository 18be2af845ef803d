"""What a strategy is, and the list of those that can be named in a scenario.

A strategy is one small pure function `step(see, own) -> float`: how many points' worth of readiness
its side adds in this turn.  It asks; what may be given is decided by the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bargain_sim.strategies.view import Style, View, own_accord

__all__ = ["Strategy", "explain"]


@dataclass(frozen=True)
class Strategy:
    """A strategy: its function, a sentence about it, its literature, and its formula in words.

    `formula` is a format string over the fields of `View` and `Style`, `k` (initiative at this
    trust) and `result`; it is shown to people who ask why a step was taken.
    """

    name: str
    step: Callable[[View, Style], float]
    summary: str
    literature: str
    formula: str


def explain(strategy: Strategy, see: View, own: Style, result: float) -> str:
    """The strategy's formula with the numbers of one turn: `x + r(ŷ − x) + k = 2.0 + … = 3.1`."""
    values: Mapping[str, Any] = {
        **see._asdict(),
        **{name: value for name, value in own._asdict().items()},
        "k": own_accord(see, own),
        "result": result,
    }
    return f"{strategy.formula.format(**values)} → {result:.2f}"
