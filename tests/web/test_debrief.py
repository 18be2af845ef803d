"""After the end: what each may see at which step, the files, and classes beside each other."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from dataclasses import fields
from typing import Any

import pytest
from people_in_process import Browser, Class, at_table

from bargain_sim.table.debrief import Debrief, SideDebrief
from bargain_sim.web.debriefs import SHOWN_FROM, SIDE_SHOWN_FROM, class_debrief
from bargain_sim.web.export import as_csv
from bargain_sim.web.messages import REVEALS
from bargain_sim.web.seats import Seat


def played(classroom: Class, **settings: Any) -> tuple[str, list[Browser]]:
    """A room of two pairs, in which a few moves were made, and that has ended."""
    code = classroom.make(settings={"predict_first": True, **settings})
    clients = [classroom.join(code, name) for name in ("Ana", "=Ben()", "Cleo", "Dora")]
    classroom.tell(code, "start")
    for client in clients:
        with at_table(client, code) as page:
            page.send({"type": "predict", "ending": "breakdown", "score": 5.0})
            page.until(lambda state: state["prediction"] is not None)
    classroom.tell(code, "start")
    for _ in range(3):
        for client in clients:
            with at_table(client, code) as page:
                if page.state["view"]["your_turn"]:
                    gives = page.state["options"]["gives"]
                    page.move(gives={gives[0]["concession"]: 1}, words="@here you are")
    with at_table(clients[0], code) as page:
        if not page.state["view"]["your_turn"]:
            other = next(c for c in clients[1:] if paired(c, code) == page.state["you"]["pair"])
            with at_table(other, code) as second:
                second.move()
        page.my_turn()
        page.move(dialogue="leave")
    classroom.tell(code, "end")
    return code, clients


def paired(client: Browser, code: str) -> int:
    with at_table(client, code) as page:
        return int(page.state["you"]["pair"])


def debrief_of(client: Browser, code: str) -> dict[str, Any]:
    for _ in range(200):
        answer = client.get(f"/api/debrief/{code}")
        if answer.status_code != 409:
            assert answer.status_code == 200, answer.text
            found: dict[str, Any] = answer.json()
            return found
        assert answer.json()["error"]["code"] == "reckoning"
        time.sleep(0.1)
    raise AssertionError("the debrief was never there")


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))


def test_a_debrief_is_sent_again_only_when_it_says_something_else(classroom: Class) -> None:
    code, clients = played(classroom)
    debrief_of(classroom.teacher, code)

    def version() -> int:
        return int(classroom.desk(code)["room"]["debrief_version"])

    def asked(client: Browser, tag: str) -> tuple[int, str]:
        answer = client.get(f"/api/debrief/{code}", headers={"If-None-Match": tag})
        return answer.status_code, answer.headers["ETag"]

    status, tag = asked(clients[0], "")
    assert status == 200 and asked(clients[0], tag) == (304, tag)
    assert asked(clients[1], tag)[0] == asked(classroom.teacher, tag)[0] == 200
    before = version()
    classroom.tell(code, "reveal", step=1)
    assert version() == before  # the wall has all steps at once
    status, shown = asked(clients[0], tag)
    assert status == 200 and asked(clients[0], shown)[0] == 304
    classroom.tell(code, "names", hide=True)
    assert version() != before
    assert asked(clients[0], shown)[0] == 200


def test_the_debrief_is_shown_step_by_step(classroom: Class) -> None:
    code, clients = played(classroom)
    whole = debrief_of(classroom.teacher, code)
    assert len(whole["pairs"]) == 2 and whole["yours"] is None
    assert len(whole["cloud"]["scores"]) == 2_000
    assert sum(whole["cloud"]["shares"].values()) == pytest.approx(1.0)
    before = debrief_of(clients[0], code)
    assert [before[key] for key in ("pairs", "summary", "frontier", "solutions", "cloud", "predictions")] == [
        None
    ] * 6
    seen: list[str] = []
    for step in range(1, len(REVEALS) + 1):
        classroom.tell(code, "reveal", step=step)
        now = debrief_of(clients[0], code)
        own = next(pair["debrief"] for pair in now["pairs"] if pair["pair"] == now["yours"])
        other = next(pair["debrief"] for pair in now["pairs"] if pair["pair"] != now["yours"])
        seen.append(REVEALS[step - 1])
        assert (now["frontier"] is not None) == (own["joint_share"] is not None) == ("frontier" in seen)
        assert (now["cloud"] is not None) == (own["below_joint"] is not None) == ("cloud" in seen)
        assert bool(own["dance"]) == ("dance" in seen)
        assert (now["predictions"] is not None) == ("predictions" in seen)
        assert bool(own["sentences"]) == ("swaps" in seen)
        assert not other["dance"] and not other["sentences"] and other["sides"][0]["trust"] is None
    assert own["dance"] == next(p["debrief"] for p in whole["pairs"] if p["pair"] == now["yours"])["dance"]


def test_every_part_of_a_debrief_has_its_step() -> None:
    """What is added to a debrief is shown to nobody before somebody has thought of when."""
    assert set(SHOWN_FROM) == {field.name for field in fields(Debrief)}
    assert set(SIDE_SHOWN_FROM) == {field.name for field in fields(SideDebrief)}
    assert {*SHOWN_FROM.values(), *SIDE_SHOWN_FROM.values()} <= set(REVEALS)


def test_who_has_no_pair_sees_of_each_what_the_others_see(classroom: Class) -> None:
    code, _ = played(classroom)
    debrief_of(classroom.teacher, code)
    classroom.tell(code, "reveal", step=len(REVEALS))
    hall = classroom.app.state.hall
    room = hall.rooms[code]
    found = class_debrief(room, hall.reckoner.found(room), Seat(9, "Eve", "token"), teacher=False)
    assert found["yours"] is None and len(found["pairs"]) == 2
    for pair in found["pairs"]:
        assert not pair["debrief"]["dance"] and not pair["debrief"]["sentences"]
        assert pair["debrief"]["sides"][0]["trust"] is None


def test_the_class_is_summed_up(classroom: Class) -> None:
    code, _ = played(classroom)
    whole = debrief_of(classroom.teacher, code)
    assert whole["summary"]["endings"] == {"breakdown": 1}
    assert whole["summary"]["ended"] == 1
    assert whole["predictions"]["given"] == 4 and whole["predictions"]["right"] == 2
    scores = [[side["score"] for side in pair["debrief"]["sides"]] for pair in whole["pairs"]]
    assert whole["summary"]["mean_scores"] == pytest.approx(
        [sum(each) / 2 for each in zip(*scores, strict=True)]
    )
    nash, frontier = whole["solutions"]["nash"], whole["frontier"]
    assert whole["pairs"][0]["debrief"]["nash"] == nash
    assert sum(whole["solutions"]["utilitarian"]) == max(a + b for a, b in frontier)
    assert all(point in frontier for point in whole["solutions"].values())


def test_the_tables_hold_every_pair_and_every_turn(classroom: Class) -> None:
    code, _ = played(classroom)
    debrief_of(classroom.teacher, code)
    answer = classroom.teacher.get(f"/api/rooms/{code}/results.csv")
    assert answer.headers["content-disposition"] == f'attachment; filename="bargain-{code}-results.csv"'
    rows = table(answer.text)
    assert [row["pair"] for row in rows] == ["1", "2"]
    assert sorted(row["outcome"] for row in rows) == ["breakdown", "not_ended"]
    names = {row[f"name_{side}"] for row in rows for side in ("norrholm", "sydvik")}
    assert names == {"Ana", "'=Ben()", "Cleo", "Dora"}, "a name must not become a formula"
    turns = table(classroom.teacher.get(f"/api/rooms/{code}/moves.csv").text)
    games = classroom.app.state.hall.rooms[code].pairs
    assert len(turns) == sum(pair.game.turn for pair in games.values())
    assert {turn["who"] for turn in turns} == {"person"}
    assert "'@here you are" in {turn["words"] for turn in turns}
    made = [(turn["seat"], turn["seq"]) for turn in turns]
    assert len(set(made)) == len(made)


def test_a_table_of_nothing_has_its_columns(classroom: Class) -> None:
    code = classroom.make()
    text = classroom.teacher.get(f"/api/rooms/{code}/moves.csv").text
    classroom.join(code)
    classroom.tell(code, "start")
    classroom.tell(code, "replace", seat=1)
    (first, *_) = table(classroom.teacher.get(f"/api/rooms/{code}/moves.csv").text)
    assert text.lstrip("\ufeff").strip().split(",") == list(first)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_becomes_a_formula(start: str) -> None:
    text = "".join(as_csv([{"words": f"{start}cmd()", "number": -1.5}]))
    (row,) = table(text)
    assert row == {"words": f"'{start}cmd()", "number": "-1.5"}


def test_a_strategy_in_a_students_place_is_marked(classroom: Class) -> None:
    code = classroom.make()
    ana, _ = classroom.join(code, "Ana"), classroom.join(code, "Ben")
    classroom.tell(code, "start")
    classroom.tell(code, "replace", seat=2)
    with at_table(ana, code) as one:
        one.my_turn()
        one.move()
        one.my_turn()
    classroom.tell(code, "end")
    debrief_of(classroom.teacher, code)
    (row,) = table(classroom.teacher.get(f"/api/rooms/{code}/results.csv").text)
    side = next(side for side in ("norrholm", "sydvik") if row[f"seat_{side}"] == "2")
    assert row[f"played_by_{side}"] == "replaced"
    assert int(row[f"strategy_turns_{side}"]) >= 1
    turns = table(classroom.teacher.get(f"/api/rooms/{code}/moves.csv").text)
    assert {turn["who"] for turn in turns if turn["side"] == side} == {"replaced"}


def test_turns_of_a_strategy_before_a_latecomer_are_its_own(classroom: Class) -> None:
    code = classroom.make()
    ana = classroom.join(code, "Ana")
    classroom.tell(code, "start")
    classroom.join(code, "Ben")  # sits down where a strategy has made the first move
    classroom.tell(code, "replace", seat=2)
    with at_table(ana, code) as one:
        one.my_turn()
        one.move()
        one.my_turn()
    turns = table(classroom.teacher.get(f"/api/rooms/{code}/moves.csv").text)
    assert [turn["who"] for turn in turns] == ["strategy", "person", "replaced"]


def test_the_wall_says_no_more_than_is_revealed(classroom: Class) -> None:
    code, _ = played(classroom)
    debrief_of(classroom.teacher, code)
    classroom.tell(code, "reveal", step=1)
    wall = classroom.teacher.get(f"/api/debrief/{code}?shown").json()
    assert wall["frontier"] is None and not any("best joint" in each for each in wall["summary"]["sentences"])
    classroom.tell(code, "reveal", step=5)
    wall = classroom.teacher.get(f"/api/debrief/{code}?shown").json()
    assert wall["frontier"] and all(pair["debrief"]["dance"] for pair in wall["pairs"])
    assert wall["predictions"] is None


def test_an_earlier_class_is_laid_beside_this_one(classroom: Class) -> None:
    code, _ = played(classroom)
    earlier = debrief_of(classroom.teacher, code)
    kept = classroom.teacher.get(f"/api/rooms/{code}/results.csv").content
    again, _ = played(classroom)
    debrief_of(classroom.teacher, again)
    answer = classroom.teacher.post(f"/api/rooms/{again}/earlier", content=kept)
    assert answer.json() == {"pairs": 2}
    beside = debrief_of(classroom.teacher, again)["earlier"]
    assert beside["mean_scores"] == pytest.approx(earlier["summary"]["mean_scores"])
    assert beside["endings"] == {"breakdown": 1} and beside["same"] is True
    other = classroom.make(set=["sides.norrholm.outside_option=3"])
    classroom.join(other)
    classroom.tell(other, "start")
    classroom.tell(other, "end")
    classroom.teacher.post(f"/api/rooms/{other}/earlier", content=kept)
    assert "with care" in debrief_of(classroom.teacher, other)["earlier"]["sentences"][-1]


@pytest.mark.parametrize(
    "text", [b"", b"\xff\xfe", b"a,b\n1,2\n", b'"', b"x" * 300_000, "kind\n" + "bargain_sim class\n" * 3_000]
)
def test_a_file_that_is_no_class_is_refused(classroom: Class, text: bytes | str) -> None:
    code = classroom.make()
    answer = classroom.teacher.post(f"/api/rooms/{code}/earlier", content=text)
    assert answer.status_code == 422
    assert "no results of a class" in answer.json()["error"]["problem"]


def test_the_whole_debrief_is_one_file_that_asks_for_nothing(classroom: Class) -> None:
    code, _ = played(classroom)
    whole = debrief_of(classroom.teacher, code)
    html = classroom.teacher.get(f"/api/rooms/{code}/debrief.html").text
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    assert json.loads(found[1]) == whole
    assert not re.search(r'(src|href)="(?!#|data:)', html)
    assert "default-src &#39;none&#39;" in html


def test_there_is_no_debrief_before_the_end_and_none_for_strangers(classroom: Class) -> None:
    code = classroom.make()
    client = classroom.join(code)
    assert client.get(f"/api/debrief/{code}").json()["error"]["code"] == "not_now"
    assert classroom.browser().get(f"/api/debrief/{code}").status_code == 403
    classroom.tell(code, "reveal", 409, step=1)


def test_a_debrief_that_fails_says_so_and_is_logged(
    classroom: Class, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the frontier is lost")

    monkeypatch.setattr("bargain_sim.web.debriefs.reference", broken)
    code = classroom.make()
    classroom.join(code)
    classroom.tell(code, "start")
    classroom.tell(code, "end")
    for _ in range(100):
        if classroom.desk(code)["debrief"] == "failed":
            break
        time.sleep(0.05)
    answer = classroom.teacher.get(f"/api/debrief/{code}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "failed")
    assert "the frontier is lost" in caplog.text
    assert classroom.teacher.get(f"/api/rooms/{code}/moves.csv").status_code == 200
