"""Every bad sweep in tests/bad_sweeps is refused with one message, at its line, with a remedy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bargain_sim.sweeps.loading import validate_sweep

BAD = sorted((Path(__file__).parent / "bad_sweeps").glob("*.yaml"))


def test_there_are_many() -> None:
    assert len(BAD) >= 20


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad_sweep(path: Path) -> None:
    expected = re.match(r"# expect: (\d+): (.+)\n", path.read_text(encoding="utf-8"))
    assert expected is not None, "the first line must say what is expected"
    errors = validate_sweep(path)
    assert len(errors) == 1, [error.text() for error in errors]
    error = errors[0]
    assert error.place is not None, error.text()
    assert Path(error.place.file).name == path.name
    assert (error.place.line, expected[2] in error.text()) == (int(expected[1]), True), error.text()
    assert error.remedy
