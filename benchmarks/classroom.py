"""A full lecture hall: `python benchmarks/classroom.py [--students 200] [--moves 40] [--think 1.0]`.

Students play in pairs on one server, each with a socket of its own, and think for a random time of mean
`--think` seconds before each move.  Measured is the time from sending a move to the acknowledgement that it
is on disk, and the memory of the server.  That every move stands in the export exactly once is asserted;
times are printed only.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import io
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect
from websockets.typing import Origin

KEY = "benchmark"
# A lecture hall behind one address: the limits on joins and requests are those of a whole school.
SERVER = f"""
import sys
from pathlib import Path
from bargain_sim.web.limits import Limits, Rate
from bargain_sim.web.serving import serve
limits = Limits(seats=2_000, connections=4_000, joins=Rate(1e9, 1e9), requests=Rate(1e9, 1e9))
serve(Path(sys.argv[1]), port=0, key={KEY!r}, limits=limits, plain=True)
"""


@dataclass
class Hall:
    """The server as its visitors know it."""

    process: subprocess.Popen[str]
    port: int
    code: str = ""
    times: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    def ask(self, path: str, body: Any = None, key: bool = True) -> tuple[bytes, str]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {KEY}"} if key else {}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.read(), (answer.headers.get("set-cookie") or "").split(";")[0]

    def memory(self) -> float:
        """The most memory that the server has had so far, in MB; NaN where the system does not tell."""
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text("utf-8")
        except OSError:
            return float("nan")
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        return int(found[1]) / 1024 if found else float("nan")

    def worked(self) -> float:
        """Processor seconds of the server so far; NaN where the system does not tell."""
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()
        except OSError:
            return float("nan")
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def student(hall: Hall, cookie: str, moves: int, think: float, luck: random.Random) -> None:
    """Plays until it has made its moves, and stays until everyone has."""
    address = f"ws://127.0.0.1:{hall.port}/ws/room/{hall.code}"
    origin = Origin(f"http://127.0.0.1:{hall.port}")
    async with connect(
        address, origin=origin, additional_headers={"Cookie": cookie}, compression=None, open_timeout=120
    ) as socket:
        made = asked = 0
        sent = 0.0
        while made < moves:
            message = json.loads(await socket.recv())
            if message["type"] == "ack":
                hall.times.append(time.perf_counter() - sent)
                made = message["seq"]
            elif message["type"] == "refused":
                hall.refused[message["code"]] += 1
            if message["type"] != "state" or not (message["view"] or {}).get("your_turn"):
                continue
            if message["next"] <= asked:
                continue
            asked = message["next"]
            await asyncio.sleep(luck.uniform(0.0, 2.0 * think))
            sent = time.perf_counter()
            await socket.send(
                json.dumps({"type": "move", "seq": message["next"], "move": wish(message, luck)})
            )


def wish(message: dict[str, Any], luck: random.Random) -> dict[str, Any]:
    """A small gift or a word: the game is to go on."""
    gives = [each for each in message["options"]["gives"] if each["units"] > 4]
    if gives and luck.random() < 0.5:
        return {"gives": {gives[0]["concession"]: 1}, "delivered": luck.choice([1.0, 1.0, 0.5])}
    return {"words": luck.choice(["Let us go on.", "We need more.", "Tell me what you want."])}


async def lesson(hall: Hall, cookies: Sequence[str], moves: int, think: float) -> None:
    await asyncio.gather(
        *(student(hall, cookie, moves, think, random.Random(k)) for k, cookie in enumerate(cookies))
    )


def started(folder: str) -> Hall:
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(Path(folder) / "class.sqlite")], stdout=subprocess.PIPE, text=True,
        bufsize=1,
    )  # fmt: skip
    assert process.stdout is not None
    said = ""
    while "Stop with" not in said:
        line = process.stdout.readline()
        if not line:
            raise SystemExit(f"the server did not start: {said}")
        said += line
    return Hall(process, int(re.findall(r":(\d+)/", said)[0]))


def check_export(hall: Hall, students: int, moves: int) -> None:
    """Every move of every seat stands in the export, once."""
    text = hall.ask(f"/api/rooms/{hall.code}/moves.csv")[0].decode("utf-8-sig")
    made = Counter(
        (int(row["seat"]), int(row["seq"]))
        for row in csv.DictReader(io.StringIO(text))
        if row["who"] == "person"
    )
    assert set(made.values()) == {1}, "a move stands there twice"
    expected = {(seat, seq) for seat in range(1, students + 1) for seq in range(1, moves + 1)}
    assert set(made) == expected, (
        f"{len(expected - set(made))} are missing, {len(set(made) - expected)} extra"
    )


def wait_for_debrief(hall: Hall) -> float:
    began = time.perf_counter()
    while True:
        try:
            hall.ask(f"/api/debrief/{hall.code}")
        except urllib.error.HTTPError as error:
            error.close()
            if error.code != 409:
                raise
            time.sleep(0.2)
        else:
            return time.perf_counter() - began


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--moves", type=int, default=40)
    parser.add_argument("--think", type=float, default=1.0, help="mean seconds before a move")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        hall = started(folder)
        try:
            play(hall, given.students, given.moves, given.think)
        finally:
            hall.process.terminate()
            hall.process.wait(60)
            if hall.process.stdout is not None:
                hall.process.stdout.close()


def play(hall: Hall, students: int, moves: int, think: float) -> None:
    wish_for = {"scenario": "two_islands", "set": [f"turns={2 * moves + 20}"]}
    hall.code = json.loads(hall.ask("/api/rooms", wish_for)[0])["code"]
    began = time.perf_counter()
    cookies = [
        hall.ask("/api/join", {"room": hall.code, "name": f"Student {k}"}, key=False)[1]
        for k in range(students)
    ]
    print(f"{students} students joined in {time.perf_counter() - began:.1f} s")
    began = time.perf_counter()
    hall.ask(f"/api/rooms/{hall.code}/start", {})
    print(f"{(students + 1) // 2} tables set in {time.perf_counter() - began:.1f} s")
    began = time.perf_counter()
    asyncio.run(lesson(hall, cookies, moves, think))
    took = time.perf_counter() - began
    times = sorted(1000.0 * each for each in hall.times)
    assert len(times) == students * moves, f"{len(times)} of {students * moves} moves were acknowledged"
    p50, p95, p99 = (times[min(len(times) - 1, int(len(times) * share))] for share in (0.5, 0.95, 0.99))
    print(f"{len(times):,} moves in {took:.0f} s, {len(times) / took:.0f} a second")
    print(f"a move: median {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms, longest {times[-1]:.0f} ms")
    if hall.refused:
        print(f"refused: {dict(hall.refused)}")
    each = 1000.0 * hall.worked() / len(times)
    print(f"the server: at most {hall.memory():.0f} MB, {each:.1f} ms of processor time a move")
    began = time.perf_counter()
    check_export(hall, students, moves)
    print(f"every move is in the export once (made in {time.perf_counter() - began:.1f} s)")
    hall.ask(f"/api/rooms/{hall.code}/end", {})
    print(f"debrief of the class in {wait_for_debrief(hall):.1f} s")
    print(f"memory of the server, debrief included: at most {hall.memory():.0f} MB")


if __name__ == "__main__":
    main()
