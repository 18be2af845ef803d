"""A calibration as files: its draws, scenarios with the best point and with all draws, and all as JSON."""

from __future__ import annotations

import math
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

__all__ = [
    "SOURCE",
    "as_dict",
    "best_scenario",
    "origin_of",
    "rows_of",
    "uncertain_scenario",
    "write",
    "write_posterior",
]

SOURCE: Final = "assumption: calibrated on P1-P6, see docs/calibration.md"
_GIVEN: Final = "assumption: given with --set"
_CLAIM: Final = "Scenario exploration, not prediction."
_LIBRARIES: Final = ("numpy", "scipy", "numba")


def write(found: Calibration, folder: Path) -> None:
    """Write `posterior.csv`, `calibration.json`, `best.yaml` and `uncertain.yaml` into `folder`.

    The folder is made.  Raises InputError where the disk does not allow it.
    """
    make_folder(folder)
    write_posterior(found, folder / "posterior.csv")
    write_json(folder / "calibration.json", as_dict(found))
    write_text(folder / "best.yaml", best_scenario(found, folder))
    write_text(folder / "uncertain.yaml", uncertain_scenario(found, folder))


def write_posterior(found: Calibration, file: Path) -> None:
    """Write the draws, a row each under their paths, as `parameters` of a scenario takes them."""
    write_atomic(
        file,
        lambda path: found.posterior.to_csv(path, index=False, float_format="%.4g", lineterminator="\n"),
    )


def as_dict(found: Calibration) -> dict[str, Any]:
    """Everything but the single draws, with what made it; what is missing is None."""
    return {
        **origin_of(found.scenario, found.draws, found.seed),
        "passed": found.passed,
        "accepted": found.accepted,
        "notice": ". ".join(each for each in (found.too_few, found.unmoved) if each),
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
    about = found.unmoved or (
        f"Values at which most runs pass P1 to P6, {100 * support:.1f} % in their first turns, as a "
        f"search from {found.draws:,} draws (seed {found.seed}) found them"
    )
    about += f". {WARNING}"
    tree = _extending(found, folder, "best", "the best-supported point", about)
    for path, value in found.best.items():
        _put(tree, tuple(path.split(".")), value, SOURCE)
    return _text(tree)


def uncertain_scenario(found: Calibration, folder: Path) -> str:
    """A scenario file for `folder` in which each run draws a row of the `posterior.csv` there, as text."""
    about = (
        f"Each run draws one of the {len(found.posterior):,} parameter sets that stand for the posterior of "
        f"a calibration with {found.draws:,} draws (seed {found.seed}). {found.too_few or WARNING}"
    )
    tree = _extending(found, folder, "uncertain", "parameters drawn from the posterior", about)
    return _text(tree | {"parameters": "posterior.csv"})


def _extending(found: Calibration, folder: Path, ending: str, words: str, about: str) -> dict[str, Any]:
    """The beginning of a scenario that extends the one calibrated, with what was set for the fit."""
    tree: dict[str, Any] = {
        "format_version": 1,
        "extends": _extended(found.source, folder),
        "name": f"{found.scenario.scenario.name}_{ending}",
        "title": f"{found.scenario.scenario.title}: {words}",
        "description": about,
    }
    for each in found.scenario.overrides:
        for way in targets(each.path, found.scenario.base):
            _put(tree, tuple(str(part) for part in way), each.value, _GIVEN)
    return tree


def _text(tree: dict[str, Any]) -> str:
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
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and math.isnan(value) else value
