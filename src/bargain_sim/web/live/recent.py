"""Keeping the latest results of something that takes a while to work out."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["Recent"]

Key = TypeVar("Key")
Result = TypeVar("Result")


class Recent(Generic[Key, Result]):
    """The latest `most` results of a function, by key, for several threads.

    Two threads that ask for the same at once may both work it out; the results are equal.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Key, Result] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key, made: Callable[[], Result]) -> Result:
        """What is kept under `key`, or what `made` gives now."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        value = made()
        with self._lock:
            self._kept[key] = value
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return value
