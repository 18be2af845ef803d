"""Whole transcripts of chosen runs, as JSON beside the table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from bargain_sim.errors import InputError
from bargain_sim.play import simulate
from bargain_sim.scenario.schema import Scenario
from bargain_sim.store.atomic import make_folder, write_text
from bargain_sim.store.folder import TRANSCRIPTS

__all__ = ["chosen_runs", "read_transcript", "transcript_path", "write_transcripts"]


def transcript_path(folder: Path, point: int, run: int) -> Path:
    """Where the transcript of a run is stored; `run` as in the table of runs."""
    return folder / TRANSCRIPTS / f"point-{point:06d}-run-{run:06d}.json"


def chosen_runs(
    points: Iterable[int],
    runs: Iterable[int],
    n_points: int,
    n_runs: int,
    first_run: int = 0,
    stride: int | None = None,
) -> list[tuple[int, int]]:
    """(point, run) of every chosen run at every chosen point, run numbers as in the table of runs.

    `runs` counts from 0 within this sweep's runs of a point; `stride` says how many run numbers each
    point has to itself, None that points share their luck.  Raises InputError where there is no
    such point or run.
    """
    found = []
    for point in points:
        if not 0 <= point < n_points:
            raise InputError(
                f"`transcripts` asks for point {point}, and there are {n_points:,}",
                remedy=f"Choose among 0 … {n_points - 1}",
            )
        for run in runs:
            if not 0 <= run < n_runs:
                raise InputError(
                    f"`transcripts` asks for run {run}, and there are {n_runs:,} a point",
                    remedy=f"Choose among 0 … {n_runs - 1}",
                )
            found.append((point, first_run + run if stride is None else point * stride + run))
    return found


def write_transcripts(
    folder: Path, chosen: Iterable[tuple[int, int]], scenario_at: Callable[[int], Scenario], seed: int
) -> list[Path]:
    """Play the chosen (point, run) again and store what happened; paths, in order.

    What is stored already is left as it is, so that an interrupted sweep goes on.  The files are the
    same whenever they are made: a run is a pure function of scenario, seed and run number.
    """
    paths = []
    scenarios: dict[int, Scenario] = {}
    for point, run in chosen:
        path = transcript_path(folder, point, run)
        paths.append(path)
        if path.exists():
            continue
        if point not in scenarios:
            scenarios = {point: scenario_at(point)}
        make_folder(path.parent)
        data = {"point": point, **simulate(scenarios[point], seed, run).to_dict()}
        write_text(path, json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1) + "\n")
    return paths


def read_transcript(folder: Path, point: int, run: int) -> dict[str, Any]:
    """A stored transcript as plain data.  Raises InputError where it was not stored."""
    path = transcript_path(folder, point, run)
    if not path.exists():
        raise InputError(
            f"the transcript of point {point}, run {run} was not stored", place=folder,
            remedy="Name it under `transcripts` in the sweep file; or play it again: "
            "simulate(results.scenario_at(point), seed, run)",
        )  # fmt: skip
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data
