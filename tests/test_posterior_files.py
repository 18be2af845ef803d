"""The files that runs draw their parameters from: their identity, and what is refused, by its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from harbours import ROWS, SMALL, harbours, plan

from bargain_sim import InputError, load_scenario, sweep
from bargain_sim.cli import main
from bargain_sim.codes import DRAW_PARAMETERS
from bargain_sim.draws import draws_for
from bargain_sim.scenario.loader import validate_file

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """`drawn.yaml` extends `calm.yaml` and draws from `mine.csv`."""
    return harbours(tmp_path)


def test_another_file_is_another_sweep(folder: Path, tmp_path: Path) -> None:
    written = plan(folder / "drawn.yaml", factors={"sides.both.reciprocity": [0.3, 0.8]})
    first = sweep(written, out=tmp_path / "out")
    text = (folder / "mine.csv").read_text("utf-8")
    (folder / "mine.csv").write_text(text.replace("\n", "\r\n"), encoding="utf-8", newline="")
    sweep(written, out=tmp_path / "out")  # as another system ends its lines: the same
    (folder / "mine.csv").write_text(text.replace("0.2,", "0.21,"), encoding="utf-8")
    with pytest.raises(InputError, match="the scenario"):
        sweep(written, out=tmp_path / "out")
    second = sweep(written)
    assert first.manifest.scenario_hash != second.manifest.scenario_hash
    kept = first.manifest.scenario["parameters"]["sha256"]
    assert kept != second.manifest.scenario["parameters"]["sha256"] and len(kept) == 64


def test_a_text_that_was_changed_by_hand_is_refused(folder: Path) -> None:
    scenario = load_scenario(folder / "drawn.yaml")
    data = scenario.model_dump(mode="json", exclude_none=True)
    assert load_scenario(data) == scenario
    data["parameters"]["text"] = data["parameters"]["text"].replace("0.2,", "0.3,")
    with pytest.raises(InputError, match="SHA-256"):
        load_scenario(data)


# What is refused


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 1, "the file is empty"),
        ("sides.both.lag\n", 1, "there is no row"),
        ("sides.both.lagg\n1\n", 1, "Did you mean `sides.both.lag`?"),
        ("sides.nobody.lag\n1\n", 1, "there is no path `sides.nobody.lag`"),
        ("sides.both.lag\n1\n\n2,3\n", 4, "this row has 2 values"),
        ("sides.both.lag\n1\ntwo\n", 3, "`two` in column `sides.both.lag` is not a number"),
        ("sides.both.lag\n1\nnan\n", 3, "`nan` in column"),
        ("sides.both.lag,\n1,2\n", 1, "no name"),
        ("sides.both.lag\n1\n2\n1.5\n", 4, "1.5 is not a whole number"),
        ("sides.both.initial_trust\n0.4\n1.4\n0.5\n", 3, "1.4 is out of range"),
        ("sides.both.initial_trust\n0.4\n1.4\n-0.5\n", 3, "1.4 is out of range"),
        ("sides.both.lag;sides.both.slight\n1;2\n", 1, "Separate columns by commas"),
        ("sides.both.lag,sides.both.lag\n1,2\n", 1, "two columns are called"),
        ("sides.both.lag,sides.lowport.lag\n1,2\n", 1, "draw the same number"),
        ("turns\n20\n", 1, "`turns` cannot be drawn"),
        ("sides.both.strategy\n1\n", 1, "is not a number, and cannot be drawn"),
        ("sides.both.max_readiness\n40\n0.5\n", 3, "max_readiness"),
    ],
)
def test_what_is_wrong_with_the_file_is_told_by_its_line(
    folder: Path, capsys: Captured, text: str, line: int, says: str
) -> None:
    (folder / "mine.csv").write_text(text, encoding="utf-8")
    first = validate_file(folder / "drawn.yaml")[0]
    assert first.place is not None and Path(first.place.file).name == "mine.csv"
    assert first.place.line == line and says in first.text(), first.text()
    assert first.remedy
    assert main(["run", str(folder / "drawn.yaml")]) == 2
    assert says in capsys.readouterr().err


def test_other_ways_to_go_wrong(folder: Path) -> None:
    (folder / "mine.csv").write_bytes(b"sides.both.lag\n1\n\xff\n")
    assert "mine.csv:3: the file is not UTF-8 text" in validate_file(folder / "drawn.yaml")[0].text()
    alone = folder / "alone.yaml"
    alone.write_text(Path(SMALL).read_text("utf-8") + "\nparameters: mine.csv\n", encoding="utf-8")
    assert "extends none" in validate_file(alone)[0].text()
    with pytest.raises(InputError, match="only be said in a file"):
        load_scenario(SMALL, ["parameters=mine.csv"])


def test_a_factor_that_does_not_go_with_a_row_is_refused(folder: Path) -> None:
    """`max_readiness` must reach a unit of every institution, in each row and at each point."""
    lines = [("sides.both.max_readiness",), *((40,), (12,), (40,))]
    (folder / "mine.csv").write_text("\n".join(str(*each) for each in lines), encoding="utf-8")
    scenario = load_scenario(folder / "drawn.yaml")
    name, wanted = next((n, c) for n, c in scenario.concessions.items() if c.institution)
    dear = 14.0 * int(wanted.units)
    factors = {f"concessions.{name}.value": [float(wanted.value), dear]}
    with pytest.raises(InputError, match="max_readiness"):
        sweep(plan(folder / "drawn.yaml", factors=factors))
    sweep(plan(folder / "calm.yaml", factors=factors))


# At the command line


def test_the_commands_say_what_is_drawn(folder: Path, capsys: Captured) -> None:
    drawn = str(folder / "drawn.yaml")
    assert main(["run", drawn, "--run", "4"]) == 0
    row = int(draws_for(0, 4, 1)[DRAW_PARAMETERS] * len(ROWS))
    assert f"Its 3 parameters: row {row} of mine.csv" in capsys.readouterr().out
    assert main(["run", drawn, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["parameters"]["file"] == "mine.csv"
    assert main(["sources", drawn]) == 0
    out = capsys.readouterr().out
    assert "drawn: sides.lowport.lag of mine.csv" in out and "3 drawn by each run from mine.csv" in out
    assert main(["schema"]) == 0
    text = capsys.readouterr().out
    assert '"parameters"' in text and '"sha256"' not in text
