"""The patterns of the record that runs are judged by (pattern-oriented modelling), P1 to P6.

Each is read from runs turn by turn, over the first turns of a run only, as many as the record has
(`WINDOW`).  They are about this record and its two sides; thresholds that the record does not give are
assumptions, and stand here.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from bargain_sim.codes import BREAKDOWN, GRAND_BARGAIN, NORMALISED_BY_STEPS, PAUSED, TALKS
from bargain_sim.errors import InputError
from bargain_sim.scenario.schema import Scenario
from bargain_sim.tracing import Runs

__all__ = ["PATTERNS", "WINDOW", "check_sides", "patterns_of"]

WINDOW: Final = 22
"""Turns of the record: fourteen days each, from 14 January to 17 November 2025."""

PATTERNS: Final[dict[str, str]] = {
    "P1": "Minsk moves first, and Washington gives status goods before material relief",
    "P2": "releases grow",
    "P3": "partial relief, doubt, pause, correction, resumption, in this order",
    "P4": "a pause lasts 1 to 3 turns, a correction takes about 4",
    "P5": "there is a slight, and a slight alone breaks nothing",
    "P6": "no grand bargain and no normalisation yet",
}

# Assumptions: what "grow", "about" and "alone" are taken to mean.
_GROWTH: Final = 0.5  # least rank correlation (Kendall's tau) of the sizes of releases with their order
_RELEASES: Final = 3  # fewer releases than this show no growth
_PAUSE: Final = (1.0, 3.0)  # turns, on average over the pauses that ended
_CORRECTION: Final = (2.0, 6.0)  # turns, on average over the corrections
_NEAR: Final = 4  # turns before and after a slight in which a breakdown or a shortfall counts as near it

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

_WASHINGTON, _MINSK = 0, 1


def patterns_of(runs: Runs, window: int = WINDOW) -> dict[str, Flags]:
    """Which runs pass each pattern within their first `window` turns: pattern → shape (runs,).

    Raises InputError where the sides are not those of the record.
    """
    check_sides(runs.scenario)
    return {
        "P1": _moves_first_and_status_first(runs, window),
        "P2": release_growth(runs, window) >= _GROWTH,
        "P3": _doubt_and_correction(runs, window),
        "P4": _times(runs, window),
        "P5": _slight_breaks_nothing(runs, window),
        "P6": ~_finished(runs, window),
    }


def check_sides(scenario: Scenario) -> None:
    """Refuse a scenario whose sides are not those of the record.  Raises InputError."""
    if scenario.side_ids != ("washington", "minsk"):
        raise InputError(
            "the patterns P1 to P6 are about Washington and Minsk, and the sides here are others",
            remedy="Use a scenario that extends `baseline`",
        )


def first_turn(happens: Flags) -> Floats:
    """The first turn in which something happens, infinity where it never does: (runs, turns) → (runs,)."""
    return np.where(happens.any(axis=1), happens.argmax(axis=1), np.inf)


def rises(counted: Floats) -> Flags:
    """In which turns a running count rose: (runs, turns) → the same shape; False after the end."""
    return np.diff(counted, axis=1, prepend=0.0) > 0.0


def _moves_first_and_status_first(runs: Runs, window: int) -> Flags:
    status, material = (
        [runs.turn(f"{kind}_{side}")[:, :window] > 0.0 for side in (_WASHINGTON, _MINSK)]
        for kind in ("status", "material")
    )
    moved = [first_turn(status[side] | material[side]) for side in (_WASHINGTON, _MINSK)]
    minsk_first = moved[_MINSK] < moved[_WASHINGTON]
    status_first = first_turn(status[_WASHINGTON]) < first_turn(material[_WASHINGTON])
    return np.asarray(minsk_first & status_first)


def release_growth(runs: Runs, window: int) -> Floats:
    """Kendall's tau-a of the sizes of releases with their order; -1 where there were too few: (runs,)."""
    released = runs.turn("prisoners_released")[:, :window]
    sizes = np.diff(released, axis=1, prepend=0.0)
    there = sizes > 0.0
    agree = np.zeros(runs.n)
    for later in range(1, sizes.shape[1]):
        for earlier in range(later):
            both = there[:, later] & there[:, earlier]
            agree += np.where(both, np.sign(sizes[:, later] - sizes[:, earlier]), 0.0)
    n = there.sum(axis=1)
    return np.where(n >= _RELEASES, agree / np.maximum(n * (n - 1) / 2.0, 1.0), -1.0)


