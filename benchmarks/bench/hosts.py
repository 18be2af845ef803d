"""The pieces whose rates are compared: this package's hosts, and Mesa's own runner on the same model."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bargain_sim.api import sweep
from bargain_sim.draws import draws_for
from bargain_sim.play import play_out, simulate
from bargain_sim.scenario.pack import pack
from bench import design
from bench.counts import Counts
from bench.harness import Piece, Played

TURNS = 1  # column of the number of turns in the engine's rows


def engine_pieces(counts: Counts, scratch: Path) -> Iterator[Piece]:
    """The engine with draws but no results kept, and whole sweeps as a user runs them."""
    one, own = design.job(counts.engine_runs), design.job(counts.own_runs, common=False)

    two = design.job(2 * counts.engine_runs)

    def swept(folder: Path | None) -> Any:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        return sweep(design.definition(counts.sweep_runs), workers=2, out=folder)

    def rows_of(result: Any) -> Played:
        turns = result.table["turns"].to_numpy()
        return Played(len(turns), float(turns.sum()))

    def rows(found: Any) -> Played:
        return Played(len(found), float(found[:, TURNS].sum()))

    yield Piece("engine_1", "engine, 1 thread", one.alone, rows)
    yield Piece("engine_2", "engine, 2 threads", lambda: two.on_threads(2), rows)
    yield Piece(
        "engine_1_own",
        "engine, 1 thread, no draws shared between points",
        own.alone,
        rows,
    )
    yield Piece("sweep_memory", "sweep in memory, 2 threads", lambda: swept(None), rows_of)
    yield Piece("sweep_stored", "sweep stored as Parquet, 2 threads", lambda: swept(scratch / "r"), rows_of)


def plain_pieces(counts: Counts) -> Iterator[Piece]:
    """The rules on lists: the bare loop, and the door that writes a transcript."""
    scenario = design.baseline()
    packed = pack(scenario)

    def bare() -> list[int]:
        turns = packed.sizes.turns
        return [play_out(packed, draws_for(0, k, turns).tolist())[2] for k in range(counts.slow)]

    def with_transcripts() -> list[int]:
        return [simulate(scenario, 0, k).turns for k in range(counts.slow)]

    def counted(turns: list[int]) -> Played:
        return Played(len(turns), sum(turns))

    yield Piece("plain", "plain Python, bare loop (`play_out`)", bare, counted)
    yield Piece("simulate", "plain Python with transcript (`simulate`)", with_transcripts, counted)


def mesa_pieces(counts: Counts) -> Iterator[Piece]:
    """`mesa.batch_run` of the same model, its rows put into a DataFrame."""
    import mesa
    import pandas as pd

    from bargain_sim.model import NegotiationModel

    def batch(n: int, processes: int) -> pd.DataFrame:
        rows = mesa.batch_run(
            NegotiationModel,
            # A scenario that is loaded already, so that Mesa is not charged for reading YAML.
            parameters={"scenario": [design.baseline()], "seed": [0], "run": range(n)},
            number_processes=processes,
            display_progress=False,
        )
        return pd.DataFrame(rows)

    def counted(frame: pd.DataFrame) -> Played:
        runs = frame.drop_duplicates("RunId")
        return Played(len(runs), float(runs["turn"].sum()))

    yield Piece("mesa_1", "`mesa.batch_run`, 1 process", lambda: batch(counts.slow, 1), counted)
    if counts.mesa_two:
        yield Piece("mesa_2", "`mesa.batch_run`, 2 processes", lambda: batch(counts.mesa_two, 2), counted)
