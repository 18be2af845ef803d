"""What may be asked of a sweep, what is said of it, and how it ends when it is told to."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from folders import SMALL, bytes_of, in_folder

from bargain_sim import InputError, sweep
from bargain_sim.cli import main
from bargain_sim.store.verify import verify
from bargain_sim.sweeps.job import Job
from bargain_sim.sweeps.loading import validate_sweep

UNTIL = {"outcome": "grand_bargain", "half_width": 0.1, "max_runs": 200}
PAIRS = (
    ["--resume", "--overwrite"],
    ["--dask", "tcp://localhost:1", "--dask-local", "2"],
    ["--dask-local", "2", "--workers", "2"],
    ["--dask", "tcp://localhost:1", "--workers", "2"],
)


@pytest.mark.parametrize("pair", PAIRS)
def test_what_excludes_each_other(
    pair: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sweep", "trust_reciprocity", "--out", str(tmp_path / "r"), *pair]) == 2
    names = [each for each in pair if each.startswith("--")]
    assert f"{names[0]} and {names[1]} cannot go together. Give one of them." in capsys.readouterr().err
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(
    "command",
    [["sweep", "trust_reciprocity"], ["results", "--merge", "a", "b"], ["plot", "a"]],
)
def test_a_folder_has_a_name(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*command, "--out", ""]) == 2
    assert "The name of the folder is empty" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
    with pytest.raises(InputError, match="name of the folder is empty"):
        sweep(SMALL, out="")


def test_memory_is_looked_at_before_a_round(monkeypatch: pytest.MonkeyPatch) -> None:
    computed = 0
    compute_pieces = Job.compute_pieces

    def counting(self: Job, pieces: Any, progress: Any = None) -> Any:
        nonlocal computed
        computed += sum(piece.rows for piece in pieces)
        return compute_pieces(self, pieces, progress)

    monkeypatch.setattr(Job, "compute_pieces", counting)
    monkeypatch.setattr("bargain_sim.store.shelf.LARGEST_IN_MEMORY", 700)
    with pytest.raises(InputError, match="too many to hold in memory"):
        sweep(SMALL | {"until": UNTIL}, workers=1)
    assert computed == 480, "the first round, which fits, and nothing after it"


def test_it_says_that_it_begins_anew(tmp_path: Path) -> None:
    summed = SMALL | {"keep": "summary", "until": UNTIL}
    sweep(summed, out=tmp_path)
    whole = bytes_of(tmp_path)
    (tmp_path / "points.parquet").unlink()
    told: list[str] = []
    sweep(summed, out=tmp_path, resume=True, notice=told.append)
    assert any("begins anew" in text for text in told)
    assert bytes_of(tmp_path) == whole
    told.clear()
    sweep(summed, out=tmp_path, resume=True, notice=told.append)
    assert not any("begins anew" in text for text in told)


LONG = """
format_version: 1
title: To be told to stop
scenario: baseline
design: grid
factors: {sides.both.initial_trust: {range: [0.2, 0.7], steps: 50}}
runs: 1000000
"""


@pytest.mark.skipif(sys.platform == "win32", reason="nobody is told to stop there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_told_to_stop(number: int, tmp_path: Path) -> None:
    (tmp_path / "long.yaml").write_text(LONG)
    process = subprocess.Popen(
        [sys.executable, "-m", "bargain_sim", "sweep", "long.yaml", "--out", "r", "--no-figures"],
        cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while process.poll() is None and not list(tmp_path.glob("r/runs/part-*")):
        time.sleep(0.02)
    process.send_signal(number)
    _, said = process.communicate()
    assert process.returncode == 128 + number, said
    assert "Stopped. What was finished is kept in r" in said
    assert not list((tmp_path / "r").rglob(".*")), "nothing half-written is left, nor a lock"
    assert any(error.problem.startswith("this sweep is not complete") for error in verify(tmp_path / "r"))


def test_numpy_arrays_are_lists(tmp_path: Path) -> None:
    import numpy as np

    factors = {"sides.both.initial_trust": np.array([0.3, 0.6]), "sides.both.patience": np.arange(2, 4)}
    lists: dict[str, Any] = {path: values.tolist() for path, values in factors.items()}
    in_folder(tmp_path / "a", SMALL | {"factors": factors})
    in_folder(tmp_path / "b", SMALL | {"factors": lists})
    assert bytes_of(tmp_path / "a") == bytes_of(tmp_path / "b")
    wide = {"sides.both.initial_trust": {"values": np.array([[0.3, 0.6]])}}
    with pytest.raises(InputError, match=r"factors\.sides\.both\.initial_trust"):
        sweep(SMALL | {"factors": wide})


def test_a_summary_is_asked_for_what_is_not_in_it() -> None:
    summary = sweep(SMALL | {"keep": "summary"}).summary
    with pytest.raises(InputError, match="Did you mean `utility_minsk`"):
        summary.quantile("utility_minks", point=0, q=0.5)
    with pytest.raises(InputError, match="no column `fun`"):
        summary.error("fun")
    for point in (-1, 24):
        with pytest.raises(InputError, match=f"there is no point {point}. Choose among 0 … 23"):
            summary.quantile("turns", point=point, q=0.5)


def test_what_is_no_number_is_told_once(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(LONG.replace("[0.2, 0.7], steps: 50", "[.nan, .inf]"))
    wrong = validate_sweep(path)
    assert [("not an ordinary number" in error.problem) for error in wrong] == [True, True]


def test_one_factor_is_one_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bargain_sim.sweeps.checks.memory", lambda: 1_000)
    with pytest.raises(InputError, match="About 9 points of 1 factor fit"):
        sweep(SMALL | {"factors": {"sides.both.initial_trust": {"range": [0.1, 0.9], "steps": 50}}})
