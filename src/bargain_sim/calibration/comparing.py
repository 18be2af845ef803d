"""The full model beside its rivals: the same fit, the same search, the same number of runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pandas as pd

from bargain_sim.calibration.accepting import accept
from bargain_sim.calibration.fitting import check_draws, the_record
from bargain_sim.calibration.prior import unit_of
from bargain_sim.calibration.rivals import FULL, Model, models_of
from bargain_sim.calibration.searching import best_supported, passing, runs_of_search
from bargain_sim.calibration.sizes import DRAWS_OF_A_CHECK
from bargain_sim.calibration.telling import patterns_table
from bargain_sim.draws import checked
from bargain_sim.scenario.loader import Overrides, Resolved, resolve
from bargain_sim.scenario.overrides import Override, as_overrides

__all__ = ["Comparison", "compare_models", "verdict"]

_SAMPLE: Final = 4_096
_CHECK: Final = 4_000


@dataclass(frozen=True)
class Comparison:
    """How well models with one idea less fit the record.  Scenario exploration, not prediction.

    - `patterns`: one row a model and pattern (and `all`): `model`, `label`, `null`, `pattern`; the share of
      draws from the model's prior that pass (`prior`, with 95 % bounds), and of the runs of its
      best-supported point (`best`).
    - `models`: one row a model: how many `parameters` are fitted, its `verdict` by the point (`better`,
      `as well` or `worse` than the full model at passing all six), and by the prior (`prior_verdict`); why
      it `cannot` pass all six, where that follows from how it is made.
    """

    scenario: Resolved = field(repr=False)
    draws: int
    seed: int
    patterns: pd.DataFrame = field(repr=False)
    models: pd.DataFrame = field(repr=False)


def compare_models(
    scenario: str | Path = "baseline",
    *,
    draws: int = DRAWS_OF_A_CHECK,
    seed: int = 0,
    overrides: Overrides = (),
    progress: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Fit the full model and each rival by the same procedure, with `draws` (a power of 2) from its prior.

    The search sets out from each model's posterior and is graded, so that it finds its way also where no
    draw passes all patterns.  Raises InputError as `calibrate` does.
    """
    seed = checked("seed", seed)
    check_draws(draws)
    given = as_overrides(overrides)
    resolved = resolve(scenario, given)
    _, record = the_record(scenario, given)
    models = models_of(resolved)
    points = min(2_048, max(64, draws >> 10))
    each_takes = draws + runs_of_search(points) + _CHECK
    tables, about = [], []
    for number, model in enumerate(models):

        def tell(done: int, before: int = number * each_takes) -> None:
            if progress is not None:
                progress(before + done, len(models) * each_takes)

        own = (*given, *model.overrides)
        unscripted = resolve(scenario, (*own, Override("start", "beginning")))
        parameters = model.parameters(resolve(scenario, own))
        found = accept(unscripted, parameters, draws, seed, record, tell)
        start = found.posterior.sample(_SAMPLE, seed)
        best = best_supported(
            unscripted, parameters, start, points, seed, draws,
            lambda done, tell=tell: tell(draws + done), graded=True,  # type: ignore[misc]
        )  # fmt: skip
        place = unit_of(parameters, best[None])
        flags = passing(unscripted, parameters, place, _CHECK, seed, each_takes - _CHECK)[0]
        tell(each_takes)
        counts = [*flags.sum(axis=0), flags.all(axis=1).sum()]
        tables.append(_rows(model, list(found.passed.values()), draws, [int(n) for n in counts]))
        about.append({"model": model.name, "label": model.label, "null": model.null,
                      "parameters": len(parameters), "cannot": model.cannot})  # fmt: skip
    patterns = pd.concat(tables, ignore_index=True)
    whole = patterns[patterns["pattern"] == "all"].set_index("model")
    full = whole.loc[FULL]
    about_models = pd.DataFrame(about)
    for column, group in (("verdict", "best"), ("prior_verdict", "prior")):
        about_models[column] = [
            "" if name == FULL else verdict(whole.loc[name], full, group) for name in about_models["model"]
        ]
    return Comparison(resolved, draws, seed, patterns, about_models)


def verdict(row: Any, full: Any, group: str) -> str:
    """Whether a model passes all patterns `better`, `as well` or `worse`: by whether the intervals part."""
    if row[f"{group}_high"] < full[f"{group}_low"]:
        return "worse"
    return "better" if row[f"{group}_low"] > full[f"{group}_high"] else "as well"


def _rows(model: Model, prior: list[int], draws: int, best: list[int]) -> pd.DataFrame:
    told = patterns_table({"prior": (prior, draws), "best": (best, _CHECK)})
    about = {"model": model.name, "label": model.label, "null": model.null}
    return pd.concat([pd.DataFrame(about, index=told.index), told.drop(columns="label")], axis=1)
