"""A YAML file as plain data, with the file and line of every key and item.

The file is never handed to a YAML composer: the stream of parse events is walked here, so that
size, depth, number of entries and aliases are bounded before anything is built (the C composer
dies on deep nesting, and aliases can multiply a small file into gigabytes).  Only mappings,
lists, text, numbers, `true`/`false`, dates and `~` come out; tags are refused, so nothing in a
file is ever executed.  What YAML 1.1 would read as something else than it looks is refused too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, NoReturn

import yaml

from bargain_sim.errors import InputError, Place
from bargain_sim.scenario.scalars import Trap, read_scalar, shortened
from bargain_sim.scenario.syntax import syntax_error

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_ENTRIES",
    "KeyPath",
    "Tree",
    "dotted",
    "from_mapping",
    "read_file",
    "read_text",
    "read_value",
]

MAX_BYTES: Final = 1_000_000
"""A larger file is refused before it is read."""
MAX_DEPTH: Final = 50
"""How deep mappings and lists may be nested, aliases followed."""
MAX_ENTRIES: Final = 50_000
"""How many keys, items and values a file may hold, aliases followed."""
MAX_FAULTS: Final = 50
"""After so many mistakes of writing the rest of the file is not read."""

KeyPath = tuple[str | int, ...]
"""The way from the top of a file to a key (text) or an item of a list (its number, from 0)."""

_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def dotted(path: KeyPath) -> str:
    """`("sides", "minsk", "label")` → `sides.minsk.label`."""
    return ".".join(str(part) for part in path)


@dataclass(frozen=True)
class Tree:
    """What a file holds: the data, the place of every key and item, and what is wrong with it.

    `faults` are mistakes that did not keep the rest from being read (a duplicate key, an unquoted
    `no`); whoever uses the tree must raise them, together with what else is found.  `folder` is where
    names of other files in it start from (None: those that ship with the package only).
    """

    name: str
    data: dict[str, Any]
    places: dict[KeyPath, Place]
    faults: tuple[InputError, ...] = ()
    folder: Path | None = None


def read_file(path: Path, name: str | None = None) -> Tree:
    """Read the mapping in a YAML file; `name` is what messages call the file.

    Raises InputError when the file cannot be read at all, is too large, or is no YAML mapping.
    """
    shown = str(path) if name is None else name
    try:
        size = path.stat().st_size
        if size <= MAX_BYTES:
            with path.open("rb") as stream:
                # One byte more than allowed: the file may have grown, or have no true size.
                content = stream.read(MAX_BYTES + 1)
            size = len(content)
    except OSError as error:
        raise InputError(
            f"the file cannot be read: {error.strerror or error}",
            remedy="Check its name and that you may read it", place=shown,
        ) from None  # fmt: skip
    if size > MAX_BYTES:
        raise InputError(
            f"the file has {size / 1e6:.1f} MB, more than the {MAX_BYTES / 1e6:g} MB "
            "that a scenario may have",
            remedy="Check that it is the right file; a scenario has some 20 to 60 kB",
            place=Place(shown),
        )
    return replace(read_text(text_of(content, shown), shown), folder=path.parent)


def text_of(content: bytes, name: str) -> str:
    """What a file holds as text; `name` is what messages call it.  Raises InputError with its line."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            "the file is not UTF-8 text", remedy="Save it again with the encoding UTF-8",
            place=Place(name, line),
        ) from None  # fmt: skip


def read_text(text: str, name: str) -> Tree:
    """Read the mapping in a YAML text; see `read_file`."""
    builder = _Builder(text, name)
    root = builder.document()
    if root is None:
        raise InputError(
            "the file is empty", remedy="Try `bargain new NAME` for a starter scenario",
            place=Place(name, 1),
        )  # fmt: skip
    places: dict[KeyPath, Place] = {(): Place(name, root.line)}
    data = _unfold(root, (), name, places)
    if not isinstance(data, dict):
        raise InputError(
            f"the file holds {_KIND[root.kind]}, not keys with values",
            remedy="Start with a line such as `format_version: 1`",
            place=Place(name, root.line),
        )
    return Tree(name, data, places, tuple(builder.faults))


