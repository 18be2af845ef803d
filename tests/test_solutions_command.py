"""`bargain solutions`: what it prints and writes, of a scenario and of a stored sweep."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bargain_sim import load_results, solutions, sweep, value_left
from bargain_sim.cli import main
from bargain_sim.narrate import CAVEAT

Captured = pytest.CaptureFixture[str]

SWEEP: dict[str, Any] = {
    "format_version": 1, "name": "small", "title": "Small", "scenario": "two_islands", "design": "grid",
    "factors": {"sides.both.outside_option": [5, 20]}, "runs": 20,
}  # fmt: skip


def test_a_scenario_in_words(tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "figures"
    assert main(["solutions", "two_islands", "--discounts", "0.9,0.8", "--out", str(out)]) == 0
    told = capsys.readouterr().out
    found = solutions("two_islands", discounts=(0.9, 0.8))
    nash = found.point("nash")
    assert nash is not None
    assert CAVEAT in told and "Rubinstein" in told
    assert f"{len(found.packages.points)} packages cannot be bettered for both sides;" in told
    assert f"{nash[0]:.1f}" in told and f"{nash[1]:.1f}" in told
    assert sorted(path.name for path in out.iterdir()) == ["captions.md", "solutions.png"]


def test_as_data(capsys: Captured) -> None:
    assert main(["solutions", "two_islands", "--set", "sides.both.bonus=0", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    found = solutions("two_islands", {"sides.both.bonus": 0})
    assert data["frontier"] == found.packages.points.tolist() and data["slack"] == 0.0
    assert [row["solution"] for row in data["solutions"]] == found.table["solution"].tolist()
    row = data["solutions"][0]
    assert row["package"] == found.packages.holds(int(found.table["row"][0])) and data["runs"] is None


def test_a_sweep_is_measured_at_its_points(tmp_path: Path, capsys: Captured) -> None:
    sweep(SWEEP, out=tmp_path / "r", workers=1)
    assert main(["solutions", str(tmp_path / "r"), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    left = value_left(load_results(tmp_path / "r"))
    assert data["runs"]["count"] == 40
    assert data["runs"]["medians"]["to_nash"] == pytest.approx(left["to_nash"].median())
    assert main(["solutions", str(tmp_path / "r"), "--no-figures"]) == 0
    told = capsys.readouterr().out
    assert "What runs left on the table" in told and "All runs" in told
    assert not (tmp_path / "r" / "figures").exists()
    assert main(["solutions", str(tmp_path / "r"), "--set", "turns=5"]) == 2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--disagreement", "here"], "not two numbers"),
        (["--disagreement", "1,2,3"], "not two numbers"),
        (["--disagreement", "nan,inf"], "no disagreement point"),
        (["--discounts", "1,0.5"], "from 0 to under 1"),
        (["--discounts", "0.9"], "not two numbers"),
    ],
)
def test_what_cannot_be_asked(options: list[str], words: str, capsys: Captured) -> None:
    assert main(["solutions", "two_islands", "--no-figures", *options]) == 2
    assert words in capsys.readouterr().err


def test_no_agreement_is_said(capsys: Captured) -> None:
    assert main(["solutions", "two_islands", "--disagreement", "500,500", "--no-figures"]) == 0
    assert "None gives both sides what they want at least, 500 and 500 points." in capsys.readouterr().out
