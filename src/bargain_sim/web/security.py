"""What stands before every request: whose host it names, where it came from, how large and how often.

Nothing here knows about rooms.  Headers of every answer say that pages load from here only, run no
inline script, and are shown in no frame.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import Iterable
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bargain_sim.table.seats import Refusal
from bargain_sim.web.answers import refused
from bargain_sim.web.limits import Limits, Rates

__all__ = ["Guard", "address_of", "check_origin", "cookie_of", "is_known_host"]

_SAFE: Final = ("GET", "HEAD")
_SLOWEST: Final = 15.0  # seconds that a body may take

_HOST: Final = re.compile(r"(\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[0-9A-Za-z._-]+))(:[0-9]{1,5})?")

_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # To its own pages an address says where it came from: forms are then sent with a true Origin.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def is_known_host(host: str, names: Iterable[str]) -> bool:
    """Whether a Host header names this server: an IP address, `localhost`, or one of `names`.

    Any other name may be one that a stranger's page lets point here (DNS rebinding).
    """
    found = _HOST.fullmatch(host)  # it goes into headers and addresses: nothing else may stand beside it
    if found is None:
        return False
    name = (found["v6"] or found["name"]).lower()
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name == "localhost" or name in {each.lower() for each in names}
    return True


def address_of(scope: Scope) -> str:
    """Whence a request came, as far as the network says."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def cookie_of(headers: Headers, name: str) -> str:
    """A cookie, or nothing; other servers of this machine may have left strange ones beside it."""
    return cookie_parser(headers.get("cookie", "")).get(name, "")


class Guard:
    """The middleware; see the module."""

    def __init__(self, app: ASGIApp, limits: Limits, names: Iterable[str] = ()) -> None:
        self.app, self.limits, self.names = app, limits, tuple(names)
        self.requests = Rates(limits.requests)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it in, or say why not."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        known = is_known_host(host, self.names)
        static = scope["path"].startswith("/static/")
        send = _with_headers(send, host if known else "", "no-cache" if static else "no-store")
        try:
            if not known:
                raise Refusal(
                    "host", "this server does not go by that name", "Use the address that it printed"
                )
            # The explorer has a queue of its own: who drags a slider asks twenty times a second.  And a class
            # that loads a page together asks for all its files at once, from the address of one router.
            free = static or scope["path"].startswith("/explore/")
            if not free and not self.requests.allows(address_of(scope)):
                raise Refusal("slowly", "too many requests come from your address", "Wait a moment")
            check_origin(scope, headers)
            if scope["type"] == "http" and scope["method"] not in _SAFE:
                receive = await _read_whole(receive, headers, self._largest(scope["path"]))
        except Refusal as refusal:
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 4403, "reason": refusal.code})
            else:
                await refused(refusal)(scope, receive, send)
            return
        except ClientDisconnect:
            return  # half a request is none
        await self.app(scope, receive, send)

    def _largest(self, path: str) -> int:
        return self.limits.file_bytes if path.endswith("/earlier") else self.limits.message_bytes


def check_origin(scope: Scope, headers: Headers) -> None:
    """What a browser sends along with its cookies must come from a page of this server.

    A script has no cookies to be misused, and need not say where it comes from.
    """
    if scope["type"] == "http" and scope["method"] in _SAFE:
        return
    origin, host = headers.get("origin"), headers.get("host", "")
    if origin is None:
        if "cookie" in headers and "authorization" not in headers:
            raise Refusal("origin", "it is not said which page sent this", "Use the pages of this server")
        return
    if origin.lower() not in (f"http://{host}".lower(), f"https://{host}".lower()):
        raise Refusal("origin", "this came from a page of another server", "Use the pages of this one")


async def _read_whole(receive: Receive, headers: Headers, most: int) -> Receive:
    """The body, no larger and no slower than it may be; the application gets it in one piece."""
    said = headers.get("content-length", "0")
    if not (said.isascii() and said.isdigit()) or int(said[:20]) > most:
        raise Refusal("too_large", f"a request has at most {most:,} bytes")
    body = b""
    try:
        async with asyncio.timeout(_SLOWEST):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                body += message.get("body", b"")
                if len(body) > most:
                    raise Refusal("too_large", f"a request has at most {most:,} bytes")
                if not message.get("more_body", False):
                    break
    except TimeoutError:
        raise Refusal("slowly", "this request took too long") from None
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _with_headers(send: Send, host: str, caching: str) -> Send:
    socket = f" ws://{host} wss://{host}" if host else ""  # not every browser counts these as 'self'
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
        f"img-src 'self' data: blob:; connect-src 'self'{socket}; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in {**_HEADERS, "Content-Security-Policy": policy}.items():
                headers.setdefault(name, value)
            if not headers.get("cache-control"):
                headers["Cache-Control"] = caching
        await send(message)

    return sending
