"""Reading a sweep file, with the same care and the same kind of messages as scenarios."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy.typing as npt
from pydantic import ValidationError

from bargain_sim.errors import InputError, Place
from bargain_sim.scenario.columns import RUN_COLUMNS, result_columns
from bargain_sim.scenario.loader import Overrides, Resolved, is_sweep, laid_over, resolve
from bargain_sim.scenario.messages import Lines, joined
from bargain_sim.scenario.overrides import FACTOR, targets
from bargain_sim.scenario.reading import KeyPath, Tree, dotted, from_mapping, read_file
from bargain_sim.shipped import shipped_folder
from bargain_sim.sweeps.checks import check_design
from bargain_sim.sweeps.definition import Sweep
from bargain_sim.sweeps.design import Design, Origin, Plan, make_points, plan_design, row_place
from bargain_sim.sweeps.factor import EXTENDS, column_of
from bargain_sim.sweeps.naming import factor_label
from bargain_sim.sweeps.points import Group, PointError, pack_points
from bargain_sim.sweeps.wording import words_for

__all__ = ["FactorColumn", "LoadedSweep", "find_sweep", "load_sweep", "validate_sweep"]

Column = npt.NDArray[Any]


@dataclass(frozen=True)
class FactorColumn:
    """A factor as results know it: what it sets, the name of its column, and its value at every point."""

    path: str
    name: str
    label: str
    numeric: bool
    values: Column


@dataclass(frozen=True)
class LoadedSweep:
    """A sweep, the scenario it varies, its factors' values at every point, and where it was written.

    `table` maps the path of every factor to an array (points,) of numbers, of yes and no, or (words)
    of objects.  `variants` are the sub-scenarios that the factor `extends` names; `origins` says
    which points come from which part of a union.
    """

    sweep: Sweep
    resolved: Resolved
    table: dict[str, Column]
    lines: Lines
    plan: Plan = field(repr=False)
    origins: tuple[Origin, ...] = ()
    variants: Mapping[str, Resolved] = field(default_factory=dict, repr=False)

    @property
    def n_points(self) -> int:
        """How many points there are."""
        return self.origins[-1].stop

    @property
    def columns(self) -> tuple[FactorColumn, ...]:
        """All factors, also those that only a table names."""
        found: list[FactorColumn] = []
        scenario = self.resolved.scenario
        names = {key: side.label for key, side in scenario.sides.items()}
        for path, factor in self.plan.factors.items():
            name, values = column_of(path, factor), self.table[path]
            label = factor.label or factor_label(path, names)
            found.append(FactorColumn(path, name, label, values.dtype != object, values))
        return tuple(found)

    def groups(self) -> list[Group]:
        """Every point, packed.  Raises InputError with the line of the factor that is wrong."""
        try:
            return pack_points(self.resolved, self.table, self.variants)
        except PointError as error:
            raise _placed(error, self) from error


def find_sweep(name: str | Path) -> Path:
    """The file meant: a path, with or without `.yaml`, or the name of a shipped sweep."""
    text = str(name)
    for candidate in (Path(text), Path(f"{text}.yaml")):
        if candidate.is_file():
            return candidate
    shipped = {path.stem: path for path in sorted(shipped_folder("scenarios").glob("sweeps/*.yaml"))}
    if text in shipped:
        return shipped[text]
    if (shipped_folder("scenarios") / f"{text}.yaml").is_file():
        raise InputError(f"`{text}` is a scenario, not a sweep", remedy=f"Use `bargain run {text}`")
    near = get_close_matches(Path(text).stem, shipped, n=1)
    known = near or list(shipped)
    raise InputError(
        f"there is no file and no shipped sweep `{text}`",
        remedy=("Did you mean " if near else "Give a file, or one of ")
        + ", ".join(f"`{each}`" for each in known),
    )


def load_sweep(
    source: str | Path | Mapping[str, Any],
    overrides: Overrides = (),
    *,
    runs: int | None = None,
    seed: int | None = None,
) -> LoadedSweep:
    """Load a sweep from a path, a shipped name or a mapping; `runs` and `seed` replace the file's.

    `overrides` are those of `--set`: they lie over the sweep's factors, and may not set what a
    factor varies.  Raises InputError with everything that is wrong.
    """
    tree, folder = _read(source)
    lines = Lines(tree.places)
    data = dict(tree.data)
    data |= {key: value for key, value in (("runs", runs), ("seed", seed)) if value is not None}
    try:
        sweep = Sweep.model_validate(data)
    except ValidationError as error:
        # What was written there is told already; what stands in its place says nothing to a person.
        told = {fault.place for fault in tree.faults}
        found = [each for each in words_for(error, lines) if each.place not in told]
        raise joined([*tree.faults, *found]) or error from error
    wrong = [*tree.faults]
    wrong += [
        InputError(f"`{dotted(each.path)}`: {each.problem}", remedy=each.remedy, place=lines.of(each.path))
        for each in check_design(sweep)
    ]
    fault = joined(wrong)
    if fault is not None:
        raise fault
    resolved = _scenario_of(sweep, folder, overrides, lines)
    plan = plan_design(sweep, resolved, folder, lines)
    _check_paths(plan, resolved, lines)
    design = make_points(sweep, plan, resolved, lines)
    variants = _variants(design, plan, resolved, folder, lines)
    return LoadedSweep(sweep, resolved, design.table, lines, plan, design.origins, variants)


def name_of(source: str | Path) -> str:
    """The name of a sweep file or shipped sweep, as far as it can be told without looking further."""
    return str(_read(source)[0].data["name"])


def _read(source: str | Path | Mapping[str, Any]) -> tuple[Tree, Path | None]:
    """What a sweep file says, its name filled in from the file's, and the folder it lies in."""
    if isinstance(source, Mapping):
        tree, folder, stem = from_mapping(source, "the given mapping"), None, "unnamed"
    else:
        path = find_sweep(source)
        tree, folder, stem = read_file(path), path.parent, path.stem
        if not is_sweep(tree):
            raise InputError(
                "this is a scenario, not a sweep", place=Place(str(path)),
                remedy="Use `bargain run` for it, or write a sweep file that names it",
            )  # fmt: skip
    name = re.sub(r"[^a-z0-9_]+", "_", stem.lower()).strip("_") or "sweep"
    return replace(tree, data={"name": name} | tree.data), folder


