"""What the command line writes to terminals wide and narrow, to pipes, and in any encoding."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from bargain_sim.cli import main
from bargain_sim.cli.grid import Grid, show_grid
from bargain_sim.cli.settings import Settings
from bargain_sim.cli.tables import counted
from bargain_sim.narrate import CAVEAT, tell
from bargain_sim.play import simulate

Captured = pytest.CaptureFixture[str]

SOURCE = Path(__file__).resolve().parent.parent / "src"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONIOENCODING": "utf-8"}


class Terminal(io.StringIO):
    """Standard output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def on_a_terminal(args: list[str], width: int, monkeypatch: pytest.MonkeyPatch, *, no_color: str = "") -> str:
    """What `bargain args` writes to a terminal of `width` columns."""
    terminal = Terminal()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", terminal)
        patch.setenv("COLUMNS", str(width))
        patch.setenv("TERM", "xterm")
        patch.setenv("NO_COLOR", no_color)
        assert main(args) == 0
    return terminal.getvalue()


@pytest.mark.parametrize(("width", "plain"), [(40, True), (69, True), (70, False), (100, False)])
def test_a_narrow_terminal_gets_lines(width: int, plain: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    out = on_a_terminal(["run", "baseline"], width, monkeypatch)
    assert (out == tell(simulate("baseline"))) == plain


def test_the_pages_show_what_a_terminal_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    out = on_a_terminal(["run", "baseline"], 100, monkeypatch)
    printed = [line.strip() for line in re.sub(r"\x1b\[[0-9;]*m", "", out).splitlines()]
    page = (SOURCE.parent / "README.md").read_text("utf-8")
    shown = page.partition("```text terminal\n")[2].partition("```")[0].splitlines()
    assert len(shown) > 3
    places = [printed.index(line.strip()) for line in shown]
    assert places == list(range(places[0], places[0] + len(shown)))


@pytest.mark.parametrize("args", [["run", "two_islands", "--why", "--json"], ["schema"]])
@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-16"])
def test_json_is_json_in_any_encoding(args: list[str], encoding: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bargain_sim", *args], capture_output=True, check=True,
        env={**ENVIRONMENT, "PYTHONIOENCODING": encoding},
    )  # fmt: skip
    text = done.stdout.decode(encoding)
    assert text.isascii()
    assert json.loads(text)


def written_sweep(folder: Path, levels: int) -> list[str]:
    """A sweep over so many strategies, run and stored; the arguments that show it again."""
    strategies = ["comparative", "proportional", "signed", "tit_for_tat", "grit", "boulware", "linear"]
    sweep: dict[str, Any] = {
        "format_version": 1, "name": "many", "title": "Many", "scenario": "baseline", "design": "grid",
        "factors": {"sides.both.strategy": {"label": "Strategy of both", "values": strategies[:levels]}},
        "runs": 30, "seed": 0,
    }  # fmt: skip
    (folder / "many.yaml").write_text(yaml.safe_dump(sweep), encoding="utf-8")
    args = ["sweep", str(folder / "many.yaml"), "--out", str(folder / "out"), "--no-figures"]
    assert main([*args, "--quiet"]) == 0
    return args


@pytest.mark.slow
def test_tables_of_a_sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    args = written_sweep(tmp_path, 6)
    piped = capsys.readouterr().out
    assert CAVEAT in piped
    assert "Many: 6 points × 30 runs." in piped
    # Six categories stand below each other, and the endings side by side.
    head = next(line for line in piped.splitlines() if line.startswith("Strategy of both"))
    assert "Breakdown" in head
    assert sum(line.startswith("tit_for_tat ") for line in piped.splitlines()) == 2

    plain = on_a_terminal(args, 160, monkeypatch, no_color="1")
    assert "\x1b" not in plain and "━" not in plain
    assert head in plain

    wide = on_a_terminal(args, 160, monkeypatch)
    assert "┏" in wide

    narrow = on_a_terminal(args, 40, monkeypatch)
    assert "┏" not in narrow
    assert "\nStrategy of both: tit_for_tat\n  Breakdown: " in narrow


@pytest.mark.slow
def test_few_categories_stand_side_by_side(tmp_path: Path, capsys: Captured) -> None:
    written_sweep(tmp_path, 4)
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("ending ") and line.endswith("tit_for_tat") for line in lines)


@pytest.mark.slow
def test_a_reader_of_a_sweep_may_stop(tmp_path: Path) -> None:
    args = written_sweep(tmp_path, 2)
    stopped(args, 0)
    stopped(args, 1)


GRID = Grid(
    "Title", ["name [x]", "share"],
    [["a [bold]", "1.0 % (0.0–2.0)"], ["b", "99.0 % (98.0–100.0)"]],
    numeric={1}, sections={1}, caption="Caption",
)  # fmt: skip


@pytest.mark.parametrize("width", [12, 40, 70, 100])
def test_nothing_is_lost_in_any_width(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for no_color in ("", "1"):
        terminal = Terminal()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", terminal)
            patch.setenv("COLUMNS", str(width))
            patch.setenv("TERM", "xterm")
            patch.setenv("NO_COLOR", no_color)
            show_grid(Settings(), GRID)
        words = terminal.getvalue()
        for word in ("Title", "name [x]", "a [bold]", "1.0 % (0.0–2.0)", "Caption"):
            assert word in words
        assert "\x1b" not in words or not no_color


def test_aligned_text(capsys: Captured) -> None:
    show_grid(Settings(), GRID)
    assert capsys.readouterr().out.splitlines() == [
        "Title",
        "name [x]                share",
        "a [bold]      1.0 % (0.0–2.0)",
        "",
        "b         99.0 % (98.0–100.0)",
        "Caption",
        "",
    ]


def test_one_is_no_plural() -> None:
    assert counted(1, "run") == "1 run"
    assert counted(2000, "run") == "2,000 runs"
    assert counted(0, "point falls", "points fall") == "0 points fall"


@pytest.mark.parametrize("args", [["--help"], ["run", "baseline"], ["sources", "baseline"]])
@pytest.mark.parametrize("lines", [0, 1])
def test_a_reader_may_stop_when_it_likes(args: list[str], lines: int) -> None:
    stopped(args, lines)


def stopped(args: list[str], lines: int) -> None:
    """`bargain args | head -lines`: no fault, and nothing to say."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bargain_sim", *args],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    for _ in range(lines):
        process.stdout.readline()
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 0
    assert b"Traceback" not in err and b"rror" not in err
