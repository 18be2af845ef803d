"""What the whole suite shares."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write tests/golden anew from what the rules say now (then read the differences)",
    )


@pytest.fixture(scope="module")
def short_search() -> Iterator[None]:
    """A search of two rounds for the best-supported point, where what it finds is not asked."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("_WIDE", 1), ("_NARROW", 1), ("_FINAL_RUNS", 100)):
            patch.setattr(f"bargain_sim.calibration.searching.{name}", value)
        yield


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 400 KB, where this process may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(disk)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no small disk can be made here")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True, capture_output=True)
