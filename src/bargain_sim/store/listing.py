"""What a results folder holds, in a few words, without reading its runs where that can be spared."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from bargain_sim.codes import OUTCOMES
from bargain_sim.errors import InputError
from bargain_sim.store.folder import POINTS, parts_in
from bargain_sim.store.manifest import MANIFEST, Manifest, read_manifest
from bargain_sim.store.remedies import command_for
from bargain_sim.store.table import read_part
from bargain_sim.store.verify import no_results

__all__ = ["Listing", "find_folders", "list_folder"]


@dataclass(frozen=True)
class Listing:
    """One results folder: its manifest, runs stored, shares of the endings, bytes, and the command."""

    folder: Path
    manifest: Manifest
    stored: int
    shares: dict[str, float]
    size: int
    command: str

    @property
    def when(self) -> str:
        """When it was written, as the machine had it."""
        return str(self.manifest.machine.get("written", ""))


def find_folders(given: list[Path]) -> list[Path]:
    """Results folders among `given`: each itself, or those right inside of it.

    Raises InputError where there is none.
    """
    found = []
    for path in given:
        if (path / MANIFEST).exists():
            found.append(path)
            continue
        inside = sorted(child.parent for child in path.glob(f"*/{MANIFEST}")) if path.is_dir() else []
        if not inside:
            raise no_results(path)
        found += inside
    return found


def list_folder(folder: Path) -> Listing:
    """Tell what a results folder holds.  Raises InputError where it is none."""
    manifest = read_manifest(folder)
    if manifest is None:
        raise no_results(folder)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    stored, shares = _endings(folder, manifest)
    command = command_for(manifest, folder, *([] if manifest.complete else ["--resume"]))
    return Listing(folder, manifest, stored, shares, size, command)


def _endings(folder: Path, manifest: Manifest) -> tuple[int, dict[str, float]]:
    """Runs stored and shares of the endings: from the table of points once it is there, else from the parts.

    Every point counts alike, also where `until` made more runs at some.
    """
    if manifest.complete and (folder / POINTS).exists():
        names = ["runs", *(f"share_{outcome}" for outcome in OUTCOMES)]
        try:
            table = pq.read_table(folder / POINTS, columns=names)
        except (OSError, ValueError) as error:
            raise InputError(
                "this table cannot be read", place=folder / POINTS,
                remedy=f"See what is wrong: bargain results --verify {folder}",
            ) from error  # fmt: skip
        shares = {outcome: float(table[f"share_{outcome}"].to_numpy().mean()) for outcome in OUTCOMES}
        return int(table["runs"].to_numpy().sum()), shares
    stored, counts = 0, np.zeros(len(OUTCOMES), dtype=np.int64)
    for path in parts_in(folder):
        for chunk in read_part(path, ["outcome"])["outcome"].chunks:
            even = chunk.indices.to_numpy()[: max(manifest.even_rows - stored, 0)]
            counts += np.bincount(even, minlength=len(OUTCOMES))
            stored += len(chunk)
    n = max(int(counts.sum()), 1)
    return stored, {name: float(count) / n for name, count in zip(OUTCOMES, counts, strict=True)}
