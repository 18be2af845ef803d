"""From whatever was raised to a sentence on standard error and an exit code."""

from __future__ import annotations

import traceback
from collections.abc import Callable

import click

from bargain_sim.cli.settings import Settings
from bargain_sim.errors import BargainError, InputError

__all__ = ["DONE", "FAULT", "INTERRUPTED", "WRONG_INPUT", "exit_code_of"]

DONE = 0
FAULT = 1
WRONG_INPUT = 2
INTERRUPTED = 130


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
        return INTERRUPTED
    except BrokenPipeError:
        return DONE  # the reader, such as `head`, has had enough
    except SystemExit as error:  # click ends in this way when a pipe breaks
        return error.code if isinstance(error.code, int) else FAULT
    except BaseException as error:
        return _fault(error, settings)
    # click returns the code of `ctx.exit()`, as after --help, or what the command returned.
    return result if isinstance(result, int) else DONE


def _words_of(error: BaseException) -> str:
    # click turns KeyboardInterrupt into Abort; the words are with the former.
    cause = error.__cause__ or error
    return str(cause)


def _fault(error: BaseException, settings: Settings) -> int:
    named = isinstance(error, FileNotFoundError | IsADirectoryError | NotADirectoryError | PermissionError)
    if isinstance(error, OSError) and named and error.filename is not None and not settings.traceback:
        click.echo(f"{error.filename}: {error.strerror}. Give another path.", err=True)
        return WRONG_INPUT
    if settings.traceback:
        click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    words = str(error) if isinstance(error, BargainError) else f"{type(error).__name__}: {error}"
    click.echo(f"bargain stopped because of an internal fault: {words.rstrip('.')}.", err=True)
    if not settings.traceback:
        click.echo("To see where, give the same command with --traceback.", err=True)
    return FAULT
