"""Runs to read routes from: those of a stored sweep, played again and checked, or fresh ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd

from bargain_sim.codes import OUTCOMES
from bargain_sim.errors import InputError
from bargain_sim.routes.milestones import NEVER, Milestone, milestones_of, turns_of
from bargain_sim.scenario.schema import Scenario
from bargain_sim.store.results import Results
from bargain_sim.tracing import Runs, runs_of

__all__ = ["MOST_POINTS", "fresh_runs", "stored_runs"]

Progress = Callable[[int, int], None] | None

MOST_POINTS: Final = 100
"""Of a larger design so many points are read, evenly spaced: each has to be set up anew."""


def fresh_runs(
    scenario: Scenario, seed: int, runs: int, progress: Progress = None
) -> tuple[pd.DataFrame, tuple[Milestone, ...]]:
    """Runs 0 … runs-1 of a scenario, one row each, and the milestones among the columns."""
    pieces = []
    for piece in runs_of(scenario, seed, runs):
        pieces.append(_rows(piece, 0))
        _tell(progress, pieces, runs)
    frame = pd.concat(pieces, ignore_index=True)
    frame.insert(1, "run", np.arange(runs))
    frame.insert(2, "luck", np.arange(runs))
    return frame, milestones_of(scenario)


def stored_runs(
    results: Results, point: int | None, most: int, progress: Progress = None
) -> tuple[pd.DataFrame, tuple[Milestone, ...]]:
    """Up to `most` runs of a stored sweep (of one point, or evenly of many), played again.

    Raises InputError where a run does not end as it was stored, where there is no such point, and where the
    sweep kept no runs.
    """
    if point is not None and not 0 <= point < results.manifest.points:
        results.scenario_at(point)  # says which points there are
    if point is None:
        points = _chosen_points(results.manifest.points, most)
        # No more of any point than all have: `until` may have gone on at some.
        each = min(most // len(points), results.manifest.runs)
    else:
        points, each = [point], most
    chosen = _chosen_rows(results, points, each)
    if chosen.empty:
        raise InputError(
            "no run is stored of the points asked for", place=results.folder,
            remedy="Complete the sweep by --resume, or choose another point",
        )  # fmt: skip
    milestones: dict[str, Milestone] = {}
    pieces = []
    for number, rows in chosen.groupby("point", sort=True):
        scenario = results.scenario_at(int(str(number)))
        milestones |= {each.id: each for each in milestones_of(scenario)}
        for seed, first, count in _stretches(rows):
            for played in runs_of(scenario, seed, count, first):
                pieces.append(_rows(played, int(str(number))))
                _tell(progress, pieces, len(chosen))
    frame = pd.concat(pieces, ignore_index=True)
    _check(frame, chosen, results)
    # In a sub-scenario without an institution nobody reaches it.
    columns = list(milestones)
    frame = frame.fillna(dict.fromkeys(columns, NEVER)).astype(dict.fromkeys(columns, np.int64))
    frame.insert(1, "run", chosen["run"].to_numpy())
    frame.insert(2, "luck", chosen.groupby(["seed", "run"]).ngroup().to_numpy())
    return frame, tuple(milestones.values())


def _tell(progress: Progress, pieces: Sequence[pd.DataFrame], runs: int) -> None:
    if progress is not None:
        progress(sum(map(len, pieces)), runs)


def _rows(runs: Runs, point: int) -> pd.DataFrame:
    return pd.DataFrame(
        {"point": point, "outcome": np.array(OUTCOMES)[runs.outcomes], "turns": runs.played} | turns_of(runs)
    )


def _chosen_points(points: int, most: int) -> list[int]:
    """Points in the middle of equal stretches of the design."""
    count = min(points, MOST_POINTS, most)
    return [int((k + 0.5) * points / count) for k in range(count)]


def _chosen_rows(results: Results, points: Sequence[int], each: int) -> pd.DataFrame:
    """The first `each` stored runs of each point: `point`, `run`, `seed`, `outcome`, sorted by these."""
    wanted = np.array(points)
    seen = pd.Series(0, index=wanted)
    found = []
    for table in results.tables():
        names = [name for name in ("point", "run", "seed", "outcome") if name in table.column_names]
        whole = table.select(names).to_pandas()
        rows = whole[whole["point"].isin(wanted)]
        place = rows.groupby("point").cumcount() + rows["point"].map(seen)
        found.append(rows[place < each])
        seen = seen.add(rows["point"].value_counts(), fill_value=0)
        if (seen >= each).all():
            break
    chosen = pd.concat(found, ignore_index=True)
    chosen["outcome"] = chosen["outcome"].astype(str)
    if "seed" not in chosen:
        chosen["seed"] = results.manifest.seed
    ordered: pd.DataFrame = chosen.sort_values(["point", "seed", "run"], ignore_index=True)
    return ordered


def _stretches(rows: pd.DataFrame) -> Iterator[tuple[int, int, int]]:
    """Seed, first run and number of runs of each unbroken stretch; `rows` sorted by seed and run."""
    seeds, numbers = rows["seed"].to_numpy(), rows["run"].to_numpy()
    breaks = np.flatnonzero((np.diff(numbers) != 1) | (np.diff(seeds) != 0)) + 1
    for part in np.split(np.arange(len(rows)), breaks):
        yield int(seeds[part[0]]), int(numbers[part[0]]), len(part)


def _check(frame: pd.DataFrame, chosen: pd.DataFrame, results: Results) -> None:
    wrong = np.flatnonzero(frame["outcome"].to_numpy() != chosen["outcome"].to_numpy())
    if len(wrong):
        first = chosen.iloc[int(wrong[0])]
        now = frame["outcome"].iloc[int(wrong[0])]
        raise InputError(
            f"{len(wrong):,} of {len(frame):,} runs end otherwise than is stored: run {first['run']} of "
            f"point {first['point']} as {now}, not {first['outcome']}", place=results.folder,
            remedy="The rules have changed since; run the sweep again with --overwrite",
        )  # fmt: skip
