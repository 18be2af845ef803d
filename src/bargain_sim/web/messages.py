"""What goes over the wire between pages and server; the whole of it is in docs/classroom-protocol.md.

What a browser may send are pydantic models, strict and closed: anything else is refused in words.  What the
server sends are typed dictionaries, written once and checked against what it does send by the tests.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, NotRequired

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from typing_extensions import TypedDict

from bargain_sim.scenario.schema import Id

__all__ = [
    "CODE",
    "REVEALS",
    "Ack",
    "ClockPart",
    "Closed",
    "Command",
    "DebriefState",
    "DeskMessage",
    "FromSeat",
    "Hint",
    "HintMessage",
    "Join",
    "MakeRoom",
    "MoveMessage",
    "Names",
    "OfSeat",
    "OtherPart",
    "PairRow",
    "PairSide",
    "Phase",
    "Played",
    "Predict",
    "Prediction",
    "PredictionCount",
    "ProjectorMessage",
    "Refused",
    "Reveal",
    "RoomPart",
    "RoomSettings",
    "SeatMessage",
    "SeatRow",
    "Strike",
]

CODE: Final = "[BCDFGHJKLMNPRSTWXZ]{4}"
"""A room's code: four consonants, none that is easily taken for another, and no rude word."""

Phase = Literal["lobby", "predicting", "running", "paused", "ended"]
"""Students arrive; predict (if the teacher asks for that); play; wait; look back."""

REVEALS: Final = ("endings", "plane", "frontier", "cloud", "dance", "predictions", "swaps", "earlier")
"""What the debrief shows step by step: `reveal` n shows the first n of these."""

Ending = Literal[
    "breakdown", "collapse", "grand_bargain", "normalised_by_steps", "bargain_under_way", "stall", "piecemeal"
]
"""Those of `codes.OUTCOMES`."""

Played = Literal["person", "strategy", "replaced"]
"""Who plays a side: a person, a strategy from the beginning, or a strategy in a person's place."""

DebriefState = Literal["none", "reckoning", "ready", "failed"]
"""Whether the debrief of a room that has ended is there."""


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


# --- From a student -------------------------------------------------------------------------------------


class MoveMessage(_Message):
    """One turn.  `seq` is `next` of the latest `state`; `move` as in `table.moves.Move`."""

    type: Literal["move"]
    seq: int = Field(ge=1, le=1_000_000)
    move: dict[str, Any]


class Hint(_Message):
    """Asks for advice; takes no turn."""

    type: Literal["hint"]


class Predict(_Message):
    """What a student expects; while the room is `predicting`, and again to think better of it."""

    type: Literal["predict"]
    ending: Ending
    score: float = Field(ge=-1_000_000, le=1_000_000)


FromSeat: TypeAdapter[MoveMessage | Hint | Predict] = TypeAdapter(
    Annotated[MoveMessage | Hint | Predict, Field(discriminator="type")]
)
"""Reads what comes through `/ws/room/CODE`."""


# --- From the join page ---------------------------------------------------------------------------------


class Join(_Message):
    """POST /api/join.  An empty name is an anonymous seat."""

    room: str = Field(max_length=16)
    name: str = Field(default="", max_length=200)


# --- From the desk --------------------------------------------------------------------------------------


class RoomSettings(_Message):
    """What the teacher may set, and change at any time; POST /api/rooms/CODE/settings takes any of them.

    `clock_seconds`: so long a person has for a turn, then it is let pass; None: as long as it takes.
    `absent_seconds`: after so long away a strategy takes the seat; None: only when the teacher says so.
    """

    hide_names: bool = False
    locked: bool = False
    """Nobody joins any more."""
    predict_first: bool = False
    pairing: Literal["classmates", "strategies"] = "classmates"
    play_as: Id | None = None
    """The side all students take against strategies; None: the sides in turn."""
    same_luck: bool = True
    """Every pair meets the same luck (run 0); otherwise pair n has that of run n."""
    clock_seconds: int | None = Field(default=None, ge=5, le=86_400)
    absent_seconds: int | None = Field(default=None, ge=5, le=86_400)


class MakeRoom(_Message):
    """POST /api/rooms.  `set` are texts `path=value` as for `--set`; without a `seed` one is drawn."""

    scenario: str = Field(max_length=200)
    set: tuple[Annotated[str, Field(max_length=300)], ...] = Field(default=(), max_length=60)
    seed: int | None = Field(default=None, ge=0, le=2**63 - 1)
    settings: RoomSettings = RoomSettings()


class Command(_Message):
    """POST without anything to say: start, pause, resume, end, forget.  `{}` or no body."""


class Strike(_Message):
    """POST /api/rooms/CODE/strike: let an event strike in every room that is not over."""

    event: Id


