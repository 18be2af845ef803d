"""The teacher's requests: rooms are made, started, steered, looked at and forgotten."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bargain_sim.table.seats import Refusal
from bargain_sim.web import rules
from bargain_sim.web.hall import Hall
from bargain_sim.web.hub import GONE, said
from bargain_sim.web.keys import Keys
from bargain_sim.web.messages import Command, MakeRoom, Names, OfSeat, Reveal, Strike
from bargain_sim.web.reading import in_words, read
from bargain_sim.web.room import Room
from bargain_sim.web.states import desk_message
from bargain_sim.web.store import Entry

__all__ = ["routes"]

Handler = Callable[[Hall, Room, bytes], Awaitable[Any]]


def routes() -> list[Route]:
    """`/api/scenarios`, `/api/rooms` and all below."""
    posts = [
        Route(f"/api/rooms/{{code}}/{name}", _post(handler), methods=["POST"])
        for name, handler in _POSTS.items()
    ]
    return [
        Route("/api/scenarios", _scenarios),
        Route("/api/rooms", _rooms, methods=["GET"]),
        Route("/api/rooms", _make, methods=["POST"]),
        Route("/api/rooms/{code}", _room),
        Route("/api/rooms/{code}/forget", _forget, methods=["POST"]),
        *posts,
    ]


def _hall(request: Request) -> Hall:
    """The hall, for the teacher only."""
    keys: Keys = request.app.state.keys
    keys.require(request)
    hall: Hall = request.app.state.hall
    return hall


async def _scenarios(request: Request) -> Response:
    return JSONResponse(await asyncio.to_thread(_hall(request).offers.told))


async def _rooms(request: Request) -> Response:
    hall = _hall(request)
    return JSONResponse(await hall.store.headings())


async def _make(request: Request) -> Response:
    hall = _hall(request)
    room = await hall.make(read(MakeRoom, await request.body()))
    return JSONResponse({"code": room.code}, 201)


async def _room(request: Request) -> Response:
    hall = _hall(request)
    room = await hall.find(request.path_params["code"])
    state = desk_message(room, lambda k: hall.hub.present(room.code, k), hall.debrief_state(room))
    return JSONResponse(state)


def _post(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        hall = _hall(request)
        body = await request.body()
        room = await hall.find(request.path_params["code"])
        return JSONResponse(await handler(hall, room, body))

    return answer


async def _forget(request: Request) -> Response:
    hall, code = _hall(request), str(request.path_params["code"])
    read(Command, await request.body())
    await hall.forget(code)
    return JSONResponse({"forgotten": code})


async def _start(hall: Hall, room: Room, body: bytes) -> Any:
    read(Command, body)
    await hall.keep(room, rules.start(room))
    return {"phase": room.phase}


async def _pause(hall: Hall, room: Room, body: bytes) -> Any:
    read(Command, body)
    await hall.keep(room, rules.turn_to(room, "paused"))
    return {"phase": room.phase}


async def _resume(hall: Hall, room: Room, body: bytes) -> Any:
    read(Command, body)
    await hall.keep(room, rules.turn_to(room, "running"))
    return {"phase": room.phase}


async def _end(hall: Hall, room: Room, body: bytes) -> Any:
    read(Command, body)
    await hall.keep(room, rules.turn_to(room, "ended"))
    hall.debrief_state(room)
    return {"phase": room.phase}


async def _strike(hall: Hall, room: Room, body: bytes) -> Any:
    wish = read(Strike, body)
    struck = sum(not pair.game.over for pair in room.pairs.values())
    await hall.keep(room, rules.strike(room, wish.event))
    return {"pairs": struck}


async def _reveal(hall: Hall, room: Room, body: bytes) -> Any:
    await hall.keep(room, rules.reveal(room, read(Reveal, body).step))
    return {"reveal": room.reveal}


async def _names(hall: Hall, room: Room, body: bytes) -> Any:
    await hall.keep(room, rules.change_settings(room, {"hide_names": read(Names, body).hide}))
    return {"hide": room.settings.hide_names}


async def _settings(hall: Hall, room: Room, body: bytes) -> Any:
    try:
        changed = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise Refusal("message", "this is no JSON") from None
    if not isinstance(changed, dict):
        raise Refusal("message", "settings are an object")
    try:
        entries = rules.change_settings(room, changed)
    except ValidationError as error:
        raise in_words(error) from None
    await hall.keep(room, entries)
    return room.settings.model_dump()


def _of_seat(rule: Callable[[Room, int], list[Entry]]) -> Handler:
    async def handler(hall: Hall, room: Room, body: bytes) -> Any:
        number = read(OfSeat, body).seat
        await hall.keep(room, rule(room, number))
        return {"seat": number}

    return handler


async def _remove(hall: Hall, room: Room, body: bytes) -> Any:
    number = read(OfSeat, body).seat
    await hall.keep(room, rules.remove(room, number))
    hall.hub.close(room.code, GONE, said("removed", "your teacher has taken you out of this room"), number)
    return {"seat": number}


_POSTS: dict[str, Handler] = {
    "start": _start,
    "pause": _pause,
    "resume": _resume,
    "end": _end,
    "strike": _strike,
    "reveal": _reveal,
    "names": _names,
    "settings": _settings,
    "replace": _of_seat(rules.replace),
    "restore": _of_seat(rules.restore),
    "remove": _remove,
}
