"""What drives an outcome of a stored sweep: every method that fits its design, in one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pandas as pd

from bargain_sim.analysis.boxes import Boxes, check_density, find_boxes
from bargain_sim.analysis.cases import Cases, cases_of, design_of
from bargain_sim.analysis.cut import Cut, check_bounds, cut_of
from bargain_sim.analysis.ends import ends
from bargain_sim.analysis.outcomes import Outcome, outcome_named
from bargain_sim.analysis.sensitivity import Sensitivity, sensitivity
from bargain_sim.analysis.tree import Tree, grow_tree
from bargain_sim.errors import InputError
from bargain_sim.scenario.checks import nearest
from bargain_sim.store.results import Results, load_results

__all__ = ["METHODS", "Drivers", "drivers"]

METHODS: Final = ("sobol", "morris", "pawn", "ends", "prim", "cart")


@dataclass(frozen=True)
class Drivers:
    """What drives an outcome, as far as the design can tell; None is a method that was not asked for.

    `ends` is the table behind a tornado (see `analysis.ends`), `cases` the rows that it and the boxes
    and the tree rest on.  `untold` maps a method to why it says nothing here.
    """

    results: Results
    outcome: Outcome
    design: str
    sensitivity: tuple[Sensitivity, ...] = ()
    cases: Cases | None = None
    ends: pd.DataFrame | None = None
    boxes: Boxes | None = None
    tree: Tree | None = None
    untold: dict[str, str] = field(default_factory=dict)

    @property
    def ranking(self) -> list[str]:
        """Factor columns, the strongest first: by the first sensitivity there is, else by their ends."""
        if self.sensitivity:
            return list(self.sensitivity[0].table["factor"])
        return [] if self.ends is None else list(self.ends["factor"])


def drivers(
    source: str | Path | Results,
    *,
    outcome: str = "grand_bargain",
    methods: Sequence[str] = (),
    at_least: float | None = None,
    at_most: float | None = None,
    density: float = 0.8,
) -> Drivers:
    """What drives an outcome of a stored sweep (its folder, or its results).

    `outcome` is an ending, `deal_time`, or a numeric column of the results.  `methods` are some of
    `sobol`, `morris`, `pawn`, `ends`, `prim`, `cart`; left out, all that fit the design (and are installed).
    `at_least` and `at_most` say which cases `prim` and `cart` look for (see `analysis.cut`), `density`
    what share of a box must be such.  Raises InputError where the sweep is not complete, a method
    that was asked for does not fit its design, a bound or the density cannot be, or the
    outcome is the same in all runs.
    """
    results = source if isinstance(source, Results) else load_results(source)
    design = design_of(results)
    asked = outcome_named(results, outcome)
    for method in methods:
        if method not in METHODS:
            raise InputError(f"there is no method `{method}`", remedy=nearest(method, METHODS))
    # Wrong whatever the sweep is like: said before anything is reckoned, not by one method among others.
    check_bounds(at_least, at_most)
    check_density(density)
    work = _Work(results, asked, at_least, at_most, density)
    untold: dict[str, str] = {}
    found: dict[str, object] = {}
    for method in methods or _fitting(design):
        try:
            found[method] = work.do(method)
        except InputError as error:
            # Asked for by name, it is refused; else the others still have something to say.
            if methods or method in _fitting(design)[:1]:
                raise
            untold[method] = f"{error.problem}. {error.remedy}"
    told = tuple(each for each in found.values() if isinstance(each, Sensitivity))
    tables = [each for each in found.values() if isinstance(each, pd.DataFrame)]
    boxes = [each for each in found.values() if isinstance(each, Boxes)]
    trees = [each for each in found.values() if isinstance(each, Tree)]
    return Drivers(
        results, asked, design, told, work.cases, tables[0] if tables else None, boxes[0] if boxes else None,
        trees[0] if trees else None, untold,
    )  # fmt: skip


def _fitting(design: str) -> tuple[str, ...]:
    """The methods that fit a design; what comes first must succeed."""
    if design == "morris":
        return ("morris",)
    return ("sobol" if design == "saltelli" else "pawn", "ends", "prim", "cart")


class _Work:
    """Does what is asked, with rows and line shared by those that need them."""

    def __init__(
        self,
        results: Results,
        outcome: Outcome,
        at_least: float | None,
        at_most: float | None,
        density: float,
    ) -> None:
        self.results = results
        self.outcome = outcome
        self.bounds = (at_least, at_most)
        self.density = density
        self.cases: Cases | None = None
        self._cut: Cut | None = None

    def do(self, method: str) -> Sensitivity | pd.DataFrame | Boxes | Tree:
        if method in ("sobol", "morris", "pawn"):
            return sensitivity(self.results, self.outcome.name, method)
        self.cases = self.cases or cases_of(self.results, self.outcome.name)
        if method == "ends":
            return ends(self.cases)
        self._cut = self._cut or cut_of(self.cases, *self.bounds)
        return find_boxes(self._cut, self.density) if method == "prim" else grow_tree(self._cut)
