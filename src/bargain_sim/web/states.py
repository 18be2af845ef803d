"""What each may see of a room, as messages: a student, the teacher, the wall.

A student's message is made from its own side's view and options and nothing else of the game.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from bargain_sim.web.messages import (
    REVEALS,
    ClockPart,
    DebriefState,
    DeskMessage,
    OtherPart,
    PairRow,
    PairSide,
    PredictionCount,
    ProjectorMessage,
    RoomPart,
    SeatMessage,
)
from bargain_sim.web.pairs import Pair
from bargain_sim.web.room import Room
from bargain_sim.web.seats import Seat

__all__ = ["debrief_version", "desk_message", "projector_message", "seat_message"]

Present = Callable[[int], bool]
"""Whether the seat of this number is connected."""


def seat_message(room: Room, seat: Seat, present: Present, told: int = 0) -> SeatMessage:
    """All that a student may see; `told` lines of the story it has already."""
    message: SeatMessage = {
        "type": "state",
        "room": _room(room),
        "you": {
            "seat": seat.number,
            "name": seat.shown(False),
            "pair": seat.pair,
            "side": seat.side,
            "played_by": seat.played_by,
        },
        "other": None,
        "next": seat.made + 1,
        "view": None,
        "options": None,
        "story": None,
        "clock": None,
        "prediction": seat.prediction,
    }
    pair = room.pair_of(seat)
    if pair is None or seat.side is None:
        return message
    view, options = pair.seen(seat.side)
    story = view["story"]
    start = told if told <= len(story) else 0
    message["view"] = {key: value for key, value in view.items() if key != "story"}
    message["options"] = options
    message["story"] = {"start": start, "lines": story[start:]}
    message["other"] = _other(room, pair, seat.side, present)
    message["clock"] = _clock(room, pair, seat.side)
    return message


def _room(room: Room) -> RoomPart:
    return {
        "code": room.code,
        "title": room.title,
        "scenario": room.scenario.name,
        "phase": room.phase,
        "hide_names": room.settings.hide_names,
        "students": len(room.present_seats),
        "reveal": room.reveal,
        "reveals": list(REVEALS),
        "debrief_version": debrief_version(room),
    }


def debrief_version(room: Room) -> int:
    """Another number whenever a debrief may say something else: names, an earlier class, who sat where.

    It is that of the newest entry.  A step revealed shows more of the same, so it does not count.
    """
    return next((entry.n for entry in reversed(room.entries) if entry.kind != "revealed"), 0)


def _other(room: Room, pair: Pair, side: str, present: Present) -> OtherPart:
    other = next(each for each in pair.seats if each != side)
    number = pair.seats[other]
    return {
        "name": "" if number is None else room.seats[number].shown(room.settings.hide_names),
        "side": other,
        "label": room.scenario.sides[other].label,
        "played_by": pair.played[other],
        "present": number is not None and present(number),
    }


def _clock(room: Room, pair: Pair, side: str) -> ClockPart | None:
    seconds = room.settings.clock_seconds
    if seconds is None or not pair.game.waits_for_a_person:
        return None
    left = max(0.0, seconds - pair.waiting)
    return {"left": round(left, 1), "of": seconds, "yours": pair.game.to_move == side}


def _predictions(room: Room) -> PredictionCount:
    given = [seat.prediction["ending"] for seat in room.present_seats if seat.prediction is not None]
    return {"asked": len(room.present_seats), "given": len(given), "endings": dict(Counter(given))}


def desk_message(room: Room, present: Present, debrief: DebriefState) -> DeskMessage:
    """The whole room for its teacher."""
    hide = room.settings.hide_names
    return {
        "type": "desk",
        "room": _room(room),
        "settings": room.settings.model_dump(),
        "overrides": list(room.overrides),
        "seed": room.seed,
        "sides": [{"side": name, "label": side.label} for name, side in room.scenario.sides.items()],
        "events": [{"event": name, "label": event.label} for name, event in room.scenario.events.items()],
        "seats": [
            {
                "seat": seat.number,
                "name": _at_the_desk(seat, hide),
                "present": present(seat.number),
                "pair": seat.pair,
                "side": seat.side,
                "played_by": seat.played_by,
                "moves": seat.made - seat.clock_passes,
                "clock_passes": seat.clock_passes,
                "predicted": seat.prediction is not None,
            }
            for seat in room.present_seats
        ],
        "pairs": [_pair(room, pair, present) for pair in room.pairs.values()],
        "predictions": _predictions(room),
        "debrief": debrief,
    }


def _at_the_desk(seat: Seat, hide: bool) -> str:
    """A teacher knows who sits where also while names are hidden from all others."""
    return seat.for_the_teacher if hide else seat.shown(hide)


def _pair(room: Room, pair: Pair, present: Present) -> PairRow:
    game = pair.game
    return {
        "pair": pair.number,
        "sides": [_side(room, pair, side, present) for side in pair.seats],
        "turn": game.turn,
        "turns": int(room.scenario.turns),
        "date": room.scenario.date_of(game.turn).isoformat(),
        "mode": pair.mode,
        "to_move": game.to_move,
        "waiting": round(pair.waiting, 1),
        "over": game.over,
        "outcome": pair.outcome,
        "ending": pair.ending,
    }


def _side(room: Room, pair: Pair, side: str, present: Present) -> PairSide:
    number = pair.seats[side]
    return {
        "side": side,
        "label": room.scenario.sides[side].label,
        "seat": number,
        "name": "" if number is None else _at_the_desk(room.seats[number], room.settings.hide_names),
        "present": number is not None and present(number),
        "played_by": pair.played[side],
        "score": pair.score(side),
    }


def projector_message(room: Room, present: Present, address: str) -> ProjectorMessage:
    """The room for everyone's eyes."""
    hide = room.settings.hide_names
    return {
        "type": "projector",
        "room": _room(room),
        "address": address,
        "joined": [seat.shown(hide) for seat in room.present_seats],
        "pairs": [
            {
                "pair": pair.number,
                "names": [
                    "" if number is None else room.seats[number].shown(hide) for number in pair.seats.values()
                ],
                "turn": pair.game.turn,
                "turns": int(room.scenario.turns),
                "mode": pair.mode,
                "over": pair.game.over,
                "outcome": pair.outcome,
            }
            for pair in room.pairs.values()
        ],
        "predictions": _predictions(room),
    }
