"""What is told of a file that is not as it should be: what is wrong with it, and how to make it again."""

from __future__ import annotations

import shlex
from pathlib import Path

from bargain_sim.errors import InputError
from bargain_sim.store.manifest import Manifest

__all__ = ["command_for", "option_that_mends", "stray_part", "wrong_file"]


def command_for(manifest: Manifest, folder: Path, *more: str) -> str:
    """The command that makes a folder again, or goes on with it."""
    place = [] if "--out" in manifest.command else ["--out", shlex.quote(str(folder))]
    return " ".join([manifest.command, *place, *more])


def option_that_mends(manifest: Manifest) -> str:
    """What is added to the command to mend a folder: a merge is made anew, a sweep goes on."""
    return "--overwrite" if manifest.command.startswith("bargain results") else "--resume"


def wrong_file(path: Path, problem: str, manifest: Manifest, folder: Path) -> InputError:
    """That something is wrong with a file of a results folder, and the command that makes it again."""
    option = option_that_mends(manifest)
    if option == "--overwrite":
        first = "Make the folder again"
    elif path.is_dir():
        first = "Move it away; the file is made again by"
    else:
        first = "Remove this file; it is made again by" if path.exists() else "Make it again"
    again = command_for(manifest, folder, option)
    return InputError(problem, place=path, remedy=f"{first}: {again}")


def stray_part(path: Path) -> InputError:
    """That a part lies in a folder whose manifest does not know it."""
    return InputError(
        "this part does not belong to the sweep", place=path, remedy="Move it out of the folder"
    )
