"""`/explore`: sliders in the browser, two thousand negotiations from the engine at each change.

Scenario exploration, not prediction.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bargain_sim.errors import InputError
from bargain_sim.table.seats import Refusal
from bargain_sim.web.answers import refused
from bargain_sim.web.live import asking
from bargain_sim.web.live.page import page, script, styles
from bargain_sim.web.live.playing import Explorer, threads
from bargain_sim.web.live.waiting import Busy, Queue, Superseded
from bargain_sim.web.security import check_origin

__all__ = ["routes"]

MOST_BYTES: Final = 16_384
"""Of the body of a request."""

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

_HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

_CLOSED: Final = (
    "closed",
    "A room is being played, and what stands here would show both sides' sheets",
    "The explorer opens again once the teacher has ended the room",
)

Endpoint = Callable[[Request], Awaitable[Response]]


def _open(request: Request) -> bool:
    return False


def routes(
    explorer: Explorer | None = None,
    queue: Queue | None = None,
    closed: Callable[[Request], bool] = _open,
) -> list[Route]:
    """The addresses of the explorer, to be put into an application.

    `explorer` may have been warmed up before (`Explorer.warm_up` compiles the engine, which else the first
    request waits for).  Everything is open to anyone who reaches the server, since nothing here can be
    changed, but for whom it is `closed` now: it tells the numbers of both sides.
    """
    bench = Bench(explorer or Explorer(), queue or Queue(threads()), closed)
    return [
        Route("/explore", bench.page),
        Route("/explore/page.js", _fixed(script(), "text/javascript")),
        Route("/explore/page.css", _fixed(styles(), "text/css")),
        Route("/explore/scenarios/{name}", bench.scenario),
        Route("/explore/run", bench.run, methods=["POST"]),
        Route("/explore/story", bench.story, methods=["POST"]),
        Route("/explore/runs.csv", bench.table, methods=["POST"]),
    ]


class Bench:
    """The endpoints."""

    def __init__(self, explorer: Explorer, queue: Queue, closed: Callable[[Request], bool] = _open) -> None:
        self.explorer = explorer
        self.queue = queue
        self._closed = closed
        self._html = b""
        self._described: dict[str, asyncio.Task[bytes]] = {}

    async def page(self, request: Request) -> Response:
        """The page itself; it names all scenarios, which are read when the first one asks for it."""
        if not self._html:
            self._html = await run_in_threadpool(page, self.explorer)
        return _answer(self._html, "text/html; charset=utf-8")

    async def scenario(self, request: Request) -> Response:
        """What can be set in a scenario: found out once, and a class that opens the page together waits for
        that together.
        """
        if self._closed(request):
            return _refused(*_CLOSED)
        name = str(request.path_params["name"])
        task = self._described.get(name)
        if task is None:
            task = asyncio.create_task(run_in_threadpool(asking.described, self.explorer, name))
            task.add_done_callback(lambda done: self._keep_if_found(name, done))
            self._described[name] = task
        return await _answered(asyncio.shield(task))

    def _keep_if_found(self, name: str, done: asyncio.Task[bytes]) -> None:
        if done.cancelled() or done.exception() is not None:
            del self._described[name]

    async def run(self, request: Request) -> Response:
        """All runs at some settings."""

        async def answer(body: bytes) -> Response:
            asked = asking.read(asking.RunRequest, body)
            return await self._work(
                request, ("run", asked.client), lambda: asking.answer(self.explorer, asked)
            )

        return await _checked(request, answer)

    async def story(self, request: Request) -> Response:
        """One run, turn by turn."""

        async def answer(body: bytes) -> Response:
            asked = asking.read(asking.StoryRequest, body)
            return await self._work(
                request, ("story", asked.client), lambda: asking.story(self.explorer, asked)
            )

        return await _checked(request, answer)

    async def table(self, request: Request) -> Response:
        """All runs as a file."""

        async def answer(body: bytes) -> Response:
            asked = asking.read(asking.RunRequest, body)
            made = await self._work(
                request, ("table", asked.client), lambda: asking.table(self.explorer, asked),
                "text/csv; charset=utf-8",
            )  # fmt: skip
            made.headers["Content-Disposition"] = 'attachment; filename="runs.csv"'
            return made

        return await _checked(request, answer)

    async def _work(
        self, request: Request, client: object, work: Callable[[], bytes], kind: str = "application/json"
    ) -> Response:
        if self._closed(request):
            return _refused(*_CLOSED)
        address = request.client.host if request.client else ""
        return await _answered(self.queue.do(client, address, work), kind)


async def _answered(work: Awaitable[bytes], kind: str = "application/json") -> Response:
    try:
        return _answer(await work, kind)
    except InputError as error:
        return _refused("input", error.problem, error.remedy)
    except Superseded:
        return _refused("superseded", "This page has asked for something newer")
    except Busy:
        return _refused("busy", "Too many are asking at once", "Wait a moment", {"Retry-After": "1"})


async def _checked(request: Request, answer: Callable[[bytes], Awaitable[Response]]) -> Response:
    """Hand the body to `answer`, if it is JSON of a bearable size that a page of this server sent."""
    try:
        check_origin(request.scope, request.headers)
    except Refusal as refusal:
        return _refused(refusal.code, refusal.problem, refusal.remedy)
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return _refused("type", "Requests are JSON", "Send Content-Type: application/json")
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BYTES:
                return _refused("size", f"A request has {MOST_BYTES} bytes at most")
    except ClientDisconnect:
        return Response(status_code=400)
    try:
        return await answer(bytes(body))
    except InputError as error:
        return _refused("message", error.problem, error.remedy)


def _refused(code: str, problem: str, remedy: str = "", headers: dict[str, str] | None = None) -> Response:
    answer = refused(Refusal(code, problem, remedy))
    answer.headers.update(_HEADERS | (headers or {}))
    return answer


def _answer(content: bytes, kind: str, headers: dict[str, str] | None = None) -> Response:
    return Response(content, 200, _HEADERS | (headers or {}), kind)


def _fixed(text: str, kind: str) -> Endpoint:
    """A file that is the same as long as the server runs; browsers ask whether it still is."""
    content = text.encode()
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'

    async def endpoint(request: Request) -> Response:
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return _answer(content, f"{kind}; charset=utf-8", headers=headers)

    return endpoint
