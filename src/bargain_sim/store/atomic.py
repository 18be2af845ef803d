"""Files that are there whole or not at all: written beside their place, then moved into it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["write_atomic", "write_json"]


def write_atomic(path: Path, write: Callable[[Path], object]) -> None:
    """Call `write` with a temporary name beside `path`, flush it to disk, and move it to `path`."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(temporary)
        with temporary.open("rb+") as handle:
            os.fsync(handle.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, data: Any) -> None:
    """Write JSON that a person can read, whole or not at all."""
    text = json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False, default=str) + "\n"
    write_atomic(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))
