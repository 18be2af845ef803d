"""From a file, a shipped name or a mapping to a frozen `Scenario`, or to all that is wrong with it."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from bargain_sim.errors import InputError, Place
from bargain_sim.scenario.checks import check_scenario
from bargain_sim.scenario.layers import Merged, chain_of, merge
from bargain_sim.scenario.messages import Lines, from_check, from_pydantic, joined
from bargain_sim.scenario.overrides import FACTOR, Override, apply, apply_some, as_overrides
from bargain_sim.scenario.posterior import blamed, check_draws, check_ranges, check_rows, lay_draws
from bargain_sim.scenario.quantity import source_parts
from bargain_sim.scenario.reading import KeyPath, Tree, dotted, from_mapping, read_file
from bargain_sim.scenario.recounting import check_history
from bargain_sim.scenario.schema import Scenario
from bargain_sim.shipped import shipped_folder

__all__ = [
    "Overrides",
    "Resolved",
    "build",
    "find_scenario",
    "is_sweep",
    "laid_over",
    "load_scenario",
    "resolve",
    "validate_file",
    "with_values",
]

Overrides = Mapping[str, Any] | Iterable[str | tuple[str, Any] | Override]
"""Values for paths: `path=value` texts, pairs, or a mapping; later ones win."""

FORMAT_VERSION: Final = 1


@dataclass(frozen=True)
class Resolved:
    """A scenario and how it came about.

    `data` is the whole of it in plain values as JSON knows them, `hash` their SHA-256 (the order
    of sides and catalogues counts).  `positions` gives file and line for every key and item,
    `layers` the files, base first (`trees` what they hold), `overrides` what was set on top of them, in
    order.  `base` is what the files say, before overrides.
    """

    scenario: Scenario = field(repr=False)
    data: dict[str, Any] = field(repr=False)
    positions: Mapping[KeyPath, Place] = field(repr=False)
    layers: tuple[str, ...]
    overrides: tuple[Override, ...]
    hash: str
    base: dict[str, Any] = field(repr=False)
    trees: tuple[Tree, ...] = field(default=(), repr=False)


def load_scenario(source: str | Path | Mapping[str, Any], overrides: Overrides = ()) -> Scenario:
    """Load a scenario: a path, the name of a shipped one (`"baseline"`), or a mapping.

    Raises InputError with everything that is wrong (`.more`), sorted by line.
    """
    return resolve(source, overrides).scenario


def resolve(
    source: str | Path | Mapping[str, Any], overrides: Overrides = (), *, folder: Path | None = None
) -> Resolved:
    """Load a scenario as `load_scenario` does, and tell how it came about.

    `folder` is what `extends` and `parameters` in a mapping are relative to; without it a mapping uses
    shipped files only.
    """
    if isinstance(source, Mapping):
        tree = replace(from_mapping(source, "the given mapping"), folder=folder)
        return _resolved(tree, folder, None, overrides)
    origin = find_scenario(source)
    return _resolved(read_file(origin), origin.parent, origin, overrides)


def _resolved(top: Tree, folder: Path | None, origin: Path | None, overrides: Overrides) -> Resolved:
    """`resolve`, once the top layer is read; `origin` is its file, if it came from one."""
    if is_sweep(top):
        raise InputError(
            "this is a sweep, not a scenario", remedy="Use `bargain sweep`", place=Place(top.name)
        )
    return _from_layers(chain_of(top, folder, _find_extended, origin), top, origin, overrides)


def laid_over(resolved: Resolved, name: str, folder: Path | None = None) -> Resolved:
    """A scenario laid over another one, as if its file extended that: the way of a factor `extends`.

    What both stand on is laid once.  `folder` is what `name` is relative to.  Overrides stay on top.
    """
    origin = _find(name, folder if folder is not None else Path())
    top = read_file(origin)
    if is_sweep(top):
        raise InputError("this is a sweep, not a scenario", place=Place(top.name))
    below = {Path(tree.name).resolve() for tree in resolved.trees}
    own = chain_of(top, origin.parent, _find_extended, origin)
    above = [tree for tree in own if Path(tree.name).resolve() not in below]
    return _from_layers([*resolved.trees, *above], top, origin, resolved.overrides)


def _from_layers(layers: list[Tree], top: Tree, origin: Path | None, overrides: Overrides) -> Resolved:
    files = [tree.name for tree in reversed(layers)]
    merged = merge(layers, lay_draws)
    wrong = [*merged.faults, *_versions(layers, top if origin is None else None)]
    _complete(merged, top, origin)
    given: tuple[Override, ...] = ()
    try:
        given = as_overrides(overrides)
    except InputError as error:
        wrong += error.all()
    data, places, vain = apply_some(merged.data, given)
    wrong += vain
    lines = Lines(_overlaid(merged.places, places), merged.removed)
    # Whether the parts fit together is asked only once each of them can be read as it is meant.
    scenario, found = _validated(data, lines, connections=not wrong)
    found = _about_draws(None if wrong else scenario, data, lines, found)
    # A mistake of writing is told once: what follows from it, in the same line, is left out.
    known = {error.place for error in wrong}
    wrong += [error for error in found if error.place not in known]
    wrong += [error for error in _loose_sources(data, lines) if error.place not in known]
    scenario = _usable(scenario, wrong, [*files, *(each.place.file for each in given)])
    canonical = scenario.model_dump(mode="json")
    return Resolved(
        scenario=scenario,
        data=canonical,
        positions=lines.places,
        layers=tuple(tree.name for tree in layers),
        overrides=given,
        hash=_hash(canonical),
        base=merged.data,
        trees=tuple(layers),
    )


def build(data: Mapping[str, Any], overrides: Overrides = ()) -> Scenario:
    """A scenario from data that is complete and read before, with overrides: the way of sweeps.

    Ranges and connections are checked, files and sources are not looked at again.  Raises
    InputError.
    """
    result, places = apply(data, as_overrides(overrides))
    scenario, wrong = _validated(result, Lines(places))
    return _usable(scenario, wrong)


def with_values(resolved: Resolved, values: Mapping[str, Any]) -> Scenario:
    """The scenario of one sweep point: factors lie over the files and under `--set`."""
    return build(resolved.base, (*as_overrides(values, FACTOR), *resolved.overrides))


def find_scenario(name: str | Path) -> Path:
    """The file that is meant: a path as given, with `.yaml` added, or the name of a shipped scenario.

    Raises InputError naming the nearest shipped names.
    """
    return _find(str(name), Path())


def validate_file(
    path: str | Path, sweep: Callable[[Path], list[InputError]] | None = None
) -> list[InputError]:
    """Everything that is wrong with a scenario file, sorted by line; empty when nothing is.

    A sweep file (told by its `design` or `factors`) is handed to `sweep`.
    """
    try:
        found = find_scenario(path)
        tree = read_file(found)
        if sweep is not None and is_sweep(tree):
            return sweep(found)
        _resolved(tree, found.parent, found, ())
    except InputError as error:
        return list(error.all())
    return []


def is_sweep(tree: Tree) -> bool:
    """Whether a file is a sweep rather than a scenario."""
    return "design" in tree.data or "factors" in tree.data


def _find_extended(name: str, folder: Path | None) -> Path:
    return _find(name, folder)


def _find(name: str, folder: Path | None) -> Path:
    if folder is not None:
        for candidate in (folder / name, folder / f"{name}.yaml"):
            try:
                if candidate.is_file():
                    return _shown(candidate)
            except OSError:  # such as a name that is too long
                break
    shipped = {path.stem: path for path in sorted(shipped_folder("scenarios").glob("*.yaml"))}
    if name in shipped:
        return _shown(shipped[name])
    if name in {path.stem for path in shipped_folder("scenarios").glob("sweeps/*.yaml")}:
        raise InputError(f"`{name}` is a sweep, not a scenario", remedy=f"Use `bargain sweep {name}`")
    near = get_close_matches(Path(name).stem, shipped, n=3, cutoff=0.5)
    shown = name if len(name) <= 100 else name[:99] + "…"
    remedy = f"Did you mean {' or '.join(f'`{each}`' for each in near)}?" if near else (
        "Give a file, or one of " + ", ".join(f"`{each}`" for each in shipped)
        if shipped else "Give the path of a file"
    )  # fmt: skip
    raise InputError(f"there is no file and no shipped scenario `{shown}`", remedy=remedy)


def _shown(path: Path) -> Path:
    """A path as messages show it: from the working folder where it lies below that."""
    plain = Path(os.path.normpath(path))
    try:
        return plain.relative_to(Path.cwd()) if plain.is_absolute() else plain
    except (ValueError, OSError):
        return plain


def _overlaid(below: Mapping[KeyPath, Place], above: Mapping[KeyPath, Place]) -> dict[KeyPath, Place]:
    """Places of the files with those of overrides over them: what is inside of these is forgotten."""
    kept = {
        path: place
        for path, place in below.items()
        if not any(path[:length] in above for length in range(1, len(path) + 1))
    }
    return {**kept, **above}


def _versions(layers: Iterable[Tree], mapping: Tree | None) -> list[InputError]:
    """Every file says which version of the format it is written in; a mapping need not."""
    wrong: list[InputError] = []
    for tree in layers:
        version = tree.data.get("format_version", FORMAT_VERSION if tree is mapping else None)
        if version is None:
            wrong.append(InputError(
                "`format_version` is missing", place=tree.places.get((), Place(tree.name, 1)),
                remedy=f"Write `format_version: {FORMAT_VERSION}` in the first line",
            ))  # fmt: skip
        elif isinstance(version, bool) or version != FORMAT_VERSION:
            wrong.append(InputError(
                f"`format_version` is `{version}`, which this version does not know",
                remedy=f"Write `format_version: {FORMAT_VERSION}`, or install a newer bargain-sim",
                place=tree.places.get(("format_version",)),
            ))  # fmt: skip
    return wrong


def _complete(merged: Merged, top: Tree, origin: Path | None) -> None:
    """Fill in what a file may leave out because it is known: its name and version."""
    # A wrong or missing version is told file by file, not once more for the whole.
    merged.data["format_version"] = FORMAT_VERSION
    if "name" not in merged.data:
        stem = re.sub(r"[^a-z0-9_]+", "_", (origin.stem if origin else "unnamed").lower()).strip("_")
        merged.data["name"] = (stem if stem[:1].isalpha() else f"s_{stem}")[:64]
        merged.places[("name",)] = Place(top.name)


def _validated(
    data: Mapping[str, Any], lines: Lines, connections: bool = True
) -> tuple[Scenario | None, list[InputError]]:
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        return None, from_pydantic(error, lines)
    try:
        if connections:
            check_scenario(scenario)
            check_history(scenario)
            check_rows(scenario, lines)
    except PydanticCustomError as error:
        return None, [blamed(scenario, lines) or from_check(error, lines)]
    except InputError as error:
        return None, [error]
    return scenario, []


def _about_draws(
    scenario: Scenario | None, data: Mapping[str, Any], lines: Lines, found: list[InputError]
) -> list[InputError]:
    """What was found, and what is wrong with the file that runs draw from."""
    ranges = check_ranges(data, lines)
    if ranges:
        # What is wrong with a median, which has the place of the header, is told by the line of its row.
        file = {error.place.file for error in ranges if error.place is not None}
        found = [error for error in found if error.place is None or error.place.file not in file]
    return [*found, *ranges, *(check_draws(scenario, lines) if scenario is not None else [])]


def _usable(scenario: Scenario | None, wrong: list[InputError], files: Iterable[str] = ()) -> Scenario:
    """The scenario where nothing is wrong; otherwise all that is wrong is raised as one."""
    fault = joined(wrong, files)
    if fault is not None:
        raise fault
    if scenario is None:
        raise AssertionError("a scenario was refused without a word")
    return scenario


def _loose_sources(data: Mapping[str, Any], lines: Lines) -> list[InputError]:
    """Sources that point to nothing in the record."""
    from bargain_sim.record import resolve as follow

    wrong: list[InputError] = []
    said: dict[str, InputError | None] = {}
    for path, source in _sources(data, ()):
        for part in source_parts(source):
            if not re.match(r"seeds/|S\d|fn\d", part):
                continue  # an assumption, an override, or refused for its form before
            if part not in said:
                try:
                    follow(part)
                    said[part] = None
                except InputError as error:
                    said[part] = error
            loose = said[part]
            if loose is not None:
                problem = f"`{dotted(path)}`: {loose.problem}"
                wrong.append(InputError(problem, remedy=loose.remedy, place=lines.of(path)))
    return wrong


def _sources(data: Any, path: KeyPath) -> Iterable[tuple[KeyPath, str]]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            if key == "source" and isinstance(value, str):
                yield (*path, key), value
            else:
                yield from _sources(value, (*path, key))
    elif isinstance(data, list | tuple):
        for number, value in enumerate(data):
            yield from _sources(value, (*path, number))


def _hash(canonical: Mapping[str, Any]) -> str:
    text = json.dumps(canonical, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
