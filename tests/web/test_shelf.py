"""Rooms that are not in memory: listed, deleted and put away without being played again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

from people_in_process import Class, at_table, started

from bargain_sim.web import clocks


def test_a_room_that_cannot_be_played_again_is_listed_and_can_be_deleted(
    school: Callable[..., Class],
) -> None:
    classroom = school()
    broken, (ana, ben) = started(classroom)
    with at_table(ana, broken) as one, at_table(ben, broken) as two:
        (one if one.state["view"]["your_turn"] else two).move(words="kept")
    strange, _ = started(classroom)
    fine, _ = started(classroom, 3)
    rooms = classroom.teacher.get("/api/rooms").json()
    path = classroom.app.state.hall.store.path
    classroom.close()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(
            "update journal set data = json_set(data, '$.stands', '0') where room = ? and kind = 'move'",
            (broken,),
        )
        db.execute(
            "update journal set data = json_set(data, '$.strange', 5) where room = ? and kind = 'set'",
            (strange,),
        )
    classroom = school()
    assert classroom.teacher.get("/api/rooms").json() == rooms
    assert [(each["code"], each["students"], each["pairs"], each["phase"]) for each in rooms] == [
        (fine, 3, 2, "running"), (strange, 2, 1, "running"), (broken, 2, 1, "running")
    ]  # fmt: skip
    for code in (broken, strange):
        answer = classroom.teacher.get(f"/api/rooms/{code}")
        assert answer.status_code == 422 and "the rules" in answer.json()["error"]["problem"]
    assert '""words"": ""kept""' in classroom.teacher.get(f"/api/rooms/{broken}/moves.csv").text
    for code in (broken, strange):
        assert classroom.tell(code, "forget") == {"forgotten": code}
        assert classroom.tell(code, "forget", 404)["error"]["code"] == "no_room"
    assert [each["code"] for each in classroom.teacher.get("/api/rooms").json()] == [fine]


def an_hour_later(classroom: Class) -> None:
    """All rooms looked at once by the clock, as if nobody had had to do with them for an hour."""
    hall = classroom.app.state.hall

    def look() -> None:
        for room in tuple(hall.rooms.values()):
            hall._used[room.code] -= 3_600.0
            list(clocks._look(hall, room))

    assert classroom.teacher.portal is not None
    classroom.teacher.portal.call(look)


def test_a_list_opens_no_room_and_rooms_nobody_looks_at_are_put_away(school: Callable[..., Class]) -> None:
    classroom = school()
    code, (ana, ben) = started(classroom)
    over, _ = started(classroom)
    classroom.tell(over, "end")
    clocked, _ = started(classroom, settings={"clock_seconds": 600})
    with at_table(ana, code) as one, at_table(ben, code) as two:
        (one if one.state["view"]["your_turn"] else two).move(words="kept")
        lines = one.lines
    classroom.close()
    classroom = school()
    hall = classroom.app.state.hall
    assert len(classroom.teacher.get("/api/rooms").json()) == 3 and not hall.rooms
    for each in (code, over, clocked):
        classroom.desk(each)
    with at_table(classroom.browser(dict(ana.cookies)), code) as one:
        an_hour_later(classroom)
        assert set(hall.rooms) == {code, clocked}, "one is looked at, in the other a clock is running"
        assert not hall.reckoner._tasks
    an_hour_later(classroom)
    assert set(hall.rooms) == {clocked}
    with at_table(classroom.browser(dict(ana.cookies)), code) as one:
        assert [each["text"] for each in one.lines][: len(lines)] == [each["text"] for each in lines]
