"""The sockets: a student at a table, the teacher's desk, the projector."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from bargain_sim.errors import InputError
from bargain_sim.table.seats import Refusal
from bargain_sim.web import rules
from bargain_sim.web.addresses import host_for_others
from bargain_sim.web.answers import fault_of
from bargain_sim.web.hall import Hall
from bargain_sim.web.hub import Connection, said
from bargain_sim.web.joining import seat_of
from bargain_sim.web.keys import Keys
from bargain_sim.web.limits import Rates
from bargain_sim.web.messages import Ack, FromSeat, Hint, MoveMessage, Predict
from bargain_sim.web.reading import read_any
from bargain_sim.web.room import Room
from bargain_sim.web.states import desk_message, projector_message, seat_message

__all__ = ["routes"]

_CLOSING = {"key": 4403, "no_room": 4404, "no_seat": 4401, "full": 4429}
_DESK_PAUSE = 0.5  # seconds between two looks of the desk and the projector


def routes() -> list[WebSocketRoute]:
    """All three."""
    return [
        WebSocketRoute("/ws/room/{code}", _student),
        WebSocketRoute("/ws/desk/{code}", _desk),
        WebSocketRoute("/ws/projector/{code}", _projector),
    ]


async def _student(socket: WebSocket) -> None:
    hall: Hall = socket.app.state.hall
    await socket.accept()
    try:
        room = await hall.find(socket.path_params["code"])
        seat = seat_of(room, socket)
        if seat is None:
            raise Refusal("no_seat", "you have no seat in this room", "Join it first")
        _check_room_for_one_more(hall)
        number, code = seat.number, room.code
        await hall.came_back(room, number)
    except InputError as error:
        await _turned_away(socket, error)
        return

    def state(connection: Connection) -> Mapping[str, Any] | None:
        here = hall.rooms.get(code)
        if here is None:
            return None
        message = seat_message(here, here.seats[number], lambda k: hall.hub.present(code, k), connection.told)
        story = message["story"]
        connection.told = 0 if story is None else story["start"] + len(story["lines"])
        return message

    connection = Connection(socket, number, state, hall.limits.queued)
    await _converse(hall, code, connection, lambda text: _heard(hall, code, connection, text))


async def _heard(hall: Hall, code: str, connection: Connection, text: str | bytes) -> None:
    """One message of a student: carried out, or refused; never more than an answer."""
    number = connection.seat or 0
    try:
        message = _read(hall, connection, (code, number), text)
        room = await hall.find(code)
        await _done(hall, room, number, connection, message)
    except InputError as error:
        refusal: dict[str, Any] = {"type": "refused", **fault_of(error)}
        seq = _seq_of(text) if len(text) <= hall.limits.message_bytes else None
        connection.answer(refusal if seq is None else {**refusal, "seq": seq})


def _read(
    hall: Hall, connection: Connection, key: tuple[str, int], text: str | bytes
) -> MoveMessage | Hint | Predict:
    """The message, if it is one and comes no faster than it may; what is none is counted as well."""
    state = connection.socket.app.state
    rates: Rates = state.moves
    try:
        if len(text) > hall.limits.message_bytes:
            raise Refusal("message", f"a message has at most {hall.limits.message_bytes:,} bytes")
        message = read_any(FromSeat, text)
        if isinstance(message, Hint):
            rates = state.hints
        return message
    finally:
        if not rates.allows(key):
            raise Refusal("slowly", "that was too fast", "Wait a moment")


def _seq_of(text: str | bytes) -> int | None:
    """Which move it was that is refused, so that its page knows; also of one that breaks other rules."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    seq = said.get("seq") if isinstance(said, dict) and said.get("type") == "move" else None
    return seq if type(seq) is int else None


async def _done(
    hall: Hall, room: Room, number: int, connection: Connection, message: MoveMessage | Hint | Predict
) -> None:
    if rules.seat_of(room, number).away:
        await hall.came_back(room, number)
    seat = rules.seat_of(room, number)
    if isinstance(message, MoveMessage):
        ack: Ack = {"type": "ack", "seq": message.seq}
        await hall.keep(room, rules.move(room, seat, message), lambda: connection.answer(ack))
    elif isinstance(message, Predict):
        await hall.keep(room, rules.predict(room, seat, message))
    else:
        pair = room.pair_of(seat)
        lines = [] if pair is None or seat.side is None else pair.game.hint(seat.side)
        connection.answer({"type": "hint", "lines": lines})


async def _desk(socket: WebSocket) -> None:
    hall: Hall = socket.app.state.hall

    def state(room: Room) -> Mapping[str, Any]:
        return desk_message(room, lambda k: hall.hub.present(room.code, k), hall.debrief_state(room))

    await _for_the_teacher(socket, state)


async def _projector(socket: WebSocket) -> None:
    hall: Hall = socket.app.state.hall
    address = host_for_others(socket.headers.get("host", ""), socket.app.state.reachable_at)

    def state(room: Room) -> Mapping[str, Any]:
        return projector_message(room, lambda k: hall.hub.present(room.code, k), f"http://{address}/")

    await _for_the_teacher(socket, state)


async def _for_the_teacher(socket: WebSocket, state: Callable[[Room], Mapping[str, Any]]) -> None:
    hall: Hall = socket.app.state.hall
    keys: Keys = socket.app.state.keys
    await socket.accept()
    try:
        keys.require(socket)
        _check_room_for_one_more(hall)
        code = (await hall.find(socket.path_params["code"])).code
    except InputError as error:
        await _turned_away(socket, error)
        return

    def now(_: Connection) -> Mapping[str, Any] | None:
        room = hall.rooms.get(code)
        return None if room is None else state(room)

    connection = Connection(socket, None, now, hall.limits.queued, _DESK_PAUSE)

    async def ignored(text: str | bytes) -> None:
        """The desk acts over HTTP."""

    await _converse(hall, code, connection, ignored)


def _check_room_for_one_more(hall: Hall) -> None:
    if hall.hub.size >= hall.limits.connections:
        raise Refusal("full", "this server has as many visitors as it takes", "Wait a moment")


async def _turned_away(socket: WebSocket, error: InputError) -> None:
    fault = fault_of(error)
    await socket.send_json(said(**fault))
    await socket.close(_CLOSING.get(fault["code"], 4409))


async def _converse(
    hall: Hall, code: str, connection: Connection, heard: Callable[[str | bytes], Any]
) -> None:
    """Listen until the page goes, and send meanwhile."""
    hub = hall.hub
    alone = connection.seat is not None and not hub.present(code, connection.seat)
    hub.enter(code, connection)
    if alone:
        _presence(hall, code, connection)
    sending = asyncio.create_task(connection.send())
    try:
        await _listen(connection.socket, heard)
    finally:
        hub.leave(code, connection)
        if connection.seat is not None and not hub.present(code, connection.seat):
            _presence(hall, code, connection)
        if not sending.done():
            sending.cancel()
    if sending.done():
        sending.result()  # a fault in it is one of the server


async def _listen(socket: WebSocket, heard: Callable[[str | bytes], Any]) -> None:
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        text = message.get("text")
        await heard(text if text is not None else message.get("bytes") or b"")


def _presence(hall: Hall, code: str, connection: Connection) -> None:
    """Tell the desk, and who sits across."""
    room = hall.rooms.get(code)
    seat = room.seats.get(connection.seat or 0) if room is not None else None
    pair = room.pair_of(seat) if room is not None and seat is not None else None
    hall.hub.changed(code, () if pair is None else pair.seats.values())
