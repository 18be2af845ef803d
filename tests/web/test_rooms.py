"""A lesson: students join, are paired, play, come late, drop out and come back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from people_in_process import Browser, Class, at_table
from pydantic import TypeAdapter

from bargain_sim.web.limits import Limits
from bargain_sim.web.messages import DeskMessage, ProjectorMessage, SeatMessage


def test_two_students_are_paired_and_play(classroom: Class) -> None:
    code = classroom.make()
    ana, ben = classroom.join(code, "Ana"), classroom.join(code, "Ben")
    with at_table(ana, code) as one, at_table(ben, code) as two:
        assert one.state["view"] is None
        assert one.move(gives={})["code"] == "not_started"
        classroom.tell(code, "start")
        one.until(lambda state: state["room"]["phase"] == "running")
        two.until(lambda state: state["room"]["phase"] == "running")
        assert {one.state["you"]["side"], two.state["you"]["side"]} == {"norrholm", "sydvik"}
        assert one.state["other"]["name"] == "Ben"
        first, second = sorted((one, two), key=lambda page: not page.state["view"]["your_turn"])
        assert first.state["you"]["side"] == "sydvik"
        refusal = second.move(words="me first")
        assert refusal["type"] == "refused" and refusal["code"] == "not_your_turn"
        answer = first.move(gives={"apology_read": 1}, words="As agreed.")
        assert answer == {"type": "ack", "seq": 1}
        second.my_turn()
        assert any(line["who"] == "they" and "apology" in line["text"] for line in second.lines)
        assert any(line["text"] == "As agreed." for line in second.lines)
        second.move(dialogue="leave")
        first.until(lambda state: state["view"]["over"])
        assert first.state["view"]["outcome"] == "breakdown"
    rows = classroom.desk(code)["pairs"]
    assert [row["outcome"] for row in rows] == ["breakdown"]


def test_every_message_has_the_shape_that_was_promised(classroom: Class) -> None:
    code = classroom.make(settings={"clock_seconds": 600, "predict_first": True})
    with at_table(classroom.join(code, "Ana"), code) as one:
        TypeAdapter(SeatMessage).validate_python(one.state)
        classroom.tell(code, "start")
        one.until(lambda state: state["room"]["phase"] == "predicting")
        assert one.move()["code"] == "predict_first"
        one.send({"type": "predict", "ending": "grand_bargain", "score": 40.5})
        one.until(lambda state: state["prediction"] is not None)
        TypeAdapter(SeatMessage).validate_python(one.state)
        assert one.state["clock"]["of"] == 600
        with classroom.teacher.websocket_connect(f"/ws/desk/{code}") as desk:
            TypeAdapter(DeskMessage).validate_python(desk.receive_json())
        with classroom.teacher.websocket_connect(f"/ws/projector/{code}") as wall:
            TypeAdapter(ProjectorMessage).validate_python(wall.receive_json())
    assert classroom.desk(code)["predictions"] == {
        "asked": 1, "given": 1, "endings": {"grand_bargain": 1}
    }  # fmt: skip


@pytest.mark.parametrize("students", [1, 2, 5])
def test_everyone_has_a_table_and_the_odd_one_plays_a_strategy(classroom: Class, students: int) -> None:
    code = classroom.make()
    for _ in range(students):
        classroom.join(code)
    classroom.tell(code, "start")
    desk = classroom.desk(code)
    seated = [side["seat"] for pair in desk["pairs"] for side in pair["sides"] if side["seat"] is not None]
    assert sorted(seated) == list(range(1, students + 1))
    alone = [pair for pair in desk["pairs"] if {side["played_by"] for side in pair["sides"]} != {"person"}]
    assert len(alone) == students % 2


def test_a_latecomer_sits_down_with_the_odd_one_and_the_next_one_alone(classroom: Class) -> None:
    code = classroom.make()
    classroom.join(code, "Ana")
    classroom.tell(code, "start")
    late = classroom.join(code, "Ben")
    with at_table(late, code) as two:
        assert two.state["other"]["name"] == "Ana"
        assert two.state["view"] is not None
    with at_table(classroom.join(code, "Cleo"), code) as three:
        assert three.state["other"]["played_by"] == "strategy"
    assert len(classroom.desk(code)["pairs"]) == 2


def test_against_strategies_all_play_the_side_that_is_asked_for(classroom: Class) -> None:
    code = classroom.make(settings={"pairing": "strategies", "play_as": "sydvik"})
    for _ in range(3):
        classroom.join(code)
    classroom.tell(code, "start")
    assert [[side["seat"] is None for side in pair["sides"]] for pair in classroom.desk(code)["pairs"]] == [
        [True, False]
    ] * 3


def test_a_seat_is_found_again_after_closing_the_page_and_after_a_restart(
    school: Callable[..., Class],
) -> None:
    before = school()
    code = before.make()
    ana, ben = before.join(code, "Ana"), before.join(code, "Ben")
    before.tell(code, "start")
    with at_table(ana, code) as one, at_table(ben, code) as two:
        player = one if one.state["view"]["your_turn"] else two
        name = player.state["you"]["name"]
        player.move(gives={"apology_read": 1})
    views = {}
    for client in (ana, ben):
        with at_table(client, code) as page:
            views[page.state["you"]["name"]] = (page.state["view"], page.lines, page.state["next"])
    before.close()
    after = school()
    for cookies in (ana.cookies, ben.cookies):
        with at_table(after.browser(dict(cookies)), code) as page:
            assert views[page.state["you"]["name"]] == (page.state["view"], page.lines, page.state["next"])
            if page.state["you"]["name"] == name:
                assert page.move(seq=1)["code"] == "replayed"


def test_a_strategy_takes_over_and_the_student_comes_back(classroom: Class) -> None:
    code = classroom.make()
    ana, ben = classroom.join(code, "Ana"), classroom.join(code, "Ben")
    classroom.tell(code, "start")
    classroom.tell(code, "replace", seat=1)
    with at_table(ben, code) as two:
        assert two.state["other"]["played_by"] == "replaced"
        two.my_turn()
        two.move(words="hello?")
        two.my_turn()
        with at_table(ana, code) as one:
            assert one.state["you"]["played_by"] == "replaced"
            assert one.move(words="I am here")["type"] == "refused"
            classroom.tell(code, "restore", seat=1)
            one.until(lambda state: state["you"]["played_by"] == "person")
    assert classroom.tell(code, "restore", 409, seat=1)["error"]["code"] == "not_replaced"


def test_who_stays_away_is_replaced_and_has_the_seat_on_return(classroom: Class) -> None:
    code = classroom.make(settings={"absent_seconds": 5})
    ana, ben = classroom.join(code, "Ana"), classroom.join(code, "Ben")
    classroom.tell(code, "start")
    seats = classroom.app.state.hall.rooms[code].seats
    with at_table(ben, code) as two:
        seats[1].expected -= 60.0  # a minute ago
        two.until(lambda state: state["other"]["played_by"] == "replaced")
        with at_table(ana, code) as one:
            assert one.state["you"]["played_by"] == "person"
            two.until(lambda state: state["other"]["played_by"] == "person")


def test_strategies_do_not_play_on_while_nobody_is_there(classroom: Class) -> None:
    """Neither for an odd one, nor for two who are both away: an outage must not end every game."""
    code = classroom.make(settings={"absent_seconds": 5})
    for name in ("Ana", "Ben", "Cid"):
        classroom.join(code, name)
    classroom.tell(code, "start")
    hall = classroom.app.state.hall
    for seat in hall.rooms[code].seats.values():
        seat.expected -= 60.0  # a minute ago
    before = {pair["pair"]: pair["turn"] for pair in classroom.desk(code)["pairs"]}
    late = classroom.join(code, "Dora")  # two looks of the clock at least go by while she sits down
    with at_table(late, code) as four:
        four.until(lambda state: state["other"]["played_by"] == "replaced" or state["other"] is None)
    desk = classroom.desk(code)
    assert {pair["pair"]: pair["turn"] for pair in desk["pairs"]}[1] == before[1]
    assert not any(pair["over"] for pair in desk["pairs"])


def test_a_clock_that_is_set_anew_begins_anew(classroom: Class) -> None:
    code = classroom.make()
    classroom.join(code, "Ana"), classroom.join(code, "Ben")
    classroom.tell(code, "start")
    pair = classroom.app.state.hall.rooms[code].pairs[1]
    pair.since -= 100.0
    classroom.tell(code, "settings", clock_seconds=60)
    assert pair.waiting < 50.0
    classroom.tell(code, "settings", locked=True)
    pair.since -= 10.0
    classroom.tell(code, "settings", clock_seconds=60, locked=False)
    assert pair.waiting >= 10.0


def test_without_a_seed_a_room_has_luck_that_nobody_knows(classroom: Class) -> None:
    seeds = set()
    for _ in range(3):
        code = classroom.teacher.post("/api/rooms", json={"scenario": "two_islands"}).json()["code"]
        seeds.add(classroom.app.state.hall.rooms[code].seed)
    assert len(seeds) == 3 and classroom.app.state.hall.rooms[classroom.make()].seed == 0


def test_the_explorer_is_closed_to_students_while_a_room_is_played(classroom: Class) -> None:
    code = classroom.make()
    ana = classroom.join(code, "Ana")
    asked = {"client": "x", "now": {"scenario": "two_islands"}}
    asking = {"run": asked, "runs.csv": asked, "story": asked | {"run": 0}}

    def answers(client: Browser) -> list[int]:
        posted = [client.post(f"/explore/{what}", json=body) for what, body in asking.items()]
        return [each.status_code for each in (client.get("/explore/scenarios/two_islands"), *posted)]

    with at_table(ana, code):
        classroom.tell(code, "start")
        assert answers(ana) == [409] * 4
        refusal = ana.get("/explore/scenarios/two_islands").json()["error"]
        assert refusal["code"] == "closed" and "both sides' sheets" in refusal["problem"]
        assert classroom.teacher.get("/explore/scenarios/two_islands").status_code == 200
        classroom.tell(code, "end")
        assert ana.get("/explore/scenarios/two_islands").status_code == 200


def test_who_has_just_joined_is_waited_for(classroom: Class) -> None:
    """However long the server has been running, and whenever the same seat was last seen."""
    code = classroom.make(settings={"absent_seconds": 60})
    classroom.join(code, "Ana")
    with at_table(classroom.join(code, "Ben"), code):
        pass
    hall = classroom.app.state.hall
    ana, ben = hall.rooms[code].seats.values()
    for seat in (ana, ben):
        seat.expected -= 3_600.0  # they joined an hour ago, and the server is older still
    hall.hub._left[code, 2] -= 1_800.0
    away = {seat.number: hall.hub.away(code, seat.number, seat.expected) for seat in (ana, ben)}
    assert away[1] > 3_500.0 and 1_700.0 < away[2] < 3_500.0
    classroom.tell(code, "start")
    assert max(hall.hub.away(code, seat.number, seat.expected) for seat in (ana, ben)) < 60.0
    classroom.tell(code, "forget")
    assert not hall.hub._left


def test_the_clock_lets_a_turn_pass_and_rests_in_a_pause(classroom: Class) -> None:
    code = classroom.make(settings={"clock_seconds": 60})
    with at_table(classroom.join(code, "Ana"), code) as one:
        classroom.tell(code, "start")
        one.my_turn()
        pair = classroom.app.state.hall.rooms[code].pairs[1]
        classroom.tell(code, "pause")
        waited = pair.waiting
        assert pair.waiting == waited
        one.until(lambda state: state["room"]["phase"] == "paused")
        assert one.move()["code"] == "room_paused"
        classroom.tell(code, "resume")
        pair.since -= 61.0
        one.until(lambda state: state["next"] == 2)
    (seat,) = classroom.desk(code)["seats"]
    assert (seat["moves"], seat["clock_passes"]) == (0, 1)


def test_a_seat_that_is_given_up_is_free_for_another(school: Callable[..., Class]) -> None:
    classroom = school(limits=Limits(seats=2))
    code = classroom.make()
    classroom.join(code), classroom.join(code)
    full = classroom.browser().post("/api/join", json={"room": code})
    assert full.json()["error"]["code"] == "full"
    classroom.tell(code, "remove", seat=1)
    classroom.join(code)
    assert [seat["seat"] for seat in classroom.desk(code)["seats"]] == [2, 3]


def test_an_event_strikes_in_every_room(classroom: Class) -> None:
    code = classroom.make()
    clients = [classroom.join(code) for _ in range(4)]
    classroom.tell(code, "start")
    assert classroom.tell(code, "strike", event="storm") == {"pairs": 2}
    for client in clients:
        with at_table(client, code) as page:
            page.my_turn() if page.state["view"]["your_turn"] else None
            struck = any("A storm tears nets" in line["text"] for line in page.lines)
            assert struck
            assert page.state["view"]["mode"] == "paused"
    assert "poacher" in classroom.tell(code, "strike", 422, event="poachers")["error"]["remedy"]


def test_hidden_names_stand_at_the_desk_alone(classroom: Class) -> None:
    code = classroom.make(settings={"hide_names": True})
    ana, _ = classroom.join(code, "Anastasia"), classroom.join(code, "Benedikt")
    classroom.tell(code, "start")
    with at_table(ana, code) as one:
        assert "Benedikt" not in str(one.state)
    with classroom.teacher.websocket_connect(f"/ws/projector/{code}") as wall:
        assert "Anastasia" not in wall.receive_text()
    desk = classroom.desk(code)
    assert [seat["name"] for seat in desk["seats"]] == ["Anastasia (Seat 1)", "Benedikt (Seat 2)"]
    assert {side["name"] for side in desk["pairs"][0]["sides"]} == {seat["name"] for seat in desk["seats"]}


def test_the_teacher_can_read_what_is_wrong_with_settings(classroom: Class) -> None:
    answer = classroom.teacher.post(
        "/api/rooms", json={"scenario": "two_islands", "set": ["sides.norrholm.initial_trust=7"]}
    )
    assert answer.status_code == 422
    assert "initial_trust" in answer.json()["error"]["problem"]
    assert classroom.teacher.get("/api/rooms").json() == []
    code = classroom.make(set=["sides.norrholm.initial_trust=0.7"])
    assert classroom.desk(code)["overrides"] == ["sides.norrholm.initial_trust=0.7"]


def test_a_room_is_forgotten_with_all_that_was_in_it(classroom: Class, tmp_path_factory: object) -> None:
    code = classroom.make()
    client = classroom.join(code, "Xanthippe")
    classroom.tell(code, "forget")
    assert classroom.teacher.get(f"/api/rooms/{code}").status_code == 404
    with client.websocket_connect(f"/ws/room/{code}") as socket:
        assert socket.receive_json()["code"] == "no_room"
    path = classroom.app.state.hall.store.path
    classroom.close()
    assert not any(b"Xanthippe" in each.read_bytes() for each in path.parent.iterdir())


def test_the_waiting_room_tells_how_many_are_there(classroom: Class) -> None:
    code = classroom.make()
    with at_table(classroom.join(code, "Ana"), code) as first:
        assert first.state["room"]["students"] == 1
        classroom.join(code, "Ben")
        classroom.join(code, "Cid")
        first.until(lambda state: state["room"]["students"] == 3)


def test_the_wall_shows_an_address_that_others_reach(classroom: Class) -> None:
    """Also where the teacher opened it at this computer's own, which is everybody's."""
    code = classroom.make()
    own = classroom.teacher.get(f"/api/qr/{code}.svg").text
    classroom.app.state.reachable_at = "10.42.0.1:8000"
    with classroom.teacher.websocket_connect(f"/ws/projector/{code}") as wall:
        assert wall.receive_json()["address"] == "http://10.42.0.1:8000/"
    assert classroom.teacher.get(f"/api/qr/{code}.svg").text != own