def read_value(text: str, name: str) -> Any:
    """Read one value as it would be read in a file, for `--set path=value`.

    Raises InputError; `name` is what messages call the place.
    """
    builder = _Builder(text, name, lines=False)
    root = builder.document()
    if root is None:
        return None
    value = _unfold(root, (), name, {})
    if builder.faults:
        raise builder.faults[0]
    return value


def from_mapping(data: Mapping[str, Any], name: str) -> Tree:
    """A mapping from Python as if read from a file called `name`; it is copied.

    Raises InputError when it is nested too deep or has keys that are not text.
    """
    return Tree(name, _copied(data, (), name), {(): Place(name)})


def _copied(value: Any, path: KeyPath, name: str) -> Any:
    if len(path) > MAX_DEPTH:
        raise InputError(
            f"mappings and lists are nested more than {MAX_DEPTH} deep",
            remedy="A scenario needs about 6 levels", place=name,
        )  # fmt: skip
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise InputError(
                    f"the key `{shortened(key)}` in `{dotted(path)}` is not text",
                    remedy="Use text for keys", place=name,
                )  # fmt: skip
        return {key: _copied(inner, (*path, key), name) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_copied(inner, (*path, number), name) for number, inner in enumerate(value)]
    # NumPy's arrays and numbers, of which nothing else here knows.
    plain = getattr(value, "tolist", None)
    return _copied(plain(), path, name) if callable(plain) else value


_KIND: Final = {"scalar": "a single value", "list": "a list", "mapping": "keys with values"}


@dataclass(slots=True)
class _Node:
    """A value with its line; `size` and `height` count what it unfolds to, aliases followed."""

    kind: str
    line: int
    value: Any = None
    items: list[_Node] = field(default_factory=list)
    keys: dict[str, tuple[int, _Node]] = field(default_factory=dict)
    size: int = 1
    height: int = 0
    anchor: str | None = None


@dataclass(slots=True)
class _Open:
    """A mapping or list that is still being read, with the key that waits for its value."""

    node: _Node
    key: str | None = None
    key_line: int = 0
    awaits_key: bool = True


