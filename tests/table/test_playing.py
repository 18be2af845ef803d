"""`bargain play`: whole games from what is typed, kept after every move, and never a traceback."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tables import small

from bargain_sim.cli import main
from bargain_sim.cli.phrases import HELP, References, read_phrases
from bargain_sim.narrate import CAVEAT
from bargain_sim.scenario.loader import load_scenario
from bargain_sim.table.keeping import load_game
from bargain_sim.table.moves import read_move
from bargain_sim.table.seats import Refusal

Captured = pytest.CaptureFixture[str]
SOURCE = Path(__file__).resolve().parents[2] / "src"


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with a scenario `toy.yaml`, in which Brobdingnag wants little and keeps its word."""
    monkeypatch.chdir(tmp_path)
    made = small(b_outside_option=0.0, b_patience=100, b_ambition=0.0, b_reliability=1.0, break_trust=0.0)
    data = made.model_dump(mode="json", exclude_none=True)
    (tmp_path / "toy.yaml").write_text(json.dumps(data, indent=1), encoding="utf-8")
    return tmp_path


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


BARGAIN = ("give visit", "give office", "propose 3 for b", *["give 5 of gold"] * 3, "pass", "pass")


def test_a_grand_bargain(table: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    typed(monkeypatch, *BARGAIN)
    assert main(["play", "toy.yaml", "--as", "a", "--pairs", "20", "--plot", "game.png"]) == 0
    out = capsys.readouterr().out
    assert CAVEAT in out
    assert "\x1b" not in out
    for said in (
        "You are Atlantis, and across the table sits Brobdingnag",
        "Atlantis> give visit",
        "You announced: A visit – delivered",
        "You proposed a package: Gold; Grain",
        "Brobdingnag agreed to a package: Gold; Grain",
        "a package is carried out",
        "Grand bargain, after",
        "Turning points",
        "Of 20 simulated pairs",
    ):
        assert said in out, said
    assert (table / "game.png").stat().st_size > 10_000
    assert load_game(table / "toy-a.json").transcript().outcome == "grand_bargain"


def test_walking_out_and_the_debrief_again(
    table: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    typed(monkeypatch, "ask d", "walk out")
    assert main(["play", "toy.yaml", "--as", "a", "--pairs", "0", "--keep", "mine.json"]) == 0
    first = capsys.readouterr().out
    assert "Breakdown, after" in first
    assert "demanded across a red line: A giant. Refused, and taken as a slight" in first
    assert "Atlantis walked away from the talks" in first
    typed(monkeypatch)
    assert main(["play", "--continue", "mine.json", "--pairs", "0"]) == 0
    assert capsys.readouterr().out.endswith(first[first.index("\nBreakdown, after") :])


def test_stopping_and_going_on_is_one_game(
    table: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    arguments = ["play", "toy.yaml", "--as", "a", "--pairs", "0"]
    typed(monkeypatch, *BARGAIN)
    assert main([*arguments, "--keep", "whole.json"]) == 0
    typed(monkeypatch, *BARGAIN[:2], "quit")
    assert main([*arguments, "--keep", "parts.json"]) == 0
    assert "bargain play --continue parts.json" in capsys.readouterr().err
    typed(monkeypatch, BARGAIN[2])
    assert main(["play", "--continue", "parts.json", "--pairs", "0"]) == 0
    typed(monkeypatch, *BARGAIN[3:])
    assert main(["play", "--continue", "parts.json", "--pairs", "0"]) == 0
    whole, parts = load_game(table / "whole.json"), load_game(table / "parts.json")
    assert parts.over
    assert parts.transcript().to_json() == whole.transcript().to_json()


def test_wrong_input_is_told_and_asked_again(
    table: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    typed(monkeypatch, "giv 1", "undo", "give", "give 9", "give gold", "give 0 of gold",
          "give 1 of gold at 3", "give temple", "propose 1 b", "accept", "", "save",
          "give 1; give 2", "make good", "say \x1b[2J",
          "help", "hint", "score", "options", "story", "sheet", "save also.json", "pass")  # fmt: skip
    assert main(["play", "toy.yaml", "--as", "a"]) == 0
    out, err = capsys.readouterr()
    for said in (
        "`giv 1` is no move. Did you mean `give`?", "there is no undo", "There is no concession `9`",
        "How many of `gold`? 10 units are left. Write `give 1 of gold`", "`0` is no number of units",
        "`3` is no share to deliver", "behind your red line `temple`", "No package can be struck before",
        "has proposed no package that you could accept", "No file is named", "says a second time",
        "nothing of what you announced is short".capitalize(), "it holds characters that cannot be shown",
        "Hint: Before a package", "not now:", HELP.splitlines()[0],
    ):  # fmt: skip
        assert said in out, said
    assert "Traceback" not in out + err
    game = load_game(table / "toy-a.json")
    assert [entry["move"] for entry in game.log] == [{}]
    assert load_game(table / "also.json").turn == 0


def test_a_copy_overwrites_nothing_else_and_one_that_fails_ends_no_game(
    table: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    (table / "precious.txt").write_text("my thesis", encoding="utf-8")
    refused = ("missing/dir/a.json", "precious.txt", ".", "x" * 300, "~nobody_of_this_name/a.json")
    typed(monkeypatch, *(f"save {name}" for name in refused),
          "save a.json", "pass", "save a.json", "save toy-a.json")  # fmt: skip
    assert main(["play", "toy.yaml", "--as", "a"]) == 0
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    for said in ("Missing/dir/a.json: this cannot be written", "There is a file `precious.txt` already",
                 "There is a file `.` already", "No file can be named `xxx"):  # fmt: skip
        assert said in out, said
    assert out.count("Also kept in a.json.") == 2
    assert "Go on with: bargain play --continue toy-a.json" in err
    assert (table / "precious.txt").read_text(encoding="utf-8") == "my thesis"
    assert load_game(table / "a.json").turn == load_game(table / "toy-a.json").turn == 2


def test_interrupted_it_says_how_to_go_on(
    table: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def readline() -> str:
        if not lines:
            raise KeyboardInterrupt
        return lines.pop()

    lines = ["give visit\n"]
    typed(monkeypatch)
    monkeypatch.setattr(sys.stdin, "readline", readline)
    assert main(["play", "toy.yaml", "--as", "a"]) == 130
    assert "Go on with: bargain play --continue toy-a.json" in capsys.readouterr().err
    assert load_game(table / "toy-a.json").turn == 2


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="nothing can be killed so here")
def test_killed_the_moves_are_still_there(table: Path) -> None:
    run = subprocess.Popen(
        [sys.executable, "-m", "bargain_sim", "play", "toy.yaml", "--as", "a"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8", cwd=table,
        env=os.environ | {"PYTHONPATH": str(SOURCE), "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert run.stdin is not None and run.stdout is not None
    with run, run.stdin, run.stdout:
        for line in ("give visit", "give office"):
            run.stdin.write(f"{line}\n")
            run.stdin.flush()
            # The head of the next turn is written once the move is kept.
            while not (said := run.stdout.readline()).startswith("Turn "):
                assert said
        while not run.stdout.readline().startswith("Turn 5 "):
            pass
        run.kill()
    game = load_game(table / "toy-a.json")
    assert [entry["move"] for entry in game.log] == [{"gives": {"visit": 1}}, {"gives": {"office": 1}}]


def test_a_finished_or_unfinished_game_is_not_written_over(
    table: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    for _ in range(2):
        typed(monkeypatch, "pass")
        assert main(["play", "toy.yaml", "--as", "a"]) == 0
    assert {path.name for path in table.glob("*.json")} == {"toy-a.json", "toy-a-2.json"}
    before = (table / "toy-a.json").read_bytes()
    assert main(["play", "toy.yaml", "--as", "a", "--keep", "toy-a.json"]) == 2
    assert "--continue toy-a.json" in capsys.readouterr().err
    assert (table / "toy-a.json").read_bytes() == before


def test_against_another_strategy(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, "pass")
    arguments = ["--as", "a", "--against", "hardliner", "--seed", "3", "--run", "4", "--set", "turns=9"]
    assert main(["play", "toy.yaml", *arguments]) == 0
    game = load_game(table / "toy-a.json")
    assert game.scenario.sides["b"].strategy == "hardliner"
    assert (game.seed, game.run, int(game.scenario.turns)) == (3, 4, 9)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "no scenario is named"),
        (["toy.yaml"], "--as a or --as b"),
        (["toy.yaml", "--as", "c"], "there is no side `c`"),
        (["toy.yaml", "--as", "a", "--against", "grid"], "Did you mean `grit`?"),
        (["toy.yaml", "--as", "a", "--plot", "game.doc"], "no kind of figure"),
        (["toy.yaml", "--as", "a", "--keep", "no/folder/game.json"], "there is no folder `no/folder`"),
        (["--continue", "nothing.json"], "there is no such file"),
        (["--continue", "toy.yaml"], "no game that bargain_sim has kept"),
        (["toy.yaml", "--continue", "toy.yaml"], "everything else is in the file"),
        (["tou"], "no shipped scenario"),
    ],
)
def test_wrong_arguments_are_two(
    arguments: list[str], words: str, table: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    typed(monkeypatch)
    assert main(["play", *arguments]) == 2
    err = capsys.readouterr().err
    assert words in err
    assert "Traceback" not in err


KNOWN = References(["gold", "golden_egg", "visit"], ["song", "port"])


@pytest.mark.parametrize(
    ("text", "move"),
    [
        ("give 3", {"gives": {"visit": 1}}),
        ("give 2 of gold, visit at 50%", {"gives": {"gold": 2, "visit": 1}, "delivered": 0.5}),
        ("Give all of GOLD and all of golden_egg delivering 0.25",
         {"gives": {"gold": 7, "golden_egg": 7}, "delivered": 0.25}),
        ("make good", {"corrects": ["visit"]}),
        ("make good 1", {"corrects": ["gold"]}),
        ("ask for b", {"asks": "port"}),
        ("demand song", {"asks": "song"}),
        ("propose 1, 3 for a and b", {"proposes": ["gold", "visit", "song", "port"]}),
        ("propose all", {"proposes": ["gold", "song"]}),
        ("accept; give visi; say Thanks", {"answers": "accept", "gives": {"visit": 1}, "words": "Thanks"}),
        ("walk out", {"dialogue": "leave"}),
        ("resume;; pass", {"dialogue": "resume"}),
        ("pass", {}),
    ],
)  # fmt: skip
def test_phrases(text: str, move: dict[str, Any]) -> None:
    read = read_phrases(text, KNOWN, lambda name: 1 if name == "visit" else 7, ["gold", "song"], ["visit"])
    assert read_move(read) == read_move(move)
    with pytest.raises(Refusal, match="no concession"):
        read_phrases("ask gol", KNOWN, lambda _: 1, [], [])


def test_letters_go_on_after_z() -> None:
    marks = References([], [f"c{k}" for k in range(60)]).marks
    assert [marks[f"c{k}"] for k in (0, 25, 26, 52)] == ["a", "z", "aa", "ba"]


def test_every_shipped_scenario_can_be_sat_down_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, player in (
        ("baseline", "minsk"),
        ("two_islands", "norrholm"),
        ("soft_red_lines", "washington"),
    ):
        typed(monkeypatch, "hint", "sheet", "options", "pass", "score", "walk out")
        assert main(["play", name, "--as", player, "--pairs", "0"]) == 0
        assert load_game(tmp_path / f"{load_scenario(name).name}-{player}.json").over
