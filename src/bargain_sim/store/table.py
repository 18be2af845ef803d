"""The table of runs: its columns, their types, and how rows of numbers become Parquet.

One row a run, in canonical order: run by run, and within a run point by point, so that the first
part of a sweep is a complete smaller sweep.  Outcomes of the model are float32 (they are no more
exact than that), factors float64 (a stored 0.3 must be found by `factor == 0.3`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from bargain_sim.codes import OUTCOMES
from bargain_sim.errors import InputError
from bargain_sim.rules.summary import COLUMNS
from bargain_sim.scenario.columns import PARAMETERS_ROW, result_columns
from bargain_sim.store.atomic import write_atomic
from bargain_sim.store.checksums import record_of
from bargain_sim.store.key import KEY

__all__ = ["PART_ROWS", "Columns", "part_name", "read_part", "write_part"]

IntArray = npt.NDArray[np.int64]


PART_ROWS: Final = 131_072
"""Rows in every part file but the last."""

_FLOAT_COLUMNS: Final = ("utility", "trust", "given", "exchanged")


@dataclass(frozen=True)
class Columns:
    """What the columns of one sweep's table are: factors (name → whether numeric), sides, counters.

    Where runs draw their parameters from a file, `parameters(points, runs)` tells their rows (-1: none).
    """

    factors: Mapping[str, bool]
    sides: tuple[str, str]
    counters: tuple[str, ...]
    parameters: Callable[[IntArray, IntArray], IntArray] | None = None

    @property
    def results(self) -> list[str]:
        """Names of the result columns, in the order of the engine's rows."""
        return result_columns(self.sides, self.counters)

    @property
    def whole(self) -> dict[str, bool]:
        """Result column → whether it counts whole things (turns, pauses, people) rather than points."""
        raws = [*COLUMNS, *self.counters]
        return {
            name: not (raw.startswith(_FLOAT_COLUMNS) and raw in COLUMNS)
            for raw, name in zip(raws, self.results, strict=True)
        }

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema of the table."""
        text = pa.dictionary(pa.int16(), pa.string())
        fields = [pa.field("point", pa.int32()), pa.field("run", pa.int64())]
        if self.parameters is not None:
            fields.append(pa.field(PARAMETERS_ROW, pa.int32()))
        for name, numeric in self.factors.items():
            fields.append(pa.field(name, pa.float64() if numeric else text))
        counted = set(self.results[len(COLUMNS) :])  # people, say: by the milliard, if a file says so
        for name, whole in self.whole.items():
            if name == "outcome":
                fields.append(pa.field(name, pa.dictionary(pa.int8(), pa.string())))
            elif name in counted:
                fields.append(pa.field(name, pa.int64()))
            else:
                fields.append(pa.field(name, pa.int32() if whole else pa.float32()))
        return pa.schema(fields)

    def table(
        self,
        points: npt.NDArray[np.int64],
        runs: npt.NDArray[np.int64],
        factors: Mapping[str, pa.Array],
        rows: npt.NDArray[np.float64],
    ) -> pa.Table:
        """Arrow table of `rows` (n, columns) of results; `points` and `runs` number them.

        `factors` holds, per factor, its value at every point of the sweep (`Design.columns`).
        """
        schema = self.schema
        arrays: list[Any] = [pa.array(points.astype(np.int32)), pa.array(runs)]
        if self.parameters is not None:
            drawn = self.parameters(points, runs)
            arrays.append(pa.array(drawn.astype(np.int32), mask=drawn < 0))
        taken = pa.array(points)
        arrays += [factors[name].take(taken) for name in self.factors]
        for k, raw in enumerate([*COLUMNS, *self.counters]):
            column = rows[:, k]
            if raw == "outcome":
                arrays.append(
                    pa.DictionaryArray.from_arrays(pa.array(column.astype(np.int8)), pa.array(OUTCOMES))
                )
            elif raw == "deal_turn":
                arrays.append(pa.array(column.astype(np.int32), mask=column < 0))
            else:
                kind = schema.field(self.results[k]).type.to_pandas_dtype()
                arrays.append(pa.array(column.astype(kind)))
        return pa.Table.from_arrays(arrays, schema=schema)


def part_name(number: int) -> str:
    """File name of part `number` of a table."""
    return f"part-{number:06d}.parquet"


def write_part(path: Path, table: pa.Table, key: str | None = None) -> dict[str, Any]:
    """Write one part, whole or not at all; the same table gives the same bytes.

    `key` says which sweep it belongs to (`store.key`); left out, the table knows.  Every page has a
    checksum, so that a changed bit is noticed when it is read.

    Returns what the manifest keeps of it: SHA-256, bytes, rows.  Raises InputError where the disk or
    the folder does not allow it.
    """
    record: dict[str, Any] = {}
    if key is not None:
        table = table.replace_schema_metadata({KEY: key})

    def write(temporary: Path) -> None:
        pq.write_table(
            table, temporary, compression="zstd", row_group_size=PART_ROWS, write_page_checksum=True
        )
        record.update(record_of(temporary), rows=table.num_rows)

    write_atomic(path, write)
    return record


def read_part(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Read one part, or some of its columns.  Raises InputError where it is missing or torn."""
    try:
        return pq.ParquetFile(path, page_checksum_verification=True).read(columns=columns)
    except (OSError, pa.ArrowException) as error:
        said = "is torn, or no part of a sweep" if path.exists() else "is missing"
        raise InputError(
            f"this part {said}", place=path,
            remedy="Remove it if it is there, then give the sweep's command with --resume",
        ) from error  # fmt: skip
