"""A classroom in this process: a teacher and students who talk to the application through HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from people_in_process import Class


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Callable[..., Class]]:
    """Makes classrooms on one file: `school()`, and once more after `close()` for a restart."""
    opened: list[Class] = []

    def make(**options: object) -> Class:
        opened.append(Class(tmp_path / "class.sqlite", **options))  # type: ignore[arg-type]
        return opened[-1]

    yield make
    for each in opened:
        each.close()


@pytest.fixture
def classroom(school: Callable[..., Class]) -> Class:
    """One classroom."""
    return school()
