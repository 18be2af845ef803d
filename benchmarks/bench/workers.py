"""Dask's workers against threads, and how many runs `until` spares."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bargain_sim import sweep
from bargain_sim.shipped import shipped_folder
from bench.counts import Counts
from bench.design import POINTS, definition
from bench.harness import Figure, ratio

__all__ = ["MISSING", "dask", "until"]

MISSING = "Dask is left out: distributed is not installed (pip install -c constraints.txt -e '.[dask]')."
WORKERS = 2


def dask(counts: Counts, say: Callable[[str], None]) -> list[Figure]:
    """Sweeps stored by two threads and through two Dask workers, warm, in turn: rates of the sweep itself.

    Nothing, with a sentence, where Dask is not installed.
    """
    n = counts.dask_runs * POINTS
    threads = Figure(
        "dask", "dask_threads", f"{WORKERS} threads, {n:,} negotiations stored", "negotiations/s"
    )
    workers = Figure("dask", "dask_workers", f"{WORKERS} Dask workers on this machine", "negotiations/s")
    try:
        with _cluster() as address:
            for number in range(-1, counts.rounds):  # the first warms up, and is not counted
                say(f"Dask, {number + 1} of {counts.rounds}")
                for figure, how in ((threads, {"workers": WORKERS}), (workers, {"dask": address})):
                    rate = _rate(counts.dask_runs, how)
                    figure.values += [rate] if number >= 0 else []
    except ImportError:
        say(MISSING)
        return []
    compared = ratio(workers, threads, f"{WORKERS} Dask workers / {WORKERS} threads (aim: 0.8)")
    return [threads, workers, compared]


@contextmanager
def _cluster() -> Iterator[str]:
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=WORKERS, threads_per_worker=1, dashboard_address=":0", host="127.0.0.1"
    ) as cluster:
        yield cluster.scheduler_address


def _rate(runs: int, how: dict[str, Any]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        timing = sweep(definition(runs), out=folder, **how).manifest.timing
    return float(timing["runs_this_time"] / max(timing["seconds"], 1e-3))


def until(counts: Counts, say: Callable[[str], None]) -> list[Figure]:
    """Runs that `until` makes on the map of trust and reciprocity, as a share of what as many everywhere are.

    As many everywhere: as the point takes that takes most.  A function of the seed, not of the machine.
    """
    half_width = counts.until_half_width
    say(f"until ± {half_width:g} on the map of trust and reciprocity")
    asked = {"outcome": "grand_bargain", "half_width": half_width}
    overlaid = _shipped("trust_reciprocity") | {"runs": 64, "until": asked, "keep": "summary"}
    manifest = sweep(overlaid, workers=WORKERS).manifest
    most = manifest.precision["most_runs"]
    return [
        Figure(
            "until",
            "until_share",
            f"± {half_width:g} at {manifest.points} points: runs made / as many everywhere (aim: 0.5)",
            "×",
            [manifest.rows / (manifest.points * most)],
            cells=(f"{manifest.rows:,}", f"{most:,}"),
        )
    ]


def _shipped(name: str) -> dict[str, Any]:
    import yaml

    folder = shipped_folder("scenarios")
    text = (folder / "sweeps" / f"{name}.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found | {"scenario": str(folder / "sweeps" / found["scenario"])}
