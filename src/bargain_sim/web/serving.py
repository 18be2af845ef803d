"""A server from its first word to its last: uvicorn on one port, and what is printed beside it."""

from __future__ import annotations

import io
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from bargain_sim.errors import InputError
from bargain_sim.web.addresses import all_reachable, is_loopback, names_of, with_port
from bargain_sim.web.limits import Limits
from bargain_sim.web.memory import collect_seldom

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from bargain_sim.web.live.playing import Explorer

__all__ = ["default_file", "serve"]


def default_file() -> Path:
    """Where rooms are kept where nothing else is said: in the user's own folder for data."""
    home = Path.home()
    if sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        folder = home / "Library" / "Application Support"
    else:
        folder = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    return folder / "bargain_sim" / "classroom.sqlite"


def serve(
    path: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    scenarios: Iterable[str | Path] = (),
    key: str = "",
    limits: Limits | None = None,
    say: Callable[[str], None] = print,
    plain: bool = False,
) -> None:
    """Serve until interrupted; `say` is given what a teacher has to know, line by line.

    Port 0 takes a free one.  `plain` leaves the QR code out.  Raises InputError where the port, the file or
    a scenario is not usable.
    """
    import uvicorn

    from bargain_sim.web.app import make_app

    limits = limits or Limits()
    listening = _listen(host, port)
    try:
        app = make_app(path, key=key, names=names_of(host), scenarios=scenarios, limits=limits)
        places = [with_port(each, listening.getsockname()[1]) for each in all_reachable(host)]
        app.state.reachable_at = "" if is_loopback(host) else places[0]
        for line in _greeting(app, path, host, places, plain):
            say(line)
        _warm_up(app.state.explorer, say)
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="websockets-sansio",
            ws_max_size=limits.message_bytes,
            ws_max_queue=8,
            ws_per_message_deflate=False,
            backlog=1024,
            limit_concurrency=limits.connections + 200,
            timeout_keep_alive=15,
            timeout_graceful_shutdown=2,
            h11_max_incomplete_event_size=limits.message_bytes,
        )
        collect_seldom()
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        listening.close()


def _warm_up(explorer: Explorer, say: Callable[[str], None]) -> None:
    """Make the explorer's engine ready while rooms are served; until then its first answer waits."""
    from bargain_sim.web.live.quick import is_ready

    if not is_ready():
        say("The explorer compiles its engine, this once, for ten seconds to a minute; rooms work meanwhile.")
    threading.Thread(target=explorer.warm_up, name="warm-up", daemon=True).start()


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with ExitStack() as on_failure:
            listening = on_failure.enter_context(socket.socket(family, socket.SOCK_STREAM))
            if os.name == "posix":
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((host, port))
            listening.listen(1024)  # who comes before all is ready waits, and is not turned away
            on_failure.pop_all()
    except (OSError, OverflowError) as error:
        raise InputError(
            f"nothing can be served at {host}, port {port} ({getattr(error, 'strerror', None) or error})",
            remedy="Give another with --port or --host; --port 0 takes a free one",
        ) from None
    return listening


def _greeting(app: Starlette, path: Path, host: str, places: list[str], plain: bool) -> list[str]:
    address, *others = (f"http://{place}/" for place in places)
    if is_loopback(host):
        reach = (
            "Only this computer can open it. For a class, start with --host 0.0.0.0: then everyone in your "
            "network can."
        )
    else:
        reach = (
            "Everyone in your network can open it, and what is typed there travels unencrypted: use it in a "
            "network that you trust, such as your own classroom's, and stop it after the lesson."
        )
    lines = [
        "bargain_sim classroom. Scenario exploration, not prediction.",
        f"Students: {address}",
        *(f"or, in another network of this computer: {other}" for other in others),
        f"Teacher:  {address}desk",
        f"Explore:  {address}explore",
        f"Key:      {app.state.keys.key}",
        f"Kept in:  {path} (names and moves; `bargain serve --forget` deletes it)",
        reach,
        "Stop with Ctrl-C; everything is kept, and students find their seats again.",
    ]
    if not plain:
        lines.insert(1, _qr_code(address))
    return lines


def _qr_code(address: str) -> str:
    import segno

    text = io.StringIO()
    segno.make(address, error="l").terminal(text, compact=True, border=2)
    return text.getvalue().rstrip("\n")
