"""Files that are there whole or not at all: written beside their place, then moved into it.

Where the disk is full, or the folder may not be written to, the person is told so with a remedy
(`InputError`); what was stored before stays as it was.  Only one sweep at a time writes into a folder
(see `lock`).
"""

from __future__ import annotations

import errno
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from bargain_sim.errors import InputError

__all__ = ["make_folder", "remove_stale", "write_atomic", "write_json", "write_text", "writing"]

_AGAIN: Final = "give the same command again (a sweep with --resume, so that what is stored is kept)"
_ELSEWHERE: Final = "Give another place (--out names the folder), or make this one writable"

# What the system may say when a file cannot be written, in words, with what to do about it.
_REASONS: Final = {
    errno.ENOSPC: ("the disk is full", f"Make space, then {_AGAIN}"),
    errno.EDQUOT: ("your quota on this disk is used up", f"Make space, then {_AGAIN}"),
    errno.EFBIG: ("the file is larger than this disk allows", "Give a folder on another disk with --out"),
    errno.EROFS: ("this disk can only be read", "Give a folder on another disk with --out"),
    errno.EACCES: ("this may not be written to", _ELSEWHERE),
    errno.EPERM: ("this may not be written to", _ELSEWHERE),
    errno.ENOTDIR: ("a file stands where a folder should", "Give another folder with --out"),
    errno.EISDIR: ("a folder stands where a file should", f"Move it away, then {_AGAIN}"),
    errno.EEXIST: ("a file stands where a folder should", "Give another folder with --out"),
    errno.ENOENT: ("this cannot be written", f"{_ELSEWHERE}; if it was moved, put it back, then {_AGAIN}"),
    errno.EIO: ("the disk reports a fault", f"Look after the disk, then {_AGAIN}"),
    errno.ENAMETOOLONG: ("this name is too long", "Give a shorter one with --out"),
}

_TEMPORARY: Final = re.compile(r"\..+\.(\d+)\.part")
_OLD: Final = 3600.0  # seconds after which a temporary file of a running process is not believed


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the system says about a file that cannot be written into an InputError."""
    try:
        yield
    except OSError as error:
        if error.errno not in _REASONS:
            raise
        problem, remedy = _REASONS[error.errno]
        raise InputError(problem, place=path, remedy=remedy) from error


def make_folder(path: Path) -> None:
    """Make a folder, and those above it.  Raises InputError where that is not possible."""
    with writing(path):
        path.mkdir(parents=True, exist_ok=True)


def write_atomic(path: Path, write: Callable[[Path], object]) -> None:
    """Call `write` with a temporary name beside `path`, flush it to disk, and move it to `path`.

    Raises InputError where the disk or the folder does not allow it; `path` is then as it was.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    with writing(path):
        try:
            write(temporary)
            with temporary.open("rb+") as handle:
                os.fsync(handle.fileno())
            temporary.replace(path)
            _flush_folder(path.parent)
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text, whole or not at all."""
    write_atomic(path, lambda temporary: temporary.write_text(text, encoding="utf-8", newline="\n"))


def write_json(path: Path, data: Any) -> None:
    """Write JSON that a person can read, whole or not at all."""
    write_text(path, json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False, default=str) + "\n")


def remove_stale(folder: Path) -> list[Path]:
    """Remove temporary files that a killed process left in `folder` or right below; those removed.

    Files of a process that still runs on this machine are left alone, unless they are an hour old:
    process numbers come again.
    """
    removed = []
    for path in [*folder.glob(".*.part"), *folder.glob("*/.*.part")]:
        found = _TEMPORARY.fullmatch(path.name)
        if found is None or _in_use(path, int(found[1])):
            continue
        with writing(path):
            path.unlink(missing_ok=True)
        removed.append(path)
    return removed


def _in_use(path: Path, process: int) -> bool:
    if process == os.getpid():
        return False  # asked at the start, when this process has written nothing yet
    try:
        if os.name == "posix":
            os.kill(process, 0)
        return time.time() - path.stat().st_mtime < _OLD
    except PermissionError:  # it runs, for someone else
        return time.time() - path.stat().st_mtime < _OLD
    except (OSError, OverflowError):
        return False


def _flush_folder(folder: Path) -> None:
    """Make the move itself outlast a power cut, where the system can flush a folder."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
