"""The manifest of a results folder: what was run, with what, and how to run it again."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import sys
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from bargain_sim.errors import InputError
from bargain_sim.store.atomic import write_json

__all__ = ["IDENTITY", "MANIFEST", "Block", "Manifest", "machine", "read_manifest", "versions"]

MANIFEST: Final = "manifest.json"
FORMAT_VERSION: Final = 2
# What an entry must have: a factor, the record of a file, a block of runs.
_FACTOR: Final = {"path", "name", "label", "kind", "numeric"}
_RECORD: Final = {"sha256", "bytes"}
_BLOCK: Final = {"seed", "first_run", "runs"}

# What must be the same for two folders to hold the same sweep, with the words for it.
IDENTITY: Final = {
    "scenario_hash": "the scenario",
    "variants": "the sub-scenarios that `extends` names",
    "design_sha256": "the factors or their values",
    "overrides": "what --set changes",
    "seed": "the seed",
    "runs": "the number of runs a point",
    "first_run": "the first run",
    "blocks": "which runs were merged",
    "common_random_numbers": "whether points share their luck",
    "until": "the precision asked for",
    "keep": "whether every run is kept or only summaries",
    "rules_version": "the rules (another version of bargain_sim)",
    "results_version": "how results are made and stored (another version of bargain_sim)",
}


@dataclass(frozen=True)
class Block:
    """A stretch of runs under one seed: `runs` a point, from run `first_run` on."""

    seed: int
    first_run: int
    runs: int


@dataclass(frozen=True)
class Manifest:
    """Everything needed to know what a results folder holds and to make it again.

    `scenario` is the resolved base scenario as plain data; `factors` says of each factor its `path`,
    column `name`, `label`, `kind` and whether it is `numeric`.  Their values at every point are in
    `design.parquet`, of whose contents `design_sha256` is a checksum.  `overrides` are the `--set`
    changes in their order; `variants` the resolved scenarios that a factor `extends` names.  `blocks`
    is empty unless the folder was merged from runs that do not follow one another.  `files` holds
    SHA-256, bytes and rows of every stored file once the sweep is complete, `precision` what `until`
    reached.  `timing`, `machine` and `versions` bear on no result.
    """

    name: str
    title: str
    sweep: dict[str, Any]
    scenario: dict[str, Any]
    scenario_hash: str
    factors: list[dict[str, Any]]
    overrides: list[list[Any]]
    seed: int
    runs: int
    points: int
    common_random_numbers: bool
    rules_version: str
    command: str
    variants: dict[str, dict[str, Any]] = field(default_factory=dict)
    results_version: str = ""
    design_sha256: str = ""
    first_run: int = 0
    until: dict[str, Any] | None = None
    keep: str = "runs"
    blocks: list[dict[str, int]] = field(default_factory=list)
    layers: list[str] = field(default_factory=list)
    complete: bool = False
    rows: int = 0
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    precision: dict[str, Any] = field(default_factory=dict)
    timing: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=dict)
    note: str = "scenario exploration, not prediction"
    format_version: int = FORMAT_VERSION

    def differences(self, other: Manifest) -> list[str]:
        """In which respects two manifests describe different sweeps, in words; empty: the same."""
        return [
            words
            for name, words in IDENTITY.items()
            if json.dumps(getattr(self, name), default=str) != json.dumps(getattr(other, name), default=str)
        ]

    @property
    def run_blocks(self) -> list[Block]:
        """The runs it holds, in the order in which they are stored."""
        if self.blocks:
            return [Block(**block) for block in self.blocks]
        return [Block(self.seed, self.first_run, self.runs)]

    @property
    def regular(self) -> bool:
        """Whether every point has the same number of runs (not so where `until` decides)."""
        return not self.sweep.get("until")

    @property
    def even_rows(self) -> int:
        """How many rows, from the first on, hold every point equally often: those that all points have.

        All rows of a complete sweep, but where `until` went on at some points.
        """
        return self.points * self.runs

    def write(self, folder: Path) -> None:
        """Write it into a results folder, whole or not at all."""
        write_json(folder / MANIFEST, asdict(self))


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a results folder; None where there is none.  Raises InputError if unreadable."""
    path = folder / MANIFEST
    if not path.exists():
        return None
    try:
        text = path.read_text(encoding="utf-8")
        if (format_version := json.loads(text)["format_version"]) != FORMAT_VERSION:
            raise InputError(
                f"this folder was written in format {format_version}, not {FORMAT_VERSION}", place=path,
                remedy="Run the sweep again with --overwrite, or use the bargain-sim that wrote it",
            )  # fmt: skip
        return _checked(text)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InputError(
            "this manifest cannot be read", place=path,
            remedy="Give the sweep's command with --resume, which takes over the runs that are its own, "
            "or give another folder with --out",
        ) from error  # fmt: skip


def _checked(text: str) -> Manifest:
    """The manifest that a text describes.  Raises ValueError where a field is not what it should be."""
    from pydantic import TypeAdapter

    manifest: Manifest = TypeAdapter(Manifest).validate_json(text, strict=True)
    entries = [(manifest.factors, _FACTOR), (manifest.files.values(), _RECORD), (manifest.blocks, _BLOCK)]
    if not all(keys <= entry.keys() for found, keys in entries for entry in found):
        raise ValueError("an entry lacks a key")
    if manifest.points < 1 or manifest.runs < 1:
        raise ValueError("there is no run")
    return manifest


def versions() -> dict[str, str]:
    """Versions of what the results depend on."""
    found = {"python": platform.python_version()}
    for package in ("bargain-sim", "numpy", "numba", "pyarrow", "pandas", "mesa", "matplotlib"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def machine() -> dict[str, Any]:
    """What kind of machine this is, as far as it bears on timing."""
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "implementation": sys.implementation.name,
        "written": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    }
