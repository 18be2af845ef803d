"""How fast the live explorer answers, alone and to a class: `python benchmarks/live.py [--people N]`.

The whole server on the loopback; each person is a connection that asks as the page does: one request
at a time, the newest settings next, 2,000 negotiations each, no settings twice.  `without a pause` has
everybody drag a slider all the time, the worst that a class can do; `as people do` has each drag for a
second and look for two.  A time is from sending the request to having the whole answer; no test asserts one.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import socket
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PATHS = (
    ("sides.washington.initial_trust", 0.2, 0.6),
    ("sides.minsk.initial_trust", 0.2, 0.6),
    ("sides.washington.reciprocity", 0.0, 1.0),
    ("sides.minsk.reciprocity", 0.0, 1.0),
    ("sides.washington.reliability", 0.3, 1.0),
    ("sides.minsk.generosity", 0.0, 0.67),
    ("sides.washington.outside_option", 0.0, 24.0),
    ("events.balloons.rate", 0.0, 0.2),
)
PINNED = {"scenario": "baseline", "set": {"sides.minsk.generosity": 0.5}}


def serve(port: int, ready: Any) -> None:
    import uvicorn

    from bargain_sim.web.app import make_app

    with tempfile.TemporaryDirectory() as folder:
        app = make_app(Path(folder) / "rooms.sqlite")
        app.state.explorer.warm_up()
        ready.set()
        uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", ws="websockets-sansio")


class Person:
    """One connection that moves sliders."""

    def __init__(self, number: int, port: int, pin: bool) -> None:
        self.name, self.port, self.pin = f"person{number}", port, pin
        self.chance = random.Random(number)
        self.times: list[float] = []

    async def connect(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)

    async def ask(self) -> None:
        path, low, high = self.chance.choice(PATHS)
        now = {"scenario": "baseline", "set": {path: self.chance.uniform(low, high)}}
        body = json.dumps({"client": self.name, "now": now, **({"pin": PINNED} if self.pin else {})}).encode()
        head = (
            f"POST /explore/run HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        began = time.perf_counter()
        self.writer.write(head.encode() + body)
        headers = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        await self.reader.readexactly(int(headers.split("content-length: ")[1].split("\r\n")[0]))
        assert headers.startswith("http/1.1 200"), headers
        self.times.append(1e3 * (time.perf_counter() - began))

    async def drag(self, seconds: float) -> None:
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            await self.ask()

    async def explore(self, seconds: float) -> None:
        until = time.perf_counter() + seconds
        await asyncio.sleep(self.chance.uniform(0, 3))
        while time.perf_counter() < until:
            await self.drag(1.0)
            await asyncio.sleep(2.0)


async def measured(port: int, people: int, seconds: float, *, pauses: bool, pin: bool) -> list[float]:
    """Milliseconds of every request of these people."""
    persons = [Person(k, port, pin) for k in range(people)]
    for person in persons:
        await person.connect()
        await person.ask()  # the first one also loads the scenario
        person.times.clear()
    await asyncio.gather(*((p.explore if pauses else p.drag)(seconds) for p in persons))
    return [each for person in persons for each in person.times]


def told(name: str, times: list[float], seconds: float) -> None:
    ordered = sorted(times)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    rate = len(times) / seconds
    print(
        f"{name:44} median {statistics.median(ordered):6.0f}   p95 {p95:6.0f}   most {ordered[-1]:6.0f} ms"
        f"   {rate:5.1f} answers/s",
        flush=True,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=20, help="how many move sliders at once")
    parser.add_argument("--seconds", type=float, default=15, help="how long each measurement takes")
    given = parser.parse_args(arguments)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    server = context.Process(target=serve, args=(port, ready), daemon=True)
    server.start()
    ready.wait()
    time.sleep(1.0)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {given.people} people", flush=True)
    try:
        for name, people, pauses, pin in (
            ("one person, without a pause", 1, False, False),
            ("one person, compared with a pin", 1, False, True),
            ("all at once, without a pause", given.people, False, False),
            ("all at once, as people do", given.people, True, False),
        ):
            times = asyncio.run(measured(port, people, given.seconds, pauses=pauses, pin=pin))
            told(name, times, given.seconds)
        with open(f"/proc/{server.pid}/status", encoding="ascii") as status:
            now = next(line for line in status if line.startswith("VmRSS"))
        print(f"{'memory of the server after that':44} {int(now.split()[1]) / 1024:6.0f} MB")
    finally:
        server.terminate()
        server.join()


if __name__ == "__main__":
    main()