class _Builder:
    """Turns parse events into nodes, refusing what would not stay small or safe."""

    def __init__(self, text: str, name: str, lines: bool = True) -> None:
        self.text = text
        self.name = name
        self.lines = lines
        self.faults: list[InputError] = []
        self.entries = 0
        self.anchors: dict[str, _Node | None] = {}

    def place(self, line: int) -> Place:
        return Place(self.name, line if self.lines else None)

    def refuse(self, line: int, problem: str, remedy: str) -> NoReturn:
        raise InputError(problem, remedy=remedy, place=self.place(line))

    def note(self, line: int, problem: str, remedy: str) -> None:
        self.faults.append(InputError(problem, remedy=remedy, place=self.place(line)))
        if len(self.faults) >= MAX_FAULTS:
            first, *more = self.faults
            raise InputError(
                first.problem, remedy=first.remedy, place=first.place, more=tuple(more)
            )  # what follows would be more of the same

    def events(self) -> Iterator[Any]:
        try:
            yield from yaml.parse(self.text, Loader=_PARSER)
        except yaml.YAMLError as error:
            line, problem, remedy = syntax_error(error, self.text)
            raise InputError(problem, remedy=remedy, place=self.place(line)) from None

    def document(self) -> _Node | None:
        """The root of the only document; None where there is none."""
        root: _Node | None = None
        stack: list[_Open] = []
        documents = 0
        for event in self.events():
            line = event.start_mark.line + 1 if event.start_mark is not None else 1
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.refuse(
                        line, "a second document begins here", "Keep one document a file: take `---` out"
                    )
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                node = stack.pop().node
                if node.anchor is not None:
                    self.anchors[node.anchor] = node
                root = self._add(stack, node, line)
            elif isinstance(event, yaml.NodeEvent):
                node = self._node(event, line, len(stack))
                if isinstance(event, yaml.CollectionStartEvent):
                    if stack and stack[-1].node.kind == "mapping" and stack[-1].awaits_key:
                        self.refuse(line, "a key must be text, here it is a mapping or a list",
                                    "Write a name before the `:`")  # fmt: skip
                    stack.append(_Open(node))
                else:
                    root = self._add(stack, node, line)
        if root is not None and root.kind == "scalar" and root.value is None and self.lines:
            return None
        return root

    def _node(self, event: Any, line: int, depth: int) -> _Node:
        self.entries += 1
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event.anchor or "", line, depth)
        if event.tag is not None:
            self.refuse(
                line, f"the tag `{shortened(event.tag)}` is not allowed: a scenario is plain data",
                "Take the tag out",
            )  # fmt: skip
        anchor = event.anchor
        if isinstance(event, yaml.ScalarEvent):
            value = read_scalar(event.value, event.implicit)
            if isinstance(value, Trap):
                self.note(line, value.problem, value.remedy)
                value = value.meant
            node = _Node("scalar", line, value)
        else:
            if depth >= MAX_DEPTH:
                self.refuse(
                    line, f"mappings and lists are nested more than {MAX_DEPTH} deep",
                    "A scenario needs about 6 levels: look for a bracket too many",
                )  # fmt: skip
            kind = "mapping" if isinstance(event, yaml.MappingStartEvent) else "list"
            node = _Node(kind, line, anchor=anchor)
        if anchor is not None:
            # A collection is known under its anchor only once it is complete.
            self.anchors[anchor] = node if node.kind == "scalar" else None
        self._count(0, line)
        return node

    def _alias(self, anchor: str, line: int, depth: int) -> _Node:
        if anchor not in self.anchors:
            self.refuse(
                line, f"`*{anchor}` refers to nothing: no `&{anchor}` stands before it",
                "Write the value out, or put the text in quotes",
            )  # fmt: skip
        node = self.anchors[anchor]
        if node is None:
            self.refuse(line, f"`*{anchor}` stands inside of what it refers to",
                        "Write the value out")  # fmt: skip
        if depth + node.height > MAX_DEPTH:
            self.refuse(line, f"`*{anchor}` nests mappings and lists more than {MAX_DEPTH} deep",
                        "Write the value out")  # fmt: skip
        self._count(node.size, line)
        return node

    def _count(self, more: int, line: int) -> None:
        self.entries += more
        if self.entries > MAX_ENTRIES:
            self.refuse(
                line, f"here the file exceeds {MAX_ENTRIES:,} entries, its aliases (`*name`) followed",
                "Write less; a scenario has about 1,000 entries",
            )  # fmt: skip

    def _add(self, stack: list[_Open], node: _Node, line: int) -> _Node:
        """Put a finished node into what is open; the outermost finished one is the root."""
        if not stack:
            return node
        open_ = stack[-1]
        if open_.node.kind == "mapping" and open_.awaits_key:
            open_.key, open_.key_line, open_.awaits_key = self._key(node, line), line, False
            return node
        if open_.node.kind == "list":
            open_.node.items.append(node)
        else:
            open_.awaits_key = True
            if open_.key is not None:
                earlier = open_.node.keys.get(open_.key)
                if earlier is not None:
                    self.note(
                        open_.key_line,
                        f"the key `{shortened(open_.key)}` stands here a second time, "
                        f"first in line {earlier[0]}",
                        "Keep one of the two",
                    )
                open_.node.keys[open_.key] = (open_.key_line, node)
        open_.node.size += node.size
        open_.node.height = max(open_.node.height, node.height + 1)
        return node

    def _key(self, node: _Node, line: int) -> str | None:
        key = node.value
        if node.kind == "scalar" and isinstance(key, str):
            if key == "<<":
                self.note(line, "merge keys (`<<`) are not used here",
                          "Use `extends: other.yaml`, or write the entries out")  # fmt: skip
                return None
            return key
        if not any(fault.place == self.place(line) for fault in self.faults[-1:]):
            self.note(
                line, f"the key `{shortened(key)}` is not text",
                f'Write it in quotes: "{shortened(key)}"',
            )  # fmt: skip
        return None


def _unfold(node: _Node, path: KeyPath, name: str, places: dict[KeyPath, Place]) -> Any:
    """Plain data from nodes; every alias becomes a copy of its own, with its places."""
    if node.kind == "scalar":
        return node.value
    if node.kind == "list":
        for number, item in enumerate(node.items):
            places[(*path, number)] = Place(name, item.line)
        return [_unfold(item, (*path, n), name, places) for n, item in enumerate(node.items)]
    data: dict[str, Any] = {}
    for key, (line, value) in node.keys.items():
        places[(*path, key)] = Place(name, line)
        data[key] = _unfold(value, (*path, key), name, places)
    return data
