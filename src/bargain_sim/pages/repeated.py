"""What a page says of a sample whose points repeat values by design."""

from __future__ import annotations

from typing import Final

from bargain_sim.store.results import Results

__all__ = ["repeated_values"]

_MADE_FOR: Final = {"saltelli": "Sobol’s indices (Saltelli’s sample)", "morris": "Morris’s screening"}


def repeated_values(results: Results) -> str:
    """A note for a sweep whose points were laid for indices, alone or in a union; empty for any other."""
    sweep = results.manifest.sweep
    designs = [
        str(sweep.get("design", "")),
        *(str(each.get("design", "")) for each in sweep.get("union") or ()),
    ]
    made_for = [words for name, words in _MADE_FOR.items() if name in designs]
    if not made_for:
        return ""
    return (
        f"The points of this sweep were laid for {' and '.join(made_for)}: many differ in "
        "one factor only and repeat the values of the others by design. They are no independent draws, so "
        "intervals that count them as such are somewhat too narrow; `bargain drivers` "
        "reads such a sample as it is meant."
    )
