"""Every bad file in tests/bad is refused with one message, at its line, with a remedy.

The first line of each says what is expected: `# expect: LINE: part of the message`.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bargain_sim.scenario.loader import validate_file

BAD = sorted((Path(__file__).parent / "bad").glob("*.yaml"))


def test_there_are_many() -> None:
    assert len(BAD) >= 45


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad_file(path: Path) -> None:
    expected = re.match(r"# expect: (\d+): (.+)\n", path.read_text(encoding="utf-8"))
    assert expected is not None, "the first line must say what is expected"
    errors = validate_file(path)
    assert len(errors) == 1, [error.text() for error in errors]
    error = errors[0]
    assert error.place is not None
    assert Path(error.place.file).name == path.name
    assert (error.place.line, expected[2] in error.text()) == (int(expected[1]), True), error.text()
    assert error.remedy


def test_messages_differ() -> None:
    """One message a file: no two files say the same."""
    problems = {validate_file(path)[0].text().partition(": ")[2] for path in BAD}
    assert len(problems) == len(BAD)
