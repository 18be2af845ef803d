"""Calibrating a scenario on the record: what its parameters may be, given that runs are to be like it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from bargain_sim.calibration.accepting import accept
from bargain_sim.calibration.prior import Parameter, draw, prior, unit_of
from bargain_sim.calibration.reference import record_of, simulated
from bargain_sim.calibration.searching import best_supported, passing, passing_as_it_is, runs_of_search
from bargain_sim.calibration.sizes import DRAWS, FEWEST_DRAWS, MOST_DRAWS
from bargain_sim.calibration.statistics import STATISTICS
from bargain_sim.calibration.telling import (
    CLEAR,
    as_table,
    parameters_table,
    patterns_table,
    statistics_table,
    trust_table,
)
from bargain_sim.draws import checked
from bargain_sim.errors import InputError
from bargain_sim.patterns import PATTERNS, WINDOW, check_sides
from bargain_sim.scenario.loader import Overrides, Resolved, resolve
from bargain_sim.scenario.overrides import Override, as_overrides, targets

__all__ = [
    "WARNING",
    "Calibration",
    "calibrate",
    "check_draws",
    "left_to_fit",
    "the_record",
]

WARNING: Final = "About 18 events cannot identify some 30 parameters: many other values fit as well."
"""What is said wherever a calibration is told."""

_SAMPLE: Final = 4_096  # draws that stand for the posterior, and for the prior where both are compared
_ROWS: Final = 1_024  # of them are given to others
_CHECK: Final = 40_000  # fresh runs of the best-supported point


@dataclass(frozen=True)
class Calibration:
    """What a record says about a scenario's parameters.  Scenario exploration, not prediction.

    `passed` of `draws` from the prior pass all patterns in their one run; the nearest `accepted` were
    kept.  Tables:

    - `patterns`: share of runs that pass under `prior`, `posterior` and at the `best`-supported point, with
      Wilson's 95 % bounds; see `telling.patterns_table`.
    - `parameters`: prior and posterior, see `telling.parameters_table`; and the value at the
      best-supported point, `best`, which is missing where the scenario's own value stands.
    - `statistics`: the record's, see `telling.statistics_table`.
    - `posterior`: equally weighted draws, a row each; a column a path, values as `--set` takes them.
    - `trust`: through the record, see `telling.trust_table`.

    `best` are the values of the best-supported point by path.  Only of what the record tells clearly
    (a contraction of `telling.CLEAR`): elsewhere the scenario's own value stands.  Where that is so of none,
    it is empty, and the point is the scenario's own.
    """

    scenario: Resolved = field(repr=False)
    source: str | Path
    draws: int
    seed: int
    passed: int
    accepted: int
    patterns: pd.DataFrame = field(repr=False)
    parameters: pd.DataFrame = field(repr=False)
    statistics: pd.DataFrame = field(repr=False)
    posterior: pd.DataFrame = field(repr=False)
    trust: pd.DataFrame = field(repr=False)
    best: dict[str, float | int] = field(repr=False)

    @property
    def too_few(self) -> str:
        """What is wrong where fewer draws passed all patterns than had to be accepted; else empty."""
        if self.passed >= self.accepted:
            return ""
        return (
            f"Only {self.passed:,} of {self.draws:,} draws pass all patterns, and {self.accepted:,} had to "
            "be accepted: the rest miss some, none is adjusted, and the posterior is only a first look. Take "
            "more draws"
        )

    @property
    def unmoved(self) -> str:
        """What is said where the record tells nothing clearly, so that no value was sought; else empty."""
        if self.best:
            return ""
        return (
            f"The record tells nothing clearly (no contraction reaches {CLEAR}): no value is moved, and the "
            "best-supported point is the scenario as it is"
        )


def calibrate(
    scenario: str | Path = "baseline",
    *,
    draws: int = DRAWS,
    seed: int = 0,
    overrides: Overrides = (),
    progress: Callable[[int, int], None] | None = None,
) -> Calibration:
    """Fit the parameters of `scenario` to the record that its history tells, by rejection and regression.

    `draws` (a power of 2) from the prior are played once each; four million take some minutes and a
    gigabyte.  What `overrides` set is not fitted.  `progress` is told how many runs of how many are done.
    Raises InputError for a scenario whose history cannot be compared, and for numbers that will not do.
    """
    seed = checked("seed", seed)
    check_draws(draws)
    given = as_overrides(overrides)
    resolved = resolve(scenario, given)
    told, record = the_record(scenario, given)
    played = resolve(scenario, (*given, Override("start", "beginning")))
    parameters = left_to_fit(resolved)
    points = min(2_048, max(64, draws >> 10))
    runs = draws + _SAMPLE + runs_of_search(points) + _CHECK

    def done(before: int) -> Callable[[int], None]:
        return lambda count: progress(before + count, runs) if progress is not None else None

    found = accept(played, parameters, draws, seed, record, done(0))
    sample = found.posterior.sample(_SAMPLE, seed)
    predicted = simulated(played, parameters, sample, seed, first_run=draws)[WINDOW]
    first = draws + _SAMPLE
    table = parameters_table(found.posterior)
    spoken_of = set(table["path"][table["contraction"] >= CLEAR])
    places = [k for k, p in enumerate(parameters) if p.path in spoken_of]
    sought = tuple(parameters[k] for k in places)
    best: dict[str, float | int] = {}
    if sought:
        values = best_supported(played, sought, sample[:, places], points, seed, first, done(first))
        at_best = passing(played, sought, unit_of(sought, values[None]), _CHECK, seed, runs - _CHECK)[0]
        best = {p.path: int(v) if p.whole else float(v) for p, v in zip(sought, values, strict=True)}
    else:
        at_best = passing_as_it_is(played.scenario, _CHECK, seed, runs - _CHECK)
    done(0)(runs)
    prior_sample = draw(parameters, _SAMPLE, seed)
    return Calibration(
        scenario=resolved,
        source=scenario,
        draws=draws,
        seed=seed,
        passed=found.passed["all"],
        accepted=len(found.posterior.weights),
        patterns=patterns_table(
            {
                "prior": (list(found.passed.values()), draws),
                "posterior": (_counts(predicted[:, -len(PATTERNS) :] > 0.5), len(predicted)),
                "best": (_counts(at_best), _CHECK),
            }
        ),
        parameters=table.assign(best=table["path"].map(best).astype(float)),
        statistics=statistics_table(record, found.statistics, np.percentile(predicted, (10, 50, 90), axis=0)),
        posterior=pd.DataFrame(as_table(parameters, sample[:_ROWS])),
        trust=trust_table(told, parameters, {"prior": prior_sample, "posterior": sample}, seed),
        best=best,
    )


def check_draws(draws: int) -> None:
    """Refuse a number of draws that is no power of 2, too small or too large.  Raises InputError."""
    if draws < FEWEST_DRAWS or draws & (draws - 1):
        raise InputError(
            f"draws is {draws}, and no power of 2 from {FEWEST_DRAWS}",
            remedy="Choose one such as 16384 for a first look, 4194304 for a calibration", place="--draws",
        )  # fmt: skip
    if draws > MOST_DRAWS:
        raise InputError(
            f"draws is {draws:,}, which is more than the memory of most machines holds",
            remedy=f"Choose {MOST_DRAWS:,} at most", place="--draws",
        )  # fmt: skip


def _counts(flags: npt.NDArray[np.bool_]) -> list[int]:
    """How many runs pass each pattern, and all: (runs, patterns) → patterns and one more."""
    return [*(int(count) for count in flags.sum(axis=0)), int(flags.all(axis=1).sum())]


def the_record(source: str | Path, given: tuple[Override, ...]) -> tuple[Resolved, npt.NDArray[np.float64]]:
    """The scenario that begins with its record, and the record's statistics.  Raises InputError."""
    found = resolve(source, given).scenario
    check_sides(found)  # first: no other record, and no longer one, would help
    if found.history is None:
        raise InputError(
            f"`{found.name}` has no history to be calibrated on",
            remedy="Write a `history` into it, or take a scenario that has one, such as `baseline`",
        )
    told = resolve(source, (*given, Override("start", "record")))
    if told.scenario.handover < WINDOW:
        raise InputError(
            f"the history ends before turn {WINDOW}, and the patterns are read from so many turns",
            remedy="Let its `until` be later, or leave it as the baseline has it", place=str(source),
        )  # fmt: skip
    stated = resolve(source, (*given, Override("history.uncertain", "stated")))
    record = record_of(stated)
    missed = [name for name in PATTERNS if record[STATISTICS.index(name)] < 0.5]
    if missed:
        raise InputError(
            f"the record itself does not pass {', '.join(missed)}",
            remedy="Leave the history as the baseline has it", place=str(source),
        )  # fmt: skip
    return told, record


def left_to_fit(resolved: Resolved, all_: tuple[Parameter, ...] | None = None) -> tuple[Parameter, ...]:
    """Those of `all_` (the prior's) that nothing has set.  Raises InputError where one side's alone is."""
    taken = {way: each.path for each in resolved.overrides for way in targets(each.path, resolved.base)}
    left = []
    for parameter in all_ if all_ is not None else prior():
        ways = targets(parameter.path, resolved.base)
        held = [taken[way] for way in ways if way in taken]
        if not held:
            left.append(parameter)
        elif len(held) < len(ways):
            raise InputError(
                f"`{parameter.path}` is fitted, and `{held[0]}` sets it for one side only",
                remedy=f"Set `{parameter.path}`, which takes it out of the fit, or neither",
                place=f"--set {held[0]}",
            )
    if not left:
        raise InputError("there is nothing left to fit", remedy="Set fewer parameters")
    return tuple(left)
