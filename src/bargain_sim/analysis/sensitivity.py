"""Which factors a sweep's outcome hangs on: Sobol indices, Morris screening, PAWN.

The methods are SALib's; the design of the sweep decides which of them it can answer.

Sobol': what part of the variance between points goes with a factor by itself (S1) and with all it takes
part in (ST).  Saltelli et al. (2010), Variance based sensitivity analysis of model output, Computer
Physics Communications 181, 259-270.

Morris: how far moving one factor moves the outcome, wherever the others stand.  Campolongo, Cariboni &
Saltelli (2007), Environmental Modelling & Software 22, 1509-1518.

PAWN: how far the whole distribution moves when a factor is held in a tenth of its values, which also sees
what is not smooth.  Pianosi & Wagener (2018), Environmental Modelling & Software 108, 197-207.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from bargain_sim.analysis.cases import Cases, Dimension, cases_of, design_of, same, varied
from bargain_sim.analysis.intervals import check_confidence
from bargain_sim.analysis.outcomes import Outcome, outcome_named, point_values
from bargain_sim.errors import InputError, install
from bargain_sim.store.results import Results

__all__ = ["METHODS", "RANKED_BY", "Sensitivity", "sensitivity"]

Floats = npt.NDArray[np.float64]

METHODS: Final = ("sobol", "morris", "pawn")
RANKED_BY: Final = {"sobol": "ST", "morris": "mu_star", "pawn": "median"}
"""The column by which a table of each method is ordered."""

_FITTING: Final = {"saltelli": "sobol", "morris": "morris"}
_RESAMPLES: Final = 1_000
_SLICES: Final = 10
_DUMMIES: Final = 40
_PAWN_RUNS: Final = 50_000


@dataclass(frozen=True)
class Sensitivity:
    """How much each factor matters for an outcome, strongest first.

    `table` has one row a factor: `factor`, `label`, and of `sobol` S1 and ST with bounds (`…_low`,
    `…_high`), of `morris` mu, mu_star with bounds and sigma, of `pawn` the median, minimum and maximum
    over ten slices.  `pairs` holds the second-order indices S2 of a Saltelli sample (None: not asked
    for).  `chance` is what PAWN gives a factor that does nothing, at most, 19 times of 20.  `noise` is
    the part of the variance between points that is luck (NaN: not known), which counts in total orders also
    where all points meet the same luck: what falls out well at one point falls out badly at another.
    """

    name: str
    title: str
    seed: int
    method: str
    outcome: Outcome
    table: pd.DataFrame
    pairs: pd.DataFrame | None
    points: int
    runs: int
    common_luck: bool
    noise: float
    chance: float

    @property
    def index(self) -> str:
        """The column by which the table is ordered."""
        return RANKED_BY[self.method]


def sensitivity(
    results: Results, outcome: str = "grand_bargain", method: str | None = None, confidence: float = 0.95
) -> Sensitivity:
    """How much each factor of a stored sweep matters for an outcome.

    `outcome` is an ending, `deal_time`, or a numeric column of the results.  `method` left out is
    the one that the design was made for: `sobol` for `saltelli`, `morris` for `morris`, else `pawn`.  Bounds
    are from 1,000 bootstrap resamples of the base points (those of Morris: of its paths): of S1 and ST their
    percentiles, of S2 and Morris as many of their standard deviations to both sides as `confidence` asks for
    (normal).  They do not know of the luck that all points share; PAWN has none.  Raises InputError where the
    sweep is not complete, the design does not fit the method, the outcome is the same everywhere,
    `confidence` is not between 0 and 1, or SALib is missing.
    """
    check_confidence(confidence)
    design = design_of(results)
    asked = outcome_named(results, outcome)
    if method is None:
        method = _FITTING.get(design, "pawn")
    _check(results, design, method)
    _need_salib()
    dimensions = varied(results)
    pairs, chance = None, float("nan")
    if method == "pawn":
        cases = cases_of(results, outcome, _PAWN_RUNS)
        values, runs = None, len(cases.y)
        table, chance = _pawn(cases)
    else:
        values = point_values(results, asked)
        same(values.mean, asked)
        runs = int(values.runs.sum())
        if method == "sobol":
            table, pairs = _sobol(results, values.mean, confidence)
        else:
            table = _morris(results, values.mean, dimensions, confidence)
    table = table.sort_values([RANKED_BY[method], "factor"], ascending=[False, True], kind="stable")
    manifest = results.manifest
    return Sensitivity(
        manifest.name, manifest.title, manifest.seed, method, asked, table.reset_index(drop=True), pairs,
        manifest.points, runs, manifest.common_random_numbers,
        float("nan") if values is None else values.noise, chance,
    )  # fmt: skip


def _check(results: Results, design: str, method: str) -> None:
    if method not in METHODS:
        raise InputError(
            f"there is no method `{method}` of sensitivity", remedy=f"Known are {', '.join(METHODS)}"
        )
    if method == "sobol" and design != "saltelli":
        raise InputError(
            f"Sobol indices need the points of `design: saltelli`, and these are of `{design}`",
            place=results.folder,
            remedy="Make a sweep with `design: saltelli`, or ask for --method pawn",
        )  # fmt: skip
    if method == "morris" and design != "morris":
        raise InputError(
            f"Morris screening needs the paths of `design: morris`, and these points are of `{design}`",
            place=results.folder, remedy="Make a sweep with `design: morris`, or ask for --method pawn",
        )  # fmt: skip


def _need_salib() -> None:
    try:
        import SALib  # noqa: F401
    except ImportError as error:
        raise InputError(
            "sensitivity needs SALib, which is not installed",
            remedy=install("analysis"),
        ) from error


def _rows(results: Results) -> pd.DataFrame:
    """A table with `factor` and `label`, in the order of SALib's problem."""
    labels = results.factor_labels
    names = results.manifest.sweep["problem"]["names"]
    return pd.DataFrame({"factor": names, "label": [labels[name] for name in names]})


