"""From whatever was raised to a sentence on standard error and an exit code."""

from __future__ import annotations

import errno
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from bargain_sim.cli.settings import Settings
from bargain_sim.errors import BargainError, InputError

__all__ = [
    "DONE",
    "FAULT",
    "INTERRUPTED",
    "TERMINATED",
    "WRONG_INPUT",
    "ReaderGoneError",
    "Terminated",
    "exit_code_of",
    "telling_when_the_reader_is_gone",
    "terminated_like_interrupted",
]

DONE = 0
FAULT = 1
WRONG_INPUT = 2
INTERRUPTED = 130
TERMINATED = 143


class Terminated(KeyboardInterrupt):
    """The system asked this process to end (SIGTERM), as a cluster does when the time is up."""


@contextmanager
def terminated_like_interrupted() -> Iterator[None]:
    """Let SIGTERM end the work just as Ctrl-C does."""

    def stop(*_: object) -> None:
        raise Terminated

    try:
        before = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not the main thread, which alone hears it
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class ReaderGoneError(Exception):
    """Whoever read standard output, such as `head`, has had enough."""


@contextmanager
def telling_when_the_reader_is_gone() -> Iterator[None]:
    """Turn a broken pipe into `ReaderGoneError`, which click and rich let pass.

    Left to themselves both would end with the code 1, as after a fault.
    """
    try:
        yield
    except (OSError, SystemExit) as error:
        cause = error if isinstance(error, OSError) else error.__context__
        if isinstance(cause, OSError) and cause.errno == errno.EPIPE:
            raise ReaderGoneError from error
        raise


def exit_code_of(action: Callable[[], object], settings: Settings) -> int:
    """Do `action`; say what went wrong, if anything, and return the exit code."""
    try:
        result = action()
    except click.ClickException as error:
        error.show()
        return WRONG_INPUT
    except InputError as error:
        for each in error.all():
            click.echo(each.text(), err=True)
        return WRONG_INPUT
    except (click.Abort, KeyboardInterrupt) as error:
        click.echo(_words_of(error) or "Interrupted.", err=True)
        return TERMINATED if isinstance(error.__cause__ or error, Terminated) else INTERRUPTED
    except (BrokenPipeError, ReaderGoneError):
        return _reader_gone()
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else FAULT
    except BaseException as error:
        return _fault(error, settings)
    # click returns the code of `ctx.exit()`, as after --help, or what the command returned.
    return result if isinstance(result, int) else DONE


def _words_of(error: BaseException) -> str:
    # click turns KeyboardInterrupt into Abort; the words are with the former.
    cause = error.__cause__ or error
    return str(cause)


def _reader_gone() -> int:
    """Nobody reads any more: no fault of ours."""
    try:
        # Or Python would try once more to write what is left, and end with a code of its own.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError):  # standard output is no file, as under test
        pass
    return DONE


# What is wrong with a path that a person gave, and what to do.
_PATHS = {
    errno.ENOENT: ("there is no such file or folder", "Make it first, or give another path"),
    errno.EEXIST: ("there is a file where a folder is needed", "Move it away, or give another path"),
    errno.ENOTDIR: ("a part of this path is a file, not a folder", "Give another path"),
    errno.EISDIR: ("this is a folder, and a file is needed", "Give the path of a file"),
    errno.EACCES: ("this may not be read or written by you", "Give another path, or change its permissions"),
    errno.EPERM: ("this may not be read or written by you", "Give another path, or change its permissions"),
    errno.EROFS: ("this cannot be written to, the disk is read-only", "Give another path"),
    errno.ENAMETOOLONG: ("this name is too long", "Give a shorter path"),
    errno.ENOSPC: ("the disk is full", "Make space, then give the same command again"),
    errno.EDQUOT: ("your quota on this disk is used up", "Make space, then give the same command again"),
    errno.ELOOP: ("this link leads back to itself", "Give another path"),
}
_FULL = (errno.ENOSPC, errno.EDQUOT)  # told even where the system does not say of which file


def _fault(error: BaseException, settings: Settings) -> int:
    named = isinstance(error, OSError) and (error.filename is not None or error.errno in _FULL)
    if isinstance(error, OSError) and named and error.errno in _PATHS:
        problem, remedy = _PATHS[error.errno]
        if settings.traceback:
            click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
        place = os.fsdecode(error.filename) if isinstance(error.filename, bytes | str) else None
        click.echo(InputError(problem, remedy=remedy, place=place).text(), err=True)
        return WRONG_INPUT
    if settings.traceback:
        click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    words = str(error) if isinstance(error, BargainError) else f"{type(error).__name__}: {error}"
    click.echo(f"bargain stopped because of an internal fault: {words.rstrip('.')}.", err=True)
    if not settings.traceback:
        click.echo("To see where, give the same command with --traceback.", err=True)
    return FAULT