class Reveal(_Message):
    """POST /api/rooms/CODE/reveal: show the first `step` of `REVEALS` to the class."""

    step: int = Field(ge=0, le=len(REVEALS))


class Names(_Message):
    """POST /api/rooms/CODE/names."""

    hide: bool


class OfSeat(_Message):
    """POST /api/rooms/CODE/replace (a strategy takes over), /restore (the person again), /remove."""

    seat: int = Field(ge=1, le=100_000)


# --- From the server ------------------------------------------------------------------------------------


class Refused(TypedDict):
    """Nothing has changed.  `code` for programs; `problem` and `remedy` are sentences for people.

    Over HTTP the same three stand in `{"error": {…}}`.  `seq` is that of the move refused.
    """

    type: Literal["refused"]
    code: str
    problem: str
    remedy: str
    seq: NotRequired[int]


class Ack(TypedDict):
    """The move numbered `seq` is on disk.  A `state` follows."""

    type: Literal["ack"]
    seq: int


class HintMessage(TypedDict):
    """Advice."""

    type: Literal["hint"]
    lines: list[str]


class Closed(TypedDict):
    """The last message before the server closes: `no_seat`, `removed`, `forgotten`, `elsewhere`…"""

    type: Literal["closed"]
    code: str
    problem: str
    remedy: str


class RoomPart(TypedDict):
    """The room as everyone may see it.  With another `debrief_version` a debrief may say something else."""

    code: str
    title: str
    scenario: str
    phase: Phase
    hide_names: bool
    students: int
    reveal: int
    reveals: list[str]
    debrief_version: int


class YouPart(TypedDict):
    """The student's own seat.  `side` and `pair` are None before the start, and for who waits."""

    seat: int
    name: str
    pair: int | None
    side: str | None
    played_by: Played


class OtherPart(TypedDict):
    """Who sits across."""

    name: str
    side: str
    label: str
    played_by: Played
    present: bool


class ClockPart(TypedDict):
    """Seconds left of a turn's `of` seconds at the time of sending, for whose turn it is."""

    left: float
    of: int
    yours: bool


class Story(TypedDict):
    """Lines of the story from number `start` (0: all of it; replace from there on).

    A line is `{turn, date, who, kind, text}` as `table.story.Told`.
    """

    start: int
    lines: list[dict[str, Any]]


class Prediction(TypedDict):
    """What was predicted."""

    ending: Ending
    score: float


class SeatMessage(TypedDict):
    """`state`: all that a student may see; sent on joining and after every change.

    `view` is `table.views.View.to_dict()` without `story` (sent apart, only what is new), `options`
    `table.options.Options.to_dict()`; both None before the start.
    """

    type: Literal["state"]
    room: RoomPart
    you: YouPart
    other: OtherPart | None
    next: int
    view: dict[str, Any] | None
    options: dict[str, Any] | None
    story: Story | None
    clock: ClockPart | None
    prediction: Prediction | None


class SeatRow(TypedDict):
    """A student at the desk.  `moves` counts those made by hand; `clock_passes` those of the clock."""

    seat: int
    name: str
    present: bool
    pair: int | None
    side: str | None
    played_by: Played
    moves: int
    clock_passes: int
    predicted: bool


class PairSide(TypedDict):
    """One side of a pair at the desk; `score` is the true one, so it is not for the projector."""

    side: str
    label: str
    seat: int | None
    name: str
    present: bool
    played_by: Played
    score: float


class PairRow(TypedDict):
    """A pair at the desk.  `waiting` is seconds since somebody's turn began."""

    pair: int
    sides: list[PairSide]
    turn: int
    turns: int
    date: str
    mode: str
    to_move: str | None
    waiting: float
    over: bool
    outcome: str
    ending: str


class PredictionCount(TypedDict):
    """How many seats predicted, and what."""

    asked: int
    given: int
    endings: dict[str, int]


class DeskMessage(TypedDict):
    """`desk`: the whole room for its teacher; sent at most twice a second.  Also GET /api/rooms/CODE."""

    type: Literal["desk"]
    room: RoomPart
    settings: dict[str, Any]
    overrides: list[str]
    seed: int
    sides: list[dict[str, str]]
    events: list[dict[str, str]]
    seats: list[SeatRow]
    pairs: list[PairRow]
    predictions: PredictionCount
    debrief: DebriefState


class ProjectorPair(TypedDict):
    """A pair as the class may see it."""

    pair: int
    names: list[str]
    turn: int
    turns: int
    mode: str
    over: bool
    outcome: str


class ProjectorMessage(TypedDict):
    """`projector`: the room without anything that a side keeps to itself."""

    type: Literal["projector"]
    room: RoomPart
    address: str
    joined: list[str]
    pairs: list[ProjectorPair]
    predictions: PredictionCount
