"""The server is killed in the middle of a game, and comes back: every seat and move is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from people_in_browsers import People, Server, make, my_turn

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AGAIN = 60_000  # milliseconds: pages try again after 15 s at the latest, and machines may be busy


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    pytest.importorskip("uvicorn", reason="the classroom is not installed: pip install -e '.[web]'")
    made = Server(tmp_path)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def people(browser: Any, server: Server) -> Iterator[People]:
    """Pages that may complain here: of a server that is not there."""
    made = People(browser, server)
    yield made
    for context in made.contexts:
        context.close()
    assert all(url.split("/")[2] == f"127.0.0.1:{server.port}" for url in made.asked)


def test_killed_and_started_again(people: People, server: Server) -> None:
    teacher = people.teacher()
    code = people.room(teacher)
    north, south = people.seated(code, teacher)
    my_turn(north)
    north.get_by_label("A visit over the wall").check()
    make(north)
    my_turn(south)
    before = [page.locator("#story .told").all_inner_texts() for page in (north, south)]
    names = [page.locator("#me").inner_text() for page in (north, south)]

    server.kill()
    for page in (north, south):
        page.get_by_text("The connection is lost.").wait_for()
    # A move that is made meanwhile is kept in the page, and goes out once.
    south.locator("#gives").get_by_label("A key to the shed").check()
    south.get_by_role("button", name="Make the move").click()
    assert south.get_by_role("button", name="Sending…").is_disabled()

    server.start()
    north.locator("#composer:not([hidden])").wait_for(timeout=AGAIN)  # so the move has arrived
    south.locator("#waiting:not([hidden])").wait_for()
    assert [page.locator("#me").inner_text() for page in (north, south)] == names
    after = [page.locator("#story .told").all_inner_texts() for page in (north, south)]
    assert all(before)
    assert set(before[0]) < set(after[0])
    assert set(before[1]) < set(after[1])
    assert len([line for line in after[1] if "You announced: A key to the shed" in line]) == 1
    # The teacher's browser is known as well, without the new key.
    teacher.reload()
    teacher.locator("#seats").get_by_text("Ana").wait_for()
    # A page that was closed all the time has its seat, too.
    context = north.context
    north.close()
    again = context.new_page()
    again.goto(f"{server.address}/room/{code}")
    my_turn(again)
    again.get_by_label("Give nothing").check()
    make(again)
    my_turn(south)


def test_a_line_that_breaks_is_said_and_mended(people: People, server: Server) -> None:
    teacher = people.teacher()
    north, south = people.seated(people.room(teacher), teacher)
    my_turn(north)
    server.kill()
    banner = south.locator("#line")
    banner.get_by_text("The connection is lost.").wait_for()
    assert banner.get_attribute("role") == "status"
    server.start()
    banner.get_by_text("Connected again.").wait_for(timeout=AGAIN)
    banner.get_by_text("Connected again.").wait_for(state="hidden")
