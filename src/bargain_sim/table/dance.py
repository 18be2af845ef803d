"""The dance of a pair: both scores and both trusts by turn, and the turning points, named."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bargain_sim.narrate import delivery_in_words, item_in_words
from bargain_sim.scenario.schema import Scenario
from bargain_sim.transcript import Announcement, Transcript, Turn

__all__ = ["Step", "TurningPoint", "dance", "turning_points"]

_LEAST = 0.02  # a change of trust under this is no turning point
_MOST = 5  # so many changes of trust are named


@dataclass(frozen=True)
class Step:
    """How it stood after a turn: scores in points, trust from 0 to 1, by side."""

    turn: int
    date: dt.date
    mover: str
    mode: str
    score: dict[str, float]
    trust: dict[str, float]


@dataclass(frozen=True)
class TurningPoint:
    """A turn that changed the course, and why, in a sentence.  `kind` is trust, agreed or end."""

    turn: int
    date: dt.date
    kind: str
    side: str
    change: float
    text: str


def dance(transcript: Transcript) -> tuple[Step, ...]:
    """One step a turn."""
    return tuple(
        Step(turn.turn, turn.date, turn.mover, turn.mode, dict(turn.utility), dict(turn.trust))
        for turn in transcript.moves
    )


def turning_points(transcript: Transcript, *, over: bool = True) -> tuple[TurningPoint, ...]:
    """The largest changes of trust, the agreement and (where it is `over`) the end, in their order."""
    scenario = transcript.scenario
    before = {name: float(side.initial_trust) for name, side in scenario.sides.items()}
    changes: list[TurningPoint] = []
    for turn in transcript.moves:
        for side in scenario.side_ids:
            change = turn.trust[side] - before[side]
            why = _why(transcript, turn, side, change)
            if abs(change) >= _LEAST and why:
                text = _changed(scenario, side, before[side], turn.trust[side], why)
                changes.append(TurningPoint(turn.turn, turn.date, "trust", side, change, text))
        before = turn.trust
    found = sorted(changes, key=lambda each: -abs(each.change))[:_MOST]
    for turn in transcript.moves:
        if turn.agreed:
            text = f"{scenario.sides[turn.mover].label} agrees, and there is a package."
            found.append(TurningPoint(turn.turn, turn.date, "agreed", turn.mover, 0.0, text))
    if transcript.moves and over:
        last = transcript.moves[-1]
        found.append(TurningPoint(last.turn, last.date, "end", last.mover, 0.0, transcript.ending))
    return tuple(sorted(found, key=lambda each: each.turn))


def _changed(scenario: Scenario, side: str, before: float, after: float, why: str) -> str:
    verb = "rises" if after > before else "falls"
    return f"{scenario.sides[side].label}'s trust {verb} from {before:.2f} to {after:.2f}: {why}."


def _why(transcript: Transcript, turn: Turn, side: str, change: float) -> str:
    """What moved a side's trust in a turn; empty where it only faded."""
    scenario = transcript.scenario
    other = next(name for name in scenario.side_ids if name != side)
    label = scenario.sides[other].label
    causes = []
    if change < 0.0:
        causes += [
            scenario.events[event].label for event in turn.events if other in scenario.events[event].evidence
        ]
        if other in turn.demanded_by:
            causes.append(f"{label} demands what lies across a red line")
    if change > 0.0:
        causes += [
            f"{label} makes good “{scenario.concessions[name].label}”"
            for name in turn.corrections
            if scenario.concessions[name].giver == other
        ]
    seen = _seen(transcript, turn, side, other)
    for announcement in seen:
        if (announcement.fraction >= 1.0) == (change > 0.0):
            items = "; ".join(item_in_words(item) for item in announcement.items)
            causes.append(
                f"it sees what {label} announced ({items}) – {delivery_in_words(announcement.fraction)}"
            )
    return ", and ".join(causes)


def _seen(transcript: Transcript, turn: Turn, side: str, other: str) -> list[Announcement]:
    """What of the other's announcements a side verifies in this turn."""
    if turn.mover != side:
        return []
    then = turn.turn - (2 * int(transcript.scenario.sides[side].lag) - 1)
    return [
        announcement
        for number, aside in ((then - 1, True), (then, False))
        if 0 <= number < len(transcript.moves)
        for announcement in transcript.moves[number].announcements
        if announcement.side == other and (announcement is transcript.moves[number].aside) == aside
    ]
