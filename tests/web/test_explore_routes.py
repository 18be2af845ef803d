"""The live explorer over HTTP: what it serves, what it refuses, and who is served when."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from loops import alone
from starlette.applications import Starlette
from starlette.requests import Request

from bargain_sim.web.app import make_app
from bargain_sim.web.explore import MOST_BYTES, Bench, routes
from bargain_sim.web.live import asking
from bargain_sim.web.live.page import HERE, SCRIPTS
from bargain_sim.web.live.playing import Explorer
from bargain_sim.web.live.waiting import Busy, Queue, Superseded

with warnings.catch_warnings():  # newer Starlettes ask for another HTTP client, older ones do not know it
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

RUNS = 40
NOW = {"scenario": "two_islands"}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(Starlette(routes=routes(Explorer(runs=RUNS)))) as opened:
        yield opened


def run(client: TestClient, **request: Any) -> Any:
    return client.post("/explore/run", json={"client": "test", "now": NOW, **request})


def test_the_page_brings_nothing_that_runs_inside_it(client: TestClient) -> None:
    answer = client.get("/explore")
    assert answer.status_code == 200 and "not prediction" in answer.text
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy and "frame-ancestors 'none'" in policy
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", answer.text, re.DOTALL)
    assert all('type="application/json"' in how or not inside for how, inside in scripts)
    assert not re.search(r"<style| style=| on[a-z]+=", answer.text)
    linked = re.findall(r'(?:src|href)="([^"#]+)"', answer.text)
    assert set(linked) == {"/explore/page.js", "/explore/page.css", "data:,", "/"}


def test_scripts_and_styles_are_asked_for_anew_only_when_they_change(client: TestClient) -> None:
    for address, kind in (("/explore/page.js", "text/javascript"), ("/explore/page.css", "text/css")):
        answer = client.get(address)
        assert answer.headers["content-type"].startswith(kind)
        again = client.get(address, headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304 and not again.content
    assert "http://" not in client.get("/explore/page.css").text


def test_scripts_are_small_files_and_all_are_served() -> None:
    assert {path for path in SCRIPTS if path.parent == HERE} == set(HERE.glob("*.js"))
    for path in HERE.iterdir():
        if path.suffix in (".js", ".css", ".html"):
            assert len(path.read_text("utf-8").splitlines()) <= 250, path


def test_a_scenario_is_described(client: TestClient) -> None:
    found = client.get("/explore/scenarios/two_islands").json()
    assert found["sides"] == ["Norrholm", "Sydvik"] and found["turns"] == 26
    settings = {setting["path"]: setting for setting in found["settings"]}
    trust = settings["sides.sydvik.initial_trust"]
    assert (trust["low"], trust["high"], trust["unit"]) == (0.05, 0.95, "probability")
    assert client.get("/explore/scenarios/nowhere").status_code == 422


def test_an_answer(client: TestClient) -> None:
    answer = run(
        client, pin={"scenario": "two_islands", "set": {"sides.sydvik.snapback": True}}, seed=2**53 - 1
    )
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    found = answer.json()
    assert found["now"]["runs"] == found["pin"]["runs"] == RUNS and found["apart"]["changed"] >= 0
    assert run(client).json()["pin"] is None


def test_a_story_and_a_table(client: TestClient) -> None:
    story = client.post("/explore/story", json={"client": "test", "now": NOW, "run": 3}).json()
    assert story["run"] == 3 and story["lines"]
    table = client.post("/explore/runs.csv", json={"client": "test", "now": NOW})
    assert table.headers["content-type"].startswith("text/csv") and len(table.text.splitlines()) == RUNS + 1
    assert "attachment" in table.headers["content-disposition"]
    beyond = client.post("/explore/story", json={"client": "test", "now": NOW, "run": RUNS})
    assert beyond.status_code == 422 and beyond.json()["error"]["remedy"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"now": {"scenario": "../../etc/passwd"}}, "no such scenario"),
        ({"now": {**NOW, "set": {"sides.sydvik.trust": 0.4}}}, "cannot be set here"),
        ({"now": {**NOW, "set": {"sides.sydvik.initial_trust": 1e308}}}, r"is 1e\+308"),
        ({"now": {**NOW, "set": {"x" * 141: 1.0}}}, "no request"),
        ({"now": {**NOW, "set": {f"x{k}": 1.0 for k in range(201)}}}, "no request"),
        ({"now": {**NOW, "set": {"turns": [1]}}}, "no request"),
        ({"now": {"scenario": "baseline", "set": {"sides.minsk.reciprocity": 0.0}}}, "reciprocity"),
        ({"now": []}, "no request"),
        ({"now": {**NOW, "runs": 10**9}}, "no request"),
        ({"runs": 10**9}, "no request"),
        ({"seed": -1}, "no request"),
        ({"seed": 2**63}, "no request"),
        ({"seed": True}, "no request"),
        ({"seed": "0"}, "no request"),
        ({"client": "<script>"}, "no request"),
        ({"client": "a" * 41}, "no request"),
        ({"pin": {"scenario": "nowhere"}}, "no such scenario"),
    ],
)  # fmt: skip
def test_wrong_requests_are_refused_in_words(
    client: TestClient, change: dict[str, Any], message: str
) -> None:
    answer = client.post("/explore/run", json={"client": "test", "now": NOW, **change})
    assert answer.status_code == 422, answer.text
    error = answer.json()["error"]
    assert re.search(message, error["problem"]) and error["remedy"]
    assert len(answer.content) < 2_000 and "Traceback" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"null", b"[]", b"\xff\xfe", b"[" * 5_000, b"1e999", b'{"now": NaN}',
        b'{"client": "a", "now": {"scenario": "\\u0000"}}',
        b'{"client": "a", "now": {"scenario": "baseline", "set": {"sides.minsk.lag": NaN}}}',
    ],
)  # fmt: skip
def test_what_is_no_json_is_refused(client: TestClient, body: bytes) -> None:
    answer = client.post("/explore/run", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422 and answer.json()["error"]["problem"]


def test_size_type_origin_and_method_are_watched(client: TestClient) -> None:
    whole = json.dumps({"client": "a", "now": NOW, "pad": "x" * MOST_BYTES})
    kind = {"Content-Type": "application/json"}
    assert client.post("/explore/run", content=whole, headers=kind).status_code == 413

    def endless() -> Iterator[bytes]:
        for _ in range(1_000):
            yield b"x" * 1_000

    assert client.post("/explore/run", content=endless(), headers=kind).status_code == 413
    assert client.post("/explore/run", content="client=a").status_code == 415
    assert run(client).status_code == 200
    body = {"client": "test", "now": NOW}
    for origin in ("http://evil.example", "null", "http://testserver.evil.example"):
        assert client.post("/explore/run", json=body, headers={"Origin": origin}).status_code == 403
    assert client.post("/explore/run", json=body, headers={"Origin": "http://testserver"}).status_code == 200
    assert client.get("/explore/run").status_code == 405


def test_files_that_the_server_was_given_can_be_explored(tmp_path: Path) -> None:
    own = tmp_path / "mine.yaml"
    own.write_text(
        "format_version: 1\nextends: two_islands\nname: mine\ntitle: Mine alone\n", encoding="utf-8"
    )
    with TestClient(make_app(tmp_path / "kept.sqlite", names=["testserver"], scenarios=[own])) as client:
        assert '<option value="mine">Mine alone</option>' in client.get("/explore").text
        answer = run(client, now={"scenario": "mine", "set": {"sides.sydvik.initial_trust": 0.3}})
        assert answer.status_code == 200 and answer.json()["now"]["runs"] == 2_000
        assert client.get("/explore/scenarios/mine").status_code == 200


# --- Who is served when ---------------------------------------------------------------------------------


class Slow:
    """Work that lasts until it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.done: list[object] = []

    def __call__(self, name: object) -> Any:
        def work() -> object:
            assert self.go.wait(20)
            self.done.append(name)
            return name

        return work


