"""The tables of a calibration: patterns, parameters, statistics, and trust through the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from bargain_sim.analysis.intervals import wilson
from bargain_sim.calibration.nearness import Posterior, weighted_quantiles
from bargain_sim.calibration.prior import Parameter, values_of
from bargain_sim.calibration.statistics import NUMBERS
from bargain_sim.engine import Engine, draws_of
from bargain_sim.futures.fan import QUANTILES
from bargain_sim.patterns import PATTERNS
from bargain_sim.scenario.loader import Resolved
from bargain_sim.sweeps.points import pack_points
from bargain_sim.tracing import Runs

__all__ = [
    "CLEAR",
    "SILENT",
    "as_table",
    "parameters_table",
    "patterns_table",
    "statistics_table",
    "trust_table",
]

Floats = npt.NDArray[np.float64]

SILENT: Final = 0.1
"""The record is said to tell nothing about a parameter where its contraction is below this, and its median
lies by no more than this share of the range off the prior's."""

CLEAR: Final = 0.25
"""The best-supported point moves a parameter only where the contraction is this at least: what the record
hardly speaks about keeps the value that the scenario gives it, with its source."""

_ENDS: Final = (0.1, 0.5, 0.9)


def patterns_table(counted: Mapping[str, tuple[Sequence[int], int]]) -> pd.DataFrame:
    """One row a pattern, and `all`; of each group the `…_count`, `…_runs`, share and its 95 % bounds.

    `counted` maps a group, such as `prior`, to the counts of runs that pass, and of all its runs.
    """
    columns: dict[str, Any] = {
        "pattern": [*PATTERNS, "all"],
        "label": [*PATTERNS.values(), "all six"],
    }
    for name, (counts, runs) in counted.items():
        low, high = wilson(counts, runs)
        columns |= {
            name: np.asarray(counts) / runs, f"{name}_low": low, f"{name}_high": high,
            f"{name}_count": list(counts), f"{name}_runs": runs,
        }  # fmt: skip
    return pd.DataFrame(columns)


def parameters_table(posterior: Posterior) -> pd.DataFrame:
    """One row a parameter, the one that the record tells most about first.

    `path`, `low` and `high` of its range; quantiles of prior and posterior (`prior_p10` … `posterior_p90`);
    `contraction` and its standard error over the accepted draws, `contraction_error`; `silent`, where the
    record tells nothing about it (see SILENT).
    """
    parameters = posterior.parameters
    q = np.array(_ENDS)
    before = values_of(parameters, np.repeat(q[:, None], len(parameters), axis=1))
    after = posterior.quantiles(q)
    middle = [weighted_quantiles(each, posterior.weights, q[1:2])[0] for each in posterior.adjusted.T]
    contraction = posterior.contraction()
    table = pd.DataFrame(
        {
            "path": [p.path for p in parameters],
            "low": [p.low for p in parameters],
            "high": [p.high for p in parameters],
            **{f"prior_p{100 * end:.0f}": before[k] for k, end in enumerate(_ENDS)},
            **{f"posterior_p{100 * end:.0f}": after[k] for k, end in enumerate(_ENDS)},
            "contraction": contraction,
            "contraction_error": posterior.contraction_error(),
            "silent": (contraction < SILENT) & (np.abs(np.array(middle) - 0.5) <= SILENT),
        }
    )
    return table.sort_values("contraction", ascending=False, kind="stable", ignore_index=True)


def statistics_table(record: Floats, prior: Floats, posterior: Floats) -> pd.DataFrame:
    """One row a number that is compared: the `record`'s, and quantiles under the prior and the posterior.

    `prior` and `posterior` have the shape (3, statistics): 10, 50 and 90 %.
    """
    columns: dict[str, Any] = {
        "statistic": list(NUMBERS),
        "label": list(NUMBERS.values()),
        "record": record[: len(NUMBERS)],
    }
    for name, found in (("prior", prior), ("posterior", posterior)):
        columns |= {f"{name}_p{100 * end:.0f}": found[k, : len(NUMBERS)] for k, end in enumerate(_ENDS)}
    return pd.DataFrame(columns)


def as_table(parameters: Sequence[Parameter], unit: Floats) -> dict[str, Any]:
    """Values of draws, path → a column, whole numbers as such."""
    values = values_of(parameters, unit)
    return {
        p.path: values[:, k].astype(np.int64) if p.whole else values[:, k] for k, p in enumerate(parameters)
    }


def trust_table(
    told: Resolved, parameters: Sequence[Parameter], draws: Mapping[str, Floats], seed: int
) -> pd.DataFrame:
    """Both sides' trust at the end of each turn that the history tells, under draws from the unit cube.

    One row a group of `draws`, side and turn: `of`, `side`, `turn`, `date` (the first day after it) and
    quantiles `p5` … `p95`.  `told` is the scenario that begins with the record.
    """
    scenario = told.scenario
    stop = scenario.handover
    dates = pd.to_datetime(pd.Series([scenario.date_of(turn + 1) for turn in range(stop)]))
    parts = []
    for name, unit in draws.items():
        (group,) = pack_points(told, as_table(parameters, unit))
        luck = draws_of(seed, 0, len(unit), group.packed.sizes.turns)
        traced = Engine(group.packed).traced(*group.rows(0, len(unit)), luck, stop=stop)
        runs = Runs(scenario, group.packed, traced)
        for k, side in enumerate(scenario.side_ids):
            values = np.percentile(runs.turn(f"trust_{k}"), QUANTILES, axis=0)
            columns = {"of": name, "side": side, "turn": np.arange(stop), "date": dates}
            found = {f"p{q}": row for q, row in zip(QUANTILES, values, strict=True)}
            parts.append(pd.DataFrame(columns | found))
    return pd.concat(parts, ignore_index=True)
