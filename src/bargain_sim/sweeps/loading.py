"""Reading a sweep file, with the same care and the same kind of messages as scenarios."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bargain_sim.errors import InputError, Place
from bargain_sim.scenario.columns import RUN_COLUMNS, result_columns
from bargain_sim.scenario.loader import Overrides, Resolved, is_sweep, resolve
from bargain_sim.scenario.messages import Lines, joined
from bargain_sim.scenario.overrides import FACTOR, targets
from bargain_sim.scenario.reading import KeyPath, dotted, from_mapping, read_file
from bargain_sim.shipped import shipped_folder
from bargain_sim.sweeps.definition import Factor, Sweep
from bargain_sim.sweeps.design import factor_table
from bargain_sim.sweeps.points import Group, pack_points

__all__ = ["LoadedSweep", "find_sweep", "load_sweep", "validate_sweep"]


@dataclass(frozen=True)
class LoadedSweep:
    """A sweep, the scenario it varies, its factors' values at every point, and where it was written."""

    sweep: Sweep
    resolved: Resolved
    table: dict[str, list[Any]]
    lines: Lines

    def groups(self) -> list[Group]:
        """Every point, packed.  Raises InputError with the line of the factor that is wrong."""
        try:
            return pack_points(self.resolved, self.table)
        except InputError as error:
            raise _placed(error, self.sweep, self.lines) from error


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
    lines = Lines(tree.places)
    data = {"name": re.sub(r"[^a-z0-9_]+", "_", stem.lower()).strip("_") or "sweep"} | tree.data
    data |= {key: value for key, value in (("runs", runs), ("seed", seed)) if value is not None}
    try:
        sweep = Sweep.model_validate(data)
    except ValidationError as error:
        raise joined([*tree.faults, *_words_for(error, lines)]) or error from error
    if tree.faults:
        raise joined(tree.faults) or tree.faults[0]
    resolved = _scenario_of(sweep, folder, overrides, lines)
    _check_paths(sweep, resolved, lines)
    return LoadedSweep(sweep, resolved, factor_table(sweep), lines)


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


def _check_paths(sweep: Sweep, resolved: Resolved, lines: Lines) -> None:
    """Every factor must set something, and nothing that another factor or --set sets too."""
    wrong: list[InputError] = []
    taken: dict[KeyPath, str] = {}
    for override in resolved.overrides:
        for path in targets(override.path, resolved.base):
            taken[path] = f"--set {override.path}"
    scenario = resolved.scenario
    reserved = {*RUN_COLUMNS, *result_columns(scenario.side_ids, scenario.counters)}
    columns = sweep.columns()
    for text in sweep.factors:
        place = lines.of(("factors", text))
        if columns[text] in reserved:
            wrong.append(InputError(
                f"`{columns[text]}` is a column of the results", place=place,
                remedy="Give the factor another `name`",
            ))  # fmt: skip
        try:
            for path in targets(text, resolved.base, place):
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


def _placed(error: InputError, sweep: Sweep, lines: Lines) -> InputError:
    """The same error at the line of the factor in the sweep file."""
    if error.place is not None and error.place.file.startswith(FACTOR):
        for path in sweep.factors:
            if error.place.file.startswith(f"{FACTOR} {path}="):
                return InputError(error.problem, remedy=error.remedy, place=lines.of(("factors", path)))
    return error


def _words_for(error: ValidationError, lines: Lines) -> Iterator[InputError]:
    for detail in error.errors(include_url=False):
        path: KeyPath = tuple(detail["loc"])
        context: dict[str, Any] = detail.get("ctx", {})
        if detail["type"] == "scenario":
            inside = str(context["path"])
            path = (*path, *inside.split(".")) if inside else path
            problem, remedy = str(context["problem"]), str(context["remedy"])
        else:
            problem, remedy = _problem(detail, path)
        name = dotted(path)
        yield InputError(f"`{name}`: {problem}" if name else problem, remedy=remedy, place=lines.of(path))


def _problem(detail: ErrorDetails, path: KeyPath) -> tuple[str, str]:
    block: type[BaseModel] = Factor if path[:1] == ("factors",) else Sweep
    key = str(path[-1]) if path else ""
    field = block.model_fields.get(key)
    meaning = field.description or "" if field else ""
    if detail["type"] == "missing":
        return f"it is missing ({meaning})", f"Write `{key}: …`"
    if detail["type"] == "extra_forbidden":
        near = get_close_matches(key, block.model_fields, n=1, cutoff=0.5)
        known = ", ".join(f"`{name}`" for name in block.model_fields)
        return (
            "this key is not known",
            f"Did you mean `{near[0]}`?" if near else f"Take it out; known here are {known}",
        )
    if detail["type"] == "literal_error":
        return f"`{detail['input']}` is not known", f"Write {detail.get('ctx', {})['expected']}"
    said = detail["msg"][0].lower() + detail["msg"][1:]
    return f"`{detail['input']}` does not fit ({meaning}): {said}", "Write a value that does"
