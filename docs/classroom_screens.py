"""The pages of `bargain serve`, photographed while a class of twelve goes through a lesson.

Two of the twelve, and the teacher, work the pages themselves; in the seats of the others strategies play.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from websockets.sync.client import connect

PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 1.5}
DESKTOP = {"viewport": {"width": 1280, "height": 860}}
WALL = {"viewport": {"width": 1280, "height": 720}}
OTHERS = ("Cid", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivo", "Jule", "Kim", "Lea")
EXPECTED = ("grand_bargain", "grand_bargain", "breakdown", "piecemeal", "bargain_under_way")

SHOWN = "192.168.1.20:8000"
"""Where a class would find the server: the browser goes to ours when it is asked for this address."""

IN_THE_DOCS = ("wall_door", "play_phone", "play", "desk", "wall_plane", "wall_dance", "debrief_phone")
"""The pictures that the walk-through shows; `--to` takes all."""


@dataclass
class Camera:
    """Puts pictures of pages into a folder; of all, or of those named."""

    folder: Path
    only: tuple[str, ...] | None = None
    prefix: str = ""
    taken: list[str] = field(default_factory=list)

    def take(self, page: Any, name: str, whole: bool = False) -> None:
        """A picture of what is on the screen, or of the whole page."""
        self.taken.append(name)
        if self.only is not None and name not in self.only:
            return
        page.wait_for_timeout(250)
        page.evaluate("document.activeElement.blur()")
        if not whole:
            page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=self.folder / f"{self.prefix}{name}.png", full_page=whole)


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def serving(port: int) -> Iterator[tuple[str, str]]:
    """A server with a file of its own: its address and the teacher's key."""
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-u", "-m", "bargain_sim", "serve", "--quiet", "--port", str(port)]
        server = subprocess.Popen(
            [*command, "--data", str(Path(scratch) / "class.sqlite")], stdout=subprocess.PIPE, text=True
        )
        said = ""
        try:
            assert server.stdout is not None
            while not re.search(r"Key: +\S+", said):
                line = server.stdout.readline()
                if not line:
                    sys.exit(f"The server has ended: {said}")
                said += line
            found = re.search(r"Students: (\S+)/.*Key: +(\S+)", said, re.DOTALL)
            assert found is not None
            yield found[1], found[2]
        finally:
            server.terminate()
            server.wait()


def photograph(browser: Any, port: int, camera: Camera, scheme: str = "light") -> None:
    """Go through a lesson and take every page on the way; the browser finds `port` under `SHOWN`."""
    with serving(port) as (address, key):
        _Lesson(browser, camera, address, key, scheme).hold()


