"""The lessons of docs/lessons for tests: their cells, and each of them run once."""

from __future__ import annotations

import functools
import runpy
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LESSONS = ROOT / "docs" / "lessons"
NAMES = sorted(path.stem for path in LESSONS.glob("lesson*.py"))
MAKE = runpy.run_path(str(ROOT / "docs" / "make_lessons.py"))
"""The script that makes copies and prints, as a table of its names."""


@functools.cache
def cells_of(name: str) -> list[Any]:
    """The cells of a lesson, not run."""
    return list(MAKE["cells_of"](LESSONS / f"{name}.py"))


@functools.cache
def lesson_of(name: str) -> Any:
    """A lesson that has been run as its Jupyter copy runs, from top to bottom."""
    return MAKE["played"](name, cells_of(name))
