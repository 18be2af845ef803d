"""The classroom's pages hold what they had while states come and go: moves, settings, rows, the debrief."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from people_in_browsers import People, make, my_turn

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def between(page: Any, heard: Callable[[Any, Any, str], None]) -> None:
    """Load a student's page anew with `heard(page_side, server_side, text)` between it and the server."""

    def routed(line: Any) -> None:
        server = line.connect_to_server()
        line.on_message(lambda text: heard(line, server, text))

    page.context.route_web_socket(re.compile("/ws/room/"), routed)
    page.reload()


def test_a_move_that_nobody_answers_is_sent_again(people: People) -> None:
    teacher = people.teacher()
    north, south = people.seated(people.room(teacher), teacher)
    sent: list[str] = []

    def first_one_lost(_: Any, server: Any, text: str) -> None:
        if json.loads(text)["type"] == "move":
            sent.append(text)
        if len(sent) != 1:
            server.send(text)

    between(north, first_one_lost)
    my_turn(north)
    north.get_by_label("A visit over the wall").check()
    make(north)
    assert len(sent) == 2 and sent[0] == sent[1]
    my_turn(south)
    assert south.locator("#story .told", has_text="North announced: A visit over the wall").count() == 1


def test_a_refusal_without_a_number_ends_the_sending(people: People) -> None:
    teacher = people.teacher()
    north, _south = people.seated(people.room(teacher), teacher)
    refused = {"type": "refused", "code": "slowly", "problem": "that was too fast", "remedy": "Wait a moment"}
    answers = [refused]

    def first_one_refused(line: Any, server: Any, text: str) -> None:
        if answers:
            line.send(json.dumps(answers.pop()))
        else:
            server.send(text)

    between(north, first_one_refused)
    my_turn(north)
    north.get_by_label("A visit over the wall").check()
    north.get_by_role("button", name="Make the move").focus()
    north.keyboard.press("Enter")
    north.get_by_text("That was too fast. Wait a moment.").wait_for()
    assert north.evaluate("document.activeElement.id") == "send"
    assert north.get_by_label("A visit over the wall").is_checked()
    make(north)