def validate_sweep(path: Path) -> list[InputError]:
    """Everything that is wrong with a sweep file; empty when nothing is."""
    try:
        load_sweep(path).groups()
    except InputError as error:
        return list(error.all())
    return []


def _scenario_of(sweep: Sweep, folder: Path | None, overrides: Overrides, lines: Lines) -> Resolved:
    beside = [folder / name for name in (sweep.scenario, f"{sweep.scenario}.yaml")] if folder else []
    source = next((path for path in beside if path.is_file()), sweep.scenario)
    try:
        return resolve(source, overrides)
    except InputError as error:
        if error.place is None:
            raise InputError(
                f"`scenario`: {error.problem}", remedy=error.remedy, place=lines.of(("scenario",))
            ) from error
        raise


def _check_paths(plan: Plan, resolved: Resolved, lines: Lines) -> None:
    """Every factor must set something, and nothing that another factor or --set sets too."""
    wrong: list[InputError] = []
    taken: dict[KeyPath, str] = {}
    for override in resolved.overrides:
        for path in targets(override.path, resolved.base):
            taken[path] = f"--set {override.path}"
    scenario = resolved.scenario
    reserved = {*RUN_COLUMNS, *result_columns(scenario.side_ids, scenario.counters)}
    for text, factor in plan.factors.items():
        place, column = lines.of(plan.places[text]), column_of(text, factor)
        if column in reserved:
            wrong.append(InputError(
                f"`{column}` is a column of the results", place=place,
                remedy="Give the factor another `name`",
            ))  # fmt: skip
        reserved.add(column)
        try:
            for path in () if text == EXTENDS else targets(text, resolved.base, place):
                if path in taken:
                    wrong.append(InputError(
                        f"`{text}` and `{taken[path]}` set the same thing", place=place,
                        remedy="Keep one of them",
                    ))  # fmt: skip
                    break
                taken[path] = text
        except InputError as error:
            wrong.append(error)
    together = joined(wrong)
    if together is not None:
        raise together


def _variants(
    design: Design, plan: Plan, resolved: Resolved, folder: Path | None, lines: Lines
) -> dict[str, Resolved]:
    """The sub-scenarios that a factor `extends` names, laid over the sweep's scenario."""
    found: dict[str, Resolved] = {}
    if EXTENDS not in design.table:
        return found
    wrong: list[InputError] = []
    place = lines.of(plan.places[EXTENDS])
    for name in dict.fromkeys(design.table[EXTENDS].tolist()):
        try:
            found[name] = laid_over(resolved, str(name), folder)
        except InputError as error:
            here = f"`{name}` over `{resolved.scenario.name}`: " if _stands_alone(str(name), folder) else ""
            wrong += [
                InputError(here + e.problem, remedy=e.remedy, place=place if here else e.place or place)
                for e in error.all()
            ]
            continue
        for what in ("sides", "counters"):
            theirs, ours = (list(getattr(each.scenario, what)) for each in (found[name], resolved))
            if theirs != ours:
                wrong.append(InputError(
                    f"`{name}` has other {what} than the sweep's scenario, and so other columns of results",
                    place=place, remedy=f"Take it out, or give it the {what} " + ", ".join(ours),
                ))  # fmt: skip
    fault = joined(wrong)
    if fault is not None:
        raise fault
    return found


def _stands_alone(name: str, folder: Path | None) -> bool:
    """Whether nothing is wrong with a sub-scenario's own file."""
    for candidate in ((folder or Path()) / name, Path(name)):
        try:
            resolve(candidate)
            return True
        except InputError:
            continue
    return False


def _placed(error: PointError, loaded: LoadedSweep) -> InputError:
    """The same error at the line of the factor in the sweep file, or of the point in its table."""
    design = Design(loaded.table, loaded.origins)
    place = row_place(design, error.point)
    said = error.place.file if error.place is not None else ""
    for path, where in loaded.plan.places.items():
        if said.startswith(f"{FACTOR} {path}="):
            place = place or loaded.lines.of(where)
            return InputError(error.problem, remedy=error.remedy, place=place)
    # What only the whole tells: a check between several factors, or between one and the scenario.
    values = {path: column[error.point] for path, column in loaded.table.items()}
    shown = ", ".join(f"{each.name} {_shown(values[each.path])}" for each in loaded.columns[:_SHOWN])
    more = ", …" if len(values) > _SHOWN else ""
    return InputError(
        f"point {error.point} ({shown}{more}): {error.problem}", remedy=error.remedy,
        place=place or loaded.lines.of(next(iter(loaded.plan.places.values()))[:-1]),
    )  # fmt: skip


_SHOWN = 4  # values of a point that a message shows


def _shown(value: Any) -> str:
    return str(value) if isinstance(value, str) else f"{value:g}"
