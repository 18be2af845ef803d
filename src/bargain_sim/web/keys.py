"""The teacher's key, and the sessions of browsers that have given it."""

from __future__ import annotations

import secrets
from typing import Final

from starlette.requests import HTTPConnection

from bargain_sim.table.seats import Refusal
from bargain_sim.web.limits import Limits, Rates
from bargain_sim.web.seats import drawn_token, hashed
from bargain_sim.web.security import address_of, cookie_of
from bargain_sim.web.store import Store

__all__ = ["DESK_COOKIE", "Keys"]

DESK_COOKIE: Final = "bargain_desk"


class Keys:
    """Knows a teacher by the key (header) or by a session's cookie; of sessions only checksums are kept."""

    def __init__(self, store: Store, limits: Limits, key: str = "") -> None:
        self.key = key or secrets.token_urlsafe(24)
        self.store = store
        self.sessions: set[str] = set()
        self._wrong = Rates(limits.keys)

    async def load(self) -> None:
        """Remember the sessions of before a restart."""
        self.sessions = await self.store.sessions()

    async def exchange(self, key: str, address: str) -> str:
        """A session's token for the key.  Raises Refusal for a wrong one, and after too many of them."""
        self._check(key, address)
        token = drawn_token()
        await self.store.remember(hashed(token))
        self.sessions.add(hashed(token))
        return token

    async def leave(self, connection: HTTPConnection) -> None:
        """End this browser's session."""
        session = hashed(cookie_of(connection.headers, DESK_COOKIE))
        self.sessions.discard(session)
        await self.store.dismiss(session)

    def knows(self, connection: HTTPConnection) -> bool:
        """Whether this is the teacher.  Raises Refusal for a wrong key in the header."""
        scheme, _, given = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            self._check(given.strip(), address_of(connection.scope))
            return True
        token = cookie_of(connection.headers, DESK_COOKIE)
        return bool(token) and hashed(token) in self.sessions

    def require(self, connection: HTTPConnection) -> None:
        """Raises Refusal where this is not the teacher."""
        if not self.knows(connection):
            raise Refusal("key", "this is for the teacher", "Give the key that the server printed, at /desk")

    def _check(self, key: str, address: str) -> None:
        if secrets.compare_digest(key.encode("utf-8", "replace"), self.key.encode()):
            return
        if not self._wrong.allows(address):
            raise Refusal("slowly", "too many wrong keys from your address", "Wait a minute")
        raise Refusal("key", "this is not the teacher's key", "It was printed where the server was started")
