"""Two sweeps at once never share a folder, and a killed one bars nobody."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from folders import SMALL, bytes_of, in_folder, stretch_of

from bargain_sim import InputError, sweep
from bargain_sim.analysis.points import points_of
from bargain_sim.cli import main
from bargain_sim.store import lock
from bargain_sim.store.lock import LOCK, locked
from bargain_sim.store.merge import merge
from bargain_sim.store.verify import verify

HOLD = """
import sys, time
from pathlib import Path
from bargain_sim.store.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def held(tmp_path: Path) -> Any:
    """A folder that another process writes into, with its number."""
    folder = tmp_path / "held"
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, env=dict(os.environ)
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == b"held"
    yield folder, process
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.mark.parametrize("how", [{}, {"resume": True}, {"overwrite": True}])
def test_a_second_sweep_is_refused(how: dict[str, Any], held: Any) -> None:
    folder, process = held
    with pytest.raises(InputError, match=rf"another sweep writes .* \(process {process.pid} on "):
        sweep(SMALL, out=folder, **how)
    assert [path.name for path in folder.iterdir()] == [LOCK]
    process.kill()
    process.wait()
    sweep(SMALL, out=folder)
    assert verify(folder) == []
    assert not (folder / LOCK).exists()


def test_a_second_sweep_of_the_same_process_too(tmp_path: Path) -> None:
    def once_more(done: int, total: int) -> None:
        told.append(main(["sweep", "trust_reciprocity", "--runs", "1", "--out", str(tmp_path / "r")]))

    told: list[int] = []
    sweep(SMALL, out=tmp_path / "r", workers=1, progress=once_more)
    assert set(told) == {2}
    in_folder(tmp_path / "alone")
    assert bytes_of(tmp_path / "r") == bytes_of(tmp_path / "alone")


def test_a_merge_waits_for_nobody(held: Any, tmp_path: Path) -> None:
    parts = [stretch_of(tmp_path / "a", 0, 10), stretch_of(tmp_path / "b", 10, 20)]
    with pytest.raises(InputError, match="another sweep writes into this folder"):
        merge(parts, held[0], points_of, overwrite=True)
    merge(parts, tmp_path / "c", points_of)
    assert verify(tmp_path / "c") == []


def test_what_is_refused_leaves_no_folder(tmp_path: Path) -> None:
    bad = SMALL | {"factors": {"sides.both.initial_trust": [0.3, 1.5]}}
    with pytest.raises(InputError):
        sweep(bad, out=tmp_path / "new" / "r")
    assert not (tmp_path / "new").exists()


def test_a_lock_file_left_behind_bars_nobody(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text("1 elsewhere\n")
    in_folder(tmp_path)
    assert not (tmp_path / LOCK).exists()


def test_without_locks_the_work_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_here(handle: int) -> bool:
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr(lock, "_try_lock", none_here)
    in_folder(tmp_path)
    assert verify(tmp_path) == []


def test_the_lock_is_let_go(tmp_path: Path) -> None:
    for _ in range(3):
        with locked(tmp_path / "r"), pytest.raises(InputError), locked(tmp_path / "r"):
            pass
    assert not (tmp_path / "r").exists()
