"""Pages that show one thing each; what moves on them comes through sockets."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bargain_sim.errors import InputError
from bargain_sim.table.seats import Refusal
from bargain_sim.web.addresses import host_for_others
from bargain_sim.web.answers import fault_of, status_of
from bargain_sim.web.hall import Hall
from bargain_sim.web.joining import form_of, seat_of
from bargain_sim.web.keys import DESK_COOKIE, Keys
from bargain_sim.web.look import SCRIPTS, STATIC, house_style, page, script
from bargain_sim.web.naming import is_code
from bargain_sim.web.security import address_of

__all__ = ["routes"]


def routes() -> list[BaseRoute]:
    """Pages of rooms and of the desk, and static files."""
    return [
        Route("/room/{code}", _room),
        Route("/desk", _desk),
        Route("/desk/key", _key, methods=["POST"]),
        Route("/desk/leave", _leave, methods=["POST"]),
        Route("/desk/{code}", _desk_room),
        Route("/projector/{code}", _projector),
        Route("/debrief/{code}", _debrief),
        Route("/api/qr/{code}.svg", _qr),
        Route("/static/house.css", _style),
        *(Route(f"/static/{name}.page.js", _script(name)) for name in SCRIPTS),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]


def _code(request: Request) -> str:
    code = str(request.path_params["code"])
    if not is_code(code):
        raise Refusal("no_room", "there is no room of this code", "Look at the four letters again")
    return code


def _keys(request: Request) -> Keys:
    keys: Keys = request.app.state.keys
    return keys


async def _room(request: Request) -> Response:
    return page(request, "room.html", code=_code(request))


async def _desk(request: Request) -> Response:
    if not _keys(request).knows(request):
        return page(request, "key.html", error=None)
    return page(request, "desk.html")


async def _key(request: Request) -> Response:
    try:
        key = form_of(await request.body()).get("key", "")
        token = await _keys(request).exchange(key.strip(), address_of(request.scope))
    except InputError as error:
        return page(request, "key.html", status_of(error), error=fault_of(error))
    answer = RedirectResponse("/desk", 303)
    answer.set_cookie(DESK_COOKIE, token, max_age=30 * 86_400, path="/", httponly=True, samesite="strict")
    return answer


async def _leave(request: Request) -> Response:
    await _keys(request).leave(request)
    answer = RedirectResponse("/desk", 303)
    answer.delete_cookie(DESK_COOKIE, path="/", httponly=True, samesite="strict")
    return answer


async def _desk_room(request: Request) -> Response:
    return await _for_the_teacher(request, "desk_room.html")


async def _projector(request: Request) -> Response:
    return await _for_the_teacher(request, "projector.html")


async def _for_the_teacher(request: Request, template: str) -> Response:
    if not _keys(request).knows(request):
        return RedirectResponse("/desk", 303)
    room = await _hall(request).find(_code(request))
    return page(request, template, code=room.code)


async def _debrief(request: Request) -> Response:
    teacher = _keys(request).knows(request)
    room = await _hall(request).find(_code(request))
    if not teacher and seat_of(room, request) is None:
        return RedirectResponse("/", 303)
    return page(
        request, "debrief.html", code=room.code, teacher=teacher, offline=False, data=None, styles="",
        scripts="", policy="",
    )  # fmt: skip


def _hall(request: Request) -> Hall:
    hall: Hall = request.app.state.hall
    return hall


async def _qr(request: Request) -> Response:
    import segno

    host = host_for_others(request.headers.get("host", ""), request.app.state.reachable_at)
    file = io.BytesIO()
    # A light edge of four modules is part of the code: phones need it.
    segno.make(f"http://{host}/?room={_code(request)}", error="m").save(
        file, kind="svg", scale=8, border=4, dark="#000", light="#fff", xmldecl=False, title="QR code"
    )
    return Response(file.getvalue(), media_type="image/svg+xml")


async def _style(request: Request) -> Response:
    return Response(house_style(), media_type="text/css", headers={"Cache-Control": "max-age=300"})


def _script(name: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        text = script(name)
        tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'
        headers = {"ETag": tag, "Cache-Control": "no-cache"}  # so that a newer server is noticed
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(text, media_type="text/javascript", headers=headers)

    return answer
