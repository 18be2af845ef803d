"""One negotiation as a table for a notebook: the turns in which something happened."""

from __future__ import annotations

from typing import Any

from bargain_sim.codes import OUTCOME_LABEL
from bargain_sim.showing import block, table

__all__ = ["negotiation"]


def negotiation(transcript: Any) -> str:
    """HTML of a `transcript.Transcript` (which stands above this room and is not imported)."""
    sides = transcript.scenario.sides
    rows = [
        (
            turn.date,
            sides[turn.mover].label,
            _what(transcript, turn),
            *(f"{turn.trust[side]:.2f}" for side in sides),
            *(f"{turn.utility[side]:.1f}" for side in sides),
        )
        for turn in transcript.moves
        if turn.announcements or turn.events or turn.corrections or turn.agreed or turn.record
    ]
    heads = ["date", "turn of", "what happened"]
    heads += [f"trust of {side.label}" for side in sides.values()]
    heads += [f"{side.label} (points)" for side in sides.values()]
    return block(
        transcript.scenario.title,
        [f"{OUTCOME_LABEL[transcript.outcome]}, after {transcript.turns} turns. {transcript.ending}"],
        table("Turns in which something happened", heads, rows, {3, 4, 5, 6}),
        note=f"Scenario {transcript.scenario.name}, seed {transcript.seed}, run {transcript.run}.",
    )


def _what(transcript: Any, turn: Any) -> str:
    """What struck, was announced, made good or agreed in a turn, in a few words."""
    scenario = transcript.scenario
    told = [scenario.events[name].label for name in turn.events]
    for said in turn.announcements:
        items = ", ".join(
            item.label if item.of == 1 else f"{item.label} ({item.units} of {item.of})" for item in said.items
        )
        kept = "" if said.fraction >= 1.0 else f", delivered to {100 * said.fraction:.0f}\u00a0%"
        told.append(f"{scenario.sides[said.side].label}: {items}{kept}")
    told += [f"made good: {scenario.concessions[name].label}" for name in turn.corrections]
    told += [entry.label for entry in turn.record if entry.kind in ("demands", "notes") and entry.label]
    return "; ".join([*told, *(["a package is agreed"] if turn.agreed else [])])
