"""The application: routes, guard, and the life of a server from opening its file to closing it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from bargain_sim.errors import InputError
from bargain_sim.table.seats import Refusal
from bargain_sim.web import clocks, desk, explore, joining, keeping, sockets, views
from bargain_sim.web.answers import refused
from bargain_sim.web.hall import Hall
from bargain_sim.web.keys import Keys
from bargain_sim.web.limits import Limits, Rates
from bargain_sim.web.live.playing import Explorer
from bargain_sim.web.look import failed_page
from bargain_sim.web.offers import Offers
from bargain_sim.web.security import Guard
from bargain_sim.web.store import Store

__all__ = ["make_app"]


def make_app(
    path: Path,
    *,
    key: str = "",
    names: Iterable[str] = (),
    scenarios: Iterable[str | Path] = (),
    limits: Limits | None = None,
) -> Starlette:
    """The server's application, with everything that it keeps in the file `path`.

    `key` is the teacher's (drawn, if left out; `app.state.keys.key`), `names` the host names it goes by
    beside IP addresses and localhost, `scenarios` files that a teacher may choose beside the shipped ones.
    Raises InputError where the file or a scenario is not usable.
    """
    limits = limits or Limits()
    offers = Offers(scenarios)
    explorer = Explorer(paths=offers.paths)
    store = Store(path)

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        with closing(store), closing(app.state.hall.reckoner):
            await app.state.keys.load()
            watching = asyncio.create_task(clocks.watch(app.state.hall))
            try:
                yield
            finally:
                watching.cancel()
                with suppress(asyncio.CancelledError):
                    await watching

    app = Starlette(
        routes=[
            *joining.routes(),
            *views.routes(),
            *keeping.routes(),
            *desk.routes(),
            *sockets.routes(),
            *explore.routes(explorer, closed=_would_tell_students),
        ],
        middleware=[Middleware(Guard, limits=limits, names=tuple(names))],
        exception_handlers={InputError: _input_error, HTTPException: _http_error, 500: _fault},
        lifespan=life,
    )
    app.router.redirect_slashes = False
    app.state.explorer = explorer
    app.state.reachable_at = ""
    app.state.hall = Hall(store, limits, offers)
    app.state.keys = Keys(store, limits, key)
    app.state.joins = Rates(limits.joins)
    app.state.moves = Rates(limits.moves)
    app.state.hints = Rates(limits.hints)
    return app


def _would_tell_students(request: Request) -> bool:
    """Whether a room is being played, and who asks is not its teacher."""
    hall: Hall = request.app.state.hall
    keys: Keys = request.app.state.keys
    return hall.is_being_played() and not keys.knows(request)


async def _input_error(request: Request, error: Any) -> Response:
    return refused(error) if request.url.path.startswith("/api/") else failed_page(request, error)


async def _http_error(request: Request, error: Any) -> Response:
    code = {404: "no_page", 405: "method"}.get(error.status_code, "message")
    words = {
        "no_page": ("there is no such page", "Begin at the address that the server printed"),
        "method": ("this address does not take that", ""),
        "message": (str(error.detail), ""),
    }[code]
    return await _input_error(request, Refusal(code, *words))


async def _fault(request: Request, error: Any) -> Response:
    refusal = Refusal("fault", "something went wrong inside the server", "What was acknowledged is kept")
    answer = await _input_error(request, refusal)
    answer.status_code = 500
    return answer
