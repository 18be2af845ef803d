"""The parts of a stored sweep, of which none may be missing where the sweep is said to be complete."""

from __future__ import annotations

from pathlib import Path

from bargain_sim.store.checksums import rows_in
from bargain_sim.store.folder import RUNS, parts_in
from bargain_sim.store.manifest import MANIFEST, Manifest
from bargain_sim.store.remedies import stray_part, wrong_file

__all__ = ["whole_parts"]


def whole_parts(folder: Path, manifest: Manifest) -> list[Path]:
    """The part files, in order, after a look at their number and their rows (`verify` reads them, too).

    What is made of some parts only would pass for the whole sweep: shares of a part of the runs beside
    tables of all.  Rows are told by the last bytes of a file, so that this costs next to nothing.  Of a
    sweep that is not complete, those that are there.  Raises InputError.
    """
    parts = parts_in(folder)
    if not manifest.complete or manifest.keep != "runs":
        return parts
    known = {folder / name: each for name, each in manifest.files.items() if name.startswith(f"{RUNS}/")}
    for path, record in known.items():
        if not path.exists():
            raise wrong_file(path, "this file is missing", manifest, folder)
        rows = rows_in(path)
        if rows is None:
            raise wrong_file(path, "this file is torn, or no part of a sweep", manifest, folder)
        if rows != record.get("rows"):
            problem = f"this file has {rows} rows, not {record.get('rows')}"
            raise wrong_file(path, problem, manifest, folder)
    for path in parts:
        if path not in known:
            raise stray_part(path)
    if sum(record.get("rows") or 0 for record in known.values()) != manifest.rows:
        problem = f"its files do not add up to its {manifest.rows:,} runs"
        raise wrong_file(folder / MANIFEST, problem, manifest, folder)
    return parts
