"""What may be done in a room, by whom and when.  Each function checks, lets it happen, and returns the
entries to be kept; what may not be raises Refusal, and nothing has changed.
"""

from __future__ import annotations

import random
from typing import Any, Final

from bargain_sim.scenario.checks import nearest
from bargain_sim.table.moves import Move, read_move
from bargain_sim.table.seats import Refusal
from bargain_sim.web.limits import Limits
from bargain_sim.web.messages import REVEALS, MoveMessage, Phase, Predict, RoomSettings
from bargain_sim.web.naming import clean
from bargain_sim.web.room import Room
from bargain_sim.web.seats import Seat, hashed
from bargain_sim.web.store import Entry

__all__ = [
    "change_settings", "clock_passes", "compare", "join", "move", "predict", "remove", "replace", "restore",
    "reveal", "seat_of", "sit_down", "start", "strike", "turn_to",
]  # fmt: skip

_EARLY: Final = 6  # turns played by people, after which a latecomer no longer sits down at that table


def join(room: Room, name: str, token: str, limits: Limits) -> list[Entry]:
    """Somebody comes in; after the start it is given a table at once."""
    if room.phase == "ended":
        raise Refusal("room_ended", "this room has ended", "Ask your teacher for the code of another")
    if room.settings.locked:
        raise Refusal("locked", "nobody can join this room any more", "Ask your teacher to open it")
    if len(room.present_seats) >= limits.seats:
        raise Refusal("full", f"this room is full: it has {limits.seats} seats", "Ask for another room")
    name = _distinct(clean(name), [seat.name for seat in room.seats.values()])
    entries = [room.do("joined", {"name": name, "token": hashed(token)})]
    if room.phase != "lobby":
        entries.append(_late(room, len(room.seats)))
    return entries


def _distinct(name: str, taken: list[str]) -> str:
    found, k = name, 1
    while found and found in taken:
        k += 1
        found = f"{name} ({k})"
    return found


def sit_down(room: Room, number: int) -> list[Entry]:
    """A seat without a table, as a crash of an earlier version may have left it, comes in as a latecomer."""
    return [_late(room, seat_of(room, number).number)]


def _late(room: Room, seat: int) -> Entry:
    """A latecomer sits down where a strategy has just begun to play, else alone against one."""
    if room.settings.pairing == "classmates":
        for pair in room.pairs.values():
            made = sum(room.seats[number].made for number in pair.seats.values() if number is not None)
            for side, there in pair.seats.items():
                if there is None and made <= _EARLY and not pair.game.over:
                    return room.do("chair", {"pair": pair.number, "side": side, "seat": seat})
    return room.do("paired", {"pairs": [_alone(room, seat, len(room.pairs))]})


def _alone(room: Room, seat: int, k: int) -> list[int | None]:
    """A table with one person; sides in turn where none is set."""
    sides = room.scenario.side_ids
    first = sides.index(room.settings.play_as) == 0 if room.settings.play_as is not None else k % 2 == 0
    return [seat, None] if first else [None, seat]


def start(room: Room) -> list[Entry]:
    """Begin, or after the predictions begin to play."""
    if room.phase == "predicting":
        return [room.do("phase", {"phase": "running"})]
    _only(room, ("lobby",), "it has been started")
    if not room.present_seats:
        raise Refusal("nobody", "nobody has joined yet", "Show the class the room's code")
    # Of a room begun with an earlier version a crash may have left the pairs without the start.
    seats = [seat.number for seat in room.present_seats if seat.pair is None]
    if room.settings.pairing == "classmates":
        random.SystemRandom().shuffle(seats)  # neighbours know each other's sheets too well
        tables: list[list[int | None]] = [[*seats[k : k + 2]] for k in range(0, len(seats) - 1, 2)]
        if len(seats) % 2:
            tables.append(_alone(room, seats[-1], 0))
    else:
        tables = [_alone(room, seat, k) for k, seat in enumerate(seats)]
    phase = "predicting" if room.settings.predict_first else "running"
    paired = [room.do("paired", {"pairs": tables})] if tables else []
    return [*paired, room.do("phase", {"phase": phase})]


def turn_to(room: Room, phase: Phase) -> list[Entry]:
    """Pause, resume or end."""
    if phase == "paused":
        _only(room, ("running",), "it is not being played")
    elif phase == "running":
        _only(room, ("paused",), "it is not paused")
    else:
        _only(room, ("predicting", "running", "paused"), "it is not being played")
    return [room.do("phase", {"phase": phase})]


def move(room: Room, seat: Seat, message: MoveMessage) -> list[Entry]:
    """A student's turn, once and in its order."""
    pair = room.pair_of(seat)
    if room.phase == "lobby" or pair is None or seat.side is None:
        raise Refusal("not_started", "it has not begun yet", "Wait for your teacher")
    if room.phase == "predicting":
        raise Refusal("predict_first", "first everyone predicts how it ends", "Wait for your teacher")
    if room.phase == "paused":
        raise Refusal("room_paused", "your teacher has paused the room", "Wait until it goes on")
    if room.phase == "ended":
        raise Refusal("room_ended", "your teacher has ended the room", "Look at the debrief")
    if message.seq <= seat.made:
        problem = f"your turn number {message.seq} has been made already"
        raise Refusal("replayed", problem, "What you see now is how it stands")
    if message.seq > seat.made + 1:
        raise Refusal("ahead", f"your next turn is number {seat.made + 1}, not {message.seq}", "Load it anew")
    return [_made(room, seat, read_move(message.move), "person")]


