"""The classroom's pages without a mouse, on a phone, in the dark, and for those who listen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from people_in_browsers import PHONE, People, Server, make, my_turn, to_a_grand_bargain

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def fits(page: Any) -> None:
    """Nothing makes the page wider than the screen."""
    # A browser of a phone lays a page that is too wide out as wide as it is: `innerWidth` grows with it.
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= page.viewport_size["width"], page.url


def test_every_page_fits_a_phone_and_shuts_nobody_out(
    people: People, server: Server, faults_of: Callable[[Any], list[str]]
) -> None:
    def looked_at(page: Any) -> None:
        fits(page)
        assert faults_of(page) == [], page.url

    door = people.someone(**PHONE)
    for path in ("/", "/desk", "/room/BCDFG"):
        door.goto(server.address + path)
        looked_at(door)
    people.complaints.clear()  # of the status 404 of the last
    teacher = people.teacher(**PHONE)
    looked_at(teacher)
    code = people.room(teacher)
    wall = teacher.context.new_page()
    wall.goto(f"{server.address}/projector/{code}")
    looked_at(wall)
    early = people.student(code, "Cid", **PHONE)
    looked_at(early)
    teacher.get_by_role("button", name="Remove: Cid").click()
    early.locator("#gone").wait_for()
    looked_at(early)
    north, south = people.seated(code, teacher, **PHONE)
    my_turn(north)
    for choice in ("Ask for something", "Propose a package", "Give something"):
        north.get_by_label(choice).check()
        looked_at(north)
    looked_at(south)
    looked_at(teacher)
    to_a_grand_bargain(north, south)
    looked_at(north)
    looked_at(wall)
    teacher.get_by_role("button", name="End the room…").click()
    looked_at(teacher)
    teacher.get_by_role("button", name="End it").click()
    teacher.get_by_text("0 of 8 steps are shown.").wait_for(timeout=60_000)
    for step in range(1, 9):
        teacher.get_by_role("button", name="Show the next step").click()
        teacher.get_by_text(f"{step} of 8 steps are shown.").wait_for()
        wall.locator("#debrief .card").wait_for()
        looked_at(wall)
    looked_at(teacher)
    for page in (north, teacher):
        page.goto(f"{server.address}/debrief/{code}")
        page.locator("#own .chart").first.wait_for()
        for table in page.locator("details summary").all():
            table.click()
        looked_at(page)


def test_the_narrowest_phone(people: People, server: Server) -> None:
    teacher = people.teacher(viewport={"width": 320, "height": 640})
    code = people.room(teacher)
    fits(teacher)
    north, _south = people.seated(code, teacher, viewport={"width": 320, "height": 640})
    my_turn(north)
    for choice in ("Ask for something", "Propose a package", "Give something"):
        north.get_by_label(choice).check()
        fits(north)


def press_to(page: Any, selector: str, most: int = 60) -> None:
    """Press Tab until this has the focus."""
    for _ in range(most):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {selector}")


def chosen_here(page: Any) -> str:
    """The radio button that has the focus and is chosen."""
    return str(page.evaluate("document.activeElement.matches(':checked') && document.activeElement.value"))


def test_a_move_without_a_mouse_and_what_is_heard_of_it(people: People) -> None:
    teacher = people.teacher()
    north, south = people.seated(people.room(teacher), teacher)
    my_turn(north)
    north.locator("body").focus()
    north.keyboard.press("Tab")
    assert north.evaluate("document.activeElement.textContent") == "Skip to the content"
    north.keyboard.press("Enter")
    press_to(north, "[name=what]")
    for choice in ("ask", "propose", "pass", "give"):
        north.keyboard.press("ArrowDown")
        assert chosen_here(north) == choice
    press_to(north, "[data-concession=visit] input", most=2)
    north.keyboard.press("Space")
    press_to(north, "#share")
    for _ in range(4):
        north.keyboard.press("ArrowLeft")
    assert north.locator("#share").get_attribute("aria-valuetext") == "80\u00a0%: the rest stays short"
    press_to(north, "#send")
    north.keyboard.press("Enter")
    north.locator("#waiting:not([hidden])").wait_for()
    assert north.evaluate("document.activeElement.id") == "move-title"
    assert north.locator("#move-title").inner_text() == "South’s move"
    my_turn(south)
    heard = south.locator("#announced")
    assert heard.get_attribute("aria-live") == "polite"
    assert "North announced: A visit over the wall" in heard.inner_text()
    assert "It is your turn." in heard.inner_text()
    # Not what South did itself.
    south.get_by_label("Give nothing").check()
    press_to(south, "#send")
    south.keyboard.press("Enter")
    south.locator("#waiting:not([hidden])").wait_for()
    assert "You announced nothing" not in heard.inner_text()
    # Walking out can be thought better of with Escape.
    my_turn(north)
    assert north.evaluate("document.activeElement.textContent") == "Your move"
    press_to(north, "#leave")
    north.keyboard.press("Enter")
    assert north.evaluate("document.activeElement.value") == "stay"
    north.keyboard.press("Escape")
    assert not north.locator("#leave-dialog").is_visible()
    assert north.locator("#turn").inner_text() == "Your turn"


def test_answers_and_talks_by_arrow_keys(people: People) -> None:
    teacher = people.teacher()
    north, south = people.seated(people.room(teacher), teacher)
    my_turn(north)
    north.get_by_label("A visit over the wall").check()
    make(north)
    my_turn(south)
    south.get_by_label("Propose a package").check()
    for thing in ("Days at the well", "Bags of seeds"):
        south.locator("#package").get_by_label(thing).check()
    make(south)
    my_turn(north)
    press_to(north, "[name=answer]")
    for choice in ("accept", "reject"):
        north.keyboard.press("ArrowDown")
        assert chosen_here(north) == choice
    press_to(north, "[name=dialogue]", most=2)
    north.keyboard.press("ArrowDown")
    assert chosen_here(north) == "pause"
    press_to(north, "#send")
    north.keyboard.press("Enter")
    my_turn(south)
    assert south.locator("#mode").inner_text() == "Talks paused"


def listened_to(page: Any) -> None:
    """Keep what is said to screen readers from now on in `heard`."""
    page.evaluate(
        "window.heard = []; new MutationObserver(() => heard.push(announced.textContent))"
        ".observe(announced, { childList: true })"
    )


def test_a_turn_and_its_last_seconds_are_said_once(people: People, server: Server) -> None:
    teacher = people.teacher()
    code = people.room(teacher, clock_seconds="18")
    north, south = people.seated(code, teacher)
    my_turn(north)
    listened_to(north)
    context = south.context
    for _ in range(2):  # the one across comes and goes: states that say nothing of the turn
        south.close()
        north.get_by_text("(away just now)").wait_for()
        south = context.new_page()
        south.goto(f"{server.address}/room/{code}")
        north.locator("#across", has_not_text="away").wait_for()
    my_turn(south)
    listened_to(south)
    heard = north.evaluate("heard")
    assert "It is your turn." not in heard
    assert [text for text in heard if "left" in text] == ["15 seconds left."]
    south.get_by_label("Give nothing").check()
    make(south)
    assert not any("left" in text for text in south.evaluate("heard"))


def test_whoever_wants_little_motion_gets_none(people: People) -> None:
    teacher = people.teacher()
    north, south = people.seated(people.room(teacher), teacher, reduced_motion="reduce")
    my_turn(north)
    north.get_by_label("A visit over the wall").check()
    north.get_by_role("button", name="Make the move").click()
    south.locator(".fresh").first.wait_for()
    assert south.locator(".fresh").first.evaluate("(line) => getComputedStyle(line).animationName") == "none"
