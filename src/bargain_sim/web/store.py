"""What happened in every room, on disk: one SQLite file, written by one thread.

A room is its journal: entries that are only ever added, from which all else follows.  `append` keeps the
entries of one action, all or none, and returns a future that is done once they are on disk; actions that
arrive while the disk is busy go there together, in one transaction.  Tokens are kept as checksums only.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from bargain_sim.errors import InputError
from bargain_sim.table.seats import Refusal

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
create index if not exists milestones on journal (room, kind)
    where kind in ('joined', 'removed', 'paired', 'phase');
create table if not exists sessions (hash text primary key, made_at real not null) strict;
"""
_TITLES: Final = """
select code, made_at, json_extract(data, '$.scenario.title')
from rooms left join journal on room = code and n = 0 order by made_at desc, code
"""
_MILESTONES: Final = """
select room, kind, count(*), sum(json_array_length(data, '$.pairs')), json_extract(data, '$.phase'), max(n)
from journal where kind in ('joined', 'removed', 'paired', 'phase') group by room, kind
"""  # of bare columns SQLite gives those of the row with the largest `n`
_UNTOUCHED: Final[dict[str, Any]] = {"phase": "lobby", "students": 0, "pairs": 0}
_KEPT_FOR: Final = 12 * 3_600.0  # seconds that a teacher's browser is known after a restart with another key


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


Action = tuple[str, Sequence[Entry]]
"""A room's code, and what happened there at one stroke."""


class NotKeptError(Refusal):
    """The disk refused: what was to be written has not happened, what was to be read is not known."""

    def __init__(self, why: object, problem: str = "this could not be kept on disk") -> None:
        super().__init__("not_kept", problem, "Try again in a moment")
        self.why = why


