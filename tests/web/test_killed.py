"""A real server in a process of its own: killed in the middle of a lesson, and begun again."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

PATIENCE: Final = 60.0


class Server:
    """`bargain serve` on a free port."""

    def __init__(self, path: Path, *options: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bargain_sim", "serve", "--port", "0", "--data", str(path), *options],
            stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        assert self.process.stdout is not None
        said = ""
        while "Stop with" not in said:
            line = self.process.stdout.readline()
            assert line, said
            said += line
        self.said = said
        self.key = self._after("Key:")
        self.port = int(re.findall(r":(\d+)/", said)[0])

    def _after(self, word: str) -> str:
        return next(line.split()[-1] for line in self.said.splitlines() if line.startswith(word))

    def ask(self, method: str, path: str, body: Any = None, cookie: str = "", key: bool = True) -> Any:
        """JSON of the answer; the cookie it set, for /api/join."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Authorization": f"Bearer {self.key}"} if key else {}
        if cookie:
            headers["Cookie"] = cookie
        with closing(connection):
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
        assert answer.status in (200, 201), text
        if path == "/api/join":
            return (answer.getheader("set-cookie") or "").split(";")[0]
        return json.loads(text)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        code = self.process.wait(PATIENCE)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code

    @contextmanager
    def table(self, code: str, cookie: str) -> Iterator[ClientConnection]:
        with connect(
            f"ws://127.0.0.1:{self.port}/ws/room/{code}", origin=Origin(f"http://127.0.0.1:{self.port}"),
            additional_headers={"Cookie": cookie}, open_timeout=PATIENCE, compression=None,
        ) as connection:  # fmt: skip
            yield connection


def next_of(connection: ClientConnection, *kinds: str) -> dict[str, Any]:
    while True:
        message: dict[str, Any] = json.loads(connection.recv(PATIENCE))
        if message["type"] in kinds:
            return message


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "class.sqlite"


def test_what_was_acknowledged_outlives_kill_9(path: Path) -> None:
    server = Server(path)
    code = server.ask("POST", "/api/rooms", {"scenario": "two_islands", "seed": 3})["code"]
    cookies = [server.ask("POST", "/api/join", {"room": code, "name": f"S{k}"}, key=False) for k in range(4)]
    server.ask("POST", f"/api/rooms/{code}/start", {})
    acknowledged: dict[str, int] = dict.fromkeys(cookies, 0)
    for k in range(6):
        for cookie in cookies:
            with server.table(code, cookie) as page:
                state = next_of(page, "state")
                if not state["view"]["your_turn"]:
                    continue
                move = {"type": "move", "seq": state["next"], "move": {"words": f"move {k}"}}
                page.send(json.dumps(move))
                acknowledged[cookie] = next_of(page, "ack")["seq"]
                if k == 5:  # the very moment after
                    server.kill()
                    break
        if server.process.poll() is not None:
            break
    assert sum(acknowledged.values()) >= 11
    again = Server(path)
    try:
        for cookie in cookies:
            with again.table(code, cookie) as page:
                state = next_of(page, "state")
                assert state["next"] == acknowledged[cookie] + 1
                if acknowledged[cookie]:
                    page.send(json.dumps({"type": "move", "seq": acknowledged[cookie], "move": {}}))
                    assert next_of(page, "refused")["code"] == "replayed"
        desk = again.ask("GET", f"/api/rooms/{code}")
        assert sum(seat["moves"] for seat in desk["seats"]) == sum(acknowledged.values())
        with again.table(code, cookies[0]) as one:
            state = next_of(one, "state")
            mine = one if state["view"]["your_turn"] else None
            if mine is not None:
                one.send(json.dumps({"type": "move", "seq": state["next"], "move": {}}))
                assert next_of(one, "ack")
        assert server.key != again.key
    finally:
        assert again.stop() in (0, 130)
        server.stop()


@pytest.mark.parametrize("size", [20_000, 10_000_000])
def test_a_message_that_is_too_large_closes_one_connection_and_nothing_else(
    server: Server, size: int
) -> None:
    code = server.ask("POST", "/api/rooms", {"scenario": "two_islands"})["code"]
    cookie = server.ask("POST", "/api/join", {"room": code}, key=False)
    with server.table(code, cookie) as page, server.table(code, cookie) as other:
        next_of(page, "state")
        with suppress(ConnectionClosed):  # the large one is cut off before all of it is sent
            page.send("x" * size)
        with pytest.raises(ConnectionClosed) as closed:
            page.recv(PATIENCE)
        if size < 100_000:
            assert closed.value.rcvd is not None and closed.value.rcvd.code == 1009
        other.send(json.dumps({"type": "hint"}))
        assert next_of(other, "hint")["lines"] == []


@pytest.mark.parametrize(
    "request_line",
    ["GET /static/../app.py", "GET /static/%2e%2e/app.py", "GET /../../etc/passwd", "GET /room/%2e%2e%2f",
     "GET //etc/passwd", "GET /\x01", "BREW /", "GET /" + "a" * 40_000],
)  # fmt: skip
def test_raw_requests_lead_nowhere(server: Server, request_line: str) -> None:
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as raw:
        raw.sendall(
            f"{request_line} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode("latin-1")
        )
        answer = b""
        while chunk := raw.recv(65_536):
            answer += chunk
    status = int(answer.split(b" ", 2)[1])
    assert 400 <= status < 500
    assert b"root:" not in answer and b"make_app" not in answer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("serve") / "class.sqlite")
    yield made
    made.stop()


def test_one_file_is_for_one_server(path: Path) -> None:
    server = Server(path)
    try:
        second = subprocess.run(
            [sys.executable, "-m", "bargain_sim", "serve", "--port", "0", "--data", str(path)],
            capture_output=True, text=True, timeout=PATIENCE,
        )  # fmt: skip
        assert second.returncode == 2 and "one server" in second.stderr
        forget = [sys.executable, "-m", "bargain_sim", "serve", "--forget", "--data", str(path)]
        refused = subprocess.run(forget, capture_output=True, text=True, timeout=PATIENCE)
        assert refused.returncode == 2 and path.exists()
    finally:
        server.stop()
    assert subprocess.run(forget, capture_output=True, timeout=PATIENCE).returncode == 0
    assert list(path.parent.iterdir()) == []


def test_what_is_printed_says_who_can_come_in(path: Path) -> None:
    server = Server(path)
    alone, key = server.said, server.key
    server.stop()
    assert "Only this computer can open it" in alone
    assert key not in alone.replace(f"Key:      {key}", "")
    server = Server(path, "--host", "0.0.0.0")
    server.stop()
    assert "Everyone in your network can open it" in server.said and "unencrypted" in server.said
