"""The EMA workbench on the same rules: a model that plays one negotiation at a point of its design.

What it is given is the fastest host in plain Python, on terms that are packed already, so that the
workbench is charged for its own work and for the rules, not for reading YAML.
"""

from __future__ import annotations

import logging
import multiprocessing
import warnings
from collections.abc import Iterator
from functools import cache
from typing import Any

from bargain_sim.draws import draws_for
from bargain_sim.play import play_out
from bargain_sim.scenario.pack import Packed, pack
from bench import design
from bench.counts import Counts
from bench.harness import Piece, Played

MISSING = (
    "The EMA workbench is not installed, so it is left out: pip install -c constraints.txt -e '.[benchmarks]'"
)
RUNS = 2**20


def ema_pieces(counts: Counts) -> Iterator[Piece]:
    """Rates with 1 and 2 processes.  Raises ImportError where the workbench is missing."""
    if not counts.slow:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tells of what else is not installed
        import ema_workbench

    def experiments(n: int, processes: int) -> Any:
        model = _model(ema_workbench)
        logging.getLogger("EMA").setLevel(logging.ERROR)
        if processes == 1:
            evaluator: Any = ema_workbench.SequentialEvaluator(model)
        else:
            evaluator = ema_workbench.MultiprocessingEvaluator(model, n_processes=processes)
        # Mesa, once imported, has all processes start slowly; the workbench by itself takes the default.
        method = multiprocessing.get_start_method()
        multiprocessing.set_start_method(multiprocessing.get_all_start_methods()[0], force=True)
        try:
            with evaluator:
                _, outcomes = evaluator.perform_experiments(scenarios=n, log_progress=True)
        finally:
            multiprocessing.set_start_method(method, force=True)
        return outcomes

    def counted(outcomes: Any) -> Played:
        return Played(len(outcomes["turns"]), float(outcomes["turns"].sum()))

    yield Piece("ema_1", "EMA workbench, 1 process", lambda: experiments(counts.slow, 1), counted)
    if counts.ema_two:
        yield Piece("ema_2", "EMA workbench, 2 processes", lambda: experiments(counts.ema_two, 2), counted)


def _model(workbench: Any) -> Any:
    model = workbench.Model("negotiation", function=negotiate)
    model.uncertainties = [
        workbench.RealParameter("trust", 0.36, 0.40),
        workbench.RealParameter("reciprocity", 0.12, 0.16),
        workbench.IntegerParameter("run", 0, RUNS),
    ]
    model.outcomes = [
        workbench.ScalarOutcome(name)
        for name in ("outcome", "turns", "given_0", "given_1", "trust_0", "trust_1")
    ]
    return model


@cache
def _packed() -> Packed:
    return pack(design.baseline())


def negotiate(trust: float, reciprocity: float, run: int) -> dict[str, float]:
    """One negotiation; at the top of a module, so that other processes find it."""
    packed = _packed()
    for name, value in (("initial_trust", trust), ("reciprocity", reciprocity)):
        _, start, stop = packed.layout.places[name]
        packed.floats[start:stop] = value
    _, state, turns = play_out(packed, draws_for(0, int(run), packed.sizes.turns).tolist())
    told = {"outcome": float(state.outcome[0]), "turns": float(turns)}
    for i in range(2):
        told[f"given_{i}"] = state.given[i]
        told[f"trust_{i}"] = state.kept[i] / (state.kept[i] + state.broken[i])
    return told
