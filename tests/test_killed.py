"""kill -9, ten times at random moments: what is resumed ends with the same bytes as one left alone."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bargain_sim.store.manifest import read_manifest

SWEEP = """
format_version: 1
title: To be killed
scenario: baseline
design: grid
factors:
  sides.both.initial_trust: {range: [0.2, 0.7], steps: 25}
  sides.both.reciprocity: {range: [0.1, 1.0], steps: 10}
runs: 6000
"""


def command(folder: Path, *more: str) -> list[str]:
    return [
        sys.executable, "-m", "bargain_sim", "sweep", str(folder.parent / "killed.yaml"),
        "--out", str(folder), "--no-figures", "--quiet", *more,
    ]  # fmt: skip


def bytes_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "runs").glob("part-*"))}


@pytest.mark.slow
def test_killed_ten_times(tmp_path: Path) -> None:
    (tmp_path / "killed.yaml").write_text(SWEEP)
    subprocess.run(command(tmp_path / "alone"), check=True, capture_output=True)
    rng = random.Random(0)
    folder, stored, wrote = tmp_path / "cut", 0, 0
    for kill in range(10):
        process = subprocess.Popen(
            command(folder, "--resume"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        # A random moment: while it loads, while the first runs are made, while a part is written …
        waited_for = rng.choice(["nothing", "a part"]) if kill else "a part"
        wait_for_more(folder, stored if waited_for == "a part" else -1, process)
        time.sleep(rng.uniform(0.0, 0.05 if waited_for == "a part" else 1.0))
        process.send_signal(signal.SIGKILL)
        _, said = process.communicate()
        assert process.returncode == -signal.SIGKILL, said.decode()
        before, stored = stored, len(bytes_in(folder))
        wrote += stored > before
    assert wrote > 1, "several of those that were killed had stored something"
    assert stored < len(bytes_in(tmp_path / "alone")), "and none had finished"
    subprocess.run(command(folder, "--resume"), check=True, capture_output=True)
    manifest = read_manifest(folder)
    assert manifest is not None and manifest.complete
    assert 0 < manifest.timing["runs_this_time"] < manifest.rows
    assert bytes_in(folder) == bytes_in(tmp_path / "alone")
    points = [(tmp_path / name / "points.parquet").read_bytes() for name in ("cut", "alone")]
    assert points[0] == points[1]
    assert not list(folder.rglob("*.part")), "temporary files were left behind"


def wait_for_more(folder: Path, parts: int, process: subprocess.Popen[bytes]) -> None:
    """Until more than `parts` part files are there, or the process has ended."""
    while process.poll() is None and len(list((folder / "runs").glob("part-*"))) <= parts:
        time.sleep(0.002)
