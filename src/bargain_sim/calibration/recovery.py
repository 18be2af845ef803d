"""Whether known parameters are found again from records that were made with them.

Synthetic records are runs of draws from the prior that are not in the reference table.  Each is asked of one
and the same table, by the same distance, acceptance and adjustment as the record.  Two kinds: `any`, as they
come, and `alike`, those that miss no more than one of the six patterns, as the parameters are to be told
from a record like this one.  Records may be chosen by what they look like, for an interval that holds given
the record holds given any choice among records; by their parameters they may not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import spearmanr

from bargain_sim.analysis.intervals import wilson
from bargain_sim.calibration.accepting import near_to, posterior_of
from bargain_sim.calibration.fitting import check_draws, left_to_fit, the_record
from bargain_sim.calibration.nearness import Posterior, metric_of, weighted_quantiles
from bargain_sim.calibration.prior import Parameter, draws_in_blocks, values_of
from bargain_sim.calibration.reference import Reference, make_reference, simulated
from bargain_sim.calibration.sizes import DRAWS_OF_A_CHECK
from bargain_sim.calibration.statistics import STATISTICS
from bargain_sim.draws import checked
from bargain_sim.errors import InputError
from bargain_sim.patterns import PATTERNS, WINDOW
from bargain_sim.scenario.loader import Overrides, Resolved, resolve
from bargain_sim.scenario.overrides import Override, as_overrides

__all__ = ["CONTRACTION", "CORRELATION", "LEVEL", "MISSED", "Recovery", "recover", "recovered"]

Floats = npt.NDArray[np.float64]

LEVEL: Final = 0.8
"""Of the intervals."""
MISSED: Final = 1
"""A synthetic record is `alike` if it misses no more patterns than this."""
CONTRACTION: Final = 0.1
CORRELATION: Final = 0.3
"""A parameter is declared identifiable if, over the records `alike`, its contraction is at least the one on
average, and the rank correlation of its posterior median with the truth at least the other."""

_BLOCK: Final = 2**14
_MOST_BLOCKS: Final = 64  # after so many draws there are no more records alike


@dataclass(frozen=True)
class Recovery:
    """How well known parameters are found again.  Scenario exploration, not prediction.

    - `parameters`: one row a kind of record (`any`, `alike`) and parameter: `path`, the ends `low` and `high`
      of its prior, how many `records`, the share whose interval holds the truth (`coverage`) and its 95 %
      bounds (`coverage_low`, `coverage_high`), the mean `contraction`, the rank `correlation` of posterior
      median and truth, and whether the parameter is declared `identifiable`; the most contracted first.
    - `intervals`: one row a record and parameter: `kind`, `record`, `path`, the `truth`, and the posterior's
      `low`, `median` and `high`, the ends of the 80 % interval; the same as places on the range from 0 to 1
      (`place`, `place_low`, …), where a whole number stands for its share of the range and the truth was
      drawn from it; and whether the interval `holds` the truth there.
    """

    scenario: Resolved = field(repr=False)
    draws: int
    seed: int
    records: dict[str, int]
    parameters: pd.DataFrame = field(repr=False)
    intervals: pd.DataFrame = field(repr=False)

    @property
    def identifiable(self) -> list[str]:
        """Paths of the parameters that are declared identifiable."""
        rows = self.parameters[self.parameters["kind"] == "alike"]
        return list(rows.loc[rows["identifiable"], "path"])


def recover(
    scenario: str | Path = "baseline",
    *,
    records: int = 200,
    draws: int = DRAWS_OF_A_CHECK,
    seed: int = 0,
    overrides: Overrides = (),
    progress: Callable[[int, int], None] | None = None,
) -> Recovery:
    """Calibrate `records` synthetic records of either kind, all on one table of `draws` (a power of 2).

    `progress` is told how many runs and records of how many are done.  Raises InputError as `calibrate` does,
    and where fewer than two records are asked for or found.
    """
    seed = checked("seed", seed)
    check_draws(draws)
    if records < 2:
        raise InputError(f"{records} records are too few", remedy="Ask for 50 or more", place="--recovery")
    given = as_overrides(overrides)
    resolved = resolve(scenario, given)
    the_record(scenario, given)
    parameters = left_to_fit(resolved)
    unscripted = resolve(scenario, (*given, Override("start", "beginning")))
    whole = draws + 2 * records

    def tell(done: int, _: int = 0) -> None:
        if progress is not None:
            progress(done, whole)

    table = make_reference(unscripted, parameters, draws, seed, progress=tell)
    kinds = _synthetic(unscripted, parameters, records, seed, draws)
    parts, tables = [], []
    done = draws
    for kind, (truth, statistics) in kinds.items():
        found = []
        for posterior in _posteriors(table, statistics):
            found.append(posterior)
            done += 1
            tell(done)
        parts.append(_intervals(kind, parameters, truth, found))
        tables.append(recovered(kind, parameters, truth, found))
    tell(whole)
    return Recovery(
        resolved, draws, seed, {kind: len(truth) for kind, (truth, _) in kinds.items()},
        _declared(pd.concat(tables, ignore_index=True)), pd.concat(parts, ignore_index=True),
    )  # fmt: skip


def recovered(
    kind: str, parameters: tuple[Parameter, ...], truth: Floats, found: list[Posterior]
) -> pd.DataFrame:
    """One row a parameter, from the places of the truth (records, parameters) and a posterior each.

    Columns as in `Recovery.parameters`, but for `identifiable`.
    """
    low, median, high = _quantiles(found)
    inside = (low <= truth) & (truth <= high)
    bounds = wilson(inside.sum(axis=0), len(truth))
    return pd.DataFrame(
        {
            "kind": kind,
            "path": [p.path for p in parameters],
            "low": [p.low for p in parameters],
            "high": [p.high for p in parameters],
            "records": len(truth),
            "coverage": inside.mean(axis=0),
            "coverage_low": bounds[0],
            "coverage_high": bounds[1],
            "contraction": np.mean([each.contraction() for each in found], axis=0),
            "correlation": [_correlation(*pair) for pair in zip(median.T, truth.T, strict=True)],
        }
    )


def _correlation(found: Floats, truth: Floats) -> float:
    """Spearman's rank correlation; NaN where all medians are the same."""
    return float(spearmanr(found, truth).statistic) if np.ptp(found) > 0.0 else float("nan")


