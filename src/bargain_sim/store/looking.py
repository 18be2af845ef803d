"""What lies in a folder before a sweep is written into it, and whether the sweep may go on with it."""

from __future__ import annotations

from pathlib import Path

from bargain_sim.errors import InputError
from bargain_sim.store import table
from bargain_sim.store.folder import RUNS, SUMMARY, intact, parts_in
from bargain_sim.store.key import key_of, written_here
from bargain_sim.store.manifest import Manifest, read_manifest

__all__ = ["look_at"]


def look_at(folder: Path, manifest: Manifest, resume: bool) -> Manifest | None:
    """What lies in the folder already: the manifest of this sweep, or of nothing; changes nothing there.

    Raises InputError where it is something else, or part of this sweep and `resume` was not asked for.
    """
    try:
        before = read_manifest(folder)
    except InputError:
        if not (resume and _all_ours(folder, manifest)):
            raise
        before = None
    begun = bool(parts_in(folder)) or (folder / SUMMARY).exists()
    if before is None:
        if resume and _all_ours(folder, manifest):
            return None  # the parts say themselves whose they are
        if begun or (folder / RUNS).exists():
            raise InputError(
                "the folder holds runs of which nothing is known", place=folder,
                remedy="Give another --out, or --overwrite to replace them",
            )  # fmt: skip
        return None
    if not begun and not before.complete:
        return None  # a sweep that ended before its first run: there is nothing to lose
    differing = before.differences(manifest)
    if not before.complete and before.versions.get("pyarrow") != manifest.versions.get("pyarrow"):
        differing.append("the version of pyarrow, which writes the files")
    if differing:
        raise InputError(
            f"the folder holds another sweep; what differs: {', '.join(differing)}", place=folder,
            remedy="Give another --out, or --overwrite to replace it",
        )  # fmt: skip
    if not resume and not (before.complete and intact(folder, before)):
        raise InputError(
            "the folder holds part of this sweep"
            + (": files are missing or damaged" if before.complete else ""),
            place=folder,
            remedy="Give --resume to go on with it, or --overwrite to begin anew",
        )  # fmt: skip
    return before


def _all_ours(folder: Path, manifest: Manifest) -> bool:
    """Whether there are parts, and all of them are parts of this very sweep."""
    key, parts = key_of(manifest), parts_in(folder)
    most = manifest.runs if manifest.until is None else manifest.until["max_runs"]
    last = (manifest.points * most - 1) // table.PART_ROWS
    return (
        bool(parts) and parts[-1].name <= table.part_name(last) and all(written_here(p, key) for p in parts)
    )
