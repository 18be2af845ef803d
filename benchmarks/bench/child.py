"""What is measured in a process of its own: `python -m bench.child KIND N …` prints one JSON object.

Kinds: `compile` (seconds to have the rules ready), `sweep_memory`, `sweep_stored`, `sweep_timed` (runs a
point, and the steps of both factors; timed: every call of the engine as well), `mesa`, `mesa_stored`
(negotiations), each with the peak memory of the process.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any


def peak_mib() -> float | None:
    """Peak resident memory of this process in MiB; None where the system does not tell."""
    try:
        # On Linux getrusage hands the peak of the parent on to its children; this is our own.
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 2**10
    except OSError:
        pass
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def timed_engine() -> list[float]:
    """Have every call of the engine's loop timed (s); the list grows as they return."""
    from bargain_sim.engine import Engine

    spent: list[float] = []
    run = Engine.run

    def timed(*arguments: Any, **named: Any) -> Any:
        began = time.thread_time()
        rows = run(*arguments, **named)
        spent.append(time.thread_time() - began)
        return rows

    Engine.run = timed  # type: ignore[method-assign]
    return spent


def swept(kind: str, runs: int, steps: Sequence[str]) -> dict[str, float]:
    """Seconds of one sweep, and of the engine's loop in it where that is asked for."""
    from bargain_sim.api import sweep
    from bench import design

    levels = (int(steps[0]), int(steps[1])) if steps else design.STEPS
    spent = timed_engine() if kind == "sweep_timed" else []
    with tempfile.TemporaryDirectory() as scratch:
        folder = None if kind == "sweep_memory" else Path(scratch) / "results"
        began = time.perf_counter()
        sweep(design.definition(runs, steps=levels), workers=2, out=folder)
        return {"seconds": time.perf_counter() - began, "loop_seconds": sum(spent)}


def mesa(kind: str, n: int) -> dict[str, float]:
    """Seconds of `mesa.batch_run` on one process, stored as Parquet where that is asked for."""
    from bench.counts import TINY
    from bench.hosts import mesa_pieces

    (piece,) = mesa_pieces(replace(TINY, slow=n))
    with tempfile.TemporaryDirectory() as scratch:
        began = time.perf_counter()
        frame = piece.run()
        if kind == "mesa_stored":
            stored = frame.drop(columns="scenario", errors="ignore")
            words = stored.columns.difference(stored.select_dtypes("number").columns)
            stored = stored.astype(dict.fromkeys(words, str))
            stored.to_parquet(Path(scratch) / "rows.parquet")
        return {"seconds": time.perf_counter() - began}


def compiling() -> dict[str, float]:
    """Seconds until the rules are ready to run."""
    from bargain_sim.engine import warm_up
    from bench import design

    packed = design.group().packed
    began = time.perf_counter()
    warm_up(packed)
    return {"seconds": time.perf_counter() - began}


def main(kind: str, n: int, *more: str) -> None:
    """Do one thing, once."""
    if kind == "compile":
        told: dict[str, float | None] = {**compiling()}
    elif kind.startswith("sweep"):
        told = {**swept(kind, n, more)}
    else:
        told = {**mesa(kind, n)}
    print(json.dumps({**told, "peak_mib": peak_mib()}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