class _Lesson:
    def __init__(self, browser: Any, camera: Camera, address: str, key: str, scheme: str) -> None:
        self.browser, self.camera, self.address, self.scheme = browser, camera, address, scheme
        self.api = httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=60)
        self.key, self.code = key, ""

    def hold(self) -> None:
        """From the door to the debrief."""
        teacher = self._page(**DESKTOP)
        self._open_a_room(teacher)
        wall = teacher.context.new_page()
        wall.set_viewport_size(WALL["viewport"])
        ana, ben = self._student("Ana", **PHONE), self._student("Ben", **DESKTOP)
        others = [self._joined(name) for name in OTHERS]
        wall.goto(f"http://{SHOWN}/projector/{self.code}")
        wall.get_by_text("12 students").wait_for()
        self.camera.take(wall, "wall_door")
        self.camera.take(ana, "lobby_phone")
        teacher.get_by_role("button", name=re.compile("Pair up")).click()
        self._predict(ana, others)
        self.camera.take(wall, "wall_predicting")
        teacher.get_by_role("button", name="Start the play").click()
        self._play(ana, ben)
        wall.get_by_text("at the end.").wait_for()
        self.camera.take(wall, "wall_pairs")
        self.camera.take(teacher, "desk")
        self.camera.take(teacher, "desk_whole", whole=True)
        self._post("end")
        teacher.get_by_text("0 of 8 steps are shown.").wait_for(timeout=120_000)
        for step, name in enumerate(self.api.get(f"/api/rooms/{self.code}").json()["room"]["reveals"], 1):
            self._post("reveal", step=step)
            teacher.get_by_text(f"{step} of 8 steps are shown.").wait_for()
            wall.locator("#debrief .card").wait_for()
            # The plane is shown with everything on it.
            self.camera.take(
                wall, {"cloud": "wall_plane", "plane": "wall_plane_bare"}.get(name, f"wall_{name}")
            )
        self.camera.take(teacher, "desk_reveal")
        for page, name in ((ana, "debrief_phone"), (teacher, "debrief")):
            page.goto(f"http://{SHOWN}/debrief/{self.code}")
            page.locator("#own .chart").first.wait_for()
            self.camera.take(page, name)
            self.camera.take(page, f"{name}_whole", whole=True)

    def _page(self, **options: Any) -> Any:
        return self.browser.new_context(color_scheme=self.scheme, **options).new_page()

    def _post(self, what: str, **data: Any) -> Any:
        answer = self.api.post(f"/api/rooms/{self.code}/{what}", json=data)
        answer.raise_for_status()
        return answer.json()

    def _open_a_room(self, teacher: Any) -> None:
        teacher.goto(f"http://{SHOWN}/desk")
        self.camera.take(teacher, "key")
        teacher.get_by_label("Teacher’s key").fill(self.key)
        teacher.get_by_role("button", name="Open the desk").click()
        teacher.locator("#scenario option[value=two_islands]").wait_for(state="attached")
        teacher.locator("#scenario").select_option("two_islands")
        teacher.get_by_label("Ask for predictions first").check()
        teacher.get_by_label("The same luck for every pair").uncheck()
        self.camera.take(teacher, "new_room", whole=True)
        teacher.locator("#seed").evaluate("(each) => { each.value = 0; }")  # behind what is folded
        teacher.get_by_role("button", name="Open the room").click()
        teacher.wait_for_url(re.compile(r"/desk/[A-Z]{4}$"))
        self.code = teacher.url.rsplit("/", 1)[1]

    def _student(self, name: str, **options: Any) -> Any:
        page = self._page(**options)
        page.goto(f"http://{SHOWN}/?room={self.code}")
        page.get_by_label("Your name").fill(name)
        self.camera.take(page, f"door_{name.lower()}")
        page.get_by_role("button", name="Sit down").click()
        page.get_by_text("You are in;").wait_for()
        return page

    def _joined(self, name: str) -> str:
        """A student without a page: the cookie of the seat."""
        answer = httpx.post(f"{self.address}/api/join", json={"room": self.code, "name": name})
        answer.raise_for_status()
        return "; ".join(f"{key}={value}" for key, value in answer.cookies.items())

    def _predict(self, ana: Any, others: list[str]) -> None:
        ana.get_by_role("radio", name=re.compile("Grand bargain")).check()
        ana.get_by_label("My points at the end").fill("45")
        self.camera.take(ana, "predict_phone", whole=True)
        ana.get_by_role("button", name="Note my prediction").click()
        socket = f"{self.address.replace('http', 'ws')}/ws/room/{self.code}"
        for k, cookie in enumerate(others):
            with connect(socket, additional_headers={"Cookie": cookie, "Origin": self.address}) as line:
                line.recv()
                ending = EXPECTED[k % len(EXPECTED)]
                line.send(json.dumps({"type": "predict", "ending": ending, "score": 20.0 + 5 * k}))
                line.recv()

    def _play(self, ana: Any, ben: Any) -> None:
        """Ana and Ben make some moves by hand; strategies play for all others, to the end."""
        for page in (ana, ben):
            page.locator("#play").wait_for()
        seats = self.api.get(f"/api/rooms/{self.code}").json()["seats"]
        for seat in seats:
            if seat["name"] not in ("Ana", "Ben"):
                self._post("replace", seat=seat["seat"])
        for turn in range(8):
            for page in (ana, ben):
                if page.locator("#composer:not([hidden])").count():
                    self._move(page, turn)
                page.wait_for_timeout(300)
            if turn == 4:
                self._post("strike", event="storm")
        self.camera.take(ana, "play_phone")
        self.camera.take(ana, "play_phone_whole", whole=True)
        self._compose(ben)
        self.camera.take(ben, "play")
        self.camera.take(ben, "play_whole", whole=True)

    def _move(self, page: Any, turn: int) -> None:
        """Whatever is owed is made good, then the first thing that can be given is, mostly in full."""
        if page.locator("#talks input[value=resume]").count():
            page.locator("#talks input[value=resume]").check()
        for box in page.locator("#owed input").all():
            box.check()
        boxes = page.locator("#gives input[type=checkbox]")
        steps = page.locator("#gives .step[aria-label^='One more']")
        if boxes.count():
            boxes.first.check()
        elif steps.count():
            steps.first.click()
        if turn == 3:
            page.locator("#share").fill("50")
        page.locator("#words").fill("Let us go on step by step." if turn == 1 else "")
        page.get_by_role("button", name="Make the move").click()
        page.wait_for_timeout(400)

    def _compose(self, page: Any) -> None:
        """Put something together, so that a picture shows how it is done."""
        if page.locator("#what input[value=propose]").count():
            page.locator("#what input[value=propose]").check()
            for box in page.locator("#package input").all()[:3]:
                box.check()
