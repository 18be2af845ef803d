"""What goes wrong around Dask is told in a sentence: strangers at its address, a lost scheduler, Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from folders import SMALL, bytes_of, in_folder

from bargain_sim import InputError, sweep

pytest.importorskip("distributed")

SAID: dict[str, bytes] = {
    "nothing": b"",
    "SSH": b"SSH-2.0-OpenSSH_9.2p1\r\n",
    "HTTP": b"HTTP/1.0 400 Bad Request\r\nServer: SimpleHTTP/0.6\r\n\r\n",
    "a short message": (1).to_bytes(8, "little") + (5).to_bytes(8, "little") + b"hello",
}


@pytest.fixture
def stranger() -> Iterator[Callable[[bytes], str]]:
    """Something that listens and says so many bytes; its address."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        callers: list[socket.socket] = []

        def serve(said: bytes) -> None:
            with suppress(OSError):
                while True:
                    caller, _ = server.accept()
                    callers.append(caller)
                    caller.sendall(said)

        def begin(said: bytes) -> str:
            threading.Thread(target=serve, args=(said,), daemon=True).start()
            return f"tcp://127.0.0.1:{server.getsockname()[1]}"

        yield begin
        for caller in callers:
            caller.close()


@pytest.mark.parametrize("said", SAID)
def test_a_stranger_at_the_address(
    said: str, stranger: Callable[[bytes], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bargain_sim.sweeps.backends.dask._ANSWER", 1.0)
    address = stranger(SAID[said])
    with pytest.raises(InputError, match=f"no Dask scheduler answers at `{address}`"):
        sweep(SMALL, out=tmp_path / "r", dask=address)
    assert not (tmp_path / "r").exists()


LONG = """
format_version: 1
title: Long enough to be stopped
scenario: baseline
design: grid
factors: {sides.both.initial_trust: {range: [0.2, 0.7], steps: 50}}
runs: 200000
"""
BARGAIN = (sys.executable, "-m", "bargain_sim", "sweep", "long.yaml", "--out", "r", "--no-figures")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="it has other signals")]


def begun(folder: Path, *more: str) -> subprocess.Popen[str]:
    """The sweep of LONG in a process group of its own, once it has stored a part."""
    (folder / "long.yaml").write_text(LONG)
    process = subprocess.Popen(
        [*BARGAIN, *more], cwd=folder, start_new_session=True, text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    while process.poll() is None and not list(folder.glob("r/runs/part-*")):
        time.sleep(0.02)
    return process


def test_interrupted_with_local_workers(tmp_path: Path) -> None:
    process = begun(tmp_path, "--dask-local", "2")
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers, too
    _, said = process.communicate()
    assert process.returncode == 130, said
    words = "Stopped. What was finished is kept in r; the same command with --resume goes on."
    assert [line for line in said.splitlines() if line] == [words]


def test_a_scheduler_that_dies(tmp_path: Path) -> None:
    file = tmp_path / "scheduler.json"
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1"]
    scheduler = subprocess.Popen(
        [*command, "--port", "0", "--no-dashboard", "--scheduler-file", str(file)], stderr=subprocess.DEVNULL
    )
    while not file.exists():
        time.sleep(0.05)
    worker = subprocess.Popen(
        [
            sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(file),
            "--nthreads", "1", "--no-dashboard", "--no-nanny",
        ],
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        address = str(json.loads(file.read_text())["address"])
        _wait_for_a_worker(address)
        process = begun(tmp_path, "--dask", address)
        scheduler.kill()
        _, said = process.communicate()
        assert process.returncode == 2, said
        assert f"the Dask scheduler at {address} no longer answers. What was finished is kept" in said
        assert "Traceback" not in said
    finally:
        for each in (worker, scheduler):
            each.kill()
            each.wait()


def _wait_for_a_worker(address: str) -> None:
    from distributed import Client

    with Client(address) as client:
        client.wait_for_workers(1)


def test_a_lone_sweep_is_not_disturbed(tmp_path: Path) -> None:
    in_folder(tmp_path / "threads")
    sweep(SMALL, out=tmp_path / "dask", dask_local=1)
    assert bytes_of(tmp_path / "dask") == bytes_of(tmp_path / "threads")
