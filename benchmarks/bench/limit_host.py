"""How far the engine is from its own rules written in C by hand (benchmarks/limit)."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from limit.loop import CLoop, NoCompilerError

from bargain_sim.engine import Engine, draws_of
from bargain_sim.plans.plan import PIECE_RUNS
from bench import design
from bench.counts import Counts
from bench.harness import Figure

SCENARIOS = ("baseline", "proportional", "snapback")
TURNS = 1  # column of the number of turns in the rows


def limit(counts: Counts, say: Callable[[str], None]) -> list[Figure]:
    """Engine : C on one thread, for each scenario; nothing where there is no C compiler.

    Raises RuntimeError where their results differ by a bit: then there is nothing to compare.
    """
    figures = []
    with tempfile.TemporaryDirectory() as scratch:
        for name in SCENARIOS:
            say(f"the engine against C: {name}")
            group = design.group_of(name)
            engine = Engine(group.packed)
            try:
                by_hand = CLoop(group.packed, Path(scratch) / name)
            except NoCompilerError as missing:
                say(str(missing))
                return []
            draws = draws_of(0, 0, counts.limit_runs, group.sizes.turns)
            pieces = [draws[first : first + PIECE_RUNS] for first in range(0, len(draws), PIECE_RUNS)]
            turns = _same(name, engine, by_hand, group, pieces)
            hosts = (engine, by_hand)
            spent = [[_seconds(host, group, pieces) for host in hosts] for _ in range(counts.rounds)]
            each = [np.median(seconds) / turns * 1e9 for seconds in zip(*spent, strict=True)]
            figures.append(
                Figure(
                    "limit",
                    f"limit_{name}",
                    f"{name} (aim: 1.5)",
                    "×",
                    [of_engine / of_c for of_engine, of_c in spent],
                    cells=tuple(f"{nanoseconds:.1f}" for nanoseconds in each),
                )
            )
    return figures


def _same(name: str, engine: Engine, by_hand: CLoop, group: Any, pieces: list[Any]) -> float:
    """Turns played in all, once it is known that both give the same bytes."""
    turns = 0.0
    for draws in pieces:
        rows = [host.run(group.floats, group.ints, draws) for host in (engine, by_hand)]
        if rows[0].tobytes() != rows[1].tobytes():
            raise RuntimeError(
                f"{name}: the C translation (benchmarks/limit) does not play as the rules do; "
                "bring it up to date with src/bargain_sim/rules"
            )
        turns += float(rows[0][:, TURNS].sum())
    return turns


def _seconds(host: Engine | CLoop, group: Any, pieces: list[Any]) -> float:
    """Processor time of one thread, so that what else the machine does weighs little."""
    began = time.thread_time()
    for draws in pieces:
        host.run(group.floats, group.ints, draws)
    return time.thread_time() - began
