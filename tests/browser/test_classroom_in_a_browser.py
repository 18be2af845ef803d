"""A class in browsers: two students and a teacher, from the room's door to the debrief."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from people_in_browsers import PHONE, People, Server, make, my_turn, to_a_grand_bargain

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def ended(teacher: Any) -> None:
    """The teacher ends the room, asked once more, and the debrief is there."""
    teacher.get_by_role("button", name="End the room…").click()
    teacher.get_by_role("button", name="End it").click()
    teacher.get_by_text("0 of 8 steps are shown.").wait_for(timeout=60_000)


def test_a_class_from_the_door_to_the_debrief(people: People, server: Server, tmp_path: Path) -> None:
    teacher = people.teacher()
    code = people.room(teacher, "Ask for predictions first")
    wall = teacher.context.new_page()
    wall.goto(f"{server.address}/projector/{code}")
    assert wall.locator(".big-code").inner_text() == code
    assert wall.evaluate("async () => { await qr.decode(); return qr.naturalWidth }") > 100
    ana, ben = people.student(code, "Ana", **PHONE), people.student(code, "Ben")
    wall.get_by_text("Ana · Ben").wait_for()

    teacher.get_by_role("button", name="Pair up and ask for predictions").click()
    for page, ending, score in ((ana, "Grand bargain", "30"), (ben, "Breakdown", "5")):
        page.get_by_role("radio", name=re.compile(ending)).check()
        page.get_by_label("My points at the end").fill(score)
        page.get_by_role("button", name="Note my prediction").click()
        page.get_by_text(f"Your prediction is noted: {ending}").wait_for()
    teacher.get_by_text("2 of 2 have predicted.").wait_for()
    wall.get_by_text("2 of 2 have.").wait_for()
    teacher.get_by_role("button", name="Start the play").click()
    for page in (ana, ben):
        page.locator("#play").wait_for()
    north = next(page for page in (ana, ben) if "for North" in page.locator("#me").inner_text())
    south = ben if north is ana else ana
    to_a_grand_bargain(north, south)
    for page in (north, south):
        page.locator("#after").get_by_text("A grand bargain was agreed").wait_for()
    assert north.locator("#score").inner_text() == "38.5 points"
    assert south.locator("#score").inner_text() == "39 points"
    # How a pair ended stays off the wall until it is revealed.
    wall.get_by_text("1 of 1 pair at the end.").wait_for()
    assert "Grand bargain" not in wall.locator("main").inner_text()
    teacher.locator("#pairs").get_by_text("Grand bargain").wait_for()

    ended(teacher)
    assert not north.locator("#debrief-link").is_visible()
    plane = "Everyone on the plane"
    titles = ["How they ended", plane, plane, plane, "The dance", "Prediction against result"]
    titles += ["What was left on the table", "An earlier class"]
    layers = []
    for step, title in enumerate(titles, 1):
        teacher.get_by_role("button", name="Show the next step").click()
        teacher.get_by_text(f"{step} of 8 steps are shown.").wait_for()
        wall.locator("#debrief").get_by_role("heading", name=title, exact=True).wait_for()
        wall.wait_for_timeout(100)  # a chart is drawn once its place has a width
        layers.append(
            [wall.locator(f"#debrief .chart {mark}").count() > 0 for mark in (".frontier", ".cloud")]
        )
        if title == "Prediction against result":
            assert "1 of 2 predictions named the ending that came" in wall.locator("#debrief").inner_text()
    assert layers[1:4] == [[False, False], [True, False], [True, True]]

    north.get_by_role("link", name="Look back: the debrief").click()
    north.locator("#own").get_by_text(
        "North has 38.5 points, 34.5 more than its outside option of 4."
    ).wait_for()
    for title in ("The numbers", "Where they ended", "The dance", "What was announced", "How they ended"):
        assert north.get_by_role("heading", name=title, exact=True).first.is_visible()

    with teacher.expect_download() as waiting:
        teacher.get_by_role("link", name="Every move (CSV)").click()
    moves = list(csv.DictReader(io.StringIO(waiting.value.path().read_text(encoding="utf-8"))))
    assert len(moves) >= 4
    with teacher.expect_download() as waiting:
        teacher.get_by_role("link", name=re.compile("The whole debrief")).click()
    kept = tmp_path / "debrief.html"
    waiting.value.save_as(kept)
    looks_back_offline(people, kept)


def looks_back_offline(people: People, kept: Path) -> None:
    """The file says the same without any server, and asks for nothing."""
    context = people.browser.new_context(viewport={"width": 1000, "height": 800}, offline=True)
    page, asked, said = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(kept.as_uri())
    page.get_by_text("North has 38.5 points, 34.5 more than its outside option of 4.").wait_for()
    page.locator(".chart .cloud").first.wait_for()
    assert asked == [kept.as_uri()]
    assert not said
    context.close()


def test_walking_out_is_asked_twice_and_ends_it_for_both(people: People) -> None:
    teacher = people.teacher()
    code = people.room(teacher)
    north, south = people.seated(code, teacher)
    my_turn(north)
    north.get_by_role("button", name="Walk out…").click()
    north.get_by_role("button", name="Stay at the table").click()
    assert north.locator("#turn").inner_text() == "Your turn"
    north.get_by_role("button", name="Walk out…").click()
    north.get_by_role("button", name="Yes, walk out").click()
    for page in (north, south):
        page.locator("#after").get_by_text("The dialogue broke down").wait_for()
    assert "North walked out" in south.locator("#story").inner_text()
    assert "North walked out" in south.locator("#announced").inner_text()
    teacher.locator("#pairs").get_by_text("Breakdown").wait_for()


def test_what_was_announced_is_seen_short_later_and_made_good(people: People) -> None:
    teacher = people.teacher()
    north, south = people.seated(people.room(teacher), teacher)
    my_turn(north)
    assert north.get_by_label("How much of it you deliver").is_disabled()
    north.get_by_role("button", name="One more: Days at the well").click()
    north.get_by_role("button", name="One more: Days at the well").click()
    north.get_by_label("How much of it you deliver").fill("50")
    assert north.locator("#share-words").inner_text() == "50\u00a0%: the rest stays short"
    summary = north.locator("#summary").inner_text()
    assert summary == "You announce 2 of “Days at the well” and deliver 50\u00a0%. It costs you 2 points now."
    north.get_by_label("A message to them").fill("<b>As promised</b>")
    make(north)
    my_turn(south)
    story = south.locator("#story").inner_text()
    assert "North: “<b>As promised</b>”" in story
    assert re.search(r"You saw what was announced on .*: Days at the well – only 50 % delivered", story)
    assert "1 announcement you have seen, 0 came in full" in south.locator("#trust-words").inner_text()
    south.get_by_label("Give nothing").check()
    make(south)
    my_turn(north)
    north.locator("#part-owed").get_by_label("Days at the well").check()
    make(north)
    my_turn(south)
    assert "North made good what was short: Days at the well" in south.locator("#story").inner_text()


def test_what_the_rules_refuse_is_said_beside_the_control(people: People) -> None:
    teacher = people.teacher()
    north, south = people.seated(people.room(teacher), teacher)
    my_turn(north)
    assert not north.locator("#gives").get_by_text("The old wall").count()
    north.locator("#not-now summary").click()
    assert "red line `give_up_wall`, which you never cross" in north.locator("#not-now-list").inner_text()
    # A page that offers it all the same changes nothing: the server refuses.
    north.evaluate("send({ gives: { wall: 1 } })")
    refusal = north.locator("#part-give #refused-give")
    refusal.get_by_text("which you never cross").wait_for()
    assert refusal.get_attribute("role") == "alert"
    north.get_by_label("Ask for something").check()
    north.get_by_role("button", name="Make the move").click()
    assert north.locator("#refused-ask").inner_text() == "Choose what to ask for."
    # Over the other's red line a wish is a demand.
    north.get_by_label("Give nothing").check()
    make(north)
    my_turn(south)
    south.get_by_label("Ask for something").check()
    south.get_by_role("radio", name=re.compile("The old wall")).check()
    make(south)
    assert "You demanded across a red line: The old wall. Refused" in south.locator("#story").inner_text()
    south.locator("#sheet").get_by_text("Refused: behind their red line").wait_for()


def test_a_package_is_reckoned_while_it_is_built(people: People) -> None:
    teacher = people.teacher()
    north, south = people.seated(people.room(teacher), teacher)
    my_turn(north)
    north.get_by_label("Propose a package").check()
    assert (
        "No package can be struck before “A visit over the wall” stands."
        in north.locator("#no-package").inner_text()
    )
    north.get_by_label("Give something").check()
    north.get_by_label("A visit over the wall").check()
    make(north)
    my_turn(south)
    south.get_by_label("Propose a package").check()
    net = south.locator("#package-net")
    south.locator("#package").get_by_label("Days at the well").check()
    assert "Worth 30 to you, costs 0: net +30, and 10 on top" in net.inner_text()
    south.locator("#package").get_by_label("Bags of seeds").check()
    assert "Worth 30 to you, costs 4: net +26" in net.inner_text()
    make(south)
    assert "Your package is on the table: you give “Bags of seeds”" in south.locator("#agreed").inner_text()
    my_turn(north)
    assert "you give “Days at the well”, and get “Bags of seeds”" in north.locator("#offer").inner_text()
    assert "Worth 20 to you, costs 6: net +14" in north.locator("#offer").inner_text()
    north.get_by_role("button", name="Hint").click()
    north.locator("#hints").get_by_text("On the table: 20.0 points for a cost of 6.0").wait_for()
    north.get_by_label("Reject").check()
    north.get_by_label("Let the talks pause").check()
    make(north)
    my_turn(south)
    assert south.locator("#mode").inner_text() == "Talks paused"
    south.get_by_label("Take the talks up again").check()
    make(south)
    assert north.locator("#mode").inner_text() == "Talks"


def test_a_page_closed_and_opened_again_has_its_seat_and_its_story(people: People, server: Server) -> None:
    teacher = people.teacher()
    code = people.room(teacher)
    north, south = people.seated(code, teacher)
    my_turn(north)
    north.get_by_label("A visit over the wall").check()
    make(north)
    name, context = north.locator("#me").inner_text(), north.context
    north.close()
    teacher.locator("#seats").get_by_text("away").wait_for()
    south.get_by_text("(away just now)").wait_for()
    again = context.new_page()
    again.goto(f"{server.address}/room/{code}")
    again.locator("#play").wait_for()
    assert again.locator("#me").inner_text() == name
    assert "You announced: A visit over the wall" in again.locator("#story").inner_text()
    south.locator("#across", has_not_text="away").wait_for()


def test_who_has_no_seat_is_led_to_the_door(people: People, server: Server) -> None:
    code = people.room(people.teacher())
    page = people.someone()
    page.goto(f"{server.address}/room/{code}")
    page.wait_for_url(f"**/?room={code}")
    assert page.get_by_label("Room code").input_value() == code
    page.get_by_label("Room code").fill("BBBB")
    page.get_by_role("button", name="Sit down").click()
    assert page.get_by_role("alert").is_visible()
    people.complaints.clear()  # of the status 404, which is as it should be


def test_the_teacher_steers(people: People, server: Server) -> None:
    teacher = people.teacher()
    code = people.room(teacher)
    north, south = people.seated(code, teacher)
    wall = teacher.context.new_page()
    wall.goto(f"{server.address}/projector/{code}")
    wall.get_by_text("Ana – Ben").or_(wall.get_by_text("Ben – Ana")).wait_for()
    teacher.get_by_role("button", name="Hide names").click()
    wall.locator(".tile", has_not_text="Ana").wait_for()
    assert "Ana" not in wall.locator("main").inner_text()
    teacher.get_by_role("button", name="Hide names").click()
    teacher.locator("#seats").get_by_text("Ana").wait_for()

    teacher.get_by_role("button", name="Pause", exact=True).click()
    north.get_by_text("The teacher has paused the room.").wait_for()
    assert not north.locator("#composer").is_visible()
    teacher.get_by_role("button", name="Go on").click()
    my_turn(north)

    teacher.get_by_label("Let an event strike in every pair").select_option("hail")
    teacher.get_by_role("button", name="Strike").click()
    teacher.get_by_text("It strikes in 1 pair.").wait_for()
    north.locator("#story").get_by_text("Event: Hail falls on both gardens").wait_for()
    assert north.locator("#mode").inner_text() == "Talks paused"

    name = north.locator("#me").inner_text().split(" ")[0]
    teacher.get_by_role("button", name=f"Let a strategy play: {name}").click()
    north.get_by_text("A strategy plays in your place.").wait_for()
    teacher.get_by_role("button", name=f"Give the seat back: {name}").click()
    north.locator("#replaced").wait_for(state="hidden")

    teacher.get_by_text("Settings of the room").click()
    teacher.get_by_label("Seconds for a turn").fill("300")
    teacher.get_by_role("button", name="Keep these settings").click()
    teacher.get_by_text("Kept.").wait_for()
    south.locator("#clock").wait_for()
    assert re.search(r"have [45]:\d\d left", south.locator("#clock").inner_text())


def test_the_clock_lets_a_turn_pass(people: People) -> None:
    teacher = people.teacher()
    code = people.room(teacher, clock_seconds="5")
    _north, south = people.seated(code, teacher)
    my_turn(south)
    assert "North announced nothing" in south.locator("#story").inner_text()


def test_names_are_text_and_nothing_else(people: People, server: Server) -> None:
    teacher = people.teacher()
    code = people.room(teacher)
    name = "<img src=x onerror=document.title='!'>"
    student = people.student(code, name)
    teacher.locator("#seats").get_by_text("<img src=x").wait_for()
    wall = teacher.context.new_page()
    wall.goto(f"{server.address}/projector/{code}")
    wall.locator("#joined").get_by_text("<img src=x").wait_for()
    for page in (teacher, wall, student):
        assert page.title() != "!"
        assert page.locator("img[src=x]").count() == 0


def test_a_room_can_be_deleted(people: People, server: Server) -> None:
    teacher = people.teacher()
    code = people.room(teacher)
    student = people.student(code, "Ana")
    teacher.get_by_role("button", name="Delete this room for good…").click()
    teacher.get_by_role("button", name="Delete it").click()
    teacher.wait_for_url("**/desk")
    student.locator("#gone").wait_for()
    key = {"Authorization": f"Bearer {server.key}"}
    assert code not in httpx.get(f"{server.address}/api/rooms", headers=key).text