def _doubt_and_correction(runs: Runs, window: int) -> Flags:
    """Follow each run through the steps of P3; a step out of order sends it back to the beginning."""
    material = runs.turn("material_0")[:, :window]
    missing = runs.turn("short_material_0")[:, :window]
    partial_relief = (missing > 0.0) & (missing < material)  # what is empty is a sham
    pauses = rises(runs.turn("pauses")[:, :window])
    corrections = rises(runs.turn("corrections")[:, :window])
    mode, trust = runs.turn("mode")[:, :window], runs.turn("trust_1")[:, :window]
    waiting, partial, paused, corrected, done = range(5)
    step = np.full(runs.n, waiting)
    before = np.zeros(runs.n)
    for t in range(material.shape[1]):
        # Corrections come before anything else in a turn.
        step[(step == paused) & corrections[:, t]] = corrected
        step[(step == partial) & corrections[:, t]] = waiting
        begins = partial_relief[:, t] & (step <= partial)
        before = np.where(begins & (step == waiting), trust[:, t], before)
        step[begins] = partial
        step[(step == partial) & pauses[:, t] & (trust[:, t] < before)] = paused
        talks = mode[:, t] == TALKS
        step[(step == corrected) & talks] = done
        step[(step == paused) & talks] = waiting
    return np.asarray(step == done)


def pause_lengths(runs: Runs, window: int) -> Floats:
    """Mean length of the pauses that ended within the window, in turns; NaN where none did: (runs,)."""
    paused = runs.turn("mode")[:, :window] == PAUSED
    talks = runs.turn("mode")[:, :window] == TALKS
    length = np.zeros(runs.n)
    ended, total = np.zeros(runs.n), np.zeros(runs.n)
    for t in range(paused.shape[1]):
        over = talks[:, t] & (length > 0.0)
        ended += over
        total += np.where(over, length, 0.0)
        length = np.where(paused[:, t], length + 1.0, 0.0)
    return np.where(ended > 0.0, total / np.maximum(ended, 1.0), np.nan)


def correction_times(runs: Runs, window: int) -> Floats:
    """Mean turns from a short delivery to its correction, over concessions of one unit; NaN: none."""
    single = [k for k, name in enumerate(runs.packed.concession_ids)
              if int(runs.scenario.concessions[name].units) == 1]  # fmt: skip
    said, whole = runs.traced.firsts[:, single, 0], runs.traced.firsts[:, single, 1]
    late = (said >= 0.0) & (whole > said) & (whole < window)
    count = late.sum(axis=1)
    total = np.where(late, whole - said, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _times(runs: Runs, window: int) -> Flags:
    pause, correction = pause_lengths(runs, window), correction_times(runs, window)
    return np.asarray(
        (pause >= _PAUSE[0])
        & (pause <= _PAUSE[1])
        & (correction >= _CORRECTION[0])
        & (correction <= _CORRECTION[1])
    )


def _slight_breaks_nothing(runs: Runs, window: int) -> Flags:
    slights = rises(runs.turn("demands")[:, :window])
    short = (runs.turn("short_0")[:, :window] > 0.0) | (runs.turn("short_1")[:, :window] > 0.0)
    end = runs.played - 1
    broke = (runs.outcomes == BREAKDOWN) & (end < window)
    blamed = np.zeros(runs.n, dtype=bool)
    for t in range(slights.shape[1]):
        near = broke & slights[:, t] & (end - t <= _NEAR)
        others = short[:, max(0, t - _NEAR) : t + _NEAR + 1].any(axis=1)
        blamed |= near & ~others
    return np.asarray(slights.any(axis=1) & ~blamed)


def _finished(runs: Runs, window: int) -> Flags:
    over = np.isin(runs.outcomes, (GRAND_BARGAIN, NORMALISED_BY_STEPS))
    return np.asarray(over & (runs.played <= window))
