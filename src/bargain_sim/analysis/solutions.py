"""Bargaining solutions of a scenario, and how far runs ended from them.

The set that is bargained over are the packages of `analysis.packages`, at full trust.  The disagreement point
is, unless another is given, what the rules compare a package with: each side agrees to one only if its net
worth, the bonus included, reaches its `outside_option`.  The rules pay no outside option to
anyone; who takes 0, which a negotiation pays in which nothing was ever given, names `nothing`.

Two readings stand side by side: among **packages**, of which each point is one, and among **lotteries**
over packages, the convex set on which the theorems stand.  Discount factors are in no scenario, for the
record knows none; Rubinstein's point is there where they are given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bargain_sim.analysis.bargaining import SOLUTIONS, among_packages, hull, on_curve, rubinstein_point
from bargain_sim.analysis.bettering import CLOSE, both_more, more
from bargain_sim.analysis.packages import Packages, undominated
from bargain_sim.errors import InputError
from bargain_sim.scenario.loader import load_scenario
from bargain_sim.scenario.schema import Scenario
from bargain_sim.store.results import Results

__all__ = ["Disagreement", "Solutions", "factors_of_the_problem", "solutions", "value_left"]

Disagreement = Literal["outside", "nothing"] | tuple[float, float]


@dataclass(frozen=True)
class Solutions:
    """The bargaining problem of a scenario and its solutions.

    `table` has a row for each solution, first among packages, then among lotteries: `solution`, `name`,
    `over` (`packages` or `lotteries`), `utility_<side>` and `gain_<side>` (over the disagreement point),
    `joint`, `joint_share` (of the largest sum of utilities), and `row` of the package in `packages` (−1 for
    a lottery). It is empty where no package gives both sides at least their disagreement point.  `corners`
    are those of the concave curve over the packages, shape (corners, 2); `ideal` is the most each side
    could have while the other has its disagreement point (None where `table` is empty).
    """

    scenario: Scenario
    packages: Packages
    disagreement: tuple[float, float]
    ideal: tuple[float, float] | None
    corners: NDArray[np.float64]
    table: pd.DataFrame

    @property
    def sides(self) -> tuple[str, str]:
        """Ids of both sides, in the order of every pair here."""
        return self.packages.sides

    @property
    def best_joint(self) -> float:
        """The largest sum of both utilities that any package has, in points."""
        return float(self.packages.points.sum(axis=1).max())

    def point(self, solution: str, over: str = "packages") -> tuple[float, float] | None:
        """Utilities of both sides at a solution, in points; None where it has none."""
        rows = self.table[(self.table["solution"] == solution) & (self.table["over"] == over)]
        if rows.empty:
            return None
        first, second = (float(rows[f"utility_{side}"].iloc[0]) for side in self.sides)
        return first, second

    def words(self, row: int) -> str:
        """The concessions of one package of `packages`, by their labels and, in part, units."""
        given = self.packages.holds(row)
        of = dict(zip(self.packages.concessions, self.packages.of, strict=True))
        return ", ".join(
            self.scenario.concessions[name].label + (f" {n}/{of[name]}" if of[name] > 1 else "")
            for name, n in given.items()
        )

    def left_out(self, row: int) -> str:
        """The concessions that a package does not hold in full, as `words` does."""
        rest = self.packages.of - self.packages.units[row]
        return ", ".join(
            self.scenario.concessions[name].label + (f" {n}/{of}" if of > 1 else "")
            for name, n, of in zip(self.packages.concessions, rest, self.packages.of, strict=True)
            if n
        )

    def measured(self, frame: pd.DataFrame) -> pd.DataFrame:
        """How far each run of `frame` (with `utility_<side>`, one row a run) ended from what was possible.

        Columns, all in points but `joint_share`, on the index of `frame`: `joint`, the sum of both utilities;
        `joint_share`, of the largest possible; `more_<side>`, what that side could have had beyond its own
        without the other having less; `both_more`, what both could have had more at once; `to_frontier` and
        `to_nash`, the distance to the nearest undominated package and to Nash's point (NaN: there is none).
        A run that ends between packages (its last delivery fell short) may lie beyond them: then nobody
        could have had more, though it is at no package.
        """
        from scipy.spatial import KDTree

        columns = [f"utility_{side}" for side in self.sides]
        for column in columns:
            if column not in frame.columns:
                raise InputError(
                    f"there is no column `{column}` in these runs",
                    remedy=f"Give runs between {' and '.join(self.sides)}",
                )
        runs = frame[columns].to_numpy(dtype=np.float64)
        points = self.packages.points
        joint = runs.sum(axis=1)
        best, nash = self.best_joint, self.point("nash")
        found: dict[str, Any] = {"joint": joint, "joint_share": joint / best if best > 0 else np.nan}
        found |= {
            f"more_{side}": more(points[:, k], points[:, 1 - k], runs[:, k], runs[:, 1 - k])
            for k, side in enumerate(self.sides)
        }
        found["both_more"] = both_more(points, runs)
        near = KDTree(points).query(runs)[0]
        found["to_frontier"] = np.where(near <= CLOSE, 0.0, near)
        found["to_nash"] = np.nan if nash is None else np.hypot(*(runs - np.array(nash)).T)
        return pd.DataFrame(found, index=frame.index)


def solutions(
    scenario: str | Path | Mapping[str, Any] | Scenario,
    overrides: Any = (),
    *,
    disagreement: Disagreement = "outside",
    discounts: tuple[float, float] | None = None,
) -> Solutions:
    """Undominated packages of a scenario (a file, a shipped name, data) and their bargaining solutions.

    `overrides` as in `load_scenario`; a `Scenario` is taken as it is.  `disagreement` is `outside` (the
    outside options), `nothing` (0 and 0) or two numbers in points.  With `discounts`, the factor a round of
    each side (from 0 to under 1), the table has Rubinstein's point, too, with the scenario's first mover
    proposing first.  Raises InputError.
    """
    loaded = scenario if isinstance(scenario, Scenario) else load_scenario(scenario, overrides)
    packages = undominated(loaded)
    d = _disagreement(loaded, disagreement)
    if discounts is not None and not all(0.0 <= each < 1.0 for each in discounts):
        raise InputError(
            f"discount factors must lie from 0 to under 1, not {discounts[0]:g} and {discounts[1]:g}",
            remedy="0.9 means that a gain shrinks by a tenth with every round",
        )
    corners = hull(packages.points)
    rows = [
        _row(packages, name, "packages", packages.points[row], row, d)
        for name, row in among_packages(packages.points, d).items()
    ]
    ends = (float(corners[0, 0]), float(corners[-1, 0]))

    def curve(u: float) -> float:
        return float(np.interp(u, corners[:, 0], corners[:, 1]))

    rows += [
        _row(packages, name, "lotteries", point, -1, d)
        for name, point in on_curve(curve, ends, d, corners[:, 0].tolist()).items()
    ]
    if discounts is not None:
        starts = loaded.side_ids.index(loaded.first_mover)
        offered = rubinstein_point(curve, ends, d, discounts, starts)
        if offered is not None:
            rows.append(_row(packages, "rubinstein", "lotteries", offered, -1, d))
    return Solutions(loaded, packages, d, _ideal(packages.points, d), corners, _table(packages, rows))


def value_left(results: Results, disagreement: Disagreement = "outside") -> pd.DataFrame:
    """Of every run of a sweep, how far it ended from what was possible **at its point**.

    One row a run in the order of `results.frame`, columns as of `Solutions.measured`.  Where factors change
    what can be given, what it is worth or costs, the bonus or the outside options, each of their
    combinations has a frontier of its own (some 20 ms each).  Raises InputError where only summaries were
    kept.
    """
    frame = results.frame
    changing = factors_of_the_problem(results)
    if not changing:
        overrides = [(path, value) for path, value in results.manifest.overrides]
        base = load_scenario(results.manifest.scenario, overrides)
        return solutions(base, disagreement=disagreement).measured(frame)
    parts = []
    for _, rows in frame.groupby(changing, observed=True, sort=False):
        here = results.scenario_at(int(rows["point"].iloc[0]))
        parts.append(solutions(here, disagreement=disagreement).measured(rows))
    return pd.concat(parts).reindex(frame.index)


def factors_of_the_problem(results: Results) -> list[str]:
    """Columns of the factors that may change packages, their worth, or the disagreement point."""
    own = {"concessions", "extends", "red_lines", "firmness", "bonus", "outside_option", "first_mover"}
    return [
        factor["name"] for factor in results.manifest.factors if own.intersection(factor["path"].split("."))
    ]


def _disagreement(scenario: Scenario, wanted: Disagreement) -> tuple[float, float]:
    if wanted == "nothing":
        return 0.0, 0.0
    if wanted == "outside":
        first, second = (float(scenario.sides[side].outside_option) for side in scenario.side_ids)
        return first, second
    try:
        first, second = (float(value) for value in wanted)
        if not (isfinite(first) and isfinite(second)):
            raise ValueError
    except ValueError:
        raise InputError(
            f"`{wanted}` is no disagreement point",
            remedy="Say `outside`, `nothing`, or two numbers of points",
        ) from None
    return first, second


def _ideal(points: NDArray[np.float64], d: tuple[float, float]) -> tuple[float, float] | None:
    enough = points[(points >= np.array(d) - 1e-9).all(axis=1)]
    return (float(enough[:, 0].max()), float(enough[:, 1].max())) if len(enough) else None


def _row(
    packages: Packages, solution: str, over: str, point: Sequence[float] | NDArray[np.float64], row: int,
    d: tuple[float, float],
) -> dict[str, Any]:  # fmt: skip
    joint = float(point[0] + point[1])
    best = float(packages.points.sum(axis=1).max())
    first, second = packages.sides
    return {
        "solution": solution, "name": SOLUTIONS.get(solution, "Rubinstein"), "over": over,
        f"utility_{first}": float(point[0]), f"utility_{second}": float(point[1]),
        f"gain_{first}": float(point[0]) - d[0], f"gain_{second}": float(point[1]) - d[1],
        "joint": joint, "joint_share": joint / best if best > 0 else float("nan"), "row": row,
    }  # fmt: skip


def _table(packages: Packages, rows: list[dict[str, Any]]) -> pd.DataFrame:
    sides = packages.sides
    columns = ["solution", "name", "over", *(f"{of}_{side}" for of in ("utility", "gain") for side in sides)]
    return pd.DataFrame(rows, columns=[*columns, "joint", "joint_share", "row"])
