"""Single values set from outside of the files: `--set path=value`, and the factors of a sweep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from typing import Any, Final

from bargain_sim.errors import InputError, Place
from bargain_sim.scenario.layers import BOTH
from bargain_sim.scenario.paths import ROOT, Spec, settable_paths
from bargain_sim.scenario.reading import KeyPath, dotted, read_value
from bargain_sim.scenario.scalars import shortened
from bargain_sim.scenario.writing import written

__all__ = [
    "BY_HAND",
    "FACTOR",
    "Override",
    "apply",
    "apply_some",
    "as_overrides",
    "nearest_path",
    "parse_set",
    "targets",
]

BY_HAND: Final = "--set"
FACTOR: Final = "sweep factor"


@dataclass(frozen=True)
class Override:
    """A value for a path; `origin` says who set it and becomes the source of a number."""

    path: str
    value: Any
    origin: str = BY_HAND

    @property
    def place(self) -> Place:
        """How messages name it."""
        return Place(f"{self.origin} {shortened(self.path)}={shortened(self.value)}")

    @property
    def text(self) -> str:
        """`path=value` as `parse_set` reads it back."""
        return f"{self.path}={written(self.value)}"


def parse_set(text: str) -> tuple[str, Any]:
    """`sides.minsk.initial_trust=0.5` → path and value, the value read as in a file.

    Raises InputError.  `~` removes an entry of a catalogue, such as an event.
    """
    path, equals, value = text.partition("=")
    place = Place(f"{BY_HAND} {shortened(text)}")
    if not equals or not path.strip() or not value.strip():
        raise InputError(
            "this sets nothing", place=place,
            remedy="Write `path=value`, such as `sides.minsk.initial_trust=0.5`",
        )  # fmt: skip
    return path.strip(), read_value(value, str(place))


def as_overrides(
    given: Mapping[str, Any] | Iterable[str | tuple[str, Any] | Override], origin: str = BY_HAND
) -> tuple[Override, ...]:
    """Overrides in order, from `path=value` texts, pairs, a mapping, or overrides as they are."""
    items: Iterable[Any] = given.items() if isinstance(given, Mapping) else given
    found: list[Override] = []
    for item in items:
        if isinstance(item, Override):
            found.append(item)
            continue
        path, value = parse_set(item) if isinstance(item, str) else item
        # NumPy's scalars are told by the method that turns them into Python's.
        value = value.item() if callable(getattr(value, "item", None)) else value
        found.append(Override(str(path), value, origin))
    return tuple(found)


def targets(path: str, data: Mapping[str, Any], place: Place | None = None) -> tuple[KeyPath, ...]:
    """The paths in `data` that `path` means, wildcards `*` and `sides.both` spread out.

    Raises InputError naming the nearest valid path where there is none.  A trailing `.value` of a
    number may be written or left out.
    """
    parts = path.split(".")
    ways: list[tuple[KeyPath, Any, Spec]] = [((), data, ROOT)]
    for position, part in enumerate(parts):
        following: list[tuple[KeyPath, Any, Spec]] = []
        for way, inside, spec in ways:
            if spec.kind == "number" and part == "value" and position == len(parts) - 1:
                following.append((way, inside, spec))
                continue
            inside = inside if isinstance(inside, dict) else {}
            for key in _keys_meant(part, way, inside, spec):
                below = spec.child(key)
                if below is not None:
                    following.append(((*way, key), inside.get(key), below))
        if not following:
            raise _no_such_path(path, data, place)
        ways = following
    return tuple(way for way, _, _ in ways)


def _keys_meant(part: str, way: KeyPath, inside: Mapping[str, Any], spec: Spec) -> list[str]:
    if spec.kind == "catalogue":
        if part == "*" or (part == BOTH and way == ("sides",)):
            return list(inside)
        return [part] if part in inside else []
    return [part] if spec.kind == "block" and part in spec.keys else []


def apply(
    data: Mapping[str, Any], overrides: Iterable[Override]
) -> tuple[dict[str, Any], dict[KeyPath, Place]]:
    """`data` with overrides applied in order, and the places of what they set.

    `data` is not changed; what is not on the way to an overridden path is shared with it.
    Raises InputError with all overrides that set nothing.
    """
    result, places, wrong = apply_some(data, overrides)
    if wrong:
        first, *more = wrong
        raise InputError(first.problem, remedy=first.remedy, place=first.place, more=tuple(more))
    return result, places


def apply_some(
    data: Mapping[str, Any], overrides: Iterable[Override]
) -> tuple[dict[str, Any], dict[KeyPath, Place], list[InputError]]:
    """As `apply`, but overrides that set nothing are left out and returned as errors."""
    result = dict(data)
    places: dict[KeyPath, Place] = {}
    wrong: list[InputError] = []
    for override in overrides:
        try:
            for path in targets(override.path, result, override.place):
                result = _set(result, path, ROOT, override)
                places[path] = override.place
        except InputError as error:
            wrong.append(error)
    return result, places, wrong


def _set(data: Mapping[str, Any], path: KeyPath, spec: Spec, override: Override) -> dict[str, Any]:
    """A copy of `data` in which only the mappings on the way to `path` are new."""
    key = str(path[0])
    below = spec.child(key)
    copy = dict(data)
    if below is None:  # `targets` has already followed this path
        raise AssertionError(dotted(path))
    if len(path) > 1:
        inside = copy.get(key)
        copy[key] = _set(inside if isinstance(inside, dict) else {}, path[1:], below, override)
    elif override.value is None:
        if key not in copy or (spec.kind == "block" and below.required):
            raise InputError(
                f"`{override.path}` cannot be removed: "
                + ("it is needed" if key in copy else "it is not there"),
                remedy="Give it a value, or take this setting out", place=override.place,
            )  # fmt: skip
        del copy[key]
    elif below.kind in ("block", "catalogue"):
        raise InputError(
            f"`{override.path}` holds several values", place=override.place,
            remedy=f"Set one of them, such as `{_example(override.path, copy.get(key), below)}`",
        )  # fmt: skip
    elif below.kind == "number" and not isinstance(override.value, dict):
        copy[key] = {"value": override.value, "source": f"override: {override.origin}"}
    else:
        copy[key] = override.value
    return copy


def _example(path: str, data: Any, spec: Spec) -> str:
    first = next(iter(settable_paths(data, spec)), ())
    return dotted((path, *first))


def nearest_path(path: str, data: Mapping[str, Any]) -> str | None:
    """The settable path that is most like `path`; None where none is."""
    wanted = path.removesuffix(".value").split(".")[:12]
    # What stands for several sides or entries is compared as it is written.
    best: tuple[float, str] | None = None
    known = [[str(part) for part in found] for found in settable_paths(data)]
    ends = get_close_matches(wanted[-1], {found[-1] for found in known}, n=3, cutoff=0.6)
    beside = {found[-1] for found in known if found[1:-1] == wanted[1:-1] or found[:-1] == wanted[:-1]}
    ends += get_close_matches(wanted[-1], beside, n=1, cutoff=0.4)
    for found in known:
        if found[-1] not in ends:
            continue
        if len(found) == len(wanted):
            wild = [w if w == "*" or (w == BOTH and n == 1) else f
                    for n, (w, f) in enumerate(zip(wanted, found, strict=True))]  # fmt: skip
            found = wild
        text = ".".join(found)
        score = SequenceMatcher(None, ".".join(wanted)[:200], text).ratio()
        # A wrong last key is likelier than a wrong place.
        score += 1.0 if found[:-1] == wanted[:-1] else 0.0
        if best is None or score > best[0]:
            best = (score, text)
    if best is None:
        return None
    if len(wanted) == 1 and best[1].startswith("sides."):
        # A parameter without a side: most likely meant for both.
        return f"sides.{BOTH}." + best[1].split(".", 2)[2]
    return best[1]


def _no_such_path(path: str, data: Mapping[str, Any], place: Place | None) -> InputError:
    near = nearest_path(path, data)
    if near is not None:
        remedy = f"Did you mean `{near}`?"
    else:
        remedy = "Paths start with " + ", ".join(f"`{key}`" for key in ROOT.keys)
    return InputError(f"there is no path `{shortened(path)}`", remedy=remedy, place=place)
