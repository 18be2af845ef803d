"""Which sweep a part belongs to, written into the part itself: a file says so wherever it lies."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from bargain_sim.store.manifest import Manifest

__all__ = ["KEY", "key_in", "key_of", "written_here"]

KEY: Final = b"bargain_sim_sweep"
"""Under this name the key stands in the metadata of a Parquet schema."""

_FIELDS: Final = (
    "scenario_hash", "variants", "overrides", "design_sha256", "common_random_numbers", "results_version",
)  # fmt: skip


def key_of(manifest: Manifest) -> str:
    """The key of a sweep's parts, the same on every machine that makes some of its runs.

    How many runs there are, and where they begin, does not count, so that merged parts are the very
    parts that one machine would have made; except with `until`, where the first runs decide the rest.
    """
    parts = {name: getattr(manifest, name) for name in _FIELDS}
    parts["seeds"] = sorted({block.seed for block in manifest.run_blocks})
    if manifest.until is not None:
        parts |= {"until": manifest.until, "runs": manifest.runs}
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()


def key_in(schema: pa.Schema) -> str:
    """The key that a part carries; empty where it has none."""
    found: bytes = (schema.metadata or {}).get(KEY, b"")
    return found.decode("ascii", "replace")


def written_here(path: Path, key: str) -> bool:
    """Whether a part carries this key, and was written by this version of pyarrow (to the same bytes)."""
    try:
        found = pq.read_metadata(path)
    except (OSError, pa.ArrowException):
        return False
    return key_in(found.schema.to_arrow_schema()) == key and found.created_by.endswith(pa.cpp_version)
