"""One negotiation as data for a page: its ending, its lines, trust and mode after each turn."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from bargain_sim.codes import MODES
from bargain_sim.narrate import timeline
from bargain_sim.transcript import Transcript

__all__ = ["told"]

TRUST_GRAIN: Final = 250
"""Trust is stored in so many steps from 0 to 1."""


def told(transcript: Transcript, number: Callable[[str], Any]) -> dict[str, Any]:
    """A transcript as plain data, its lines one after the other: kind, day, who and text of each.

    `number` gives what stands for a text: a number, where texts are kept once each, or the text itself.
    """
    scenario = transcript.scenario
    lines: list[Any] = []
    for line in timeline(transcript):
        day = (line.date - scenario.start_date).days
        lines += [number(line.kind), day, number(line.who), number(line.text)]
    trust = np.array([list(turn.trust.values()) for turn in transcript.moves])
    modes = bytes(MODES.index(turn.mode) for turn in transcript.moves)
    quantised = np.rint(trust * TRUST_GRAIN).astype(np.uint8).tobytes()
    return {
        "ending": number(transcript.ending),
        "turns": transcript.turns,
        "lines": lines,
        "trust": base64.b64encode(quantised).decode("ascii"),
        "modes": base64.b64encode(modes).decode("ascii"),
    }
