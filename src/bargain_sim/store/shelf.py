"""What becomes of the parts of a sweep while it runs: files, a table in memory, or summaries.

All three are handed a part's rows once it is complete, from any thread, and can be asked which parts of
an interrupted sweep they have.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bargain_sim.errors import InputError
from bargain_sim.store.checksums import record_of, rows_in
from bargain_sim.store.design import Design
from bargain_sim.store.key import key_in
from bargain_sim.store.sketch import Summary
from bargain_sim.store.table import Columns, part_name, read_part, write_part

__all__ = ["LARGEST_IN_MEMORY", "FileShelf", "MemoryShelf", "Shelf", "SummaryShelf", "check_memory"]

LARGEST_IN_MEMORY: Final = 5_000_000
"""Runs that are held in memory at most."""
_CHECKPOINT: Final = 20.0  # seconds between two checkpoints of a summary

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
Planned = Callable[[], tuple[IntArray, IntArray]]


class Shelf(Protocol):
    """Takes finished parts, and knows those of an interrupted sweep."""

    def put(self, number: int, points: IntArray, runs: IntArray, rows: FloatArray) -> None:
        """Keep part `number`, whole: its rows of results with their points and run numbers."""

    def has(self, number: int, rows: int, planned: Planned) -> bool:
        """Whether part `number`, of so many rows, need not be computed again.

        `planned` gives the points and run numbers of its rows, or of the first of them.
        """

    def expect(self, rows: int) -> None:
        """Told before they are computed how many rows there will be; raises InputError if too many."""

    def outcomes(self, number: int) -> IntArray:
        """How the runs of a part that it has ended, by number."""


def check_memory(rows: int) -> None:
    """Raise InputError where so many runs should not be held in memory."""
    if rows > LARGEST_IN_MEMORY:
        raise InputError(
            f"{rows:,} runs are too many to hold in memory (at most {LARGEST_IN_MEMORY:,})",
            remedy="Give a folder: sweep(…, out='results/…')",
        )


class MemoryShelf:
    """Parts in memory, in any order; `table` puts them together."""

    def __init__(self, columns: Columns, design: Design) -> None:
        self.columns = columns
        self.design = design
        self._parts: dict[int, pa.Table] = {}

    def put(self, number: int, points: IntArray, runs: IntArray, rows: FloatArray) -> None:
        """Keep part `number`."""
        self._parts[number] = self.columns.table(points, runs, self.design.columns, rows)

    def expect(self, rows: int) -> None:
        """Raises InputError where they are too many for memory."""
        check_memory(rows)

    def has(self, number: int, rows: int, planned: Planned) -> bool:
        """Nothing: a sweep in memory begins anew."""
        return False

    def outcomes(self, number: int) -> IntArray:
        """Not to be asked for: it has nothing from before."""
        raise KeyError(number)

    @property
    def table(self) -> pa.Table:
        """All parts, in order."""
        return pa.concat_tables([self._parts[number] for number in sorted(self._parts)])


class FileShelf:
    """Parts as files in a folder; each is there whole or not at all.

    `key` says which sweep they belong to (`store.key`).  `records` holds what the manifest is to keep of
    the files written (checksum, bytes, rows), `known` what it kept of those that were there before.
    """

    def __init__(
        self,
        folder: Path,
        columns: Columns,
        design: Design,
        known: Mapping[str, dict[str, Any]] | None = None,
        key: str = "",
    ) -> None:
        self.folder = folder
        self.columns = columns
        self.design = design
        self.known = known or {}
        self.key = key
        self.records: dict[str, dict[str, Any]] = {}
        self._last: tuple[int, IntArray] | None = None
        self._sound: dict[int, bool] = {}

    def put(self, number: int, points: IntArray, runs: IntArray, rows: FloatArray) -> None:
        """Write part `number`."""
        name = part_name(number)
        table = self.columns.table(points, runs, self.design.columns, rows)
        self.records[f"{self.folder.name}/{name}"] = write_part(self.folder / name, table, self.key)

    def has(self, number: int, rows: int, planned: Planned) -> bool:
        """Whether its file is there, of this sweep, whole and with the right rows; else it is made again."""
        if number not in self._sound:
            self._sound[number] = self._is_sound(self.folder / part_name(number), rows, planned)
        return self._sound[number]

    def _is_sound(self, path: Path, rows: int, planned: Planned) -> bool:
        record = self.known.get(f"{self.folder.name}/{path.name}")
        if rows_in(path) != rows or (record is not None and record_of(path)["sha256"] != record["sha256"]):
            return False
        try:
            # Every page is read, and held against its checksum: cheap beside computing it.
            table = read_part(path)
            points, runs = planned()
            there = [table[name].to_numpy()[: len(points)] for name in ("point", "run")]
        except (InputError, KeyError):
            return False
        return key_in(table.schema) == self.key and all(map(np.array_equal, there, (points, runs)))

    def expect(self, rows: int) -> None:
        """As many as the disk holds."""

    def outcomes(self, number: int) -> IntArray:
        """Read from the file; the last one read is remembered."""
        if self._last is None or self._last[0] != number:
            table = read_part(self.folder / part_name(number), ["outcome"])
            codes = table["outcome"].combine_chunks().indices.to_numpy().astype(np.int64)
            self._last = (number, codes)
        return self._last[1]


class SummaryShelf:
    """Parts are added to a summary of every point and then forgotten; the summary's file is a checkpoint."""

    def __init__(self, summary: Summary, file: Path | None) -> None:
        self.summary = summary
        self.file = file
        self._stored = time.monotonic()
        self._lock = threading.Lock()

    def put(self, number: int, points: IntArray, runs: IntArray, rows: FloatArray) -> None:
        """Add part `number`, and store a checkpoint now and then."""
        self.summary.add(points, rows, part=number)
        with self._lock:
            if self.file is not None and time.monotonic() - self._stored > _CHECKPOINT:
                self.summary.to_parquet(self.file)
                self._stored = time.monotonic()

    def has(self, number: int, rows: int, planned: Planned) -> bool:
        """Whether the part is in the summary."""
        return number in self.summary.included

    def expect(self, rows: int) -> None:
        """Any number: they are forgotten."""

    def outcomes(self, number: int) -> IntArray:
        """Not to be asked for: a summary does not know in which order its runs ended."""
        raise KeyError(number)
