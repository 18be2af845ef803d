"""Figures: a table in, a Figure out, one figure a file, all in one style.

Importing this package does not import matplotlib; a figure's module is loaded when it is asked for:

    from bargain_sim.plots import KINDS
    sheet = KINDS["outcome_map"](frame, "initial_trust", "reciprocity")

Every function returns a `sheet.Sheet`, which is a matplotlib `Figure` that knows its caption.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any, Final

__all__ = ["KINDS", "SWEEP_KINDS"]

SWEEP_KINDS: Final[tuple[str, ...]] = (
    "outcome_shares",
    "outcome_map",
    "bargain_map",
    "tipping",
    "deal_time",
    "survival",
    "utility_plane",
    "utilities",
    "solutions",
)
"""Kinds that are drawn from a table of runs; the others need runs turn by turn."""


class _Kinds(Mapping[str, Callable[..., Any]]):
    """Name of a figure → its function `draw`, imported at first use."""

    _names = (*SWEEP_KINDS, "trust_fan", "dance", "timeline", "routes")

    def __getitem__(self, name: str) -> Callable[..., Any]:
        if name not in self._names:
            raise KeyError(f"there is no figure `{name}`; known are {', '.join(self._names)}")
        draw: Callable[..., Any] = import_module(f"{__name__}.{name}").draw
        return draw

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


KINDS: Final[Mapping[str, Callable[..., Any]]] = _Kinds()
"""Name of a figure (as in `bargain plot --kind`) → the function that draws it."""
