"""A full disk elsewhere than under a sweep's runs: figures, compiled code, standard output."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from folders import SMALL

from bargain_sim import InputError, sweep
from bargain_sim.cli import main
from bargain_sim.drawing import draw_figures


def fill(disk: Path, left: int) -> None:
    """Leave about so many bytes free."""
    free = os.statvfs(disk)
    (disk / "ballast").write_bytes(bytes(max(0, free.f_bavail * free.f_frsize - left)))


def test_a_figure_of_one_run(small_disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(small_disk, 8_192)
    assert main(["run", "baseline", "--plot", str(small_disk / "one.png")]) == 2
    assert "one.png: the disk is full. Make space" in capsys.readouterr().err
    assert [path.name for path in small_disk.iterdir()] == ["ballast"], "nothing torn is left"
    plt.close("all")


def test_figures_of_a_sweep(small_disk: Path) -> None:
    results = sweep(SMALL)
    fill(small_disk, 16_384)
    with pytest.raises(InputError, match="the disk is full") as caught:
        draw_figures(results, small_disk / "figures", kinds=["deal_time"])
    assert caught.value.place is not None
    assert caught.value.place.file.endswith(".png")
    assert not list((small_disk / "figures").iterdir())
    plt.close("all")


@pytest.mark.slow
@pytest.mark.parametrize("left", [8_192, 350_000])
def test_compiled_code_is_not_kept(left: int, small_disk: Path) -> None:
    fill(small_disk, left)
    done = subprocess.run(
        [sys.executable, "-m", "bargain_sim", "run", "baseline", "--seed", "1"],
        env=os.environ | {"BARGAIN_CACHE": str(small_disk)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    swept = subprocess.run(
        [
            sys.executable, "-m", "bargain_sim", "sweep", "trust_reciprocity", "--runs", "2",
            "--out", str(small_disk.parent / "r"), "--no-figures",
        ],
        env=os.environ | {"BARGAIN_CACHE": str(small_disk)}, capture_output=True, text=True,
    )  # fmt: skip
    assert swept.returncode == 0, swept.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
def test_standard_output() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "bargain_sim", "run", "baseline", "--json"],
            stdout=full, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "the disk is full" in done.stderr
