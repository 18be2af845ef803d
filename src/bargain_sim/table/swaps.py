"""One concrete swap that would have made both better off: what was left on the table."""

from __future__ import annotations

from dataclasses import dataclass

from bargain_sim.codes import BREAKDOWN, COLLAPSE
from bargain_sim.rules.limits import barred
from bargain_sim.rules.state import State, Terms
from bargain_sim.scenario.pack import Packed
from bargain_sim.scenario.schema import Scenario

__all__ = ["Swap", "best_swap"]

_LEAST = 1e-6  # points: less is no gain
_FEW = 4  # concessions: a swap of more is no longer one that people grasp at once


@dataclass(frozen=True)
class Swap:
    """What both could still have given (side → concessions), and how much better off it would have left each.

    Gains are points: what a side would have received minus what giving would have cost it.
    """

    gives: dict[str, tuple[str, ...]]
    gains: dict[str, float]

    def in_words(self, scenario: Scenario) -> str:
        """One sentence."""
        label = {side: scenario.sides[side].label for side in self.gives}
        given = [
            " and ".join(f"“{scenario.concessions[name].label}”" for name in names)
            for names in self.gives.values()
        ]
        (first, gain), (second, other_gain) = self.gains.items()
        return (
            f"Had {label[first]} given {given[0]}, and {label[second]} {given[1]}, {label[first]} would have "
            f"{gain:.1f} points more and {label[second]} {other_gain:.1f}."
        )


def best_swap(scenario: Scenario, packed: Packed, terms: Terms, state: State) -> Swap | None:
    """The swap of one concession against one (with what they require) by which the worse off gains most.

    Each is what is left of it, at today's costs, within the red lines.  One of few concessions goes before
    all others.  None where no such swap is better for both.
    """
    best: tuple[bool, float, float] = (False, _LEAST, 0.0)
    found: set[int] | None = None
    for a in range(terms.span[0], terms.span[1]):
        for b in range(terms.span[1], terms.span[2]):
            both = _with_required(terms, state, (a, b))
            if both is None:
                continue
            gains = _gains(terms, state, both)
            worth = (len(both) <= _FEW, min(gains), sum(gains))
            if min(gains) > _LEAST and worth > best:
                best, found = worth, both
    if found is None:
        return None
    names, gains = packed.concession_ids, _gains(terms, state, found)
    return Swap(
        {side: tuple(names[c] for c in sorted(found) if terms.giver[c] == i)
         for i, side in enumerate(scenario.side_ids)},
        dict(zip(scenario.side_ids, gains, strict=True)),
    )  # fmt: skip


def _has(terms: Terms, state: State, c: int) -> float:
    """The share of a concession that the other has in the end: nothing of what was taken back."""
    failed = state.outcome[0] in (BREAKDOWN, COLLAPSE)
    if failed and terms.snapback[terms.giver[c]] == 1 and terms.reversible[c] == 1:
        return 0.0
    return state.delivered[c]


def _with_required(terms: Terms, state: State, wanted: tuple[int, ...]) -> set[int] | None:
    """These and all that they still require; None where something of it can never be given, or is given."""
    found: set[int] = set()
    pending = list(wanted)
    while pending:
        c = pending.pop()
        if barred(terms, state, c):
            return None
        if c in found or _has(terms, state, c) >= 1.0:
            if c in wanted and _has(terms, state, c) >= 1.0:
                return None
            continue
        found.add(c)
        pending += [terms.requires[k] for k in range(terms.requires_from[c], terms.requires_from[c + 1])]
    return found


def _gains(terms: Terms, state: State, given: set[int]) -> tuple[float, float]:
    gains = [0.0, 0.0]
    for c in sorted(given):
        left, i = 1.0 - _has(terms, state, c), terms.giver[c]
        gains[i] -= left * state.cost[c]
        gains[1 - i] += left * terms.value[c]
    return gains[0], gains[1]
