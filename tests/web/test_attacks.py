"""What people try: every request here is refused with a clear message, and no room is lost by it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from people_in_process import KEY, Browser, Class, at_table, started
from starlette.websockets import WebSocketDisconnect

from bargain_sim.web.limits import Limits, Rate, Rates
from bargain_sim.web.naming import clean


def closed(client: Browser, url: str, **options: Any) -> dict[str, Any]:
    """The last message of a socket that is turned away."""
    with client.websocket_connect(url, **options) as socket:
        message: dict[str, Any] = socket.receive_json()
        assert message["type"] == "closed"
        with pytest.raises(WebSocketDisconnect) as gone:
            socket.receive_json()
    return message | {"closed": gone.value.code}


# --- Seats ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["", "1", "x" * 43, "a; path=/", "\x00", "A" * 5_000])
def test_a_forged_seat(classroom: Class, token: str) -> None:
    code, _ = started(classroom)
    client = classroom.browser()
    client.headers["Cookie"] = f"bargain_seat_{code}={token}"
    assert closed(client, f"/ws/room/{code}") == {
        "type": "closed", "code": "no_seat", "problem": "you have no seat in this room",
        "remedy": "Join it first", "closed": 4401,
    }  # fmt: skip
    assert client.get(f"/api/debrief/{code}").status_code == 403


def test_a_seat_of_another_room_is_none_here(classroom: Class) -> None:
    code, (ana, _) = started(classroom)
    other, _ = started(classroom)
    token = ana.cookies[f"bargain_seat_{code}"]
    client = classroom.browser({f"bargain_seat_{other}": token})
    assert closed(client, f"/ws/room/{other}")["code"] == "no_seat"


def test_no_message_acts_for_another_seat(classroom: Class) -> None:
    """Nothing in a message says whose it is; what tries to is refused as a whole."""
    code, (ana, ben) = started(classroom)
    with at_table(ana, code) as one, at_table(ben, code) as two:
        mine, other = (two, one) if one.state["view"]["your_turn"] else (one, two)
        side = other.state["you"]["side"]
        for extra in ({"seat": 1}, {"side": side}, {"pair": 1}, {"token": "x"}, {"by": "clock"}):
            mine.send({"type": "move", "seq": 1, "move": {}, **extra})
            assert mine.next("refused")["code"] == "message"
            mine.send({"type": "move", "seq": 1, "move": extra})
            assert mine.next("refused")["code"] == "message"
        assert mine.move()["code"] == "not_your_turn"
    assert [seat["moves"] for seat in classroom.desk(code)["seats"]] == [0, 0]


def test_the_tokens_are_not_in_the_file(classroom: Class) -> None:
    code, clients = started(classroom)
    path = classroom.app.state.hall.store.path
    kept = b"".join(each.read_bytes() for each in path.parent.iterdir())
    assert code.encode() in kept
    for client in clients:
        assert client.cookies[f"bargain_seat_{code}"].encode() not in kept
    assert KEY.encode() not in kept


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(classroom: Class) -> None:
    code = classroom.make()
    joined = classroom.browser().post("/api/join", json={"room": code})
    key = classroom.browser().post("/desk/key", data={"key": KEY}, follow_redirects=False)
    for answer in (joined, key):
        assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(answer.headers["set-cookie"].split("; "))


# --- Moves ----------------------------------------------------------------------------------------------


def test_a_move_is_made_once(classroom: Class) -> None:
    code, (ana, ben) = started(classroom)
    with at_table(ana, code) as one, at_table(ben, code) as two:
        mine, other = (one, two) if one.state["view"]["your_turn"] else (two, one)
        assert mine.move(seq=1)["type"] == "ack"
        refusal = mine.move(seq=1)
        assert (refusal["code"], refusal["seq"]) == ("replayed", 1)
        assert mine.move(seq=3)["code"] == "ahead"
        assert mine.move()["code"] == "not_your_turn"
        other.my_turn()
        assert other.move()["type"] == "ack"
        mine.my_turn()
        assert mine.move(seq=1)["code"] == "replayed", "and it is not taken for a new one"
    assert [seat["moves"] for seat in classroom.desk(code)["seats"]] == [1, 1]


def test_a_move_across_a_red_line_or_of_what_is_not_there(classroom: Class) -> None:
    code, clients = started(classroom, 2)
    pages = {}
    with at_table(clients[0], code) as one, at_table(clients[1], code) as two:
        pages = {page.state["you"]["side"]: page for page in (one, two)}
        sydvik, norrholm = pages["sydvik"], pages["norrholm"]
        sydvik.move()
        norrholm.my_turn()
        before = norrholm.state
        tries: list[tuple[dict[str, Any], str]] = [
            ({"gives": {"lighthouse": 1}}, "red_line"),
            ({"gives": {"fishing_days": 7}}, "too_many"),
            ({"gives": {"new_pier": 1}}, "requires"),
            ({"gives": {"nets_returned": 1}}, "not_yours"),
            ({"gives": {"atlantis": 1}}, "unknown"),
            ({"gives": {"fishing_days": 1}, "delivered": 1.5}, "message"),
            ({"gives": {"fishing_days": 10**15}}, "message"),
            ({"gives": {"fishing_days": 1.5}}, "message"),
            ({"gives": {"fishing_days": -1}}, "message"),
            ({"corrects": ["fishing_days"]}, "nothing_short"),
            ({"answers": "accept"}, "no_offer"),
            ({"proposes": ["fishing_days", "apology_read"]}, "institutions"),
            ({"asks": "mayors_visit"}, "not_theirs"),
            ({"dialogue": "resume"}, "not_paused"),
            ({"words": "x" * 281}, "message"),
            ({"words": "a\x00b"}, "message"),
        ]
        for move, refused in tries:
            refusal = norrholm.move(**move)
            assert (refusal["type"], refusal["code"]) == ("refused", refused), move
            assert refusal["problem"]
        assert norrholm.state == before, "nothing has changed"
        assert norrholm.move(gives={"mayors_visit": 1})["type"] == "ack"


def test_moves_before_after_and_in_a_pause(classroom: Class) -> None:
    code = classroom.make()
    with at_table(classroom.join(code), code) as one:
        assert one.move()["code"] == "not_started"
        classroom.tell(code, "start")
        one.my_turn()
        classroom.tell(code, "pause")
        assert one.move()["code"] == "room_paused"
        classroom.tell(code, "resume")
        classroom.tell(code, "end")
        assert one.move()["code"] == "room_ended"
        one.send({"type": "predict", "ending": "stall", "score": 0.0})
        assert one.next("refused")["code"] == "not_now"
    assert classroom.browser().post("/api/join", json={"room": code}).json()["error"]["code"] == "room_ended"


# --- The other side's sheet -----------------------------------------------------------------------------


def test_no_request_of_a_student_shows_the_other_sides_sheet(classroom: Class) -> None:
    """The numbers only Sydvik may know, each unlike any other, are in nothing that Norrholm receives."""
    secrets = {"outside_option": "12.34567", "bonus": "15.76543"}
    changes = [f"sides.sydvik.{name}={value}" for name, value in secrets.items()]
    changes.append("concessions.nets_returned.cost=4.13131")
    hidden = [*secrets.values(), "4.13131"]
    code, clients = started(classroom, set=changes)
    received: dict[str, str] = {}
    for client in clients:
        with at_table(client, code) as page:
            if page.state["view"]["your_turn"]:
                page.move(gives={"apology_read": 1})
            page.send({"type": "hint"})
            texts = [json.dumps(page.next("hint")), json.dumps(page.state), json.dumps(page.lines)]
            side = page.state["you"]["side"]
        for path in (
            "/", f"/?room={code}", f"/room/{code}", "/desk", f"/desk/{code}", f"/projector/{code}",
            f"/debrief/{code}", "/api/scenarios", "/api/rooms", f"/api/rooms/{code}", f"/api/debrief/{code}",
            f"/api/rooms/{code}/moves.csv", f"/api/rooms/{code}/results.csv", f"/api/qr/{code}.svg",
        ):  # fmt: skip
            texts.append(client.get(path).text)
        with at_table(client, code):  # or the room is not being played
            assert "error" in client.get("/explore/scenarios/two_islands").json()
        received[side] = "\n".join(texts)
    assert [each for each in (*hidden, "close_harbour") if each in received["norrholm"]] == []
    assert [each for each in hidden if each not in received["sydvik"]] == [], "the search finds nothing"
    assert "give_up_lighthouse" not in received["sydvik"]


# --- The teacher's calls --------------------------------------------------------------------------------

GETS = (
    "scenarios",
    "rooms",
    "rooms/{}",
    "rooms/{}/results.csv",
    "rooms/{}/moves.csv",
    "rooms/{}/debrief.html",
)
POSTS = (
    "start", "pause", "resume", "end", "strike", "reveal", "names", "settings", "replace", "restore",
    "remove", "earlier", "forget",
)  # fmt: skip


def without_the_key(classroom: Class, code: str) -> list[Browser]:
    student, stranger, guess = classroom.join(code), classroom.browser(), classroom.browser()
    stranger.cookies.set("bargain_desk", "x" * 43)
    guess.headers["Authorization"] = "Bearer guess"
    return [student, stranger, guess]


def test_nothing_of_the_teachers_works_without_the_key(classroom: Class) -> None:
    code = classroom.make()
    for client in without_the_key(classroom, code):
        answers = [client.get("/api/" + path.format(code)) for path in GETS]
        answers += [client.post(f"/api/rooms/{code}/{name}", json={}) for name in POSTS]
        answers.append(client.post("/api/rooms", json={"scenario": "baseline"}))
        for answer in answers:
            assert answer.status_code in (403, 429), answer.request.url
            assert answer.json()["error"]["code"] in ("key", "slowly")
        for socket in ("desk", "projector"):
            assert closed(client, f"/ws/{socket}/{code}")["code"] in ("key", "slowly")
    assert classroom.desk(code)["room"]["phase"] == "lobby"


def test_the_key_is_exchanged_for_a_cookie_that_can_be_given_back(classroom: Class) -> None:
    client = classroom.browser()
    assert "key" in client.get("/desk").text.lower()
    wrong = client.post("/desk/key", data={"key": "guess"})
    assert wrong.status_code == 403 and "not the teacher" in wrong.text.replace("&#39;", "'")
    answer = client.post("/desk/key", data={"key": KEY}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    assert KEY not in str(answer.headers)
    assert client.get("/api/rooms").status_code == 200
    token = client.cookies["bargain_desk"]
    client.post("/desk/leave")
    again = classroom.browser({"bargain_desk": token})
    assert again.get("/api/rooms").status_code == 403, "the session is over on the server, too"


def test_keys_cannot_be_tried_out(school: Callable[..., Class]) -> None:
    classroom = school(limits=Limits(keys=Rate(3, 0.001)))
    client = classroom.browser()
    tried = [client.post("/desk/key", data={"key": str(k)}).status_code for k in range(6)]
    assert tried == [403, 403, 403, 429, 429, 429]
    assert client.get("/api/rooms", headers={"Authorization": "Bearer x"}).status_code == 429
    assert classroom.teacher.get("/api/rooms").status_code == 200, "the right key is never shut out"


# --- Names and messages ---------------------------------------------------------------------------------

SCRIPT = "<script>alert(1)</script>"


def debrief_page(classroom: Class, code: str) -> str:
    for _ in range(200):
        answer = classroom.teacher.get(f"/api/rooms/{code}/debrief.html")
        if answer.status_code == 200:
            return str(answer.text)
        time.sleep(0.1)
    raise AssertionError("the debrief was never there")


def test_a_script_in_a_name_stays_text(classroom: Class) -> None:
    client = classroom.browser()
    page = client.post("/join", data={"room": "ZZZZ", "name": SCRIPT})
    assert SCRIPT not in page.text and "&lt;script&gt;" in page.text
    code = classroom.make()
    joined = client.post("/join", data={"room": code.lower(), "name": SCRIPT}, follow_redirects=False)
    assert (joined.status_code, joined.headers["location"]) == (303, f"/room/{code}")
    answer = classroom.teacher.get(f"/api/rooms/{code}")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["seats"][0]["name"] == SCRIPT[:40]
    classroom.tell(code, "start")
    classroom.tell(code, "end")
    html = debrief_page(classroom, code)
    assert SCRIPT[:20] not in html and "\\u003cscript" in html


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("  Ana\n\tMaria ", "Ana Maria"),
        ("\u202egnihtemos", "gnihtemos"),
        ("a" * 500, "a" * 40),
        ("\x00\x07\u200b", ""),
        ("Zoe\u0308", "Zoë"),
        ("Z" + "\u0335\u0336\u0337" * 30, "Z"),
        ("\ud800", ""),
        ("李雷", "李雷"),
        ("\u0e2d\u0e49\u0e33\u0e34", "\u0e2d\u0e49\u0e33\u0e34"),
        ("\u0e2d" + "\u0e34\u0e49" * 20, "\u0e2d"),
        ("\u3164\u2800 \u115f", ""),
        ("seat 12", ""),
        ("\U0001f3f3\ufe0f\u200d\U0001f308", "\U0001f3f3\ufe0f\u200d\U0001f308"),
        ("A\u200dna", "A na"),
    ],
)
def test_names_are_made_fit_to_be_shown(name: str, shown: str) -> None:
    assert clean(name) == shown


def test_two_of_one_name_are_told_apart(classroom: Class) -> None:
    code = classroom.make()
    for _ in range(3):
        classroom.join(code, "Ana")
    classroom.join(code)
    assert [seat["name"] for seat in classroom.desk(code)["seats"]] == ["Ana", "Ana (2)", "Ana (3)", "Seat 4"]


# --- Sizes and rates ------------------------------------------------------------------------------------


def test_a_message_of_ten_megabytes(classroom: Class) -> None:
    code, (ana, _) = started(classroom)
    large = "x" * 10_000_000
    for path in ("/api/join", "/join", "/desk/key", f"/api/rooms/{code}/settings"):
        answer = ana.post(path, content=large)
        assert answer.status_code == 413, path
        assert answer.json()["error"]["code"] == "too_large"
    assert ana.post("/api/join", content=(b"x" * 1_000 for _ in range(10_000))).status_code == 413, (
        "in pieces"
    )
    with at_table(ana, code) as one:
        one.socket.send_text(large)
        assert one.next("refused")["code"] == "message"
        assert one.state["next"] == 1


def test_ten_thousand_joins(school: Callable[..., Class]) -> None:
    classroom = school(limits=Limits(joins=Rate(1e6, 1.0), requests=Rate(1e6, 1.0), seats=50))
    code = classroom.make()
    answers = []
    client = classroom.browser()
    for _ in range(10_000):
        client.cookies.clear()
        answers.append(client.post("/api/join", json={"room": code, "name": "x"}).status_code)
    assert (answers.count(200), answers.count(409)) == (50, 9_950)
    assert len(classroom.desk(code)["seats"]) == 50
    classroom.tell(code, "start")
    assert len(classroom.desk(code)["pairs"]) == 25


def test_joins_of_one_address_are_slowed_down(school: Callable[..., Class]) -> None:
    classroom = school(limits=Limits(joins=Rate(10, 0.001)))
    code = classroom.make()
    answers = [classroom.browser().post("/api/join", json={"room": code}) for _ in range(15)]
    assert [each.status_code for each in answers] == [200] * 10 + [429] * 5
    assert answers[-1].json()["error"]["remedy"]


def test_a_browser_has_one_seat_in_a_room(classroom: Class) -> None:
    code = classroom.make()
    client = classroom.join(code, "Ana")
    assert client.post("/api/join", json={"room": code, "name": "Bea"}).json()["name"] == "Ana"
    assert len(classroom.desk(code)["seats"]) == 1


def test_moves_are_slowed_down_and_none_is_lost(school: Callable[..., Class]) -> None:
    classroom = school(limits=Limits(moves=Rate(5, 0.001), hints=Rate(3, 0.001)))
    code, (ana,) = started(classroom, 1, settings={"pairing": "strategies"})
    with at_table(ana, code) as one:
        one.my_turn()
        for _ in range(6):
            one.send({"type": "hint"})
        answers = [one.next(("hint", "refused")) for _ in range(6)]
        assert [each.get("code", "hint") for each in answers] == ["hint"] * 3 + ["slowly"] * 3
        assert all("seq" not in each for each in answers), "a hint takes no turn, and none from the moves"
        for seq in range(1, 9):
            one.send({"type": "move", "seq": seq, "move": {}})
        answers = [one.next(("ack", "refused")) for _ in range(8)]
        assert [(each.get("code", "ack"), each["seq"]) for each in answers] == [
            *(("ack", seq) for seq in range(1, 6)), *(("slowly", seq) for seq in range(6, 9))
        ]  # fmt: skip
        (seat,) = classroom.desk(code)["seats"]
        assert seat["moves"] == 5
        classroom.app.state.moves = Rates(Rate(5, 0.001))  # a while later
        one.until(lambda state: state["next"] == 6 and state["view"]["your_turn"])
        assert one.move(seq=6) == {"type": "ack", "seq": 6}


def test_a_refusal_says_which_move_it_was(classroom: Class) -> None:
    """Also of a move with something in it that does not belong there; of what is no move it says none."""
    code, (ana, _) = started(classroom)
    with at_table(ana, code) as one:
        one.send({"type": "move", "seq": 7, "move": {}, "by": "clock"})
        assert one.next("refused")["seq"] == 7
        for text in ("[", "[" * 2_000, "7", '{"seq": 7}', '{"type": "move", "seq": "7"}', "\ud800"):
            one.socket.send_text(text)
            refusal = one.next("refused")
            assert refusal["code"] == "message" and "seq" not in refusal


def test_a_seat_in_many_windows_keeps_the_newest(classroom: Class) -> None:
    code, (ana, _) = started(classroom)
    with ExitStack() as windows:
        first, *_, fifth = [windows.enter_context(at_table(ana, code)) for _ in range(5)]
        assert first.next("closed")["code"] == "elsewhere"
        assert fifth.move(seq=9)["type"] == "refused"