def test_the_newest_wish_of_a_page_wins() -> None:
    async def served() -> tuple[list[Any], list[object]]:
        queue, slow = Queue(1), Slow()
        asked = [asyncio.create_task(queue.do("a", "here", slow(0)))]
        await asyncio.sleep(0)
        for k in (1, 2, 3):
            asked.append(asyncio.create_task(queue.do("a", "here", slow(k))))
        asked.append(asyncio.create_task(queue.do("b", "here", slow("b"))))
        await asyncio.sleep(0)
        slow.go.set()
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert not queue._newest and not queue._addresses
        queue.close()
        return answers, slow.done

    answers, done = alone(served())
    assert answers[0] == 0 and answers[3] == 3 and answers[4] == "b"
    assert isinstance(answers[1], Superseded) and isinstance(answers[2], Superseded)
    assert done == [0, 3, "b"]


def test_a_flood_is_turned_away_and_others_are_not() -> None:
    async def served() -> list[Any]:
        queue, slow = Queue(1, of_all=6, of_one=4), Slow()
        flood = [asyncio.create_task(queue.do(k, "flood", slow(k))) for k in range(9)]
        await asyncio.sleep(0)
        others = [asyncio.create_task(queue.do(name, name, slow(name))) for name in "abc"]
        await asyncio.sleep(0)
        slow.go.set()
        answers = await asyncio.gather(*flood, *others, return_exceptions=True)
        later = await queue.do("again", "flood", slow("again"))
        queue.close()
        return [*answers, later]

    answers = alone(served())
    assert answers[:4] == [0, 1, 2, 3] and all(isinstance(each, Busy) for each in answers[4:9])
    assert answers[9:11] == ["a", "b"] and isinstance(answers[11], Busy) and answers[12] == "again"


