"""Start-up, compiling and memory: everything that has to be measured from outside a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.counts import Counts
from bench.harness import Figure, cpu_seconds

HERE = Path(__file__).resolve().parent.parent
Say = Callable[[str], None]


def environment(**extra: str) -> dict[str, str]:
    """This process's environment, in which `bench` can be imported."""
    path = os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH", "")]))
    return {**os.environ, "PYTHONPATH": path, **extra}


def seconds_of(command: list[str]) -> float:
    """Wall time of a command, from start to exit.  Raises CalledProcessError if it fails."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment())
    return time.perf_counter() - began


def child(kind: str, n: int, *more: str, **extra: str) -> tuple[dict[str, Any], float, float]:
    """What `bench.child` reports, the wall time of its whole process (s), and the cores it got."""
    began, cpu = time.perf_counter(), cpu_seconds()
    done = subprocess.run(
        [sys.executable, "-m", "bench.child", kind, str(n), *more],
        check=True,
        stdout=subprocess.PIPE,
        env=environment(**extra),
    )
    seconds = time.perf_counter() - began
    return json.loads(done.stdout), seconds, (cpu_seconds() - cpu) / seconds


def bargain() -> list[str]:
    """The command as installed beside this Python, or the module where it is not."""
    script = Path(sys.executable).parent / ("bargain.exe" if os.name == "nt" else "bargain")
    return [str(script)] if script.exists() else [sys.executable, "-m", "bargain_sim"]


def startup(counts: Counts, say: Say) -> list[Figure]:
    """Seconds of short commands, taken in turn after one round that is thrown away."""
    commands = {
        "python": ("`python -c pass`, for comparison", [sys.executable, "-c", "pass"]),
        "help": ("`bargain --help`", [*bargain(), "--help"]),
        "run": ("`bargain run baseline`", [*bargain(), "run", "baseline"]),
    }
    figures = {name: Figure("startup", name, title, "s") for name, (title, _) in commands.items()}
    for number in range(counts.startups + 1):
        say(f"start-up, repeat {number} of {counts.startups}")
        for name, (_, command) in commands.items():
            seconds = seconds_of(command)
            if number > 0:
                figures[name].values.append(seconds)
    return list(figures.values())


def compiling(counts: Counts, say: Say) -> list[Figure]:
    """Seconds until the rules are ready to run: compiled anew, and taken from the cache."""
    cold = Figure("compile", "cold", "rules compiled, empty cache", "s")
    warm = Figure("compile", "cached", "rules taken from the cache", "s")
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(counts.cold_compiles):
            say(f"compiling, {number + 1} of {counts.cold_compiles}")
            folder = str(Path(scratch) / str(number))
            cold.values.append(child("compile", 0, BARGAIN_CACHE=folder)[0]["seconds"])
            warm.values.append(child("compile", 0, BARGAIN_CACHE=folder)[0]["seconds"])
    return [figure for figure in (cold, warm) if figure.values]


def memory(counts: Counts, say: Say) -> list[Figure]:
    """Peak memory (MiB) and wall time (s) of whole processes of growing size."""
    figures = []
    kinds = [
        ("sweep_memory", "sweep in memory", counts.memory_sweep, 100),
        ("sweep_stored", "sweep stored as Parquet", counts.memory_sweep, 100),
        ("mesa", "`mesa.batch_run`, 1 process", counts.memory_mesa, 1),
    ]
    for kind, title, sizes, points in kinds:
        for n in sizes:
            say(f"memory: {title}, {n * points:,} negotiations")
            told, whole, cores = child(kind, n)
            words = f"{title}, {n * points:,} negotiations"
            if told["peak_mib"] is not None:
                figures.append(Figure("memory", f"{kind}_{n}", words, "MiB", [told["peak_mib"]]))
            figures.append(Figure("process", f"{kind}_{n}", words, "s", [whole], cores=[cores]))
    return figures
