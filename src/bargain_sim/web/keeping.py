"""Requests for what is to be kept: the debrief as JSON and as one file, and the tables."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bargain_sim.errors import InputError
from bargain_sim.table.seats import Refusal
from bargain_sim.web import export, rules
from bargain_sim.web.debriefs import class_debrief
from bargain_sim.web.hall import Hall
from bargain_sim.web.joining import seat_of
from bargain_sim.web.keys import Keys
from bargain_sim.web.look import STATIC, house_style, rendered, script
from bargain_sim.web.room import Room
from bargain_sim.web.states import debrief_version

__all__ = ["routes"]

_MARK = "\ufeff"  # by which spreadsheets know UTF-8


def routes() -> list[Route]:
    """Debrief and files."""
    return [
        Route("/api/debrief/{code}", _debrief),
        Route("/api/rooms/{code}/results.csv", _results),
        Route("/api/rooms/{code}/moves.csv", _moves),
        Route("/api/rooms/{code}/debrief.html", _offline),
        Route("/api/rooms/{code}/earlier", _earlier, methods=["POST"]),
    ]


async def _debrief(request: Request) -> Response:
    hall: Hall = request.app.state.hall
    keys: Keys = request.app.state.keys
    teacher = keys.knows(request)
    room = await hall.find(request.path_params["code"])
    seat = None if teacher else seat_of(room, request)
    if seat is None and not teacher:
        raise Refusal("key", "this is for the teacher, and for who has a seat in the room", "Join it first")
    found = hall.reckoner.found(room)
    ahead = teacher and "shown" not in request.query_params
    who = seat.number if seat is not None else "all" if ahead else "wall"
    tag = f'"{debrief_version(room)}-{room.reveal}-{who}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    data = class_debrief(room, found, seat, teacher=teacher, ahead=ahead)
    text = await asyncio.to_thread(_as_json, data)
    return Response(text, media_type="application/json", headers={"ETag": tag})


async def _for_the_teacher(request: Request) -> tuple[Hall, Room]:
    keys: Keys = request.app.state.keys
    keys.require(request)
    hall: Hall = request.app.state.hall
    return hall, await hall.find(request.path_params["code"])


async def _results(request: Request) -> Response:
    hall, room = await _for_the_teacher(request)
    found = hall.reckoner.found(room)
    return _file("".join(export.as_csv(export.results(room, found))), "text/csv", room.code, "results.csv")


async def _moves(request: Request) -> Response:
    try:
        _, room = await _for_the_teacher(request)
    except Refusal:
        raise
    except InputError:  # it cannot be played again by the rules of now; what was sent is there all the same
        return await _moves_as_sent(request)

    async def lines() -> AsyncIterator[str]:
        yield _MARK
        for number, line in enumerate(export.as_csv(export.moves(room), export.columns_of_moves(room))):
            yield line
            if number % 50 == 49:
                await asyncio.sleep(0)  # others go on meanwhile

    return StreamingResponse(lines(), media_type="text/csv", headers=_attached(room.code, "moves.csv"))


async def _moves_as_sent(request: Request) -> Response:
    hall: Hall = request.app.state.hall
    code = str(request.path_params["code"])
    rows = export.moves_as_sent(code, await hall.store.journal(code))
    return _file("".join(export.as_csv(rows)), "text/csv", code, "moves.csv")


async def _offline(request: Request) -> Response:
    hall, room = await _for_the_teacher(request)
    data = class_debrief(room, hall.reckoner.found(room), None, teacher=True, ahead=True)
    page = await asyncio.to_thread(_page, room.code, data)
    return _file(page, "text/html", room.code, "debrief.html")


async def _earlier(request: Request) -> Response:
    hall, room = await _for_the_teacher(request)
    found = await asyncio.to_thread(export.read_results, room, await request.body())
    await hall.keep(room, rules.compare(room, found))
    return Response(_as_json({"pairs": found["pairs"]}), media_type="application/json")


def _as_json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _file(text: str, kind: str, code: str, name: str) -> Response:
    body = (_MARK if kind == "text/csv" else "") + text
    return Response(body, media_type=kind, headers=_attached(code, name))


def _attached(code: str, name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="bargain-{code}-{name}"'}


def _page(code: str, data: dict[str, Any]) -> str:
    """The debrief as one file that opens offline: styles, scripts and data inside it."""
    styles = house_style() + (STATIC / "debrief.css").read_text(encoding="utf-8")
    scripts = script("debrief")
    # `<` begins no tag inside a script of data, and ends none.
    text = _as_json(data).replace("<", "\\u003c")
    policy = (
        f"default-src 'none'; style-src {_checksum(styles)}; script-src {_checksum(scripts)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return rendered(
        "debrief.html", path="", code=code, teacher=True, offline=True, policy=policy, data=Markup(text),
        styles=Markup(styles), scripts=Markup(scripts),
    )  # fmt: skip


def _checksum(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
