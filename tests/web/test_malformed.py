"""Frames and bodies made at random: each is answered with a refusal in words, never with a fault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people_in_process import Class, Player, at_table

from bargain_sim.table.game import Game

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(
    ["mayors_visit", "fishing_days", "lighthouse", "nets_returned", "atlantis", "", "A b"]
)
MOVES = st.fixed_dictionaries(
    {},
    optional={
        "gives": st.dictionaries(NAMES, st.integers(-1, 10**14) | JUNK, max_size=3) | JUNK,
        "delivered": st.floats() | JUNK,
        "corrects": st.lists(NAMES, max_size=3) | JUNK,
        "asks": NAMES | JUNK,
        "proposes": st.lists(NAMES, max_size=3) | JUNK,
        "answers": st.sampled_from(["accept", "reject", "maybe"]) | JUNK,
        "dialogue": st.sampled_from(["pause", "resume", "go"]) | JUNK,
        "words": st.text(max_size=300) | JUNK,
        "more": JUNK,
    },
)
MESSAGES = (
    st.fixed_dictionaries(
        {"type": st.sampled_from(["move", "hint", "predict", "state", "x"]) | JUNK},
        optional={"seq": st.integers() | JUNK, "move": MOVES | JUNK, "ending": JUNK, "score": JUNK},
    )
    | JUNK
)
RAW = st.text(max_size=200) | st.sampled_from(
    [
        "[" * 8_000, '{"a":' * 2_000, '{"type":"move","seq":1e999,"move":{}}', "\x00", "NaN", "",
        '{"type":"move","seq":1,"move":{"words":"\\ud800"}}', '{"type":"hint","type":"move"}',
        '{"type":"move","seq":1,"move":{"delivered":NaN,"gives":{"mayors_visit":1}}}',
    ]
)  # fmt: skip


@pytest.fixture
def table(classroom: Class) -> Iterator[tuple[Class, str, Player]]:
    code = classroom.make(settings={"pairing": "strategies", "play_as": "norrholm"})
    client = classroom.join(code, "Ana")
    classroom.tell(code, "start")
    with at_table(client, code) as page:
        page.my_turn()
        yield classroom, code, page


def as_text(message: Any) -> str:
    return json.dumps(message)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=MESSAGES.map(as_text) | RAW, binary=st.booleans())
def test_no_frame_is_a_fault(table: tuple[Class, str, Player], text: str, binary: bool) -> None:
    classroom, code, page = table
    if binary:
        page.socket.send_bytes(text.encode("utf-8", "surrogatepass"))
    else:
        page.socket.send_text(text.encode("utf-8", "replace").decode())
    answer = page.next(("refused", "ack", "hint"))
    if answer["type"] == "refused":
        assert answer["code"] and answer["problem"]
    page.send({"type": "hint"})
    assert page.next("hint")["lines"] is not None
    room = classroom.app.state.hall.rooms[code]
    replayed = Game(room.scenario, room.seed, 0, "norrholm")
    replayed.advance()
    for entry in room.entries:
        if entry.kind == "move":
            replayed.act("norrholm", entry.data["move"])
            replayed.advance()
    assert replayed.turn == room.pairs[1].game.turn, "what was acknowledged is what was played"


PATHS = ("join", "rooms", "rooms/{}/settings", "rooms/{}/strike", "rooms/{}/reveal", "rooms/{}/names",
         "rooms/{}/replace", "rooms/{}/remove", "rooms/{}/pause", "rooms/{}/earlier")  # fmt: skip
FIELDS = ("scenario", "set", "seed", "room", "name", "event", "step", "hide", "seat", "settings",
          "clock_seconds", "play_as", "pairing", "locked")  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(PATHS),
    body=st.binary(max_size=200)
    | (st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, JUNK)) | JUNK).map(
        lambda data: json.dumps(data).encode()
    ),
)
def test_no_body_is_a_fault(table: tuple[Class, str, Player], path: str, body: bytes) -> None:
    classroom, code, _ = table
    answer = classroom.teacher.post("/api/" + path.format(code), content=body)
    assert answer.status_code in (200, 201, 404, 409, 422), answer.text
    if answer.status_code >= 400:
        assert answer.json()["error"]["problem"]
    assert classroom.desk(code)["room"]["code"] == code
