"""The guard-rails of a calibration as files: tables for other tools, and all of a check as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from bargain_sim.calibration.comparing import Comparison
from bargain_sim.calibration.findings import beaten, of_comparison, of_left_out, of_recovery
from bargain_sim.calibration.leaving_out import LeftOut
from bargain_sim.calibration.recovery import Recovery
from bargain_sim.calibration.writing import origin_of, rows_of
from bargain_sim.store.atomic import make_folder, write_atomic, write_json

__all__ = ["check_as_dict", "write_check"]

Check = Recovery | Comparison | LeftOut


def write_check(found: Check, folder: Path) -> list[str]:
    """Write a check into `folder`, which is made; returns the names of the files.

    `NAME.json` holds all but single records, `NAME.csv` and `NAME_….csv` its tables.  Raises InputError where
    the disk does not allow it.
    """
    make_folder(folder)
    name, tables = _tables(found)
    written = []
    for what, table in tables.items():
        file = f"{name}{what}.csv"
        written.append(file)
        write_atomic(folder / file, lambda path, table=table: _to_csv(table, path))  # type: ignore[misc]
    write_json(folder / f"{name}.json", check_as_dict(found))
    return [*written, f"{name}.json"]


def check_as_dict(found: Check) -> dict[str, Any]:
    """All of a check but its single records, with what made it and what it says."""
    told = {"check": _tables(found)[0], **origin_of(found.scenario, found.draws, found.seed)}
    if isinstance(found, Recovery):
        return told | {
            "records": found.records,
            "identifiable": found.identifiable,
            "findings": of_recovery(found),
            "parameters": rows_of(found.parameters),
        }
    if isinstance(found, Comparison):
        return told | {
            "findings": of_comparison(found),
            "models": rows_of(found.models),
            "patterns": rows_of(found.patterns),
        }
    return told | {
        "tables": found.tables,
        "findings": of_left_out(found),
        "totals": rows_of(beaten(found.totals)),
        "scores": rows_of(found.scores),
    }


def _tables(found: Check) -> tuple[str, Mapping[str, pd.DataFrame]]:
    if isinstance(found, Recovery):
        return "recovery", {"": found.parameters, "_intervals": found.intervals}
    if isinstance(found, Comparison):
        return "null_models", {"": found.patterns, "_verdicts": found.models}
    return "left_out", {"": found.scores, "_totals": beaten(found.totals)}


def _to_csv(table: pd.DataFrame, path: Path) -> None:
    table.to_csv(path, index=False, float_format="%.6g", lineterminator="\n")
