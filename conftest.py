"""For all tests: examples in the documentation run in an empty folder, and figures need no screen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("MPLBACKEND", "Agg")


@pytest.fixture(autouse=True)
def _examples_leave_nothing_behind(request: pytest.FixtureRequest) -> None:
    """A page of the documentation (README.md, docs/**/*.md) begins in a folder of its own."""
    if Path(str(request.node.path)).suffix == ".md":
        request.getfixturevalue("monkeypatch").chdir(request.getfixturevalue("tmp_path"))
