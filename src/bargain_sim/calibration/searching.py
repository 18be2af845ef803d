"""The best-supported point: the parameters at which most runs pass all patterns.

A cross-entropy search (Rubinstein and Kroese 2004) where nine tenths of the posterior lie, parameter by
parameter, so that no value is one that the record speaks against: points are drawn from independent beta
distributions, each is played some dozens of times, and the distributions are fitted to the best of
them.  It finds a good point, not for certain the best one; what it found is played anew before it is told.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import beta

from bargain_sim.calibration.prior import Parameter, draw, unit_of, values_of
from bargain_sim.calibration.reference import simulated
from bargain_sim.patterns import PATTERNS, WINDOW, patterns_of
from bargain_sim.scenario.loader import Resolved
from bargain_sim.scenario.schema import Scenario
from bargain_sim.tracing import runs_of

__all__ = ["best_supported", "passing", "passing_as_it_is", "rounded", "runs_of_search"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_WIDE, _NARROW = 14, 10  # rounds with many points and few runs each, then the other way round
_RUNS, _MORE_RUNS = 64, 256
_KEPT: Final = 16  # of so many points the best one is kept
_WIDER: Final = 1.1  # lest the distributions close in too early
_FEWEST: Final = 8  # but so many at least
_FINAL_RUNS: Final = 2_000
_MIDDLE: Final = (0.05, 0.95)  # of the posterior: no value beyond
_DIGITS: Final = 3  # of the values that are told: the record knows no more


def passing(
    resolved: Resolved, parameters: tuple[Parameter, ...], unit: Floats, runs: int, seed: int, first_run: int
) -> Flags:
    """Which patterns `runs` runs of each point pass: (points, runs, patterns), all with their own luck."""
    found = simulated(resolved, parameters, np.repeat(unit, runs, axis=0), seed, first_run=first_run)
    return np.asarray(found[WINDOW][:, -len(PATTERNS) :] > 0.5).reshape(len(unit), runs, len(PATTERNS))


def passing_as_it_is(scenario: Scenario, runs: int, seed: int, first_run: int) -> Flags:
    """Which patterns `runs` runs of a scenario pass with its own values: (runs, patterns)."""
    flags = [patterns_of(piece, WINDOW) for piece in runs_of(scenario, seed, runs, first_run)]
    return np.concatenate([np.column_stack([piece[name] for name in PATTERNS]) for piece in flags])


def _sizes(points: int) -> list[tuple[int, int]]:
    """Points and runs of each round, the final one left out."""
    return [(points, _RUNS)] * _WIDE + [(points * _RUNS // _MORE_RUNS, _MORE_RUNS)] * _NARROW


def runs_of_search(points: int) -> int:
    """How many runs `best_supported` plays."""
    sizes = _sizes(points)
    return sum(n * runs for n, runs in sizes) + (1 + _kept(sizes[-1][0])) * _FINAL_RUNS


def _kept(points: int) -> int:
    return max(points // _KEPT, _FEWEST)


def best_supported(
    resolved: Resolved,
    parameters: tuple[Parameter, ...],
    start: Floats,
    points: int,
    seed: int,
    first_run: int,
    progress: Callable[[int], None],
    graded: bool = False,
) -> Floats:
    """Values of the point that the search finds: shape (parameters,).

    `start` (n, parameters) are the places of draws from the posterior, from which it sets out and whose
    middle it does not leave; `points` (a power of 2) are those it looks at in a round; its runs are those
    from `first_run` on.  If `graded`, points with equal support are told apart by how many patterns their
    runs pass on average: a way to go where no run passes all.
    """
    done = 0
    low, high = np.quantile(start, _MIDDLE, axis=0)
    width = np.maximum(high - low, 1e-9)

    def support(values: Floats, runs: int) -> Floats:
        nonlocal done
        unit = unit_of(parameters, values)
        passed = passing(resolved, parameters, unit, runs, seed, first_run + done)
        done += len(unit) * runs
        progress(done)
        # An average weighs less than a single run more that passes all.
        among_equals = passed.mean(axis=(1, 2)) / (2 * runs) if graded else 0.0
        return np.asarray(passed.all(axis=2).mean(axis=1) + among_equals)

    def at(places: Floats) -> Floats:
        return rounded(parameters, values_of(parameters, low + places * width))

    best = np.clip((start - low) / width, 0.0, 1.0)
    mean, variance = best.mean(axis=0), best.var(axis=0)
    for number, (n, runs) in enumerate(_sizes(points), start=1):
        # As peaked as these, but never with more at the ends than within.
        total = np.maximum(mean * (1.0 - mean) / (variance * _WIDER + 1e-4) - 1.0, 2.0)
        ends = np.maximum(mean * total, 1.0), np.maximum((1.0 - mean) * total, 1.0)
        places = np.asarray(beta.ppf(draw(parameters, n, seed + number), *ends))
        order = np.argsort(-support(at(places), runs), kind="stable")
        best = places[order[: _kept(n)]]
        mean, variance = best.mean(axis=0), best.var(axis=0)
    values = at(np.concatenate([mean[None], best]))
    return np.asarray(values[int(np.argmax(support(values, _FINAL_RUNS)))])


def rounded(parameters: tuple[Parameter, ...], values: Floats) -> Floats:
    """Values with three significant digits, within their ranges still: what is played is what is told."""
    short = np.array([[float(f"{value:.{_DIGITS}g}") for value in row] for row in values])
    return np.asarray(np.clip(short, [p.low for p in parameters], [p.high for p in parameters]))
