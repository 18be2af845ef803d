"""What happened in every room, on disk: one SQLite file, written by one thread.

A room is its journal: entries that are only ever added, from which all else follows.  `append` returns a
future that is done once the entry is on disk; entries that arrive while the disk is busy go there
together, in one transaction.  Tokens are kept as checksums only.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from bargain_sim.errors import InputError
from bargain_sim.store.atomic import make_folder

__all__ = ["Entry", "NotKeptError", "Store", "forget_file"]

T = TypeVar("T")

_VERSION: Final = 1
_TABLES: Final = """
create table if not exists rooms (code text primary key, made_at real not null) strict;
create table if not exists journal (
    room text not null references rooms (code) on delete cascade,
    n integer not null, at real not null, kind text not null, seat integer, seq integer, data text not null,
    primary key (room, n), unique (room, seat, seq)
) strict, without rowid;
create table if not exists sessions (hash text primary key, made_at real not null) strict;
"""
_KEPT_FOR: Final = 30 * 86_400.0  # seconds that a teacher's browser is remembered


@dataclass(frozen=True)
class Entry:
    """One thing that happened in a room: its number from 0, when (seconds since 1970), what, and by which
    seat in which of its moves (`seq`), where it is a move.
    """

    n: int
    at: float
    kind: str
    data: dict[str, Any]
    seat: int | None = None
    seq: int | None = None


class NotKeptError(Exception):
    """An entry could not be written, so it has not happened."""


class Store:
    """The file.  Its methods may be called from the event loop only; all reading and writing is done
    by a thread of its own.
    """

    def __init__(self, path: Path) -> None:
        """Opens or makes the file.  Raises InputError where that is not possible, or it is another kind."""
        self.path = path
        make_folder(path.parent)
        self._thread = ThreadPoolExecutor(1, "bargain-store")
        try:
            self._thread.submit(self._open).result()
        except (sqlite3.Error, OSError) as error:
            self._thread.shutdown()
            raise InputError(
                f"no classroom can be kept in this file ({error})", place=path,
                remedy="Give another with --data; one file is for one server",
            ) from None  # fmt: skip
        except InputError:
            self._thread.shutdown()
            raise
        self._waiting: list[tuple[str, Entry, asyncio.Future[None]]] = []
        self._busy = False

    def close(self) -> None:
        """Finish what is under way, and close the file."""
        self._thread.submit(self._db.close).result()
        self._thread.shutdown()

    def append(self, room: str, entry: Entry) -> asyncio.Future[None]:
        """Keep an entry; the future is done once it is on disk, or raises NotKeptError."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((room, entry, done))
        if not self._busy:
            self._write_on()
        return done

    def _write_on(self) -> None:
        batch, self._waiting = self._waiting, []
        self._busy = bool(batch)
        if batch:
            loop = asyncio.get_running_loop()
            written = loop.run_in_executor(self._thread, self._write, [(r, e) for r, e, _ in batch])
            written.add_done_callback(lambda future: self._written(batch, future))

    def _written(
        self, batch: list[tuple[str, Entry, asyncio.Future[None]]], future: asyncio.Future[None]
    ) -> None:
        error = future.exception()
        for _, _, done in batch:
            if done.cancelled():
                continue
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(NotKeptError(str(error)))
                done.exception()  # who waits is told; that nobody waits any more is no news
        self._write_on()

    async def rooms(self) -> dict[str, float]:
        """Code → when it was made, the newest first."""
        query = "select code, made_at from rooms order by made_at desc, code"
        return await self._do(lambda: dict(self._db.execute(query).fetchall()))

    async def journal(self, room: str) -> list[Entry]:
        """All entries of a room in their order; none where there is no such room."""
        query = "select n, at, kind, data, seat, seq from journal where room = ? order by n"
        rows = await self._do(lambda: self._db.execute(query, (room,)).fetchall())
        return [Entry(n, at, kind, json.loads(data), seat, seq) for n, at, kind, data, seat, seq in rows]

    async def forget(self, room: str) -> None:
        """Delete all of a room; what was deleted is overwritten on disk."""

        def delete() -> None:
            with self._db:
                self._db.execute("delete from rooms where code = ?", (room,))
            self._db.execute("pragma wal_checkpoint(truncate)")
            self._ends.pop(room, None)

        await self._do(delete)

    async def remember(self, hashed: str) -> None:
        """Keep the checksum of a teacher's session."""

        def add() -> None:
            with self._db:
                self._db.execute("insert or replace into sessions values (?, ?)", (hashed, time.time()))

        await self._do(add)

    async def sessions(self) -> set[str]:
        """Checksums of the sessions that still hold; older ones are deleted."""

        def fetch() -> set[str]:
            with self._db:
                self._db.execute("delete from sessions where made_at < ?", (time.time() - _KEPT_FOR,))
            return {row[0] for row in self._db.execute("select hash from sessions")}

        return await self._do(fetch)

    async def dismiss(self, hashed: str) -> None:
        """Forget a session."""

        def delete() -> None:
            with self._db:
                self._db.execute("delete from sessions where hash = ?", (hashed,))

        await self._do(delete)

    async def _do(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _open(self) -> None:
        new = not self.path.exists()
        if new:  # names of students are nobody else's business on a shared machine
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        self._db = sqlite3.connect(self.path, timeout=1.0, isolation_level="IMMEDIATE")
        self._db.execute("pragma locking_mode = exclusive")  # two servers would tell two stories
        version, known = (self._db.execute(f"pragma {name}").fetchone()[0]
                          for name in ("user_version", "application_id"))  # fmt: skip
        if not (new or self.path.stat().st_size == 0) and (known, version) != (_APPLICATION, _VERSION):
            self._db.close()
            raise InputError(
                "this is no file of a classroom, or one of another version", place=self.path,
                remedy="Give another with --data",
            )  # fmt: skip
        for pragma in (
            "journal_mode = wal", "synchronous = full", "foreign_keys = on", "secure_delete = on",
            f"application_id = {_APPLICATION}", f"user_version = {_VERSION}",
        ):  # fmt: skip
            self._db.execute(f"pragma {pragma}")
        self._db.executescript(_TABLES)
        self._ends = dict(self._db.execute("select room, max(n) from journal group by room").fetchall())

    def _write(self, batch: list[tuple[str, Entry]]) -> None:
        """All or nothing.  An entry whose forerunner is not there does not belong here either."""
        ends = dict(self._ends)
        with self._db:
            for room, entry in batch:
                if entry.n == 0:
                    self._db.execute("insert into rooms values (?, ?)", (room, entry.at))
                elif ends.get(room) != entry.n - 1:
                    raise NotKeptError(f"entry {entry.n} of {room} comes after {ends.get(room)}")
                text = json.dumps(entry.data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
                row = (room, entry.n, entry.at, entry.kind, entry.seat, entry.seq, text)
                self._db.execute("insert into journal values (?, ?, ?, ?, ?, ?, ?)", row)
                ends[room] = entry.n
        self._ends = ends


_APPLICATION: Final = 0x62617267  # "barg"


def forget_file(path: Path) -> list[Path]:
    """Delete a classroom's file and what SQLite keeps beside it; those deleted.

    Raises InputError where it is no such file, or is in use.
    """
    if not path.exists():
        return []
    known = None
    with suppress(sqlite3.Error), closing(sqlite3.connect(path, timeout=0.5)) as db:
        db.execute("pragma locking_mode = exclusive")
        db.execute("begin exclusive")
        known = db.execute("pragma application_id").fetchone()[0]
    if known != _APPLICATION:
        raise InputError(
            "this is no file of a classroom, or one that a server has open", place=path,
            remedy="Stop the server first, or give the file with --data",
        )  # fmt: skip
    found = [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))]
    gone = [each for each in found if each.exists()]
    for each in gone:
        each.unlink()
    return gone