def _sobol(results: Results, y: Floats, confidence: float) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    from SALib.analyze import sobol

    problem = results.manifest.sweep["problem"]
    second = bool(problem["calc_second_order"])
    # SALib takes a seed of 0 for none, and then draws from the generator that all share.
    with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a resample in which nothing varies
        found = sobol.analyze(
            problem, y, calc_second_order=second, num_resamples=_RESAMPLES, keep_resamples=True,
            conf_level=confidence, seed=results.manifest.seed + 1,
        )  # fmt: skip
    table = _rows(results)
    tails = [(1.0 - confidence) / 2.0, (1.0 + confidence) / 2.0]
    for name in ("S1", "ST"):
        low, high = np.nanquantile(found[f"{name}_conf_all"], tails, axis=0)
        table[name], table[f"{name}_low"], table[f"{name}_high"] = found[name], low, high
    if not second:
        return table, None
    upper = [(i, j) for i in range(len(table)) for j in range(i + 1, len(table))]
    half = found["S2_conf"]  # SALib keeps no resamples of these
    pairs = pd.DataFrame(
        {
            "factor": table["factor"].iloc[i], "other": table["factor"].iloc[j],
            "label": table["label"].iloc[i], "other_label": table["label"].iloc[j],
            "S2": found["S2"][i, j], "S2_low": found["S2"][i, j] - half[i, j],
            "S2_high": found["S2"][i, j] + half[i, j],
        }
        for i, j in upper
    )  # fmt: skip
    return table, pairs.sort_values("S2", ascending=False, kind="stable").reset_index(drop=True)


def _morris(
    results: Results, y: Floats, dimensions: tuple[Dimension, ...], confidence: float
) -> pd.DataFrame:
    from SALib.analyze import morris

    problem = dict(results.manifest.sweep["problem"])
    by_name = {each.name: each for each in dimensions}
    # Only whether a step went up or down is read from the values; words go up in the order of their list.
    x = np.zeros((len(y), problem["num_vars"]))
    for k, name in enumerate(problem["names"]):
        if name in by_name:
            each = by_name[name]
            column = results.design[name]
            x[:, k] = (
                pd.Categorical(column.astype(str), categories=list(each.levels)).codes
                if each.kind == "text"
                else column
            )
    found = morris.analyze(
        problem, x, y, num_resamples=_RESAMPLES, conf_level=confidence, num_levels=problem["num_levels"],
        seed=results.manifest.seed,
    )  # fmt: skip
    table = _rows(results)
    half = np.asarray(found["mu_star_conf"], dtype=np.float64)
    for name in ("mu", "mu_star", "sigma"):
        table[name] = np.asarray(found[name], dtype=np.float64)
    table["mu_star_low"] = np.maximum(table["mu_star"] - half, 0.0)
    table["mu_star_high"] = table["mu_star"] + half
    return table


def _pawn(cases: Cases) -> tuple[pd.DataFrame, float]:
    """PAWN indices of all factors, and what chance alone gives one that does nothing."""
    random = np.random.default_rng(0)
    columns = [_ranks(cases.coded(each), cases.point, random) for each in cases.dimensions]
    dummies = [_ranks(np.zeros(len(cases.y)), cases.point, random) for _ in range(_DUMMIES)]
    found = _pawn_of(np.column_stack([*columns, *dummies]), cases.y)
    real = len(columns)
    table = pd.DataFrame(
        {
            "factor": [each.name for each in cases.dimensions],
            "label": [each.label for each in cases.dimensions],
            **{name: np.asarray(found[name])[:real] for name in ("median", "minimum", "maximum")},
        }
    )
    return table, float(np.quantile(np.asarray(found["median"])[real:], 0.95))


def _pawn_of(x: Floats, y: Floats) -> Any:
    from SALib.analyze import pawn

    problem = {"num_vars": x.shape[1], "names": [f"x{k}" for k in range(x.shape[1])]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # p-values of the distances, which nobody reads
        return pawn.analyze(problem, x, y, S=_SLICES)


def _ranks(values: Floats, point: npt.NDArray[np.int64], random: np.random.Generator) -> Floats:
    """Ranks from 0 to 1, all runs of a point alike; ties are broken by lot.

    SALib cuts slices at quantiles, where a factor with few levels would leave most of them empty.
    """
    points, index = np.unique(point, return_inverse=True)
    lot = random.random(len(points))[index]
    order = np.lexsort((lot, values))
    ranks = np.empty(len(values))
    ranks[order] = np.arange(len(values))
    return ranks / max(len(values) - 1, 1)
