"""One sweep at a time writes into a folder: a lock that the system takes back from a killed process.

The lock lies on a file in the folder, which is there only while it is held.  Where the file system has
no locks (some network disks), or the folder cannot be written to, the work goes on without.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from bargain_sim.errors import InputError
from bargain_sim.store.atomic import writing

__all__ = ["LOCK", "locked"]

LOCK: Final = ".lock"
_BEYOND: Final = 1 << 30  # Windows locks bytes, which then cannot be read: far from the words


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder, made if need be, for one writer; a folder left empty is taken away again.

    Raises InputError where another process (or thread) holds it, or a file stands in its place.
    """
    made = _make(folder)
    path = folder / LOCK
    handle = _take(path)
    try:
        yield
    finally:
        if handle is not None:
            _release(path, handle)
        for each in made:
            with suppress(OSError):  # results lie in it
                each.rmdir()


def _make(folder: Path) -> list[Path]:
    """Make the folder; those that were not there before, innermost first."""
    if folder.exists() and not folder.is_dir():
        raise InputError("this is a file, not a folder", place=folder, remedy="Give another --out")
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    return missing


def _take(path: Path) -> int | None:
    """The locked file; None where there are no locks.  Raises InputError where it is taken."""
    while True:
        handle = _open(path)
        if handle is None:
            return None
        try:
            held = _try_lock(handle)
        except OSError:  # no locks here
            os.close(handle)
            return None
        if not held:
            owner = _owner(handle)
            os.close(handle)
            raise InputError(
                f"another sweep writes into this folder{owner}", place=path.parent,
                remedy="Wait until it is done, or give another --out",
            )  # fmt: skip
        if _is(path, handle):
            with suppress(OSError):  # a full disk: the lock holds without the words, too
                os.ftruncate(handle, 0)
                os.write(handle, f"{os.getpid()} {platform.node()}\n".encode())
            return handle
        os.close(handle)  # the one before us has just taken its file away: ours is another


def _open(path: Path) -> int | None:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except PermissionError:
        # Another person's, in a folder for several: to ask whether it is locked, reading is enough.
        with suppress(OSError):
            return os.open(path, os.O_RDONLY)
    except OSError:
        pass  # what is to be written next says why it cannot be
    return None


if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _try_lock(handle: int) -> bool:
        os.lseek(handle, _BEYOND, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        finally:
            os.lseek(handle, 0, os.SEEK_SET)
        return True
else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _is(path: Path, handle: int) -> bool:
    """Whether `path` still is the open file."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(handle))
    except OSError:
        return False


def _owner(handle: int) -> str:
    with suppress(OSError, ValueError):
        os.lseek(handle, 0, os.SEEK_SET)
        process, _, host = os.read(handle, 500).decode().strip().partition(" ")
        return f" (process {int(process)} on {host})"
    return ""


def _release(path: Path, handle: int) -> None:
    # Taken away before it is let go: nobody else can hold it then.
    with suppress(OSError):  # Windows takes no open file away
        path.unlink()
    os.close(handle)
    if sys.platform == "win32":  # pragma: no cover
        with suppress(OSError):
            path.unlink()