def test_what_a_function_raises_is_raised_and_nothing_is_left_behind() -> None:
    async def served() -> None:
        queue = Queue(2)

        def fails() -> None:
            raise KeyError("x")

        with pytest.raises(KeyError):
            await queue.do("a", "here", fails)
        assert not queue._newest and not queue._addresses
        assert await queue.do("a", "here", lambda: 5) == 5
        queue.close()

    alone(served())


def test_a_busy_server_says_so() -> None:
    queue = Queue(1, of_all=0)
    with TestClient(Starlette(routes=routes(Explorer(runs=RUNS), queue))) as client:
        answer = run(client)
    assert answer.status_code == 429 and answer.headers["retry-after"] == "1"
    assert answer.json()["error"]["code"] == "busy"


def test_a_class_that_opens_a_scenario_at_once_is_told_of_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(Explorer(runs=RUNS), Queue(1))
    asked: list[str] = []
    described = asking.described

    def counted(explorer: Explorer, name: str) -> bytes:
        asked.append(name)
        return described(explorer, name)

    monkeypatch.setattr(asking, "described", counted)

    def request(name: str) -> Request:
        return Request({"type": "http", "headers": [], "path_params": {"name": name}})

    async def opened() -> None:
        answers = await asyncio.gather(*(bench.scenario(request("two_islands")) for _ in range(30)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({bytes(answer.body) for answer in answers}) == 1
        for _ in range(2):
            assert (await bench.scenario(request("atlantis"))).status_code == 422

    alone(opened())
    assert asked == ["two_islands", "atlantis", "atlantis"], "a failure is not kept"


def test_two_pages_that_open_a_scenario_together_get_it(client: TestClient) -> None:
    with ThreadPoolExecutor(8) as pages:
        answers = list(pages.map(client.get, ["/explore/scenarios/two_islands"] * 16))
    assert {answer.status_code for answer in answers} == {200}
