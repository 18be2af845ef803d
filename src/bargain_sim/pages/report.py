"""The report of a stored sweep: one HTML file with question, figures, tables, assumptions and commands."""

from __future__ import annotations

import hashlib
import shlex
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bargain_sim.codes import OUTCOME_LABEL
from bargain_sim.drawing import draw_figures
from bargain_sim.errors import InputError
from bargain_sim.pages.pictures import Group, grouped
from bargain_sim.pages.repeated import repeated_values
from bargain_sim.pages.report_tables import (
    assumption_rows,
    concession_rows,
    effect_rows,
    ending_rows,
    factor_rows,
    point_rows,
    side_rows,
    support_in_words,
)
from bargain_sim.pages.report_words import Sums, summary, sums_of
from bargain_sim.pages.writing import page_from, write_page
from bargain_sim.scenario.sources import references
from bargain_sim.store.folder import FIGURES, REPORT
from bargain_sim.store.manifest import MANIFEST
from bargain_sim.store.remedies import command_for
from bargain_sim.store.results import Results, load_results

if TYPE_CHECKING:
    from bargain_sim.store.manifest import Manifest

__all__ = ["report"]


def report(results: Results | str | Path, out: str | Path | None = None, *, title: str | None = None) -> Path:
    """Write the report of a sweep and return its path; `results` are in memory or name a folder.

    `out` is the file (by default `report.html` in the results folder); `title` replaces the sweep's own.
    An incomplete sweep is reported as far as it is stored, and said to be incomplete.  The same
    results give the same file.  Raises InputError where there is no results folder, no run, or no place.
    """
    found = results if isinstance(results, Results) else load_results(results)
    if out is None and found.folder is None:
        raise InputError("these results are not stored", remedy="Say where the report goes: out=…")
    path = Path(out) if out is not None else (found.folder or Path()) / REPORT
    if path.is_dir():
        raise InputError("a folder stands where the report should go", place=path, remedy="Name a file")
    sums = sums_of(found)
    manifest, scenario = found.manifest, found.scenario
    html = page_from(
        "report.html",
        title=title or manifest.title,
        styles=("report.css",),
        command="\n".join(_commands(found, path)),
        origin=_origin(found),
        context={
            "manifest": manifest,
            "sweep": manifest.sweep,
            "scenario": scenario,
            "summary": summary(sums),
            "sums": sums,
            "repeated": repeated_values(found),
            "incomplete": _incomplete(found, sums),
            "endings": ending_rows(sums),
            "watched_label": OUTCOME_LABEL[sums.watched].lower(),
            "effects": effect_rows(sums),
            "factors": factor_rows(sums),
            "points": point_rows(sums),
            "groups": _figures(found),
            "kept_runs": manifest.keep == "runs",
            "sides": side_rows(scenario),
            "concessions": concession_rows(scenario),
            "support": support_in_words(scenario),
            "assumptions": assumption_rows(scenario, [str(factor["path"]) for factor in manifest.factors]),
            "references": references(scenario),
        },
    )
    return write_page(path, html)


def _figures(results: Results) -> list[Group]:
    """Every figure that the sweep can have, on light and on dark paper; none is drawn from summaries.

    What other commands drew into the folder, such as `bargain drivers`, is taken over as it is.
    """
    others = [] if results.folder is None else [results.folder / FIGURES]
    if results.manifest.keep != "runs":
        return grouped(*others)
    with TemporaryDirectory() as folder:
        draw_figures(results, Path(folder), themes=("light", "dark"))
        return grouped(Path(folder), *others)


def _incomplete(results: Results, sums: Sums) -> str:
    """What is said of a sweep that was stopped; empty for a complete one."""
    manifest = results.manifest
    if manifest.complete or results.folder is None:
        return ""
    planned = manifest.points * manifest.runs
    return f"This sweep is not complete: {sums.runs:,} of {planned:,} runs are stored, and told of here."


def _commands(results: Results, path: Path) -> list[str]:
    """What makes the results again (or goes on with them), and then this file."""
    manifest, folder = results.manifest, results.folder
    if folder is None:
        return [manifest.command]
    more = [] if manifest.complete else ["--resume"]
    target = [] if path == folder / REPORT else ["-o", str(path)]
    words = ["bargain", "report", str(folder), *target]
    return [command_for(manifest, folder, *more), " ".join(shlex.quote(word) for word in words)]


def _origin(results: Results) -> list[tuple[str, str]]:
    manifest = results.manifest
    told = [("Sweep", f"{manifest.name}, seed {', '.join(_seeds(manifest))}")]
    told += [("Scenario", f"{manifest.scenario.get('name', '')} (SHA-256 {manifest.scenario_hash})")]
    if manifest.overrides:
        told.append(
            ("Changed by --set", "; ".join(f"{path} = {value}" for path, value in manifest.overrides))
        )
    if results.folder is not None:
        digest = hashlib.sha256((results.folder / MANIFEST).read_bytes()).hexdigest()
        told.append((f"SHA-256 of {MANIFEST}", digest))
    versions = ", ".join(f"{name} {number}" for name, number in manifest.versions.items())
    told.append(("Versions", f"{versions}; rules {manifest.rules_version[:12]}"))
    machine = manifest.machine
    if machine.get("written"):
        told.append(
            ("Run on", f"{machine.get('system', '')} {machine.get('processor', '')}, {machine['written']}")
        )
    return told


def _seeds(manifest: Manifest) -> list[str]:
    return [str(seed) for seed in sorted({block.seed for block in manifest.run_blocks})]
