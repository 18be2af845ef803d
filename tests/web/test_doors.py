"""What other sites and tricky addresses try: turned away before any room hears of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from people_in_process import BASE, KEY, Class, started
from starlette.websockets import WebSocketDisconnect

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
    "host", ["evil.example", "", "localhost.evil.example", "127.0.0.1@evil.example", "[", "a b"]
)
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
    answer = classroom.teacher.get(path)
    assert answer.status_code in (404, 405)
    assert "root:" not in answer.text and "make_app" not in answer.text


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
    assert BASE in str(classroom.browser().base_url)
    for query in (f"/desk?key={KEY}", f"/api/rooms?key={KEY}", f"/api/rooms?token={KEY}"):
        answer = classroom.browser().get(query, follow_redirects=False)
        assert answer.status_code in (200, 403) and "bargain_desk" not in answer.headers.get("set-cookie", "")
        assert KEY not in answer.text
