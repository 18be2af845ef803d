"""The classroom's pages hold what they had while states come and go: moves, settings, rows, the debrief."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from people_in_browsers import People, Server, make, my_turn

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


def test_settings_that_nobody_touched_are_left_alone(people: People, server: Server) -> None:
    teacher = people.teacher()
    code = people.room(teacher)
    other = teacher.context.new_page()
    other.goto(f"{server.address}/desk/{code}")
    for desk in (teacher, other):
        desk.get_by_text("Settings of the room").click()
    teacher.get_by_label("Seconds for a turn").fill("300")
    teacher.get_by_role("button", name="Hide names").click()
    teacher.locator("#hide[aria-pressed=true]").wait_for()
    assert teacher.get_by_role("checkbox", name="Hide names").is_checked()
    assert teacher.get_by_label("Seconds for a turn").input_value() == "300"
    other.get_by_label("Nobody joins any more").check()
    for desk in (other, teacher):
        desk.get_by_role("button", name="Keep these settings").click()
        desk.get_by_text("Kept.").wait_for()
    key = {"Authorization": f"Bearer {server.key}"}
    settings = httpx.get(f"{server.address}/api/rooms/{code}", headers=key).json()["settings"]
    assert settings["hide_names"] and settings["locked"] and settings["clock_seconds"] == 300
    assert teacher.locator("#hide").get_attribute("aria-pressed") == "true"
    assert teacher.get_by_label("Nobody joins any more").is_checked()


def test_rows_of_the_desk_stay_while_their_numbers_change(people: People) -> None:
    teacher = people.teacher()
    north, south = people.seated(people.room(teacher), teacher)
    names = [page.locator("#me").inner_text().split(" ")[0] for page in (north, south)]
    rows = [teacher.locator(f"#{table} tbody tr").first.element_handle() for table in ("pairs", "seats")]
    take = teacher.get_by_role("button", name=f"Let a strategy play: {names[1]}")
    take.scroll_into_view_if_needed()
    take.hover()
    teacher.mouse.down()
    my_turn(north)
    north.get_by_label("A visit over the wall").check()
    make(north)
    teacher.locator("#pairs").get_by_text("South to move").wait_for()
    assert all(row.evaluate("(row) => row.isConnected") for row in rows)
    teacher.mouse.up()  # one click, though a state has come in the middle of it
    south.get_by_text("A strategy plays in your place.").wait_for()
    # What goes away hands the focus on.
    back = teacher.get_by_role("button", name=f"Give the seat back: {names[1]}")
    back.focus()
    teacher.keyboard.press("Enter")
    south.locator("#replaced").wait_for(state="hidden")
    take.wait_for()
    assert take.evaluate("(button) => button === document.activeElement")
    teacher.get_by_role("button", name="Pause", exact=True).focus()
    teacher.keyboard.press("Enter")
    teacher.get_by_role("button", name="Go on").wait_for()
    assert teacher.evaluate("document.activeElement.id") == "resume"


def test_a_debrief_that_changes_is_shown_anew(people: People, server: Server, tmp_path: Path) -> None:
    teacher = people.teacher()
    code = people.room(teacher)
    north, _south = people.seated(code, teacher)
    wall = teacher.context.new_page()
    wall.goto(f"{server.address}/projector/{code}")
    teacher.get_by_role("button", name="End the room…").click()
    teacher.get_by_role("button", name="End it").click()
    teacher.get_by_text("0 of 8 steps are shown.").wait_for(timeout=60_000)
    for step in range(1, 9):
        teacher.get_by_role("button", name="Show the next step").click()
        teacher.get_by_text(f"{step} of 8 steps are shown.").wait_for()
        if step == 1:
            wall.locator("#debrief", has_text="Ana").wait_for()
    answers: list[int] = []
    wall.get_by_text("No earlier class was brought").wait_for()
    north.on("response", lambda answer: answers.append(answer.status) if "/api/debrief/" in answer.url else 0)
    north.goto(f"{server.address}/debrief/{code}")
    north.locator("#class", has_text="Ana").wait_for()
    key = {"Authorization": f"Bearer {server.key}"}
    kept = tmp_path / "results.csv"
    kept.write_bytes(httpx.get(f"{server.address}/api/rooms/{code}/results.csv", headers=key).content)
    teacher.get_by_label("Compare with an earlier class").set_input_files(kept)
    wall.get_by_text("Beside an earlier class").wait_for()
    north.get_by_text("Beside an earlier class").wait_for()
    teacher.get_by_role("button", name="Hide names").click()
    north.locator("#class", has_not_text="Ana").wait_for()
    for step in range(7, 0, -1):
        teacher.get_by_role("button", name="One step back").click()
        teacher.get_by_text(f"{step} of 8 steps are shown.").wait_for()
    wall.get_by_role("heading", name="How they ended").wait_for()
    assert "Ana" not in wall.locator("#debrief").text_content()
    north.get_by_role("heading", name="Everyone on the plane").wait_for(state="detached")
    assert not north.locator("#own").get_by_role("heading", name="The dance").count()
    # As long as nothing is new, nothing is sent.
    seen = len(answers)
    with north.expect_response(re.compile("/api/debrief/")) as waiting:
        pass
    assert waiting.value.status == 304 and len(answers) == seen + 1
    teacher.get_by_role("button", name="One step back").click()
    north.get_by_text("Nothing is revealed yet.").wait_for()
    assert not north.locator(".card").count()


def test_a_page_without_its_scripts_says_so(people: People, server: Server) -> None:
    code = people.room(people.teacher())
    page = people.someone()
    page.context.route("**/*.js", lambda route: route.fulfill(status=429), times=1)
    page.goto(f"{server.address}/room/{code}")
    page.get_by_text("If this stays, load it again.").wait_for()
    people.complaints.clear()  # of the status 429
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith(".js") else None)
    page.reload()
    page.wait_for_url(f"**/?room={code}")  # there is no seat: so says a script
    assert len(asked) == 1
