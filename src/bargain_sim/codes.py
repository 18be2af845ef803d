"""The few whole numbers that the rules, the compiled loop and the stored tables share.

Rules compare plain integers (numba compiles those well); people read the names.
"""

from __future__ import annotations

from typing import Final

# How a run ends, in the order in which the endings are tested.
RUNNING: Final = -1
BREAKDOWN: Final = 0
COLLAPSE: Final = 1
GRAND_BARGAIN: Final = 2
NORMALISED_BY_STEPS: Final = 3
BARGAIN_UNDER_WAY: Final = 4
STALL: Final = 5
PIECEMEAL: Final = 6

OUTCOMES: Final[tuple[str, ...]] = (
    "breakdown",
    "collapse",
    "grand_bargain",
    "normalised_by_steps",
    "bargain_under_way",
    "stall",
    "piecemeal",
)

OUTCOME_TEXT: Final[dict[str, str]] = {
    "breakdown": "The dialogue broke down before any package was agreed.",
    "collapse": "A package was agreed, but one side walked away from it before it was carried out.",
    "grand_bargain": "A grand bargain was agreed and everything in it was delivered.",
    "normalised_by_steps": (
        "Step by step both sides gave nearly all they could, without a package and without "
        "crossing a hard red line."
    ),
    "bargain_under_way": "A package was agreed and was still being carried out at the end.",
    "stall": "The dialogue came to nothing: long silence, or hardly anything given.",
    "piecemeal": "Some concessions were exchanged, but no package was agreed.",
}

OUTCOME_LABEL: Final[dict[str, str]] = {
    "breakdown": "Breakdown",
    "collapse": "Collapse of the package",
    "grand_bargain": "Grand bargain",
    "normalised_by_steps": "Normalised by steps",
    "bargain_under_way": "Bargain under way",
    "stall": "Stall",
    "piecemeal": "Piecemeal",
}

# What kind of dialogue is going on.
TALKS: Final = 0
PAUSED: Final = 1
BARGAIN: Final = 2
MODES: Final[tuple[str, ...]] = ("talks", "paused", "bargain")

# What the mover did with its turn.
SILENT: Final = 0
CONCEDE: Final = 1
STATUS_ACT: Final = 2
DEMAND: Final = 3
DELIVER: Final = 4
WAIT: Final = 5
WALK_OUT: Final = 6
GIVE_UP: Final = 7
RENEGE: Final = 8
RECORD: Final = 9
LEAVE: Final = 10  # a person walks out, for whatever reason
ACTS: Final[tuple[str, ...]] = (
    "silent",
    "concede",
    "status_act",
    "demand",
    "deliver",
    "wait",
    "walk_out",
    "give_up",
    "renege",
    "record",
    "leave",
)

# Why talks paused.
NO_REASON: Final = 0
PATIENCE: Final = 1
DOUBT: Final = 2
EVENT: Final = 3
RECORDED: Final = 4
CHOSEN: Final = 5  # by a person
PAUSE_REASONS: Final[tuple[str, ...]] = ("", "patience", "doubt", "event", "record", "choice")

# What an entry of the history does.
GIVES: Final = 0
HAPPENS: Final = 1
CORRECTS: Final = 2
DEMANDS: Final = 3
PAUSES: Final = 4
RESUMES: Final = 5
NOTES: Final = 6
HISTORY: Final[tuple[str, ...]] = ("gives", "happens", "corrects", "demands", "pauses", "resumes", "notes")

# What has become of an entry of the history.
AHEAD: Final = 0
DONE: Final = 1
REFUSED: Final = 2
CREDITED: Final = 3  # done, and what correcting it will be worth is settled

# Why an entry of the history, or what a person wants to give, may not be.
ALLOWED: Final = 0
RED_LINE: Final = 1
NOT_MET: Final = 2
TOO_MANY: Final = 3
NOTHING_SHORT: Final = 4
NOTHING_BARRED: Final = 5
NOT_PAUSED: Final = 6
MATERIAL_IN_A_PAUSE: Final = 7
NOT_IN_PACKAGE: Final = 8
ALREADY_PAUSED: Final = 9

# Kinds of concession.
STATUS: Final = 0
MATERIAL: Final = 1
KINDS: Final[tuple[str, ...]] = ("status", "material")

# Uniform draws handed to the rules each turn, by number.  Numbers are never reused.
SLOTS: Final = 16
DRAW_EVENT: Final = 0
DRAW_CORRECTION: Final = 1
DRAW_RESUME: Final = 2
DRAW_ABANDON: Final = 3
DRAW_DEMAND: Final = 4
DRAW_DELIVERY: Final = 5
DRAW_SHAM: Final = 6
DRAW_FRACTION: Final = 7
DRAW_STRATEGY: Final = 8
DRAW_PARAMETERS: Final = 9  # in turn 0, for the run as a whole
