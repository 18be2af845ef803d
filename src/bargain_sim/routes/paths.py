"""By which routes runs come to their endings, and which moments decide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from bargain_sim.codes import OUTCOMES
from bargain_sim.draws import MOST_RUNS as LARGEST
from bargain_sim.draws import checked, checked_count
from bargain_sim.errors import InputError
from bargain_sim.routes.deciding import deciding_table
from bargain_sim.routes.milestones import KEYS, Milestone
from bargain_sim.routes.orders import ARROW, orders_of, orders_table
from bargain_sim.routes.reading import fresh_runs, stored_runs
from bargain_sim.scenario.loader import load_scenario
from bargain_sim.scenario.schema import Scenario
from bargain_sim.store.results import Results, load_results

if TYPE_CHECKING:
    from bargain_sim.scenario.loader import Overrides

__all__ = ["MOST_KEYS", "MOST_RUNS", "Paths", "paths"]

MOST_KEYS = 6
"""Of more milestones there are too many orders to read."""

MOST_RUNS = 10_000
"""Runs read unless another number is asked for."""


@dataclass(frozen=True, eq=False)
class Paths:
    """Routes of some runs: `runs` (a row a run), `orders` (a row an order), `deciding` (a row a milestone).

    `runs` holds `point`, `run`, `luck` (equal where runs met the same luck), `outcome`, `turns`, for each
    milestone the turn in which it was reached (-1: never), and `order`, the milestones of `keys` in the
    order in which the run came by them.  For `orders` see `routes.orders.orders_table`, for `deciding`,
    which is about `ending`, `routes.deciding.deciding_table`.  A sweep has `stored` runs at `points` points,
    of which those in `runs` were read.
    """

    name: str
    title: str
    seed: int
    ending: str
    keys: tuple[str, ...]
    milestones: tuple[Milestone, ...]
    points: int
    stored: int
    runs: pd.DataFrame
    orders: pd.DataFrame
    deciding: pd.DataFrame

    def words(self, order: str) -> str:
        """An order as people read it: `pause → slight`; `none of these` for an empty one."""
        names = {each.id: each.word for each in self.milestones}
        return " → ".join(names[part] for part in order.split(ARROW)) if order else "none of these"


def paths(
    source: str | Path | Results | Scenario,
    *,
    point: int | None = None,
    runs: int = MOST_RUNS,
    seed: int | None = None,
    milestones: Sequence[str] = KEYS,
    ending: str = "grand_bargain",
    overrides: Overrides = (),
    progress: Callable[[int, int], None] | None = None,
) -> Paths:
    """Routes to endings, of a stored sweep (its folder, or `Results`) or of a scenario (a name, a file).

    Of a sweep up to `runs` stored runs are played again and checked against what is stored: those of one
    `point`, or else the first ones at evenly spaced points.  Of a scenario, runs 0 … runs-1 under `seed` (0,
    if None) are played, with `overrides` as in `load_scenario`.  `milestones` are those whose order makes a
    route, `ending` the one whose chance the deciding moments move.  Raises InputError for what is unknown
    or does not go together, and where a stored run ends otherwise than it did.
    """
    if runs < 1:
        raise InputError(f"{runs} runs cannot be read", remedy="Ask for at least one")
    checked_count("runs", runs, 1, LARGEST)
    if ending not in OUTCOMES:
        raise InputError(f"there is no ending `{ending}`", remedy=f"Known are {', '.join(OUTCOMES)}")
    results = _results(source)
    about: dict[str, Any]
    if results is not None:
        _refuse(seed is not None, "the seed of a sweep is given with it", "Leave the seed out")
        _refuse(bool(overrides), "nothing can be set in a stored sweep", "Set it in `bargain sweep`")
        frame, known = stored_runs(results, point, runs, progress)
        manifest = results.manifest
        about = {
            "name": manifest.name, "title": manifest.title, "seed": manifest.seed, "points": manifest.points,
            "stored": max(manifest.rows, manifest.points * manifest.runs),
        }  # fmt: skip
    else:
        _refuse(point is not None, "only a stored sweep has points", "Leave the point out, or give a folder")
        scenario = source if isinstance(source, Scenario) else load_scenario(str(source), overrides)
        _refuse(
            isinstance(source, Scenario) and bool(overrides), "this scenario is loaded already",
            "Give the overrides to `load_scenario`",
        )  # fmt: skip
        seed = 0 if seed is None else checked("seed", seed)
        frame, known = fresh_runs(scenario, seed, runs, progress)
        about = {
            "name": scenario.name, "title": scenario.title, "seed": seed, "points": 1, "stored": runs,
        }  # fmt: skip
    keys = _keys(milestones, known)
    frame["order"] = orders_of(frame[list(keys)].to_numpy(), keys)
    return Paths(
        **about, ending=ending, keys=keys, milestones=known, runs=frame,
        orders=orders_table(frame), deciding=deciding_table(frame, known, ending),
    )  # fmt: skip


def _results(source: str | Path | Results | Scenario) -> Results | None:
    if isinstance(source, Results):
        return source
    if isinstance(source, str | Path) and Path(source).is_dir():
        return load_results(source)
    return None


def _keys(asked: Sequence[str], known: tuple[Milestone, ...]) -> tuple[str, ...]:
    """The milestones asked for, in the order in which the rules take them within a turn."""
    ids = [each.id for each in known]
    for name in asked:
        if name not in ids:
            near = get_close_matches(name, ids, n=1)
            remedy = f"Did you mean `{near[0]}`?" if near else f"Known are {', '.join(ids)}"
            raise InputError(f"there is no milestone `{name}`", remedy=remedy)
    _refuse(
        not 1 <= len(asked) <= MOST_KEYS or len(set(asked)) < len(asked),
        f"{len(asked)} milestones, {len(set(asked))} of them different, make no route",
        f"Give 1 to {MOST_KEYS}, each once",
    )
    return tuple(name for name in ids if name in asked)


def _refuse(wrong: bool, problem: str, remedy: str) -> None:
    if wrong:
        raise InputError(problem, remedy=remedy)
