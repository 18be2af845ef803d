"""A million negotiations stored on two threads: the whole process against the engine's own time."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

from bench.counts import Counts
from bench.design import POINTS
from bench.harness import Figure
from bench.processes import child

THREADS = 2


def million(counts: Counts, say: Callable[[str], None]) -> list[Figure]:
    """Whole process (warm) and engine loop, in turn; and how often `mesa.batch_run` would fit into it.

    The engine's own time is taken in processes of their own, in which every call of the loop is timed
    by its thread's processor time, and is the sum over threads divided by their number.
    """
    n = counts.million_runs * POINTS
    whole = Figure("million", "million_whole", f"whole process, {n:,} negotiations stored", "s")
    loop = Figure("million", "million_loop", "engine loop alone: sum over threads / threads", "s")
    bound = Figure("million", "million_bound", "1.5 × the loop + 2 s (the bound)", "s")
    inside = Figure("million", "million_sweep", "`sweep(…)` alone, imports not counted", "s")
    peak = Figure("million_memory", "million_peak", "peak memory of the process", "MiB")
    times = Figure(
        "million_ratio",
        "million/mesa_1",
        "`mesa.batch_run` with results to Parquet, a negotiation (aim: 1500)",
        "×",
    )
    for number in range(min(3, counts.rounds)):
        say(f"a million at once, {number + 1} of {min(3, counts.rounds)}")
        told, seconds, cores = child("sweep_stored", counts.million_runs)
        whole.values.append(seconds)
        whole.cores.append(cores)
        inside.values.append(told["seconds"])
        if told["peak_mib"] is not None:
            peak.values.append(told["peak_mib"])
        timed, _, _ = child("sweep_timed", counts.million_runs)
        loop.values.append(timed["loop_seconds"] / THREADS)
        bound.values.append(1.5 * loop.values[-1] + 2.0)
        if counts.slow:
            mesa, _, _ = child("mesa_stored", counts.slow)
            times.values.append((mesa["seconds"] / counts.slow) / (seconds / n))
    for figure in (whole, inside, loop, bound):
        cores = f"{median(figure.cores):.2f}" if figure.cores else ""
        figure.cells = (f"{n / figure.median:,.0f}", cores)
    return [figure for figure in (whole, inside, loop, bound, peak, times) if figure.values]
