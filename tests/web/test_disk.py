"""What a room owes to its disk: all of an action or none of it, and one story in memory and in the file."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from loops import alone
from people_in_process import Class, at_table, started

from bargain_sim.table.seats import Refusal
from bargain_sim.web import clocks, rules
from bargain_sim.web.hall import Hall
from bargain_sim.web.limits import Limits
from bargain_sim.web.messages import MakeRoom, MoveMessage, RoomSettings
from bargain_sim.web.offers import Offers
from bargain_sim.web.room import Room
from bargain_sim.web.store import NotKeptError, Store

# --- A hall without a network, whose disk can be made to fail ------------------------------------------


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with closing(Store(tmp_path / "class.sqlite")) as store:
        made = Hall(store, Limits(), Offers())
        yield made
        made.reckoner.close()


async def begun(hall: Hall, students: int = 2, **settings: Any) -> Room:
    """A room that is being played."""
    room = await hall.make(MakeRoom(scenario="two_islands", settings=RoomSettings(**settings)))
    for k in range(students):
        await hall.keep(room, rules.join(room, f"Student {k}", f"token {k}", hall.limits))
    await hall.keep(room, rules.start(room))
    return room


def moved(room: Room) -> Any:
    """Entries of the next move at the first table."""
    pair = room.pairs[1]
    seat = room.seats[pair.seats[pair.game.to_move or ""] or 0]
    return rules.move(room, seat, MoveMessage(type="move", seq=seat.made + 1, move={}))


def same(room: Room, kept: list[Any]) -> bool:
    """Whether memory says what the file says."""
    return [(each.n, each.kind, each.data) for each in room.entries] == [
        (each.n, each.kind, each.data) for each in kept
    ]


class Refusing:
    """A disk that refuses as often as it is told, and then writes again."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times = 0
        self._write = store._write
        monkeypatch.setattr(store, "_write", self.write)

    def write(self, batch: Any) -> Any:
        if self.times > 0:
            self.times -= 1
            raise sqlite3.OperationalError("disk I/O error")
        return self._write(batch)


