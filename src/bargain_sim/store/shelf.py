"""Where the parts of a sweep are kept while it runs: in a folder, or in memory."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bargain_sim.errors import InputError
from bargain_sim.store.table import part_name, read_part, write_part

__all__ = ["LARGEST_IN_MEMORY", "FolderShelf", "MemoryShelf", "check_memory"]

LARGEST_IN_MEMORY = 5_000_000
"""Runs that are held in memory at most (about 100 bytes each, and as much again for a frame)."""


def check_memory(rows: int) -> None:
    """Raise InputError where so many runs should not be held in memory."""
    if rows > LARGEST_IN_MEMORY:
        raise InputError(
            f"{rows:,} runs are too many to hold in memory (at most {LARGEST_IN_MEMORY:,})",
            remedy="Give a folder: sweep(…, out='results/…')",
        )


class MemoryShelf:
    """Parts in memory, in any order; `table` puts them together."""

    def __init__(self) -> None:
        self._parts: dict[int, pa.Table] = {}
        self._rows = 0

    def put(self, number: int, table: pa.Table) -> None:
        """Keep part `number`.  Raises InputError once there are too many."""
        self._parts[number] = table
        self._rows += table.num_rows
        check_memory(self._rows)

    def get(self, number: int, rows: int) -> pa.Table | None:
        """Nothing: a sweep in memory begins anew."""
        return None

    @property
    def table(self) -> pa.Table:
        """All parts, in order."""
        return pa.concat_tables([self._parts[number] for number in sorted(self._parts)])


class FolderShelf:
    """Parts as files in a folder; each is there whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._last: tuple[int, pa.Table] | None = None

    def put(self, number: int, table: pa.Table) -> None:
        """Write part `number`."""
        write_part(self.folder / part_name(number), table)

    def get(self, number: int, rows: int) -> pa.Table | None:
        """Part `number`, if its file can be read and has so many rows; else it will be made again."""
        if self._last is not None and self._last[0] == number:
            return self._last[1]
        path = self.folder / part_name(number)
        if not path.exists():
            return None
        try:
            if pq.read_metadata(path).num_rows != rows:
                return None
            table = read_part(path)
        except (OSError, pa.ArrowException):
            return None
        self._last = (number, table)
        return table
