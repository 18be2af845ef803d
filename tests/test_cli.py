"""The command line: what it prints, where, and with which exit code."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from rich.console import Console

from bargain_sim.cli import main
from bargain_sim.cli.faults import exit_code_of
from bargain_sim.cli.group import ORDER, bargain
from bargain_sim.cli.settings import Settings
from bargain_sim.cli.timeline import show
from bargain_sim.errors import BargainError, InputError
from bargain_sim.narrate import CAVEAT, tell
from bargain_sim.play import simulate
from bargain_sim.version import __version__

Captured = pytest.CaptureFixture[str]

SOURCE = Path(__file__).resolve().parent.parent / "src"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONIOENCODING": "utf-8"}


def commands() -> list[str]:
    return bargain.list_commands(click.Context(bargain))


def in_a_process(*args: str) -> tuple[str, set[str]]:
    """Standard output of `bargain args`, and the top-level modules it imported."""
    code = (
        "import sys\nfrom bargain_sim.cli import main\n"
        f"code = main({list(args)!r})\n"
        "print('LOADED', code, *sorted({m.split('.')[0] for m in sys.modules}), "
        "*(m for m in sys.modules if m == 'matplotlib.pyplot'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True, env=ENVIRONMENT
    )
    out, _, loaded = done.stdout.rpartition("LOADED ")
    assert loaded.split()[0] == "0", done.stderr
    return out, set(loaded.split()[1:])


def test_help_imports_nothing_heavy() -> None:
    out, loaded = in_a_process("--help")
    assert "run" in out
    heavy = {"pydantic", "numpy", "yaml", "rich", "numba", "mesa", "pandas", "pyarrow", "matplotlib"}
    assert not heavy & loaded


def test_run_imports_only_what_one_run_needs() -> None:
    out, loaded = in_a_process("run", "baseline")
    assert CAVEAT in out
    assert not {"numba", "mesa", "pandas", "pyarrow", "matplotlib", "scipy", "rich"} & loaded


def test_every_command_has_its_own_help(capsys: Captured) -> None:
    for name in commands():
        assert main([name, "--help"]) == 0
        out = capsys.readouterr().out
        assert f"bargain {name}" in out
        assert "--quiet" in out
    assert ORDER[ORDER.index("explore") + 1] == "report", "pages stand together"
    assert [name for name in ORDER if name in commands()] == commands()[: len(set(ORDER) & set(commands()))]


def test_version_and_no_command(capsys: Captured) -> None:
    assert main(["--help"]) == 0
    assert "Scenario exploration, not prediction" in capsys.readouterr().out
    assert main([]) == 2


@pytest.mark.parametrize(
    "args",
    [
        ["rum"],
        ["run"],
        ["run", "baselin"],
        ["run", "baseline", "--seed", "-1"],
        ["run", "baseline", "--seed", "x"],
        ["run", "baseline", "--run", "1.5"],
        ["run", "baseline", "--set", "nothing"],
        ["run", "baseline", "--set", "sides.minsk.initial_trus=0.5"],
        ["run", "baseline", "--set", "sides.minsk.initial_trust=2"],
        ["run", "baseline", "--plot", "figure.txt"],
        ["run", "baseline", "--plot", "no/such/folder/figure.png"],
        ["run", "no/such/file.yaml"],
        ["validate"],
        ["validate", "no/such/file.yaml"],
        ["new", "Not A Name"],
        ["new", ""],
        ["new", ".yaml"],
        ["new", "folder/"],
        ["new", "baseline"],
        ["new", "no_such_folder/mine"],
        ["schema", "superfluous"],
    ],
)
def test_wrong_input_is_two_and_never_a_traceback(
    args: list[str], capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(args) == 2
    captured = capsys.readouterr()
    assert captured.err.strip()
    assert "Traceback" not in captured.err
    assert list(tmp_path.iterdir()) == []


def test_a_misspelt_command_is_guessed(capsys: Captured) -> None:
    main(["validat"])
    assert "Did you mean `validate`?" in capsys.readouterr().err


def test_run_is_plain_without_a_terminal(capsys: Captured) -> None:
    assert main(["run", "baseline", "--seed", "2", "--run", "5"]) == 0
    captured = capsys.readouterr()
    assert captured.out == tell(simulate("baseline", seed=2, run=5))
    assert "\x1b" not in captured.out
    assert captured.err == ""


def test_run_says_why_on_request(capsys: Captured) -> None:
    assert main(["run", "baseline", "--why"]) == 0
    assert "why: x + r(ŷ − x) + k" in capsys.readouterr().out


def test_run_json_is_one_object(capsys: Captured) -> None:
    args = ["run", "baseline", "--run", "3", "--json", "--set", "sides.both.initial_trust=0.3"]
    assert main(args) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["run"] == 3
    assert data["seed"] == 0
    assert data["moves"][0]["mover"] == "minsk"
    assert data["summary"]["turns"] == len(data["moves"])


def test_run_json_says_how_it_came_about(capsys: Captured) -> None:
    args = ["run", "baseline", "--json", "--set", "sides.both.initial_trust=0.3"]
    assert main([*args, "--set", "sides.minsk.strategy=grit"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["overrides"] == [["sides.both.initial_trust", 0.3], ["sides.minsk.strategy", "grit"]]
    assert data["strategies"] == {"washington": "comparative", "minsk": "grit"}
    assert data["version"] == __version__
    assert main(["run", "baseline", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["overrides"] == []


def test_settings_apply_in_order(capsys: Captured) -> None:
    for last in ("0.2", "0.6"):
        main(["run", "baseline", "--set", "sides.both.initial_trust=0.5",
              "--set", f"sides.minsk.initial_trust={last}"])  # fmt: skip
        out = capsys.readouterr().out
        assert "Washington (comparative, initial trust 0.50)" in out
        assert f"Minsk (comparative, initial trust {float(last):.2f})" in out


def test_the_timeline_on_a_terminal_says_the_same() -> None:
    transcript = simulate("baseline")
    out = io.StringIO()
    show(transcript, why=True, console=Console(file=out, width=250, highlight=False))
    text = " ".join(out.getvalue().split())
    for line in (CAVEAT, "Trust of", "announces: Release of a US citizen", "Payoff"):
        assert line in text
    assert transcript.ending.split(".")[0] in text
    assert "x + r(ŷ − x) + k" in text


@pytest.mark.parametrize("width", [20, 60, 80])
def test_narrow_terminals_do_not_break_it(width: int) -> None:
    out = io.StringIO()
    show(simulate("baseline"), console=Console(file=out, width=width, force_terminal=True))
    assert "\x1b[" in out.getvalue()


def test_plain_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert not Settings().plain
    assert Settings(quiet=True).plain
    monkeypatch.setenv("NO_COLOR", "1")
    assert Settings().plain
    monkeypatch.setenv("NO_COLOR", "")
    assert not Settings().plain
    monkeypatch.setenv("TERM", "dumb")
    assert Settings().plain


def test_validate_names_every_mistake(capsys: Captured, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text("format_version: 1\nextends: baseline\nname: good\n", "utf-8")
    bad.write_text(
        "format_version: 1\nextends: baseline\ntitel: x\n"
        "sides:\n  minsk:\n    lag: {value: 0, source: S28}\n",
        "utf-8",
    )
    assert main(["validate", str(good)]) == 0
    assert "nothing is wrong" in capsys.readouterr().out
    assert main(["validate", str(good), str(bad)]) == 2
    err = capsys.readouterr().err
    assert f"{bad}:3: " in err
    assert f"{bad}:6: " in err
    assert len(err.splitlines()) == 2


def test_sources_lists_and_counts(capsys: Captured) -> None:
    assert main(["sources", "baseline"]) == 0
    every = capsys.readouterr().out
    assert "sides.both.initial_trust" in every
    assert "probability" in every
    assert main(["sources", "baseline", "--assumptions"]) == 0
    assumed = capsys.readouterr().out
    assert "concessions.release_us_citizen.units" in every
    assert "concessions.release_us_citizen.units" not in assumed
    assert len(assumed.splitlines()) < len(every.splitlines())
    assert main(["sources", "baseline", "--references"]) == 0
    assert "Preiherman" in capsys.readouterr().out


def test_schema_is_a_json_schema_of_both_kinds(capsys: Captured) -> None:
    assert main(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["$schema"].startswith("https://json-schema.org/")
    titles = {kind["title"] for kind in schema["anyOf"]}
    assert titles == {"Scenario of bargain-sim", "Sweep of bargain-sim"}
    assert "$ref" not in json.dumps(schema)


def test_new_writes_a_starter_that_runs(
    capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "my_case"]) == 0
    written = (tmp_path / "my_case.yaml").read_text("utf-8")
    assert "not prediction" in written
    assert main(["validate", "my_case.yaml"]) == 0
    assert main(["run", "my_case"]) == 0
    assert "My case" in capsys.readouterr().out
    assert main(["new", "my_case"]) == 2
    assert (tmp_path / "my_case.yaml").read_text("utf-8") == written
    # What the comments offer works as well.
    _, _, offered = written.partition("# What may strike from outside.")
    lines = [
        line.removeprefix("# ") if line.startswith(("# events", "# concessions", "#  ")) else line
        for line in offered.splitlines()[1:]
    ]
    head = written.partition("# What may strike")[0]
    (tmp_path / "all.yaml").write_text(head + "\n".join(lines) + "\n", "utf-8")
    assert "\nevents:" in (tmp_path / "all.yaml").read_text("utf-8")
    assert main(["validate", "all.yaml"]) == 0, capsys.readouterr().err


def raising(error: BaseException) -> int:
    def action() -> None:
        raise error

    return exit_code_of(action, Settings())


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (InputError("it is wrong", place="a.yaml", remedy="Mend it"), 2, "a.yaml: it is wrong. Mend it.\n"),
        (KeyboardInterrupt(), 130, "Interrupted.\n"),
        (KeyboardInterrupt("Resume with --resume."), 130, "Resume with --resume.\n"),
        (
            PermissionError(13, "No way", "x.png"),
            2,
            "x.png: this may not be read or written by you. Give another path, or change its permissions.\n",
        ),
        (
            FileExistsError(17, "File exists", "r"),
            2,
            "r: there is a file where a folder is needed. Move it away, or give another path.\n",
        ),
        (
            IsADirectoryError(21, "", "x.png"),
            2,
            "x.png: this is a folder, and a file is needed. Give the path of a file.\n",
        ),
        (OSError(28, "full"), 2, "the disk is full. Make space, then give the same command again.\n"),
        (BrokenPipeError(), 0, ""),
    ],
)
def test_codes_and_words(error: BaseException, code: int, words: str, capsys: Captured) -> None:
    assert raising(error) == code
    assert capsys.readouterr().err == words


def test_several_mistakes_are_all_told(capsys: Captured) -> None:
    more = (InputError("second"), InputError("third"))
    assert raising(InputError("first", more=more)) == 2
    assert capsys.readouterr().err == "first.\nsecond.\nthird.\n"


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("x"), BargainError("x"), RecursionError(), OSError(5, "broken")]
)
def test_internal_faults_are_one(error: Exception, capsys: Captured) -> None:
    assert raising(error) == 1
    err = capsys.readouterr().err
    assert "internal fault" in err
    assert "--traceback" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("place", ["before", "after"])
def test_traceback_on_request(place: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise ZeroDivisionError("by purpose")

    monkeypatch.setattr("bargain_sim.play.simulate", broken)
    args = ["--traceback", "run", "baseline"] if place == "before" else ["run", "baseline", "--traceback"]
    assert main(args) == 1
    err = capsys.readouterr().err
    assert "Traceback" in err
    assert "ZeroDivisionError: by purpose" in err


def test_an_interrupt_keeps_its_words_through_click(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*args: object) -> None:
        raise KeyboardInterrupt("12 of 40 runs are kept.")

    monkeypatch.setattr("bargain_sim.play.simulate", interrupted)
    assert main(["run", "baseline"]) == 130
    assert "12 of 40 runs are kept." in capsys.readouterr().err


BAD = sorted((Path(__file__).parent / "bad").glob("*.yaml"))


def test_every_bad_file_is_refused_with_its_line(capsys: Captured) -> None:
    assert BAD
    for path in BAD:
        line = path.read_text("utf-8").split(":")[1].strip()  # `# expect: LINE: …`
        for command in ("validate", "run"):
            assert main([command, str(path)]) == 2, path
            captured = capsys.readouterr()
            assert f"{path.name}:{line}: " in captured.err, path
            assert "Traceback" not in captured.err
            assert captured.out == ""


def test_an_unwritable_figure_is_refused(capsys: Captured, tmp_path: Path) -> None:
    (tmp_path / "is_a_folder.png").mkdir()
    assert main(["run", "baseline", "--plot", str(tmp_path / "is_a_folder.png")]) == 2
    (tmp_path / "file").write_text("")
    assert main(["run", "baseline", "--plot", str(tmp_path / "file" / "x.png")]) == 2
    assert main(["run", "baseline", "--plot", str(tmp_path / "none" / "x.png")]) == 2
    assert "Make it first" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_a_closed_pipe_is_no_fault() -> None:
    run = subprocess.Popen(
        [sys.executable, "-m", "bargain_sim", "run", "baseline", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    )
    assert run.stdout is not None
    assert run.stderr is not None
    run.stdout.close()
    err = run.stderr.read()
    run.stderr.close()
    run.wait()
    assert b"Traceback" not in err
