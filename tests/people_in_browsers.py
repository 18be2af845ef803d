"""A `bargain serve` of one's own, and people in browsers around it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

GARDENS = Path(__file__).parent / "browser" / "two_gardens.yaml"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


class Server:
    """A server in a process of its own, always at the same port and on the same file."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "classroom.sqlite"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.key = ""
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [sys.executable, "-m", "bargain_sim", "serve", "--quiet", str(GARDENS)]
        self._process = subprocess.Popen(
            [*command, "--port", str(self.port), "--data", str(self.file)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        said = ""
        assert self._process.stdout is not None
        while not (found := re.search(r"Key: +(\S+)", said)):
            line = self._process.stdout.readline()
            if not line:
                self.stop()
                raise AssertionError(f"the server has ended: {said}")
            said += line
        self.key = found[1]
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("the server does not listen")

    def kill(self) -> None:
        """As if the plug were pulled."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._close()

    def stop(self) -> None:
        """End it, if it runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._close()

    def _close(self) -> None:
        if self._process is not None and self._process.stdout is not None:
            self._process.stdout.close()


class People:
    """Browsers of their own around a server; keeps what their pages ask for and complain of."""

    def __init__(self, browser: Any, server: Server) -> None:
        self.browser, self.server = browser, server
        self.contexts: list[Any] = []
        self.asked: list[str] = []
        self.complaints: list[str] = []

    def someone(self, **options: Any) -> Any:
        """A page in a browser that has never been here."""
        context = self.browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | options))
        context.set_default_timeout(20_000)
        self.contexts.append(context)
        context.on("request", lambda request: self.asked.append(request.url))
        context.on("page", self._listen)
        return context.new_page()

    def _listen(self, page: Any) -> None:
        page.on("websocket", lambda line: self.asked.append(line.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self.complaints.append(message.text))

    def teacher(self, **options: Any) -> Any:
        """A page at the desk, opened with the key as a teacher would."""
        page = self.someone(**options)
        page.goto(f"{self.server.address}/desk")
        page.get_by_label("Teacher’s key").fill(self.server.key)
        page.get_by_role("button", name="Open the desk").click()
        page.get_by_role("heading", name="Open a room").wait_for()
        return page

    def room(self, teacher: Any, *ticks: str, **filled: str) -> str:
        """Open a room of the two gardens at the desk, with these boxes ticked; returns its code."""
        teacher.goto(f"{self.server.address}/desk")
        teacher.locator("#scenario option[value=two_gardens]").wait_for(state="attached")
        teacher.get_by_label("Scenario", exact=True).select_option("two_gardens")
        for tick in ticks:
            teacher.get_by_label(tick).check()
        for label, text in filled.items():
            teacher.locator(f"#{label}").fill(text)
        teacher.locator("#seed").evaluate("(each) => { each.value = 0; }")  # behind what is folded
        teacher.get_by_role("button", name="Open the room").click()
        teacher.wait_for_url(re.compile(r"/desk/[A-Z]{4}$"))
        return str(teacher.url).rsplit("/", 1)[1]

    def student(self, code: str, name: str, **options: Any) -> Any:
        """A page of someone who has joined by the form at the door."""
        page = self.someone(**options)
        page.goto(f"{self.server.address}/")
        page.get_by_label("Room code").fill(code)
        page.get_by_label("Your name").fill(name)
        page.get_by_role("button", name="Sit down").click()
        page.wait_for_url(f"**/room/{code}")
        page.get_by_text("You are in;").or_(page.locator("#sheet-card")).first.wait_for()
        return page

    def seated(self, code: str, teacher: Any, **options: Any) -> tuple[Any, Any]:
        """Two students of a room that has begun: first who plays North, then who plays South."""
        pages = [self.student(code, name, **options) for name in ("Ana", "Ben")]
        teacher.get_by_role("button", name=re.compile("Pair up and start")).click()
        for page in pages:
            page.locator("#play").wait_for()
        north = next(page for page in pages if "for North" in page.locator("#me").inner_text())
        south = next(page for page in pages if page is not north)
        return north, south


def my_turn(page: Any) -> None:
    """Wait until it is this student's turn."""
    page.locator("#composer:not([hidden])").wait_for()


def make(page: Any) -> None:
    """Make the move that is put together, and wait until the turn has passed on or all is over."""
    page.get_by_role("button", name="Make the move").click()
    page.locator("#waiting:not([hidden])").wait_for()


def to_a_grand_bargain(north: Any, south: Any) -> None:
    """The four moves in which the two gardens agree, by the controls of the pages."""
    my_turn(north)
    north.get_by_label("A visit over the wall").check()
    make(north)
    my_turn(south)
    south.get_by_label("Propose a package").check()
    for thing in ("Days at the well", "Bags of seeds", "A key to the shed"):
        south.locator("#package").get_by_label(thing).check()
    make(south)
    my_turn(north)
    north.get_by_label("Accept", exact=True).check()
    for _ in range(3):
        north.get_by_role("button", name="One more: Days at the well").click()
    make(north)
    my_turn(south)
    assert (
        "from you “Bags of seeds” and “A key to the shed” (costs 7)" in south.locator("#agreed").inner_text()
    )
    south.get_by_label("Units of Bags of seeds, at most 2").fill("2")
    south.locator("#gives").get_by_label("A key to the shed").check()
    make(south)
