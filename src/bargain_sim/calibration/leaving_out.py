"""Forecasts of the record's last acts from what came before them, scored against what came.

For each of the last four days on which the record tells of an act that the model has, the parameters are
fitted to the record up to the day of the act before, history is told up to that day, and what comes next is
forecast (`next_happening`).  So no forecast begins where it would help a model: each begins where the one
before ended.  Turns are laid so that the first one played begins the day after; whose turn that is nobody
knows, and either side has it in half of the runs.

Which draws happen to be accepted moves a score far more than how many runs they then play.  So all of it is
done over, with several tables of draws: scores are means over the tables, and their errors are those of
these means.  In each table all models meet the same luck, so that they are compared table by table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from bargain_sim.calibration.accepting import near_to, posterior_of
from bargain_sim.calibration.fitting import check_draws, the_record
from bargain_sim.calibration.nearness import metric_of
from bargain_sim.calibration.next_happening import CATEGORIES, TURNS, named, next_of
from bargain_sim.calibration.origins import Origin, origins_of
from bargain_sim.calibration.prior import Parameter
from bargain_sim.calibration.reference import Reference, make_reference, played, record_of
from bargain_sim.calibration.rivals import FULL, Model, models_of
from bargain_sim.calibration.scoring import log_score
from bargain_sim.calibration.sizes import DRAWS_OF_A_CHECK, FEWEST_TABLES, TABLES
from bargain_sim.draws import checked
from bargain_sim.errors import InputError
from bargain_sim.scenario.loader import Overrides, Resolved, resolve
from bargain_sim.scenario.overrides import Override, as_overrides

__all__ = ["PRIOR", "LeftOut", "leave_out", "seeds_of", "totals_of"]

Floats = npt.NDArray[np.float64]

PRIOR: Final = "prior"
"""The full model with parameters from the prior: a forecast that learnt nothing from the record."""

_RUNS: Final = 8  # of each draw, for either side being first
_OF_THE_PRIOR: Final = 1_000


@dataclass(frozen=True)
class LeftOut:
    """Forecasts of left-out acts, and their scores.  Scenario exploration, not prediction.

    - `scores`: one row a table, model and day: `table`, `model`, `label`, `null`, `until`, `day`, `came`, the
      `chance` that was given to it, its logarithm `score` and the standard `error` of that under the draws
      of this one table, the `likeliest` category and its `likeliest_chance`, how many draws were `accepted`,
      and how many of the table were `alike`: they pass the same patterns as the record so far.  Where these
      are too few, others are accepted, and none is adjusted (`accepting.near_to`).
    - `totals`: one row a model: `score` over all days, the mean over the `tables`, its `error`, how far it is
      `behind` the full model and the error of that (`behind_error`), from differences table by table.
    """

    scenario: Resolved = field(repr=False)
    draws: int
    seed: int
    tables: int
    scores: pd.DataFrame = field(repr=False)
    totals: pd.DataFrame = field(repr=False)


def leave_out(
    scenario: str | Path = "baseline",
    *,
    draws: int = DRAWS_OF_A_CHECK,
    seed: int = 0,
    tables: int = TABLES,
    overrides: Overrides = (),
    progress: Callable[[int, int], None] | None = None,
) -> LeftOut:
    """Forecast the record's last acts with the full model and its rivals, by the same rules and luck.

    `draws` (a power of 2) from its prior are made for each model, in each of so many `tables`.  Raises
    InputError as `calibrate` does.
    """
    seed = checked("seed", seed)
    check_draws(draws)
    if tables < FEWEST_TABLES:
        raise InputError(
            f"tables is {tables}, and what differs between tables is not seen in so few",
            remedy=f"Choose {FEWEST_TABLES} at least", place="--tables",
        )  # fmt: skip
    given = as_overrides(overrides)
    resolved = resolve(scenario, given)
    the_record(scenario, given)
    origins = origins_of(resolved.scenario)
    records = [record_of(resolve(scenario, (*given, *each.told)), each.turn) for each in origins]
    models = models_of(resolved)
    windows = sorted({each.turn for each in origins})
    rows: list[dict[str, Any]] = []
    whole = tables * len(models) * draws
    for place, model in enumerate(models):
        own = (*given, *model.overrides)
        parameters = model.parameters(resolve(scenario, own))
        unscripted = resolve(scenario, (*own, Override("start", "beginning")))
        at_first = [_both_ways(scenario, own, origin) for origin in origins]
        for number, luck in enumerate(seeds_of(seed, tables)):

            def tell(done: int, _: int, before: int = (place * tables + number) * draws) -> None:
                if progress is not None:
                    progress(before + done, whole)

            table = make_reference(unscripted, parameters, draws, luck, windows, tell)
            for origin, record, told in zip(origins, records, at_first, strict=True):
                learnt = [(model, _fitted(table, origin, record))]
                if model.name == FULL:
                    some = table.unit[:_OF_THE_PRIOR]
                    beside = Model(PRIOR, "Full model, nothing learnt", null=False)
                    learnt.append((beside, _Fitted(some, np.ones(len(some)), draws)))
                for each, fitted in learnt:
                    row = _row(each, origin, told, parameters, fitted, luck, draws)
                    rows.append({"table": number} | row)
    order = [FULL, PRIOR, *(each.name for each in models if each.name != FULL)]
    scores = pd.DataFrame(rows)
    scores = scores.sort_values("model", key=lambda names: names.map(order.index), kind="stable",
                                ignore_index=True)  # fmt: skip
    return LeftOut(resolved, draws, seed, tables, scores, totals_of(scores))


def seeds_of(seed: int, tables: int) -> list[int]:
    """A seed for each table, so that those of neighbouring seeds have nothing in common."""
    return [int(each) for each in np.random.SeedSequence(seed).generate_state(tables)]


@dataclass(frozen=True)
class _Fitted:
    unit: Floats
    weights: Floats
    alike: int


def _both_ways(source: str | Path, own: Sequence[Override], origin: Origin) -> list[Resolved]:
    """The scenario told up to the origin, with either side first to move."""
    told = resolve(source, (*own, *origin.told))
    found = [
        resolve(source, (*own, *origin.told, Override("first_mover", side)))
        for side in told.scenario.side_ids
    ]
    assert all(each.scenario.handover == origin.turn for each in found), origin
    return found


def _fitted(table: Reference, origin: Origin, record: Floats) -> _Fitted:
    """The parameters, as the record up to the origin has them."""
    statistics = table.statistics[origin.turn]
    metric = metric_of(statistics)
    near = near_to(metric, statistics, record)
    found = posterior_of(
        table.parameters, table.unit[near.places], statistics[near.places], record, metric, near
    )
    return _Fitted(found.adjusted, found.weights, near.alike)


def _row(
    model: Model, origin: Origin, told: Sequence[Resolved], parameters: tuple[Parameter, ...],
    fitted: _Fitted, seed: int, draws: int,
) -> dict[str, Any]:  # fmt: skip
    many = np.repeat(fitted.unit, _RUNS, axis=0)
    came = []
    for number, each in enumerate(told):
        first = draws + number * len(many)  # the luck before that has made the table
        runs = played(each, parameters, many, seed, origin.turn + TURNS, first)
        came.append(np.concatenate([next_of(piece) for _, piece in runs]).reshape(-1, _RUNS))
    found = np.concatenate(came, axis=1)
    score = log_score(found, fitted.weights, origin.came, CATEGORIES)
    weights = np.repeat(fitted.weights, found.shape[1])
    shares = np.bincount(found.ravel(), weights, minlength=CATEGORIES) / weights.sum()
    top = int(shares.argmax())
    return {
        "model": model.name,
        "label": model.label,
        "null": model.null,
        "until": pd.Timestamp(origin.until),
        "day": pd.Timestamp(origin.day),
        "came": origin.label,
        "chance": score.chance,
        "score": score.score,
        "error": score.error,
        "likeliest": named(top),
        "likeliest_chance": float(shares[top]),
        "accepted": len(fitted.weights),
        "alike": fitted.alike,
    }


def totals_of(scores: pd.DataFrame) -> pd.DataFrame:
    """Scores over all days by model, and how far each is behind the full one; see `LeftOut`."""
    by_table = scores.pivot_table(index="table", columns="model", values="score", aggfunc="sum", sort=False)
    behind = by_table.rsub(by_table[FULL], axis=0)
    about = scores.drop_duplicates("model").set_index("model")[["label", "null"]]
    found = about.assign(
        score=by_table.mean(), error=by_table.sem(), behind=behind.mean(), behind_error=behind.sem(),
        tables=len(by_table),
    )  # fmt: skip
    return found.rename_axis("model").reset_index()