def test_an_action_is_in_one_transaction(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[list[str]] = []
    write = hall.store._write

    def spy(batch: Any) -> Any:
        written.extend([entry.kind for entry in entries] for _, entries in batch)
        return write(batch)

    monkeypatch.setattr(hall.store, "_write", spy)

    async def lesson() -> None:
        room = await begun(hall, 3)
        await hall.keep(room, rules.join(room, "Late", "late", hall.limits))
        await hall.keep(room, rules.join(room, "Later", "later", hall.limits))

    alone(lesson())
    assert written == [
        ["made", "set"], *[["joined"]] * 3, ["paired", "phase"], ["joined", "chair"], ["joined", "paired"]
    ]  # fmt: skip


@pytest.mark.parametrize("fails", ["first", "second"])
def test_an_action_of_two_entries_is_kept_whole_or_not_at_all(
    hall: Hall, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    async def lesson() -> None:
        room = await hall.make(MakeRoom(scenario="two_islands"))
        await hall.keep(room, rules.join(room, "Ana", "ana", hall.limits))
        insert = hall.store._insert
        before = await hall.store.journal(room.code)

        def full(code: str, entries: Any) -> None:
            insert(code, entries[:1] if fails == "second" else [])
            raise sqlite3.OperationalError("database or disk is full")

        with monkeypatch.context() as patch:
            patch.setattr(hall.store, "_insert", full)
            with pytest.raises(Refusal, match="could not be kept"):
                await hall.keep(room, rules.start(room))
        assert await hall.store.journal(room.code) == before
        again = await hall.find(room.code)
        assert (again.phase, len(again.pairs)) == ("lobby", 0)
        await hall.keep(again, rules.start(again))
        assert (again.phase, len(again.pairs)) == ("running", 1)

    alone(lesson())


def test_killed_after_any_action_a_lesson_goes_on(school: Callable[..., Class], tmp_path: Path) -> None:
    """The file as it is after each transaction, opened by another server."""
    classroom = school()
    store = classroom.app.state.hall.store
    copies: list[Path] = []
    write = store._write

    def copying(batch: Any) -> Any:
        faults = write(batch)
        copies.append(tmp_path / f"copy{len(copies)}")
        copies[-1].mkdir()
        for each in tmp_path.glob("class.sqlite*"):
            shutil.copy(each, copies[-1])
        return faults

    store._write = copying
    code, (ana, ben) = started(classroom)
    classroom.join(code, "Late")
    with at_table(ana, code) as one, at_table(ben, code) as two:
        (one if one.state["view"]["your_turn"] else two).move(words="Hello")
    classroom.tell(code, "end")
    classroom.close()
    phases = set()
    for copy in copies:
        again = Class(copy / "class.sqlite")
        if again.desk(code)["room"]["phase"] == "lobby" and again.desk(code)["seats"]:
            again.tell(code, "start")
        found = again.desk(code)
        phases.add(found["room"]["phase"])
        seated = [side["seat"] for pair in found["pairs"] for side in pair["sides"] if side["seat"]]
        assert sorted(seated) == [seat["seat"] for seat in found["seats"]]
        again.close()
    assert phases == {"lobby", "running", "ended"}


def test_what_an_earlier_version_tore_apart_is_made_whole(school: Callable[..., Class]) -> None:
    """Its rooms may have pairs without a start, and seats without a table."""
    classroom = school()
    code = classroom.make()
    ana = classroom.join(code, "Ana")
    classroom.tell(code, "start")
    late = classroom.join(code, "Late")
    path = classroom.app.state.hall.store.path

    def torn(kind: str) -> Class:
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("delete from journal where n >= (select max(n) from journal where kind = ?)", (kind,))
        return school()

    classroom.close()
    classroom = torn("chair")
    assert classroom.desk(code)["seats"][1]["pair"] is None
    with at_table(classroom.browser(dict(late.cookies)), code) as page:
        assert page.state["other"]["name"] == "Ana"
    classroom.close()
    classroom = torn("phase")
    assert (classroom.desk(code)["room"]["phase"], len(classroom.desk(code)["pairs"])) == ("lobby", 1)
    classroom.join(code, "Ben")
    classroom.tell(code, "start")
    assert len(classroom.desk(code)["pairs"]) == 2
    with at_table(classroom.browser(dict(ana.cookies)), code) as page:
        assert page.state["room"]["phase"] == "running" and page.state["you"]["pair"] == 1


def test_memory_and_file_agree_when_several_actions_are_refused_at_once(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Refusing(hall.store, monkeypatch)

    async def lesson() -> None:
        room = await begun(hall)
        other = await begun(hall)
        disk.times = 1
        refused = [hall.keep(room, moved(room)) for _ in range(4)]
        fine = hall.keep(other, moved(other))  # waits with those that lack their forerunner
        found = await asyncio.gather(*refused, return_exceptions=True)
        assert [type(each) for each in found] == [NotKeptError] * 4
        await fine
        assert room.given_up
        with pytest.raises(Refusal, match="opened anew"):
            moved(room)
        again = await hall.find(room.code)
        assert again is not room
        assert same(again, await hall.store.journal(room.code))
        assert same(other, await hall.store.journal(other.code))

    alone(lesson())


def test_nothing_acknowledged_is_lost_while_a_room_is_opened_anew(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk refuses now and then, moves go on, and each is in the file if and only if it was confirmed."""
    disk = Refusing(hall.store, monkeypatch)

    async def lesson() -> None:
        code = (await begun(hall)).code
        acknowledged = 0
        for k in range(9):
            disk.times = k % 3 == 0
            room = await hall.find(code)
            waiting = [hall.keep(room, moved(room)) for _ in range(1 + k % 2)]
            await asyncio.sleep(0)
            with_it = [hall.keep(room, moved(room))]
            found = await asyncio.gather(*waiting, *with_it, return_exceptions=True)
            acknowledged += sum(each is None for each in found)
            assert all(each is None or isinstance(each, NotKeptError) for each in found)
            kept = await hall.store.journal(code)
            assert sum(each.kind == "move" for each in kept) == acknowledged
            assert same(await hall.find(code), kept)
        assert acknowledged > 5

    alone(lesson())


def test_a_room_that_cannot_be_read_just_now_is_opened_later(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Refusing(hall.store, monkeypatch)

    async def lesson() -> None:
        room = await begun(hall)
        kept = await hall.store.journal(room.code)

        async def unreadable(code: str) -> Any:
            raise NotKeptError("disk I/O error")

        with monkeypatch.context() as patch:
            patch.setattr(hall.store, "journal", unreadable)
            disk.times = 1
            with pytest.raises(NotKeptError):
                await hall.keep(room, moved(room))
            with pytest.raises(NotKeptError):
                await hall.find(room.code)
        again = await hall.find(room.code)
        assert same(again, kept)
        await hall.keep(again, moved(again))

    alone(lesson())


def test_the_clocks_outlive_a_fault_and_late_turns_are_kept_together(
    hall: Hall, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    disk = Refusing(hall.store, monkeypatch)
    monkeypatch.setattr(clocks, "_TICK", 0.01)
    batches: list[int] = []

    async def lesson() -> None:
        broken = await begun(hall, clock_seconds=5)
        code = (await begun(hall, 8, clock_seconds=5)).code
        write = hall.store._write

        def counting(batch: Any) -> Any:
            faults = write(batch)
            batches.append(len(batch))
            return faults

        monkeypatch.setattr(hall.store, "_write", counting)

        def late(code: str) -> None:
            for pair in hall.rooms[code].pairs.values():
                pair.since -= 100.0

        async def passes(code: str, times: int) -> None:
            while sum(seat.clock_passes for seat in hall.rooms[code].seats.values()) < times:
                await asyncio.sleep(0.01)

        del broken.settings  # whatever may be wrong with a room
        disk.times = 1
        late(code)
        watching = asyncio.create_task(clocks.watch(hall))
        async with asyncio.timeout(20.0):
            while disk.times or code not in hall.rooms:
                await asyncio.sleep(0.01)
            late(code)
            await passes(code, 4)
        assert not watching.done()
        watching.cancel()
        assert max(batches) >= 3

    alone(lesson())
    assert "could not be looked at" in caplog.text and "the disk refused" in caplog.text


def test_a_debrief_is_of_the_room_that_ended(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Refusing(hall.store, monkeypatch)

    async def lesson() -> None:
        room = await begun(hall)
        disk.times = 1
        ending = hall.keep(room, rules.turn_to(room, "ended"))
        assert hall.debrief_state(room) == "reckoning", "a page of that moment has asked for it"
        with pytest.raises(Refusal):
            await ending
        await asyncio.to_thread(hall.reckoner._thread.submit(int).result)  # and it is made
        room = await hall.find(room.code)
        for _ in range(3):
            await hall.keep(room, moved(room))
        await hall.keep(room, rules.turn_to(room, "ended"))
        while hall.debrief_state(room) == "reckoning":
            await asyncio.sleep(0.05)
        assert hall.reckoner.found(room).pairs[1]["turns"] == room.pairs[1].game.turn

    alone(lesson())


def test_a_debrief_that_failed_is_tried_again_when_asked_for(
    hall: Hall, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(room: Room) -> Any:
        raise MemoryError

    async def lesson() -> None:
        room = await begun(hall)
        await hall.keep(room, rules.turn_to(room, "ended"))
        with monkeypatch.context() as patch:
            patch.setattr("bargain_sim.web.debriefs.reckon", failing)
            while hall.debrief_state(room) == "reckoning":
                await asyncio.sleep(0.01)
            assert [hall.debrief_state(room) for _ in range(3)] == ["failed"] * 3, (
                "looking alone tries nothing"
            )
        with pytest.raises(Refusal, match="could not be made"):
            hall.reckoner.found(room)
        while hall.debrief_state(room) == "reckoning":
            await asyncio.sleep(0.05)
        assert hall.reckoner.found(room).pairs

    alone(lesson())
    assert "failed" in caplog.text


def test_what_the_disk_refuses_has_not_happened(classroom: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    code, (ana, ben) = started(classroom)
    with at_table(ana, code) as one, at_table(ben, code) as two:
        player, other = (one, two) if one.state["view"]["your_turn"] else (two, one)
        player.my_turn()
        before, told = player.state["next"], list(other.lines)

        def full(batch: object) -> None:
            raise sqlite3.OperationalError("database or disk is full")

        with monkeypatch.context() as patch:
            patch.setattr(classroom.app.state.hall.store, "_write", full)
            answer = player.move()
            assert (answer["type"], answer["code"]) == ("refused", "not_kept")
            assert "could not be kept on disk" in answer["problem"] and answer["remedy"]
            assert classroom.tell(code, "pause", 503)["error"]["code"] == "not_kept"
        assert player.until(lambda state: state["view"]["your_turn"])["next"] == before
        assert other.lines == told
        assert classroom.desk(code)["room"]["phase"] == "running"
        # Once the disk takes it, the same move is made, once.
        assert player.move(seq=before)["type"] == "ack"
        other.my_turn()
    moves = classroom.teacher.get(f"/api/rooms/{code}/moves.csv").text
    assert sum(",person" in line for line in moves.splitlines()) == 1
