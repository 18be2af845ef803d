"""The table of runs: its columns, their types, and how rows of numbers become Parquet.

One row a run, in canonical order: run by run, and within a run point by point, so that the first
part of a sweep is a complete smaller sweep.  Outcomes of the model are float32 (they are no more
exact than that), factors float64 (a stored 0.3 must be found by `factor == 0.3`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from bargain_sim.codes import OUTCOMES
from bargain_sim.rules.summary import COLUMNS
from bargain_sim.scenario.columns import result_columns
from bargain_sim.store.atomic import write_atomic

__all__ = ["PART_ROWS", "Columns", "part_name", "read_part", "write_part"]

PART_ROWS: Final = 131_072
"""Rows in every part file but the last."""

_FLOAT_COLUMNS: Final = ("utility", "trust", "given", "exchanged")


@dataclass(frozen=True)
class Columns:
    """What the columns of one sweep's table are: factors (name → whether numeric), sides, counters."""

    factors: Mapping[str, bool]
    sides: tuple[str, str]
    counters: tuple[str, ...]

    @property
    def results(self) -> list[str]:
        """Names of the result columns, in the order of the engine's rows."""
        return result_columns(self.sides, self.counters)

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema of the table."""
        text = pa.dictionary(pa.int16(), pa.string())
        fields = [pa.field("point", pa.int32()), pa.field("run", pa.int64())]
        for name, numeric in self.factors.items():
            fields.append(pa.field(name, pa.float64() if numeric else text))
        for raw, name in zip([*COLUMNS, *self.counters], self.results, strict=True):
            if raw == "outcome":
                fields.append(pa.field(name, pa.dictionary(pa.int8(), pa.string())))
            elif raw.startswith(_FLOAT_COLUMNS) and raw in COLUMNS:
                fields.append(pa.field(name, pa.float32()))
            else:
                fields.append(pa.field(name, pa.int32()))
        return pa.schema(fields)

    def table(
        self,
        points: npt.NDArray[np.int64],
        runs: npt.NDArray[np.int64],
        factors: Mapping[str, Sequence[Any] | npt.NDArray[Any]],
        rows: npt.NDArray[np.float64],
    ) -> pa.Table:
        """Arrow table of `rows` (n, columns) of results; `points` and `runs` number them.

        `factors` holds, per factor, its value at every point of the sweep.
        """
        schema = self.schema
        arrays: list[Any] = [pa.array(points.astype(np.int32)), pa.array(runs)]
        for name, numeric in self.factors.items():
            if numeric:
                arrays.append(pa.array(np.asarray(factors[name], dtype=np.float64)[points]))
            else:
                values = sorted(set(factors[name]))
                codes = np.array([values.index(value) for value in factors[name]], dtype=np.int16)
                arrays.append(pa.DictionaryArray.from_arrays(pa.array(codes[points]), pa.array(values)))
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


def write_part(path: Path, table: pa.Table) -> None:
    """Write one part, whole or not at all; the same table gives the same bytes."""
    write_atomic(
        path,
        lambda temporary: pq.write_table(
            table, temporary, compression="zstd", row_group_size=PART_ROWS, write_statistics=True
        ),
    )


def read_part(path: Path) -> pa.Table:
    """Read one part."""
    return pq.read_table(path)
