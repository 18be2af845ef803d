"""Checksums of stored files: SHA-256, length in bytes, and rows where the file is a table."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["FileRecord", "record_of", "records_of", "rows_in"]

FileRecord = Mapping[str, Any]
"""What the manifest keeps of a file: `sha256`, `bytes`, and `rows` (Parquet only)."""

_BLOCK: Final = 1 << 20


def record_of(path: Path) -> dict[str, Any]:
    """SHA-256, bytes and rows of a file; read in blocks, so of any size."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as handle:
        while block := handle.read(_BLOCK):
            digest.update(block)
            size += len(block)
    record: dict[str, Any] = {"sha256": digest.hexdigest(), "bytes": size}
    if path.suffix == ".parquet":
        record["rows"] = rows_in(path)
    return record


def records_of(
    folder: Path, paths: Iterable[Path], known: Mapping[str, FileRecord] | None = None
) -> dict[str, dict[str, Any]]:
    """Records of files in `folder`, by their names as seen from it.

    `known` holds records taken when the files were written; these are not read again.
    """
    named = {path.relative_to(folder).as_posix(): path for path in paths}
    have = known or {}
    return {name: dict(have[name]) if name in have else record_of(named[name]) for name in sorted(named)}


def rows_in(path: Path) -> int | None:
    """Rows of a Parquet file, from its last bytes; None where it is missing, torn or no Parquet."""
    try:
        rows: int = pq.read_metadata(path).num_rows
    except (OSError, pa.ArrowException):
        return None
    return rows
