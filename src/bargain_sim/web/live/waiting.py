"""Who is served when: a worker for each core, the newest wish of each page, and nobody's flood."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

__all__ = ["MOST_OF_ALL", "MOST_OF_ONE_ADDRESS", "Busy", "Queue", "Superseded"]

MOST_OF_ALL: Final = 128
"""Requests that wait or are being played, from everywhere."""

MOST_OF_ONE_ADDRESS: Final = 64
"""Of these, from one address: a class behind one router has one each, and one for its timeline."""

T = TypeVar("T")


class Superseded(Exception):  # noqa: N818 - it is no error: the page has asked for something newer
    """The same page has asked for something newer before this one's turn came."""


class Busy(Exception):  # noqa: N818
    """Too many are waiting; nothing was done."""


class Queue:
    """Runs functions in threads, first come, first served; of each client only what it asked for last."""

    def __init__(self, workers: int, of_all: int = MOST_OF_ALL, of_one: int = MOST_OF_ONE_ADDRESS) -> None:
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="explore")
        self._free = asyncio.Semaphore(workers)
        self._newest: dict[object, object] = {}
        self._addresses: Counter[str] = Counter()
        self._of_all, self._of_one = of_all, of_one

    async def do(self, client: object, address: str, work: Callable[[], T]) -> T:
        """What `work` returns or raises.  Raises Superseded, or Busy."""
        if self._addresses.total() >= self._of_all or self._addresses[address] >= self._of_one:
            raise Busy
        self._addresses[address] += 1
        ticket = object()
        self._newest[client] = ticket
        try:
            async with self._free:
                if self._newest.get(client) is not ticket:
                    raise Superseded
                return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            if self._newest.get(client) is ticket:
                del self._newest[client]
            self._addresses[address] -= 1
            if not self._addresses[address]:
                del self._addresses[address]

    def close(self) -> None:
        """Wait for what is being played, and end the threads."""
        self._threads.shutdown(cancel_futures=True)
