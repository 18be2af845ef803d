"""`summary.parquet`: a tally as a table that reads without us.

One row for every result column and point: `column`, `point`, `n` (values), `mean`, `sd`, quantiles
`p05` … `p95`, the bins that hold anything (`lower` inclusive, `upper` exclusive, `count`), and the
whole-number sums from which the rest is told again (`total`, `squares_high`, `squares_low`).  The
rows of column `outcome` count runs by ending: `lower` is the ending's number in `codes.OUTCOMES`.
Which parts of the sweep are included stands in the file's metadata, so that the file is its own
checkpoint: it is replaced as a whole, and at any moment holds a complete smaller summary.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from bargain_sim.codes import OUTCOMES
from bargain_sim.errors import InputError
from bargain_sim.store.atomic import write_atomic
from bargain_sim.store.bins import Bins
from bargain_sim.store.checksums import record_of
from bargain_sim.store.tally import Tally

__all__ = ["QUANTILES", "read_tally", "write_tally"]

QUANTILES: Final = {"p05": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}

T = TypeVar("T", bound=Tally)

_KEY: Final = b"bargain_sim"
_BLOCK: Final = 65_536  # points a row group: what is held beside the summary itself while writing
_WHOLE: Final = ("total", "squares_high", "squares_low")


def _schema(names: list[str], about: dict[str, Any]) -> pa.Schema:
    fields = [
        pa.field("column", pa.dictionary(pa.int16(), pa.string())),
        pa.field("point", pa.int32()),
        pa.field("n", pa.int64()),
        *(pa.field(name, pa.float64()) for name in ("mean", "sd", *QUANTILES)),
        pa.field("lower", pa.list_(pa.float64())),
        pa.field("upper", pa.list_(pa.float64())),
        pa.field("count", pa.list_(pa.int64())),
        *(pa.field(name, pa.int64()) for name in _WHOLE),
    ]
    return pa.schema(fields, metadata={_KEY: json.dumps(about).encode()})


def write_tally(summary: Tally, path: Path) -> dict[str, Any]:
    """Write it; the same runs give the same bytes.  Returns the file's record for the manifest."""
    names = ["outcome", *summary.columns]
    about = {
        "note": "scenario exploration, not prediction",
        "points": summary.n_points,
        "included": _intervals(summary.included),
        "outside": summary.outside,
        # In the order of the engine's columns, which JSON keeps.
        "bins": {name: [b.low, b.width, b.exact, b.n, b.unit] for name, b in summary.bins.items()},
    }
    schema = _schema(names, about)
    record: dict[str, Any] = {}

    def write(temporary: Path) -> None:
        with pq.ParquetWriter(temporary, schema, compression="zstd") as writer:
            for number, name in enumerate(names):
                stats = _statistics(summary, name)
                for start in range(0, summary.n_points, _BLOCK):
                    stop = min(start + _BLOCK, summary.n_points)
                    writer.write_table(_rows(summary, names, number, stats, start, stop, schema))
        record.update(record_of(temporary), rows=len(names) * summary.n_points)

    write_atomic(path, write)
    return record


def _statistics(summary: Tally, name: str) -> dict[str, npt.NDArray[np.float64]]:
    if name == "outcome":
        return {}
    stats = {"mean": summary.mean(name), "sd": summary.sd(name)}
    return stats | {label: summary.quantiles(name, q) for label, q in QUANTILES.items()}


def _rows(
    summary: Tally,
    names: list[str],
    number: int,
    stats: dict[str, npt.NDArray[np.float64]],
    start: int,
    stop: int,
    schema: pa.Schema,
) -> pa.Table:
    name, n = names[number], stop - start
    ending = name == "outcome"
    counts = summary.endings[start:stop] if ending else summary.counts(name)[start:stop]
    edges = np.arange(len(OUTCOMES) + 1.0) if ending else summary.bins[name].edges
    rows, filled = np.nonzero(counts)
    offsets = pa.array(np.searchsorted(rows, np.arange(n + 1)).astype(np.int32))
    columns: dict[str, Any] = {
        "column": pa.DictionaryArray.from_arrays(
            pa.array(np.full(n, number, dtype=np.int16)), pa.array(names)
        ),
        "point": pa.array(np.arange(start, stop, dtype=np.int32)),
        "n": pa.array(counts.sum(axis=1, dtype=np.int64)),
        "lower": pa.ListArray.from_arrays(offsets, pa.array(edges[filled])),
        "upper": pa.ListArray.from_arrays(offsets, pa.array(edges[filled + 1])),
        "count": pa.ListArray.from_arrays(offsets, pa.array(counts[rows, filled].astype(np.int64))),
    }
    for label in ("mean", "sd", *QUANTILES):
        values = None if ending else stats[label][start:stop]
        columns[label] = pa.nulls(n, pa.float64()) if values is None else pa.array(values, from_pandas=True)
    for label in _WHOLE:
        kept = None if ending else getattr(summary, label)[name][start:stop]
        columns[label] = pa.nulls(n, pa.int64()) if kept is None else pa.array(kept)
    return pa.Table.from_arrays([columns[field.name] for field in schema], schema=schema)


def read_tally(path: Path, kind: type[T]) -> T:
    """Read one back, as `kind`.  Raises InputError where the file is missing or torn."""
    about = _about(path)
    bins = {name: Bins(*numbers) for name, numbers in about["bins"].items()}
    summary = kind(bins, about["points"])
    summary.included = _numbers(about["included"])
    summary.outside = about["outside"]
    file = pq.ParquetFile(path)
    for group in range(file.num_row_groups):
        table = file.read_row_group(group)
        name = table["column"][0].as_py()
        point = table["point"].to_numpy()
        counts = table["count"].combine_chunks()
        flat = np.repeat(point.astype(np.int64), np.diff(counts.offsets.to_numpy()))
        lower = table["lower"].combine_chunks().values.to_numpy()
        if name == "outcome":
            summary.endings[flat, lower.astype(np.int64)] = counts.values.to_numpy()
            continue
        each = summary.bins[name]
        summary.histogram[name][flat * each.n + each.index(lower)] = counts.values.to_numpy()
        summary.number[name][point] = table["n"].to_numpy()
        for label in _WHOLE:
            getattr(summary, label)[name][point] = table[label].to_numpy()
    return summary


def _about(path: Path) -> dict[str, Any]:
    try:
        about: dict[str, Any] = json.loads(pq.read_schema(path).metadata[_KEY])
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError) as error:
        said = "is torn, or no summary of a sweep" if path.exists() else "is missing"
        raise InputError(
            f"the summary {said}", place=path,
            remedy="Remove it if it is there, then give the sweep's command with --resume",
        ) from error  # fmt: skip
    return about


def _intervals(numbers: set[int]) -> list[list[int]]:
    """Whole numbers as stretches [first, beyond]: 0, 1, 2, 5 → [0, 3], [5, 6]."""
    stretches: list[list[int]] = []
    for number in sorted(numbers):
        if stretches and stretches[-1][1] == number:
            stretches[-1][1] += 1
        else:
            stretches.append([number, number + 1])
    return stretches


def _numbers(stretches: list[list[int]]) -> set[int]:
    return {number for first, beyond in stretches for number in range(first, beyond)}
