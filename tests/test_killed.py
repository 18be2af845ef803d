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
runs: 5000
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
    began = time.perf_counter()
    subprocess.run(command(tmp_path / "alone"), check=True, capture_output=True)
    alone = time.perf_counter() - began
    rng = random.Random(0)
    kills = 0
    for _ in range(60):
        process = subprocess.Popen(
            command(tmp_path / "cut", "--resume"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        try:
            # From before the first part to near the end, so that later tries get further.
            process.wait(rng.uniform(0.2, 0.6) * alone)
        except subprocess.TimeoutExpired:
            if kills < 10:
                process.send_signal(signal.SIGKILL)
                kills += 1
        _, said = process.communicate()
        if process.returncode == 0:
            break
        assert process.returncode == -signal.SIGKILL, said.decode()
    assert kills == 10 or process.returncode == 0
    manifest = read_manifest(tmp_path / "cut")
    assert manifest is not None and manifest.complete
    assert bytes_in(tmp_path / "cut") == bytes_in(tmp_path / "alone")
    points = [(tmp_path / name / "points.parquet").read_bytes() for name in ("cut", "alone")]
    assert points[0] == points[1]
    assert not list((tmp_path / "cut").rglob("*.part")), "temporary files were left behind"
