"""A calibration as files: draws for other tools, a scenario with its best point, and all of it as JSON."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import pandas as pd
import yaml

from bargain_sim.calibration.fitting import WARNING, Calibration
from bargain_sim.calibration.telling import SILENT
from bargain_sim.compiling import rules_version
from bargain_sim.scenario.loader import Resolved, find_scenario
from bargain_sim.scenario.overrides import targets
from bargain_sim.scenario.paths import ROOT
from bargain_sim.shipped import shipped_folder
from bargain_sim.store.atomic import make_folder, write_atomic, write_json, write_text
from bargain_sim.version import __version__

__all__ = ["SOURCE", "as_dict", "best_scenario", "origin_of", "rows_of", "write"]

SOURCE: Final = "assumption: calibrated on P1-P6, see docs/calibration.md"
_GIVEN: Final = "assumption: given with --set"
_CLAIM: Final = "Scenario exploration, not prediction."
_LIBRARIES: Final = ("numpy", "scipy", "numba")


def write(found: Calibration, folder: Path) -> None:
    """Write `posterior.csv`, `calibration.json` and `best.yaml` into `folder`, which is made.

    Raises InputError where the disk does not allow it.
    """
    make_folder(folder)
    write_atomic(
        folder / "posterior.csv",
        lambda path: found.posterior.to_csv(path, index=False, float_format="%.6g", lineterminator="\n"),
    )
    write_json(folder / "calibration.json", as_dict(found))
    write_text(folder / "best.yaml", best_scenario(found, folder))


def as_dict(found: Calibration) -> dict[str, Any]:
    """Everything but the single draws, with what made it; what is missing is None."""
    return {
        **origin_of(found.scenario, found.draws, found.seed),
        "passed": found.passed,
        "accepted": found.accepted,
        "notice": found.too_few,
        "silent_below": SILENT,
        "patterns": rows_of(found.patterns),
        "parameters": rows_of(found.parameters),
        "statistics": rows_of(found.statistics),
        "best": found.best,
        "trust": rows_of(found.trust),
    }


def origin_of(scenario: Resolved, draws: int, seed: int) -> dict[str, Any]:
    """What made a table: scenario, settings and versions."""
    return {
        "about": f"{_CLAIM} {WARNING}",
        "version": __version__,
        "rules_version": rules_version(),
        "libraries": {name: version(name) for name in _LIBRARIES},
        "scenario": scenario.data,
        "scenario_hash": scenario.hash,
        "overrides": [[each.path, _plain(each.value)] for each in scenario.overrides],
        "seed": seed,
        "draws": draws,
    }


def best_scenario(found: Calibration, folder: Path) -> str:
    """A scenario file for `folder` with the values of the best-supported point, as text."""
    support = float(found.patterns["best"].iloc[-1])  # of all six
    name = found.scenario.scenario.name
    tree: dict[str, Any] = {
        "format_version": 1,
        "extends": _extended(found.source, folder),
        "name": f"{name}_best",
        "title": f"{found.scenario.scenario.title}: the best-supported point",
        "description": (
            f"Values at which most runs pass P1 to P6, {100 * support:.1f} % in their first turns, as a "
            f"search from {found.draws:,} draws (seed {found.seed}) found them. {WARNING}"
        ),
    }
    for each in found.scenario.overrides:
        for way in targets(each.path, found.scenario.base):
            _put(tree, tuple(str(part) for part in way), each.value, _GIVEN)
    for path, value in found.best.items():
        _put(tree, tuple(path.split(".")), value, SOURCE)
    text = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=110)
    return f"# {_CLAIM}  Made by `bargain calibrate`.\n{text}"


def _extended(source: str | Path, folder: Path) -> str:
    """What `extends` is to say: the name of a shipped scenario, or the way to a file."""
    file = find_scenario(source).resolve()
    if file.parent == shipped_folder("scenarios").resolve():
        return file.stem
    try:
        return Path(os.path.relpath(file, folder.resolve())).as_posix()
    except ValueError:  # on another drive
        return file.as_posix()


def _put(tree: dict[str, Any], way: tuple[str, ...], value: Any, source: str) -> None:
    """Set the value at a path of nested mappings, a number with its source."""
    spec = ROOT
    for part in way:
        below = spec.child(part)
        assert below is not None, way  # the path was followed before
        spec = below
    inside = tree
    for part in way[:-1]:
        inside = inside.setdefault(part, {})
    number = spec.kind == "number" and isinstance(value, int | float)
    inside[way[-1]] = {"value": value, "source": source} if number else value


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """A table as plain rows that JSON knows."""
    return [{str(name): _plain(value) for name, value in row.items()} for row in frame.to_dict("records")]


def _plain(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float) and value != value:
        return None
    return value.item() if hasattr(value, "item") else value
