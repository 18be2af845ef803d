"""The design of a sweep: which factors it varies, and their values at every point.

Stored as `design.parquet`, one row a point, readable without us: `point`, then one column a factor
(float64, or text).  Yes and no are 1 and 0 there; what kind of value a factor takes stands in the
manifest, so that a point's scenario is built from the very values that were run.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from bargain_sim.errors import InputError
from bargain_sim.store.atomic import write_atomic
from bargain_sim.store.table import PART_ROWS

__all__ = ["DESIGN", "Design", "values_at"]

DESIGN: Final = "design.parquet"
ROWS: Final = PART_ROWS  # points a row group, so that one point is read without the others

Values = Sequence[Any] | npt.NDArray[Any]
"""A factor's value at every point."""

_MOST_LEVELS: Final = 32_767  # of a text factor: its levels are numbered in 16 bits


@dataclass(frozen=True)
class Design:
    """Factors (as in the manifest: path, name, label, numeric, kind) and `table`, one row a point."""

    factors: tuple[Mapping[str, Any], ...]
    table: pa.Table

    @classmethod
    def of(cls, factors: Sequence[Mapping[str, Any]], values: Mapping[str, Values]) -> Design:
        """From `factors` (path, name, label each) and path → its value at every point (list or array).

        Adds to each factor its `kind` (`number`, `yes_no` or `text`) and whether it is `numeric`.
        """
        described: list[Mapping[str, Any]] = []
        points = len(next(iter(values.values())))
        columns: dict[str, Any] = {"point": pa.array(np.arange(points, dtype=np.int32))}
        for factor in factors:
            given = values[factor["path"]]
            kind = _kind_of(given)
            described.append({**factor, "numeric": kind != "text", "kind": kind})
            columns[factor["name"]] = (
                _text_column(given) if kind == "text" else pa.array(np.asarray(given, dtype=np.float64))
            )
        return cls(tuple(described), pa.table(columns))

    @classmethod
    def read(cls, folder: Path, factors: Sequence[Mapping[str, Any]]) -> Design:
        """The design of a results folder.  Raises InputError where it cannot be read."""
        path = folder / DESIGN
        with _reading(path):
            return cls(tuple(factors), pq.read_table(path))

    def write(self, folder: Path) -> None:
        """Store it in `folder`, whole or not at all; the same design gives the same bytes."""
        write_atomic(
            folder / DESIGN,
            lambda temporary: pq.write_table(self.table, temporary, compression="zstd", row_group_size=ROWS),
        )

    @property
    def n_points(self) -> int:
        """How many points it has."""
        return int(self.table.num_rows)

    @cached_property
    def columns(self) -> dict[str, pa.Array]:
        """Factor column → its value at every point, as one Arrow array."""
        return {
            factor["name"]: self.table[factor["name"]].unify_dictionaries().combine_chunks()
            for factor in self.factors
        }

    @property
    def numeric(self) -> dict[str, bool]:
        """Factor column → whether it holds numbers."""
        return {factor["name"]: bool(factor["numeric"]) for factor in self.factors}

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of factors and values, in one fixed form: the same for every version of pyarrow."""
        digest = hashlib.sha256(struct.pack("<q", self.n_points))
        for factor in self.factors:
            for word in (factor["path"], factor["name"], factor["kind"]):
                digest.update(_prefixed(str(word)))
            column = self.columns[factor["name"]]
            if factor["numeric"]:
                digest.update(column.to_numpy().astype("<f8").tobytes())
                continue
            for level in column.dictionary.to_pylist():  # in order of the alphabet: see _text_column
                digest.update(_prefixed(level))
            digest.update(column.indices.to_numpy().astype("<i2").tobytes())
        return digest.hexdigest()

    def at(self, point: int) -> dict[str, Any]:
        """Path → value at one point, as it was given to the scenario."""
        return _row_values(self.table.slice(point, 1), self.factors)


def values_at(folder: Path, factors: Sequence[Mapping[str, Any]], point: int) -> dict[str, Any]:
    """Path → value at one point of a stored design; only the rows around it are read."""
    path = folder / DESIGN
    with _reading(path):
        file = pq.ParquetFile(path)
        group = 0
        while point >= file.metadata.row_group(group).num_rows:
            point -= file.metadata.row_group(group).num_rows
            group += 1
        return _row_values(file.read_row_group(group).slice(point, 1), factors)


def _row_values(row: pa.Table, factors: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for factor in factors:
        value = row[factor["name"]][0].as_py()
        values[factor["path"]] = bool(value) if factor["kind"] == "yes_no" else value
    return values


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turn what Arrow says about a design that cannot be read into an InputError."""
    try:
        yield
    except (OSError, pa.ArrowException, KeyError) as error:
        said = "cannot be read" if path.exists() else "are missing"
        raise InputError(
            f"the values of the factors {said}", place=path,
            remedy="Remove the file if it is there; the sweep's command with --resume writes it anew",
        ) from error  # fmt: skip


def _kind_of(values: Values) -> str:
    if isinstance(values, np.ndarray) and values.dtype.kind in "bif":
        return "yes_no" if values.dtype.kind == "b" else "number"
    if all(isinstance(value, bool | np.bool_) for value in values):
        return "yes_no"
    return "text" if any(isinstance(value, str) for value in values) else "number"


def _text_column(values: Values) -> pa.Array:
    """Text as numbers into its sorted levels: the same bytes whatever the order of points."""
    encoded = pa.array([str(value) for value in values], type=pa.string()).dictionary_encode()
    levels = encoded.dictionary.to_pylist()
    if len(levels) > _MOST_LEVELS:
        raise InputError(
            f"a factor takes {len(levels):,} different words; at most {_MOST_LEVELS:,} can be stored",
            remedy="Make several sweeps of it",
        )
    order = sorted(range(len(levels)), key=levels.__getitem__)
    number = np.empty(len(levels), dtype=np.int16)
    number[order] = np.arange(len(levels), dtype=np.int16)
    indices = pa.array(number[encoded.indices.to_numpy()])
    return pa.DictionaryArray.from_arrays(indices, pa.array([levels[k] for k in order], type=pa.string()))


def _prefixed(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<q", len(data)) + data
