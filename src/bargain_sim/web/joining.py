"""Students come in: the join page, a seat and its cookie."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bargain_sim.errors import InputError
from bargain_sim.table.seats import Refusal
from bargain_sim.web import rules
from bargain_sim.web.answers import fault_of, status_of
from bargain_sim.web.hall import Hall
from bargain_sim.web.limits import Rates
from bargain_sim.web.look import page
from bargain_sim.web.messages import Join
from bargain_sim.web.naming import as_code
from bargain_sim.web.reading import read
from bargain_sim.web.room import Room
from bargain_sim.web.seats import Seat, drawn_token, hashed
from bargain_sim.web.security import address_of, cookie_of

__all__ = ["form_of", "routes", "seat_of"]


def seat_of(room: Room, connection: HTTPConnection) -> Seat | None:
    """The seat that this browser has in the room, by its cookie."""
    token = cookie_of(connection.headers, f"bargain_seat_{room.code}")
    return room.by_token.get(hashed(token)) if token else None


def form_of(body: bytes) -> dict[str, str]:
    """The fields of a form, the first of each name."""
    try:
        fields = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=20)
    except (UnicodeDecodeError, ValueError):
        raise Refusal("message", "this is no form that could be read") from None
    return {name: values[0] for name, values in fields.items()}


def routes() -> list[Route]:
    """The join page and what it sends to."""
    return [
        Route("/", _page),
        Route("/join", _by_form, methods=["POST"]),
        Route("/api/join", _by_script, methods=["POST"]),
    ]


async def _page(request: Request) -> Response:
    code = as_code(request.query_params.get("room", ""))
    return page(request, "join.html", code=code, name="", error=None)


async def _by_form(request: Request) -> Response:
    fields = {"room": "", "name": ""}
    try:
        fields |= form_of(await request.body())
        room, _, token = await _seated(request, Join(room=fields["room"][:16], name=fields["name"][:200]))
    except InputError as error:
        return page(
            request, "join.html", status_of(error), code=as_code(fields["room"]), name=fields["name"][:200],
            error=fault_of(error),
        )  # fmt: skip
    return _with_cookie(RedirectResponse(f"/room/{room.code}", 303), room, token)


async def _by_script(request: Request) -> Response:
    room, seat, token = await _seated(request, read(Join, await request.body()))
    answer = JSONResponse({"code": room.code, "seat": seat.number, "name": seat.shown(False)})
    return _with_cookie(answer, room, token)


async def _seated(request: Request, wish: Join) -> tuple[Room, Seat, str]:
    """The seat, and its token where it is a new one: who has a seat in this room already keeps it."""
    hall: Hall = request.app.state.hall
    joins: Rates = request.app.state.joins
    if not joins.allows(address_of(request.scope)):
        raise Refusal("slowly", "too many people join from your address", "Wait a minute, and try again")
    room = await hall.find(as_code(wish.room))
    seat = seat_of(room, request)
    if seat is not None:
        return room, seat, ""
    token = drawn_token()
    await hall.keep(room, rules.join(room, wish.name, token, hall.limits))
    return room, room.by_token[hashed(token)], token


def _with_cookie(answer: Response, room: Room, token: str) -> Response:
    if token:
        answer.set_cookie(
            f"bargain_seat_{room.code}",
            token,
            max_age=30 * 86_400,
            path="/",
            httponly=True,
            samesite="strict",
        )
    return answer
