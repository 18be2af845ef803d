"""What other sites and tricky addresses try: turned away before any room hears of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from people_in_process import KEY, Class, started
from starlette.websockets import WebSocketDisconnect

from bargain_sim.web.limits import Limits, Rate
from bargain_sim.web.security import Guard

# --- Other sites ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:81", "file://", "http://["]
)
def test_pages_of_other_sites_can_do_nothing(classroom: Class, origin: str) -> None:
    code, (ana, _) = started(classroom)
    ana.headers["Origin"] = origin
    assert ana.post("/api/join", json={"room": code}).json()["error"]["code"] == "origin"
    with pytest.raises(WebSocketDisconnect), ana.websocket_connect(f"/ws/room/{code}"):
        pass
    desk = classroom.browser()
    desk.post("/desk/key", data={"key": KEY})
    desk.headers["Origin"] = origin
    assert desk.post(f"/api/rooms/{code}/end").json()["error"]["code"] == "origin"
    del desk.headers["Origin"]
    assert desk.post(f"/api/rooms/{code}/end").json()["error"]["code"] == "origin"
    assert classroom.desk(code)["room"]["phase"] == "running"


@pytest.mark.parametrize(
    "host",
    ["evil.example", "", "localhost.evil.example", "127.0.0.1@evil.example", "[", "a b",
     "127.0.0.1/;script-src *", "127.0.0.1/x", "127.0.0.1?x", "127.0.0.1#x", "localhost:80;x", "localhost:x",
     "127.0.0.1 x", "[::1]x", "127.0.0.1:80:80"],
)  # fmt: skip
def test_the_server_goes_by_no_other_name(classroom: Class, host: str) -> None:
    answer = classroom.browser().get("/", headers={"Host": host})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "host"


@pytest.mark.parametrize("host", ["localhost:8000", "192.168.7.4:8000", "[::1]:8000", "schoolbox.local"])
def test_the_server_goes_by_its_own_names(school: Callable[..., Class], host: str) -> None:
    classroom = school(names=["schoolbox.local"])
    assert classroom.browser().get("/", headers={"Host": host}).status_code == 200


def test_every_answer_carries_the_headers_that_shut_things_out(classroom: Class) -> None:
    code = classroom.make()
    client = classroom.join(code)
    for path in ("/", f"/room/{code}", "/desk", "/nowhere", "/api/rooms", "/static/house.css", "/room/%00"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


# --- Paths ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static/....//app.py",
        "/static//etc/passwd", "/static/%00", "/room/../../etc/passwd", "/room/ABCD",
        "/room/bcdf", "/debrief/AEIO", "/api/qr/../../x.svg", "/api/qr/%0d%0a.svg",
        "/api/rooms/..%2f..%2fetc/moves.csv", "/api/rooms/BCDF/../../x",
    ],
)  # fmt: skip
def test_tricks_with_paths_lead_nowhere(classroom: Class, path: str) -> None:
    status, text = asked_raw(classroom, path)
    assert status in (404, 405)
    assert "root:" not in text and "make_app" not in text


def asked_raw(classroom: Class, path: str) -> tuple[int, str]:
    """The answer to a path as it stands: a client would tidy it up before it is sent."""
    said: list[Any] = []
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": unquote(path), "raw_path": path.encode(), "root_path": "", "query_string": b"",
        "headers": [(b"host", b"127.0.0.1"), (b"authorization", f"Bearer {KEY}".encode())],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        said.append(message)

    assert classroom.teacher.portal is not None
    classroom.teacher.portal.call(classroom.app, scope, receive, send)
    body = b"".join(each.get("body", b"") for each in said)
    return said[0]["status"], body.decode("utf-8", "replace")


def test_files_that_are_there_are_found_by_their_paths(classroom: Class) -> None:
    assert asked_raw(classroom, "/static/classroom.css")[0] == 200


@pytest.mark.parametrize(
    "name",
    ["../seeds/events", "/etc/passwd", "scenarios/baseline.yaml", "~/x", "baseline.yaml", "", "a\x00b"],
)
def test_a_scenario_is_named_and_never_a_path(classroom: Class, name: str) -> None:
    answer = classroom.teacher.post("/api/rooms", json={"scenario": name})
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "input"


@pytest.mark.parametrize("override", ["extends=/etc/passwd", "parameters=x.csv", "nonsense", "a=b", "=1"])
def test_settings_reach_no_files(classroom: Class, override: str) -> None:
    answer = classroom.teacher.post("/api/rooms", json={"scenario": "two_islands", "set": [override]})
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]["problem"]


def test_the_key_and_the_tokens_are_in_no_address(classroom: Class) -> None:
    code = classroom.make()
    student, teacher = classroom.browser(), classroom.browser()
    joined = student.post("/join", data={"room": code, "name": "Ana"}, follow_redirects=False)
    opened = teacher.post("/desk/key", data={"key": KEY}, follow_redirects=False)
    classroom.tell(code, "start")
    secrets = (KEY, student.cookies[f"bargain_seat_{code}"], teacher.cookies["bargain_desk"])
    addresses = [answer.headers["location"] for answer in (joined, opened)]
    for path in ("/", f"/?room={code}", f"/room/{code}", "/desk", f"/desk/{code}", f"/projector/{code}",
                 f"/debrief/{code}", "/explore"):  # fmt: skip
        for client in (student, teacher):
            answer = client.get(path, follow_redirects=False)
            addresses += re.findall(r'(?:href|src|action|data-[a-z]+)="([^"]*)"', answer.text)
            addresses.append(answer.headers.get("location", ""))
            assert not [each for each in secrets if each in answer.text], path
    assert {f"/room/{code}", "/desk", "/static/house.css"} <= set(addresses), "the search finds nothing"
    assert not [each for each in addresses if any(secret in each for secret in secrets)]
    for query in (f"/desk?key={KEY}", f"/api/rooms?key={KEY}", f"/api/rooms?token={KEY}"):
        answer = classroom.browser().get(query, follow_redirects=False)
        assert answer.status_code in (200, 403) and "bargain_desk" not in answer.headers.get("set-cookie", "")
        assert KEY not in answer.text


# --- Requests that are half there, and many at once -----------------------------------------------------


@pytest.mark.parametrize("length", [None, b"14", b"40"])
def test_half_a_request_is_none(length: bytes | None) -> None:
    """A connection breaks in the middle of a body: what has come by then is not carried out."""
    reached: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        reached.append(await receive())

    messages = [
        {"type": "http.request", "body": b'{"hide": true}', "more_body": True}, {"type": "http.disconnect"}
    ]  # fmt: skip
    headers = [(b"host", b"127.0.0.1"), *([(b"content-length", length)] if length else [])]
    scope = {"type": "http", "method": "POST", "path": "/", "headers": headers, "client": ("127.0.0.1", 1)}

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        reached.append(message)

    asyncio.run(Guard(app, Limits())(scope, receive, send))
    assert reached == []


def test_strange_cookies_of_others_hide_none_of_ours(classroom: Class) -> None:
    code, (ana, _) = started(classroom)
    own = f"bargain_seat_{code}={ana.cookies[f'bargain_seat_{code}']}"
    for strange in ('a[b]={"x": 1}', "plain words", "a=" + "x" * 9_000, '"', "=", "a@b=c"):
        client = classroom.browser()
        client.headers["Cookie"] = f"{strange}; {own}"
        with client.websocket_connect(f"/ws/room/{code}") as socket:
            assert socket.receive_json()["type"] == "state", strange


def test_a_class_behind_one_router_loads_its_pages_at_once(school: Callable[..., Class]) -> None:
    """Files are the same for all, and a browser asks for them again only to hear that they are unchanged."""
    classroom = school(limits=Limits(requests=Rate(5, 0.001)))
    client = classroom.browser()
    answers = [client.get("/static/room.js") for _ in range(20)]
    assert {answer.status_code for answer in answers} == {200}
    assert answers[0].headers["cache-control"] == "no-cache"
    again = client.get("/static/room.js", headers={"If-None-Match": answers[0].headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/").headers["cache-control"] == "no-store"
    assert [client.get("/").status_code for _ in range(6)][-1] == 429
