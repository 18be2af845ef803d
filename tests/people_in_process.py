"""People for the tests of the classroom: a teacher with the key, students with a browser each."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from anyio import fail_after

with warnings.catch_warnings():  # newer Starlettes ask for another HTTP client, older ones do not know it
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient, WebSocketTestSession

from bargain_sim.web.app import make_app
from bargain_sim.web.limits import Limits, Rate

KEY = "the-key-of-the-tests"
PATIENCE: Final = 20.0  # seconds that a test waits for a message
BASE = "http://127.0.0.1"
ROOMY = Limits(moves=Rate(1e6, 1e6), hints=Rate(1e6, 1e6), joins=Rate(1e6, 1e6), requests=Rate(1e6, 1e6))
"""No rates: most tests are not about them."""


class Browser(TestClient):
    """A test client that opens its sockets at the same host as its pages."""

    def websocket_connect(self, url: str, *args: Any, **options: Any) -> WebSocketTestSession:
        return super().websocket_connect(BASE.replace("http", "ws") + url, *args, **options)


class Class:
    """An application on a file, its teacher, and its students."""

    def __init__(self, path: Path, limits: Limits = ROOMY, **options: Any) -> None:
        self.app = make_app(path, key=KEY, limits=limits, **options)
        self.teacher = Browser(self.app, BASE)
        self.teacher.headers["Authorization"] = f"Bearer {KEY}"
        self.teacher.__enter__()
        self._open = True

    def close(self) -> None:
        if self._open:
            self._open = False
            self.teacher.__exit__()

    def browser(self, cookies: dict[str, str] | None = None) -> Browser:
        """One of a student, or of a stranger: it shares the teacher's event loop, and nothing else."""
        client = Browser(self.app, BASE, cookies=cookies)
        client.portal = self.teacher.portal
        client.headers["Origin"] = BASE
        return client

    def make(self, scenario: str = "two_islands", **wish: Any) -> str:
        answer = self.teacher.post("/api/rooms", json={"scenario": scenario, "seed": 0, **wish})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["code"])

    def join(self, code: str, name: str = "") -> Browser:
        client = self.browser()
        answer = client.post("/api/join", json={"room": code, "name": name})
        assert answer.status_code == 200, answer.text
        return client

    def tell(self, code: str, what: str, expect: int = 200, **body: Any) -> Any:
        answer = self.teacher.post(f"/api/rooms/{code}/{what}", json=body)
        assert answer.status_code == expect, answer.text
        return answer.json()

    def desk(self, code: str) -> Any:
        return self.teacher.get(f"/api/rooms/{code}").json()


class Player:
    """A student's open page."""

    def __init__(self, socket: WebSocketTestSession) -> None:
        self.socket = socket
        self.state: dict[str, Any] = {}
        self.lines: list[dict[str, Any]] = []

    def next(self, kind: str | tuple[str, ...] = "state") -> dict[str, Any]:
        """The next message of this kind; states on the way are taken in."""
        kinds = (kind,) if isinstance(kind, str) else kind
        while True:
            message = self._receive()
            if message["type"] == "state":
                self.state = message
                if message["story"] is not None:
                    del self.lines[message["story"]["start"] :]
                    self.lines += message["story"]["lines"]
            if message["type"] in kinds:
                return message

    def _receive(self) -> dict[str, Any]:
        async def soon() -> Any:
            with fail_after(PATIENCE):
                return await self.socket._send_rx.receive()

        found = self.socket.portal.call(soon)
        assert found["type"] == "websocket.send", found
        message: dict[str, Any] = json.loads(found["text"])
        return message

    def until(self, test: Any) -> dict[str, Any]:
        """Wait for a state that passes."""
        while not (self.state and test(self.state)):
            self.next()
        return self.state

    def send(self, message: Any) -> None:
        self.socket.send_json(message)

    def move(self, seq: int | None = None, **move: Any) -> dict[str, Any]:
        """Make a move; the `ack` or the refusal."""
        self.send({"type": "move", "seq": self.state["next"] if seq is None else seq, "move": move})
        answer = self.next(("ack", "refused"))
        if answer["type"] == "ack":
            made = answer["seq"]
            self.until(lambda state: state["next"] > made)
        return answer

    def my_turn(self) -> dict[str, Any]:
        return self.until(
            lambda state: state["view"] and (state["view"]["your_turn"] or state["view"]["over"])
        )


def started(classroom: Class, students: int = 2, **wish: Any) -> tuple[str, list[Browser]]:
    """A room that has begun, and its students."""
    code = classroom.make(**wish)
    clients = [classroom.join(code, f"Student {k}") for k in range(students)]
    classroom.tell(code, "start")
    return code, clients


@contextmanager
def at_table(client: Browser, code: str) -> Iterator[Player]:
    """The page of a student, with its first state taken in."""
    with client.websocket_connect(f"/ws/room/{code}") as socket:
        player = Player(socket)
        player.next()
        yield player
