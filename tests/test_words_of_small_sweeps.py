"""What is said of sweeps of one run, of one run a point, and of what cannot be read or written."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from folders import SMALL, in_folder

from bargain_sim.analysis.solutions import factors_of_the_problem, solutions
from bargain_sim.api import sweep
from bargain_sim.cli import main
from bargain_sim.plots import deal_time
from bargain_sim.plots import solutions as bargaining
from bargain_sim.plots.words import factor_name

Captured = pytest.CaptureFixture[str]


def test_a_letter_that_is_a_symbol_stays_one() -> None:
    assert factor_name("w", {"w": "W of Minsk"}) == "W of Minsk"
    assert factor_name("w", {"w": "A side’s trust"}) == "a side’s trust"
    assert factor_name("w", {"w": "Initial trust"}) == "initial trust"


def test_captions_of_few_runs() -> None:
    solved = solutions("two_islands")
    one = pd.DataFrame({f"utility_{side}": [10.0] for side in solved.sides})
    caption = bargaining.caption(solved, one)
    assert "The one run reaches" in caption and "half" not in caption
    assert f"of “{solved.scenario.title}” cannot be bettered" in caption
    assert "the scenario’s own" not in caption
    assert "the scenario’s own" in bargaining.caption(solved, one, swept=True)
    frame = pd.DataFrame({"deal_turn": [float("nan")] * 2, "word": ["a", "b"]})
    assert "with a none did; with b none did" in deal_time.caption(frame, by="word")


def test_what_the_solutions_rest_on_is_known_to_vary() -> None:
    options = SMALL | {"factors": {"sides.both.outside_option": [5, 10]}, "runs": 1}
    assert factors_of_the_problem(sweep(options)) == ["outside_option"]
    assert not factors_of_the_problem(sweep(options | {"factors": {"sides.both.initial_trust": [0.3, 0.5]}}))


def test_of_single_runs_the_most_and_least_frequent_are_not_told(tmp_path: Path, capsys: Captured) -> None:
    for runs, told in ((1, False), (2, True)):
        words = ["--runs", str(runs), "--no-figures", "--out", str(tmp_path / str(runs))]
        assert main(["sweep", "trust_reciprocity", *words]) == 0
        assert ("where most and least often" in capsys.readouterr().out) == told


def test_what_cannot_be_read_or_written_is_said_for_a_terminal(tmp_path: Path, capsys: Captured) -> None:
    in_folder(tmp_path / "kept", SMALL | {"keep": "summary"})
    for command in ("plot", "solutions"):
        assert main([command, str(tmp_path / "kept")]) == 2
        said = capsys.readouterr().err
        assert "kept summaries only" in said and "summary.parquet" in said and "Use `points`" not in said
    in_folder(tmp_path / "runs")
    capsys.readouterr()
    assert main(["plot", str(tmp_path / "runs"), "--out", "/proc/figures"]) == 2
    said = capsys.readouterr().err
    assert "cannot be written" in said and "gone" not in said
