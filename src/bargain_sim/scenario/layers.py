"""One scenario from several files: `extends`, deep merging, `sides.both`.

The order, in one sentence: the base file, then the extending file (in each file first
what its `parameters` draws, then `both`, then the named sides), then a sweep's factor, then `--set`; what
comes later wins.  Mappings merge deeply; a
number `{value, source}` and a list are replaced whole; `~` removes what was inherited.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bargain_sim.errors import InputError, Place
from bargain_sim.scenario.paths import ROOT, Spec
from bargain_sim.scenario.reading import KeyPath, Tree, dotted, read_file
from bargain_sim.scenario.scalars import shortened

__all__ = ["BOTH", "MAX_LAYERS", "Merged", "chain_of", "merge"]

BOTH: Final = "both"
"""In a file, stands for the two sides together."""
MAX_LAYERS: Final = 20
"""How many files may extend one another."""

Drawer = Callable[[Tree, "Merged"], None]
"""Lays what the `parameters` of a file draw over what is merged so far."""

Finder = Callable[[str, Path | None], Path]
"""From a name in `extends` and the folder of the extending file to the file meant."""


@dataclass
class Merged:
    """What all layers say together; `faults` are mistakes that did not keep them from merging.

    `removed` holds the places where a `~` took something away, to explain what is missing later.
    """

    data: dict[str, Any] = field(default_factory=dict)
    places: dict[KeyPath, Place] = field(default_factory=dict)
    removed: dict[KeyPath, Place] = field(default_factory=dict)
    faults: list[InputError] = field(default_factory=list)
    drawn: dict[KeyPath, tuple[dict[str, Any], Any, Place | None]] = field(default_factory=dict)

    def draw(self, path: KeyPath, number: dict[str, Any], place: Place) -> None:
        """Put a number that is to be drawn over what stands at `path`, whose block is there."""
        block = self._block(path)
        if block is not None:
            key = str(path[-1])
            self.drawn[path] = (number, block.get(key), self.places.get(path))
            block[key] = number
            self.places[path] = place
            self.places.pop((*path, "value"), None)
            self.places.pop((*path, "source"), None)

    def undraw(self) -> None:
        """Take back what is still drawn: another file says what is drawn, or that nothing is."""
        self.data.pop("parameters", None)
        for path, (number, below, place) in self.drawn.items():
            block = self._block(path)
            if block is None or block.get(str(path[-1])) is not number:
                continue
            if below is None:
                del block[str(path[-1])]
            else:
                block[str(path[-1])] = below
            self.places.pop(path, None)
            if place is not None:
                self.places[path] = place
        self.drawn.clear()

    def _block(self, path: KeyPath) -> dict[str, Any] | None:
        inside: Any = self.data
        for key in path[:-1]:
            inside = inside.get(key) if isinstance(inside, dict) else None
        return inside if isinstance(inside, dict) else None


def chain_of(top: Tree, folder: Path | None, find: Finder, origin: Path | None = None) -> list[Tree]:
    """The layers of a scenario, the base file first, `top` last.

    `folder` is what a relative `extends` starts from (None: shipped names only), `origin` the file
    that `top` was read from.  Raises InputError for circles, depth, and files that are not there.
    """
    layers = [top]
    seen: list[Path] = [] if origin is None else [origin.resolve()]
    names = [top.name]
    while "extends" in layers[-1].data:
        tree = layers[-1]
        place = tree.places.get(("extends",))
        target = tree.data["extends"]
        if not isinstance(target, str) or not target.strip():
            raise InputError(
                "`extends` names one file, here it is " + f"`{shortened(target)}`",
                remedy="Write `extends: baseline`, or a file name relative to this file",
                place=place, more=tree.faults,
            )  # fmt: skip
        try:
            path = find(target, folder)
        except InputError as error:
            raise InputError(
                f"`extends`: {error.problem}", remedy=error.remedy, place=place, more=tree.faults
            ) from None
        real = path.resolve()
        shown = os.path.normpath(path)
        if real in seen:
            # `seen` lacks the top where it came from no file, hence counting from the end.
            circle = [*names[seen.index(real) - len(seen) :], shown]
            raise InputError(
                "these files extend each other in a circle: " + " → ".join(circle),
                remedy="Take `extends` out of one of them", place=place,
            )  # fmt: skip
        if len(layers) >= MAX_LAYERS:
            raise InputError(
                f"more than {MAX_LAYERS} files extend one another",
                remedy="Copy what you need into fewer files", place=place,
            )  # fmt: skip
        layers.append(read_file(path, shown))
        seen.append(real)
        names.append(shown)
        folder = path.parent
    return layers[::-1]


def merge(layers: Sequence[Tree], draw: Drawer | None = None) -> Merged:
    """Lay the files over each other, the base first; `extends` is left out, `both` is spread.

    Where a file names other `parameters`, or removes them, `draw` says what is drawn from then on.
    """
    merged = Merged()
    ids = _side_ids(layers)
    for tree in layers:
        merged.faults += tree.faults
        # A file's own name is never inherited; the rest is.
        merged.data.pop("name", None)
        work = _Layer(tree, merged)
        body = {key: value for key, value in tree.data.items() if key != "extends"}
        merged.places[()] = tree.places.get((), Place(tree.name))
        if "parameters" in body and (merged.drawn or body["parameters"] is not None):
            merged.undraw()
            # Written out (as by a scenario that was loaded before), they say what is drawn themselves.
            named = None if isinstance(body["parameters"], dict) else body.pop("parameters")
            if named is not None and draw is not None:
                draw(tree, merged)
        if not isinstance(body.get("parameters"), dict):
            merged.faults += _drawn_by_hand(tree, body, ())
        sides = body.get("sides")
        if isinstance(sides, dict) and BOTH in sides:
            body["sides"] = {key: value for key, value in sides.items() if key != BOTH}
            work.spread_both(sides[BOTH], ids)
        work.lay(merged.data, body, ROOT, (), ())
        work.report_vain_removals()
    return merged


def _drawn_by_hand(tree: Tree, value: Any, path: KeyPath) -> list[InputError]:
    """Sources that say `drawn`, which is for `parameters` to say: the number beside would be drawn over."""
    if not isinstance(value, dict):
        return []
    source = value.get("source")
    found = [each for key, below in value.items() for each in _drawn_by_hand(tree, below, (*path, key))]
    if isinstance(source, str) and source.lstrip().startswith("drawn:"):
        place = tree.places.get((*path, "source"), tree.places.get(path))
        problem = "the source `drawn` is for numbers that `parameters` lets each run draw"
        found.append(InputError(problem, remedy="Say where this number comes from", place=place))
    return found


def _side_ids(layers: Sequence[Tree]) -> list[str]:
    """All sides that some layer names and no later one removes, in the order they are first named."""
    alive: dict[str, bool] = {}
    for tree in layers:
        sides = tree.data.get("sides")
        for key, value in sides.items() if isinstance(sides, dict) else ():
            if key != BOTH:
                alive[key] = value is not None
    return [key for key, there in alive.items() if there]


class _Layer:
    """One file on its way into what lies below it."""

    def __init__(self, tree: Tree, merged: Merged) -> None:
        self.tree = tree
        self.merged = merged
        # Place of a `~` → the paths it would remove; kept until all sides of `both` are done.
        self.vain: dict[KeyPath, KeyPath] = {}
        self.useful: set[KeyPath] = set()

    def place(self, path: KeyPath) -> Place:
        return self.tree.places.get(path, Place(self.tree.name))

    def spread_both(self, both: Any, ids: Sequence[str]) -> None:
        path = ("sides", BOTH)
        if not isinstance(both, dict):
            self.merged.faults.append(InputError(
                "`sides.both` holds values for both sides, here it is "
                + ("empty" if both is None else f"`{shortened(both)}`"),
                remedy="Write `both:` and under it, indented, such as `label: …`",
                place=self.place(path),
            ))  # fmt: skip
            return
        if not ids:
            self.merged.faults.append(InputError(
                "`sides.both` stands for the sides, but no side is named",
                remedy="Name the two sides beside it, such as `washington:` and `minsk:`",
                place=self.place(path),
            ))  # fmt: skip
        sides = self.merged.data.setdefault("sides", {})
        spec = ROOT.child("sides")
        self.merged.places.setdefault(("sides",), self.place(("sides",)))
        for side in ids if isinstance(sides, dict) else ():
            inside = sides.setdefault(side, {})
            self.merged.places.setdefault(("sides", side), self.place(path))
            if isinstance(inside, dict):
                self.lay(inside, both, spec.child(side) if spec else None, ("sides", side), path)

    def lay(
        self, below: dict[str, Any], above: Mapping[str, Any], spec: Spec | None,
        path: KeyPath, own: KeyPath,
    ) -> None:  # fmt: skip
        """Put `above` over `below`, in place; `own` is the path of `above` in its file."""
        for key, value in above.items():
            here, there = (*path, key), (*own, key)
            inner = spec.child(key) if spec is not None else None
            if value is None:
                self._remove(below, key, here, there)
                continue
            deep = isinstance(value, dict) and (
                inner is None or inner.kind in ("block", "catalogue", "value")
            )
            if deep:
                if not isinstance(below.get(key), dict):
                    self._forget(below.get(key), here)
                    below[key] = {}
                self.lay(below[key], value, inner, here, there)
            else:
                self._forget(below.get(key), here)
                below[key] = self._adopt(value, here, there)
            self.merged.places[here] = self.place(there)
            self.merged.removed.pop(here, None)

    def report_vain_removals(self) -> None:
        for own, here in self.vain.items():
            if own not in self.useful:
                self.merged.faults.append(InputError(
                    f"`{dotted(own)}` is empty (`~`), which removes what was inherited, "
                    "but nothing of this name is inherited",
                    remedy=f"Give `{here[-1]}` a value, or take the line out", place=self.place(own),
                ))  # fmt: skip

    def _remove(self, below: dict[str, Any], key: str, here: KeyPath, there: KeyPath) -> None:
        if key in below:
            self._forget(below.pop(key), here)
            self.useful.add(there)
            self.merged.removed[here] = self.place(there)
        else:
            self.vain[there] = here

    def _adopt(self, value: Any, here: KeyPath, there: KeyPath) -> Any:
        """A copy that no other layer or side shares, with its places."""
        self.merged.places[here] = self.place(there)
        if isinstance(value, dict):
            return {k: self._adopt(v, (*here, k), (*there, k)) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self._adopt(v, (*here, n), (*there, n)) for n, v in enumerate(value)]
        return value

    def _forget(self, value: Any, here: KeyPath) -> None:
        """Drop the places of what is replaced."""
        self.merged.places.pop(here, None)
        if isinstance(value, dict):
            for key, inner in value.items():
                self._forget(inner, (*here, key))
        elif isinstance(value, list):
            for number, inner in enumerate(value):
                self._forget(inner, (*here, number))
