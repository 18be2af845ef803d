"""A headless Chromium for pages: the one that CHROMIUM names, or the one on the PATH; none is fetched."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from live_pages import settled
from people_in_browsers import People, Server

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")

Open = Callable[..., Any]
"""Open a page file in a fresh, offline context: `open_page(path, hash="", **options)`."""


def chromium() -> str | None:
    named = os.environ.get("CHROMIUM", "")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    pytest.importorskip("playwright", reason="playwright is not installed: pip install -e '.[test]'")
    from playwright.sync_api import sync_playwright

    program = chromium()
    if program is None:
        pytest.skip("there is no Chromium here: install one, or name it in CHROMIUM")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Open]:
    """Pages opened here may ask for nothing but their own file, and may complain of nothing."""
    contexts: list[Any] = []
    asked: list[str] = []
    said: list[str] = []

    def opened(path: Path, address: str = "", **options: Any) -> Any:
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 720}} | options))
        context.set_offline(True)
        contexts.append(context)
        page = context.new_page()
        page.complaints = said
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(path.as_uri() + address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not [url for url in asked if not url.startswith("file://")]
    assert len(asked) <= len(contexts), "a page asked for more than itself"
    assert not said


@pytest.fixture(scope="session")
def faults_of() -> Callable[[Any], list[str]]:
    """What axe finds on a page that would shut people out, in light and in dark: serious findings, in words.

    Dark changes colours only, so only contrast is asked there.
    """
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")

    def found(page: Any) -> list[str]:
        faults = []
        for scheme, rules in (("light", {}), ("dark", {"runOnly": ["color-contrast"]})):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            asked = {"resultTypes": ["violations"]} | rules
            faults += [
                f"{scheme}: {fault['id']}: {fault['nodes'][0]['html'][:200]}"
                for fault in axe.Axe().run(page, options=asked).response["violations"]
                if fault["impact"] in ("serious", "critical")
            ]
        page.emulate_media(color_scheme="light", reduced_motion="no-preference")
        return faults

    return found


@pytest.fixture(scope="session")
def explorer() -> Any:
    from bargain_sim.web.live.playing import Explorer

    return Explorer()


@pytest.fixture(scope="session")
def explorer_server(explorer: Any) -> Iterator[str]:
    """The address of a server that has nothing but the explorer."""
    uvicorn = pytest.importorskip("uvicorn")
    from starlette.applications import Starlette

    from bargain_sim.web.explore import routes

    explorer.warm_up()
    app = Starlette(routes=routes(explorer))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        served = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none", lifespan="off"))
        thread = threading.Thread(target=served.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not served.started:
                time.sleep(0.02)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            served.should_exit = True
            thread.join()


@pytest.fixture
def open_live(explorer_server: str, browser: Any) -> Iterator[Open]:
    """Pages opened here may ask this server only, and may complain of nothing."""
    contexts: list[Any] = []
    asked: list[str] = []
    said: list[str] = []

    def opened(address: str = "", **options: Any) -> Any:
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 720}} | options))
        contexts.append(context)
        page = context.new_page()
        page.complaints = said
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{explorer_server}/explore{address}")
        settled(page)
        return page

    yield opened
    for context in contexts:
        context.close()
    ours = (f"{explorer_server}/explore", f"blob:{explorer_server}/", "data:,")
    assert not [url for url in asked if not url.startswith(ours)]
    assert not said


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A classroom's server, shared by the tests of a module; each opens rooms of its own."""
    pytest.importorskip("uvicorn", reason="the classroom is not installed: pip install -e '.[web]'")
    made = Server(tmp_path_factory.mktemp("classroom"))
    made.start()
    yield made
    made.stop()


@pytest.fixture
def people(browser: Any, server: Server) -> Iterator[People]:
    """Teacher and students; nobody's page may ask anything of any other machine, or complain."""
    made = People(browser, server)
    yield made
    for context in made.contexts:
        context.close()
    assert made.asked
    hosts = {urlsplit(url).netloc for url in made.asked if not url.startswith("data:")}
    assert hosts == {f"127.0.0.1:{server.port}"}
    assert not made.complaints