def clock_passes(room: Room, seat: Seat, made: int) -> list[Entry]:
    """The clock has run out on the turn after `made`: it is let pass."""
    if seat.made != made or room.phase != "running":
        raise Refusal("replayed", "this turn has been made")
    return [_made(room, seat, Move(), "clock")]


def _made(room: Room, seat: Seat, read: Move, by: str) -> Entry:
    pair = room.pairs[seat.pair or 0]
    data: dict[str, Any] = {
        "pair": pair.number, "side": seat.side, "turn": pair.game.turn, "move": read.data(), "by": by
    }  # fmt: skip
    return room.do("move", data, seat=seat.number, seq=seat.made + 1)


def predict(room: Room, seat: Seat, message: Predict) -> list[Entry]:
    """What a student expects, before the first move."""
    if room.phase == "lobby":
        raise Refusal("not_started", "you will see your sheet first", "Wait for your teacher")
    if room.phase != "predicting":
        raise Refusal("not_now", "this is no time for predictions", "They are made before the first move")
    data = {"seat": seat.number, "ending": message.ending, "score": message.score}
    return [room.do("predicted", data)]


def strike(room: Room, event: str) -> list[Entry]:
    """An event in all games that are not over."""
    _only(room, ("running", "paused"), "it is not being played")
    if event not in room.scenario.events:
        raise Refusal(
            "unknown", f"there is no event `{event[:80]}`", nearest(event[:80], room.scenario.events)
        )
    return [room.do("struck", {"event": event})]


def replace(room: Room, number: int, by: str = "teacher") -> list[Entry]:
    """A strategy plays for a student."""
    seat = _at_table(room, number)
    if seat.played_by == "replaced":
        raise Refusal("replaced", "a strategy plays there already")
    return [room.do("replaced", {"seat": number, "by": by})]


def restore(room: Room, number: int) -> list[Entry]:
    """The student plays again."""
    seat = _at_table(room, number)
    if seat.played_by != "replaced":
        raise Refusal("not_replaced", "the student plays there")
    return [room.do("restored", {"seat": number})]


def _at_table(room: Room, number: int) -> Seat:
    _only(room, ("predicting", "running", "paused"), "it is not being played")
    seat = seat_of(room, number)
    pair = room.pair_of(seat)
    if pair is None:
        raise Refusal("no_pair", "this student sits at no table")
    if pair.game.over:
        raise Refusal("over", "the negotiation of this pair has ended")
    return seat


def remove(room: Room, number: int) -> list[Entry]:
    """A student is sent out; at its table a strategy goes on."""
    seat_of(room, number)
    return [room.do("removed", {"seat": number})]


def seat_of(room: Room, number: int) -> Seat:
    """The seat of this number."""
    seat = room.seats.get(number)
    if seat is None or seat.removed:
        raise Refusal("no_seat", f"there is no seat {number} in this room")
    return seat


def reveal(room: Room, step: int) -> list[Entry]:
    """So many steps of the debrief are shown to the class."""
    _only(room, ("ended",), "it has not ended")
    if step > len(REVEALS):
        raise Refusal("message", f"there are {len(REVEALS)} steps")
    return [room.do("revealed", {"step": step})]


def compare(room: Room, earlier: dict[str, Any]) -> list[Entry]:
    """An earlier class's results are laid beside this one's."""
    return [room.do("compared", earlier)]


def change_settings(room: Room, changed: dict[str, Any]) -> list[Entry]:
    """Some settings anew.  Raises Refusal, or pydantic's ValidationError where they are none."""
    made = RoomSettings.model_validate({**room.settings.model_dump(), **changed})
    if made.play_as is not None and made.play_as not in room.scenario.sides:
        known = nearest(made.play_as, room.scenario.sides)
        raise Refusal("unknown", f"there is no side `{made.play_as}`", known)
    if room.phase != "lobby":
        for name in ("predict_first", "pairing", "play_as", "same_luck"):
            if getattr(made, name) != getattr(room.settings, name):
                raise Refusal("started", f"`{name}` cannot be changed once the room has begun")
    return [room.do("set", made.model_dump())]


def _only(room: Room, phases: tuple[Phase, ...], otherwise: str) -> None:
    if room.phase not in phases:
        raise Refusal("not_now", f"this room is {_PHASES[room.phase]}: {otherwise}")


_PHASES: Final[dict[Phase, str]] = {
    "lobby": "waiting for students",
    "predicting": "predicting",
    "running": "being played",
    "paused": "paused",
    "ended": "over",
}
