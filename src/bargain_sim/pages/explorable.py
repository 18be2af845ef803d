"""The explorable: one HTML file in which a stored sweep is explored with sliders, offline."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bargain_sim.errors import InputError

if TYPE_CHECKING:
    from bargain_sim.store.results import Results

__all__ = ["NEGOTIATIONS", "explore"]

NEGOTIATIONS: Final = 200
"""So many runs are told turn by turn in a page, unless another number is asked for."""


def explore(
    source: Results | str | Path,
    out: str | Path,
    *,
    factors: Sequence[str] | None = None,
    negotiations: int = NEGOTIATIONS,
) -> Path:
    """Write the explorable page of stored results (or of a results folder) to the file `out`; returns it.

    `factors` names the factor columns that get a slider, six at most (by default those that vary, or
    the six that explain most of which ending comes); `negotiations` is how many runs are told turn by
    turn, fewer where there are fewer.  Raises InputError where nothing can be explored, or the file
    cannot be written.
    """
    from bargain_sim.pages.explore_page import explore_page
    from bargain_sim.pages.writing import write_page
    from bargain_sim.store.results import load_results

    path = Path(out)
    if path.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"`{path.name}` is no name for a page", remedy="Let it end in .html", place=path)
    if path.is_dir():
        raise InputError("a folder stands where the page should", remedy="Give another name", place=path)
    results = load_results(source) if isinstance(source, str | Path) else source
    asked = ["-o", str(out), *(["--factors", ",".join(factors)] if factors else [])]
    asked += ["--negotiations", str(negotiations)] if negotiations != NEGOTIATIONS else []
    return write_page(path, explore_page(results, factors=factors, negotiations=negotiations, asked=asked))