class Store:
    """The file.  Its methods may be called from the event loop only; all reading and writing is done
    by a thread of its own.
    """

    def __init__(self, path: Path) -> None:
        """Opens or makes the file.  Raises InputError where that is not possible, or it is another kind."""
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unusable(path, error.strerror) from None
        self._thread = ThreadPoolExecutor(1, "bargain-store")
        try:
            self._thread.submit(self._open).result()
        except (sqlite3.Error, OSError) as error:
            self._thread.shutdown()
            raise _unusable(path, error) from None
        except InputError:
            self._thread.shutdown()
            raise
        self._waiting: list[tuple[Action, asyncio.Future[None]]] = []
        self._busy = False

    def close(self) -> None:
        """Finish what is under way, and close the file."""
        self._thread.submit(self._db.close).result()
        self._thread.shutdown()

    def append(self, room: str, entries: Sequence[Entry]) -> asyncio.Future[None]:
        """Keep the entries of an action, all or none; the future is done once they are on disk, or raises
        NotKeptError.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(((room, entries), done))
        if not self._busy:
            self._write_on()
        return done

    def _write_on(self) -> None:
        batch, self._waiting = self._waiting, []
        self._busy = bool(batch)
        if batch:
            loop = asyncio.get_running_loop()
            written = loop.run_in_executor(self._thread, self._write, [action for action, _ in batch])
            written.add_done_callback(lambda future: self._written([done for _, done in batch], future))

    def _written(self, batch: list[asyncio.Future[None]], future: asyncio.Future[list[str]]) -> None:
        error = future.exception()
        faults = future.result() if error is None else [str(error) or repr(error)] * len(batch)
        for done, fault in zip(batch, faults, strict=True):
            if done.cancelled():
                continue
            if not fault:
                done.set_result(None)
            else:
                done.set_exception(NotKeptError(fault))
                done.exception()  # who waits is told; that nobody waits any more is no news
        self._write_on()

    async def rooms(self) -> dict[str, float]:
        """Code → when it was made, the newest first."""
        query = "select code, made_at from rooms order by made_at desc, code"
        return await self._do(lambda: dict(self._db.execute(query).fetchall()))

    async def journal(self, room: str) -> list[Entry]:
        """All entries of a room in their order; none where there is no such room."""
        query = "select n, at, kind, data, seat, seq from journal where room = ? order by n"

        def fetch() -> list[tuple[Any, ...]]:
            rows = self._db.execute(query, (room,)).fetchall()
            if rows:  # after a fault of the disk this, and not what was meant, is where the room goes on
                self._ends[room] = rows[-1][0]
            return rows

        rows = await self._do(fetch)
        return [Entry(n, at, kind, json.loads(data), seat, seq) for n, at, kind, data, seat, seq in rows]

    async def headings(self) -> list[dict[str, Any]]:
        """What a list says of each room, the newest first: from its journal, without playing it again."""

        def fetch() -> list[dict[str, Any]]:
            found = {
                code: {"code": code, "title": title or "", "made_at": made_at, **_UNTOUCHED}
                for code, made_at, title in self._db.execute(_TITLES)
            }
            for code, kind, times, pairs, phase, _ in self._db.execute(_MILESTONES):
                room = found[code]
                match kind:
                    case "joined":
                        room["students"] += times
                    case "removed":
                        room["students"] -= times
                    case "paired":
                        room["pairs"] = pairs
                    case "phase":
                        room["phase"] = phase
            return list(found.values())

        return await self._do(fetch)

    async def forget(self, room: str) -> bool:
        """Delete all of a room, if there is one; what was deleted is overwritten on disk."""

        def delete() -> bool:
            with self._db:
                there = self._db.execute("delete from rooms where code = ?", (room,)).rowcount > 0
            self._db.execute("pragma wal_checkpoint(truncate)")
            self._ends.pop(room, None)
            return there

        return await self._do(delete)

    async def remember(self, hashed: str) -> None:
        """Keep the checksum of a teacher's session."""

        def add() -> None:
            with self._db:
                self._db.execute("insert or replace into sessions values (?, ?)", (hashed, time.time()))

        await self._do(add)

    async def sessions(self) -> set[str]:
        """Checksums of the sessions that outlive a restart; older ones are deleted.

        A lesson goes on after a crash; who was let in on another day has to give the key of today.
        """

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
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except sqlite3.Error as error:
            raise NotKeptError(error, "the disk does not answer as it should") from error

    def _open(self) -> None:
        new = not self.path.exists()
        if new:  # names of students are nobody else's business on a shared machine
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        self._db = sqlite3.connect(self.path, timeout=1.0, isolation_level="IMMEDIATE")
        self._db.execute("pragma locking_mode = exclusive")  # two servers would tell two stories
        version, known = (self._db.execute(f"pragma {name}").fetchone()[0]
                          for name in ("user_version", "application_id"))  # fmt: skip
        tables = self._db.execute("select count(*) from sqlite_master").fetchone()[0]
        # A first start may have been cut off before anything was in it.
        untouched = tables == 0 and known in (0, _APPLICATION) and version in (0, _VERSION)
        if not untouched and (known, version) != (_APPLICATION, _VERSION):
            self._db.close()
            raise InputError(
                "this is no file of a classroom, or one of another version", place=self.path,
                remedy="Give another with --data",
            )  # fmt: skip
        for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on", "secure_delete = on"):
            self._db.execute(f"pragma {pragma}")
        self._db.executescript(_MADE)
        self._ends = dict(self._db.execute("select room, max(n) from journal group by room").fetchall())

    def _write(self, batch: list[Action]) -> list[str]:
        """Why each of these is not kept; empty for what is.  What the disk refuses it refuses as a whole.

        An action whose forerunner is not there does not belong here either; it holds up no other room's.
        """
        ends, faults = dict(self._ends), []
        with self._db:
            for room, entries in batch:
                here = ends.get(room, -1)
                if entries[0].n == here + 1:
                    self._insert(room, entries)
                    ends[room] = entries[-1].n
                    faults.append("")
                else:
                    faults.append(f"entry {entries[0].n} of {room} comes after {here}")
        self._ends = ends
        return faults

    def _insert(self, room: str, entries: Sequence[Entry]) -> None:
        for entry in entries:
            if entry.n == 0:
                self._db.execute("insert into rooms values (?, ?)", (room, entry.at))
            text = json.dumps(entry.data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
            row = (room, entry.n, entry.at, entry.kind, entry.seat, entry.seq, text)
            self._db.execute("insert into journal values (?, ?, ?, ?, ?, ?, ?)", row)


_APPLICATION: Final = 0x62617267  # "barg"
_MADE: Final = f"""
begin immediate;
pragma application_id = {_APPLICATION};
pragma user_version = {_VERSION};
{_TABLES}
commit;
"""


def _unusable(path: Path, why: object) -> InputError:
    return InputError(
        f"no classroom can be kept in this file ({why})", place=path,
        remedy="Give another with --data; one file is for one server",
    )  # fmt: skip


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
