"""Moments that decide: what the interval rests on, and what is refused before anything is read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bargain_sim import paths
from bargain_sim.cli import main
from bargain_sim.cli.options import SIZES
from bargain_sim.errors import InputError
from bargain_sim.plots.style import LOOKS
from bargain_sim.routes.deciding import compared


def test_runs_compared_with_count_for_the_interval_too() -> None:
    """Four hundred against forty: what is not known is how the forty would have ended."""
    turns, none = np.repeat([0, -1], [400, 40]), np.full(440, -1)
    ends = np.tile([True, False], 220)
    found = compared(turns, ends, np.full(440, 10), none, np.zeros(440, dtype=np.int64), np.arange(440))
    expected = 1.96 * np.sqrt(0.25 / 400 + 0.25 / 40)
    assert found.difference == 0.0
    assert (found.high - found.low) / 2 == pytest.approx(expected, rel=0.03)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--format", "bmp"], "no figure format `bmp`"),
        (["--size", "huge"], "no size `huge`. Known are print, projector"),
        (["--out", __file__], "is a file, and a folder is needed here"),
        (["--runs", "100000000000"], "Choose 1,000,000 at most"),
    ],
)
def test_options_are_checked_before_the_work(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_late(*_: object, **__: object) -> None:
        raise AssertionError("work has begun")

    monkeypatch.setattr("bargain_sim.routes.paths.fresh_runs", too_late)
    assert main(["paths", "baseline", *arguments]) == 2
    assert says in capsys.readouterr().err
    assert tuple(LOOKS) == SIZES


def test_routes_say_how_far_they_are() -> None:
    told: list[tuple[int, int]] = []
    paths("baseline", runs=30, progress=lambda *done: told.append(done))
    assert told == [(30, 30)]


def test_a_folder_that_cannot_be_is_refused_before_a_calibration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_late(*_: object, **__: object) -> None:
        raise InputError("work has begun", remedy="Nothing")

    monkeypatch.setattr("bargain_sim.api.calibrate", too_late)
    file = tmp_path / "afile"
    file.write_text("", encoding="utf-8")
    assert main(["calibrate", "--out", str(file / "below")]) == 2
    assert f"`{file}` is a file" in capsys.readouterr().err
