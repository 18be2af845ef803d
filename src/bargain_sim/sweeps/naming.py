"""What a factor of a sweep is called where its file gives it no label."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["factor_label"]

_BOTH: Final = ("both", "*")
# Catalogues of the scenario: the second part of a path into them is the id of an entry.
_CATALOGUES: Final = ("sides", "concessions", "events", "counters", "red_lines")


def factor_label(path: str, names: Mapping[str, str] | None = None) -> str:
    """A path into the scenario as words: `sides.minsk.initial_trust` → `initial trust of Minsk`.

    `names` gives ids (of sides, concessions, events, …) their names; an id without one is written
    with spaces.  `sides.both.…` becomes `… of both sides`.  Example:
    `factor_label(path, {key: side.label for key, side in scenario.sides.items()})`.
    """
    known = names or {}
    parts = path.split(".")
    # `….initial_trust.value` is the number of a quantity; `concessions.<id>.value` is a field.
    least = 3 if parts[0] in _CATALOGUES else 1
    if parts[-1] == "value" and len(parts) > least:
        parts = parts[:-1]
    # Not `red_lines`, which an entry of it need not say.
    parts = [part for part in parts[:-1] if part not in _CATALOGUES] + parts[-1:]
    words = [
        "both sides" if part in _BOTH else known.get(part, part.replace("_", " ")) for part in parts[::-1]
    ]
    return " of ".join(words)