def _declared(table: pd.DataFrame) -> pd.DataFrame:
    """The table with what is declared identifiable, sorted."""
    alike = table[table["kind"] == "alike"].set_index("path")
    known = (alike["contraction"] >= CONTRACTION) & (alike["correlation"] >= CORRELATION)
    order = alike["contraction"].rank(ascending=False, method="first")
    table = table.assign(identifiable=table["path"].map(known).astype(bool), at=table["path"].map(order))
    return table.sort_values(["kind", "at"], kind="stable", ignore_index=True).drop(columns="at")


def _synthetic(
    resolved: Resolved, parameters: tuple[Parameter, ...], records: int, seed: int, first_run: int
) -> dict[str, tuple[Floats, Floats]]:
    """Places and statistics of the records of each kind, from other draws and other luck than the table's."""
    truth: dict[str, list[Floats]] = {"any": [], "alike": []}
    seen: dict[str, list[Floats]] = {"any": [], "alike": []}
    for start, unit in draws_in_blocks(parameters, _BLOCK * _MOST_BLOCKS, seed + 1, _BLOCK):
        found = simulated(resolved, parameters, unit, seed, first_run=first_run + start)[WINDOW]
        missed = (found[:, -len(PATTERNS) :] < 0.5).sum(axis=1)
        for kind, those in (("any", missed >= 0), ("alike", missed <= MISSED)):
            left = records - sum(len(part) for part in truth[kind])
            places = np.flatnonzero(those)[:left]
            truth[kind].append(unit[places])
            seen[kind].append(found[places])
        if sum(len(part) for part in truth["alike"]) >= records:
            break
    kinds = {kind: (np.concatenate(truth[kind]), np.concatenate(seen[kind])) for kind in truth}
    if len(kinds["alike"][0]) < 2:
        raise InputError(
            "hardly any run of the prior is like the record", remedy="Leave the scenario as the baseline is"
        )
    return kinds


def _posteriors(table: Reference, records: Floats) -> Iterator[Posterior]:
    """What each record (records, statistics) says, by the table that all share."""
    assert records.shape[1] == len(STATISTICS)
    statistics = table.statistics[WINDOW]
    metric = metric_of(statistics)
    for record in records:
        near = near_to(metric, statistics, record)
        yield posterior_of(
            table.parameters, table.unit[near.places], statistics[near.places], record, metric, near
        )


def _quantiles(found: list[Posterior]) -> tuple[Floats, Floats, Floats]:
    """Ends of the interval and median of each posterior, as places: (records, parameters) each."""
    q = np.array([0.5 - LEVEL / 2.0, 0.5, 0.5 + LEVEL / 2.0])
    places = np.array(
        [[weighted_quantiles(column, each.weights, q) for column in each.adjusted.T] for each in found]
    )
    return places[..., 0], places[..., 1], places[..., 2]


def _intervals(
    kind: str, parameters: tuple[Parameter, ...], truth: Floats, found: list[Posterior]
) -> pd.DataFrame:
    columns: dict[str, Any] = {
        "kind": kind,
        "record": np.repeat(np.arange(len(truth)), len(parameters)),
        "path": [p.path for p in parameters] * len(truth),
        "truth": values_of(parameters, truth).ravel(),
        "place": truth.ravel(),
    }
    low, median, high = _quantiles(found)
    for name, places in (("low", low), ("median", median), ("high", high)):
        columns[name] = values_of(parameters, places).ravel()
        columns[f"place_{name}"] = places.ravel()
    columns["holds"] = ((low <= truth) & (truth <= high)).ravel()
    return pd.DataFrame(columns)
