"""The canonical order of rows, and reading any stretch of them without reading the rest.

Within a block of runs under one seed, row `k · points + p` is the block's k-th run at point p.  Its
run number is `first_run + k`, or `p · runs + k` where points do not share their luck.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bargain_sim.errors import InputError
from bargain_sim.store.checksums import rows_in
from bargain_sim.store.manifest import Block, Manifest
from bargain_sim.store.table import read_part

__all__ = ["RowReader", "blocks_of", "expected_rows"]


def blocks_of(manifest: Manifest) -> Iterator[tuple[Block, int, int]]:
    """Blocks of a folder, each with its first row and the row after its last."""
    start = 0
    for block in manifest.run_blocks:
        stop = start + block.runs * manifest.points
        yield block, start, stop
        start = stop


def expected_rows(
    manifest: Manifest, start: int, stop: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Point and run number of rows start … stop-1."""
    points = np.empty(stop - start, dtype=np.int64)
    runs = np.empty(stop - start, dtype=np.int64)
    for block, first, beyond in blocks_of(manifest):
        low, high = max(start, first), min(stop, beyond)
        if low >= high:
            continue
        k, point = np.divmod(np.arange(low - first, high - first), manifest.points)
        here = slice(low - start, high - start)
        points[here] = point
        runs[here] = block.first_run + k if manifest.common_random_numbers else point * block.runs + k
    return points, runs


class RowReader:
    """Rows of a folder by their numbers, out of its part files; `rows` is how many there are.

    Raises InputError where a part is missing or torn.
    """

    def __init__(self, parts: list[Path]) -> None:
        self.parts = parts
        self.ends = [0]
        for path in parts:
            rows = rows_in(path)
            if rows is None:
                raise InputError(
                    "this part is torn", place=path,
                    remedy="Remove it, then give the sweep's command with --resume",
                )  # fmt: skip
            self.ends.append(self.ends[-1] + rows)

    @property
    def rows(self) -> int:
        """Rows in all parts together."""
        return self.ends[-1]

    def read(self, start: int, stop: int, columns: list[str] | None = None) -> pa.Table:
        """Rows start … stop-1, all columns or some."""
        pieces = []
        number = bisect_right(self.ends, start) - 1
        while number < len(self.parts) and self.ends[number] < stop:
            table = read_part(self.parts[number], columns)
            first = max(start, self.ends[number])
            beyond = min(stop, self.ends[number + 1])
            pieces.append(table.slice(first - self.ends[number], beyond - first))
            number += 1
        return pa.concat_tables(pieces)
