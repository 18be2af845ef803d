"""What the guard-rails of a calibration found, in plain sentences: what holds, and what does not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy.stats import t as student

from bargain_sim.calibration.comparing import Comparison
from bargain_sim.calibration.leaving_out import PRIOR, LeftOut
from bargain_sim.calibration.prior import Parameter
from bargain_sim.calibration.recovery import Recovery
from bargain_sim.calibration.rivals import FULL

__all__ = ["HOLDS", "beaten", "errors_of", "of_comparison", "of_left_out", "of_recovery"]

HOLDS: Final = (0.65, 0.95)
"""Intervals of 80 % hold if they cover the truth in a share of the records between these."""
_SURE: Final = 0.975  # one score beats another if the 95 % interval of their difference lies on one side


def of_recovery(found: Recovery) -> list[str]:
    """Which parameters are identifiable, and whether their intervals hold."""
    table = found.parameters
    alike = table[table["kind"] == "alike"]
    known = alike[alike["identifiable"]]
    told = [
        f"Of {len(alike)} parameters {len(known)} are declared identifiable from records like this one"
        + (f": {_listed([_name(path) for path in known['path']])}" if len(known) else "")
        + ". All others are declared not identifiable."
    ]
    if len(known):
        out = known[~known["coverage"].between(*HOLDS)]
        low, high = HOLDS
        told.append(
            f"Over {found.records['alike']} synthetic records alike their 80 % intervals hold the truth in "
            f"{_range(known)} of the records"
            + (
                f", between {low:.0%} and {high:.0%} as they should."
                if out.empty
                else f"; not as they should: {_listed([_name(path) for path in out['path']])}."
            ).replace("%", " %")
        )
    every = table[table["kind"] == "any"]
    told.append(
        f"Of all parameters it is {_range(alike)}; over {found.records['any']} records as they come "
        f"{_range(every)}."
    )
    return told


def of_comparison(found: Comparison) -> list[str]:
    """Which null models fit as well as the full one."""
    whole = _by_model(found.patterns[found.patterns["pattern"] == "all"])
    full = whole[FULL]
    told = [
        f"At its best-supported point the full model passes all six patterns in {_share(full['best'])} of "
        f"the runs; of its prior {_share(full['prior'])} pass."
    ]
    for row in found.models.to_dict("records"):
        if row["model"] == FULL:
            continue
        told.append(
            f"{row['label']}: {_verdict(row['verdict'])} ({_share(whole[row['model']]['best'])} at its "
            f"best-supported point); its prior {_verdict(row['prior_verdict'])} "
            f"({_share(whole[row['model']]['prior'])})."
            + (f" It could not do otherwise: {row['cannot']}." if row["cannot"] else "")
        )
    nulls = found.models[found.models["null"]]
    as_good = nulls[nulls["verdict"] != "worse"]
    told.append(
        f"So {len(as_good)} of {len(nulls)} null models fit these patterns as well as the full model or "
        "better: the patterns do not tell them apart."
        if len(as_good)
        else f"None of the {len(nulls)} null models fits as well as the full model."
    )
    return told


def beaten(totals: pd.DataFrame) -> pd.DataFrame:
    """The totals with what the full model does to each: `beats`, `equals` (within errors), `loses to`.

    Errors are known from a few tables only, so that Student's quantile counts, not the normal one.
    """
    clear = errors_of(totals) * totals["behind_error"]
    found = pd.Series("equals", index=totals.index)
    found[totals["behind"] > clear] = "beats"
    found[totals["behind"] < -clear] = "loses to"
    found[totals["model"] == FULL] = ""
    return totals.assign(full_model=found)


def errors_of(totals: pd.DataFrame) -> Any:
    """How many standard errors a 95 % interval reaches to either side, row by row."""
    return np.asarray(student.ppf(_SURE, totals["tables"] - 1))


def of_left_out(found: LeftOut) -> list[str]:
    """Whether the forecasts of the full model beat those of each null, and those that learnt nothing."""
    totals = _by_model(beaten(found.totals))
    full = totals[FULL]
    days = found.scores["day"].nunique()
    told = [
        f"Over {days} left-out days the full model’s log score is {_score(full)} (mean and standard error of "
        f"{found.tables} tables of draws); 0 would be certainty."
    ]
    nulls = [row for row in totals.values() if row["null"]]
    for what, it in (("beats", "clearly beats"), ("equals", "does not clearly beat"),
                     ("loses to", "is clearly beaten by")):  # fmt: skip
        those = [row for row in nulls if row["full_model"] == what]
        if those:
            named = _listed([_named(row) for row in those])
            told.append(f"It {it} {len(those)} of {len(nulls)} null models: {named}.")
    prior = totals[PRIOR]
    words = {"beats": "so the record taught it something", "equals": "no clear difference",
             "loses to": "better, so what it learnt misled it on these days"}  # fmt: skip
    told.append(f"The same model with nothing learnt scores {_score(prior)}: {words[prior['full_model']]}.")
    return told


def _verdict(word: str) -> str:
    return {"worse": "does worse", "as well": "does as well", "better": "does better"}[word]


def _by_model(table: pd.DataFrame) -> dict[str, dict[Any, Any]]:
    return {row["model"]: row for row in table.to_dict("records")}


def _named(row: dict[Any, Any]) -> str:
    return f"“{row['label']}” ({_score(row)})"


def _score(row: dict[Any, Any]) -> str:
    return f"{row['score']:.2f} ± {row['error']:.2f}".replace("-", "−")


def _share(value: float) -> str:
    return f"{100 * value:.{4 if value < 0.001 else 1}f} %"


def _range(table: pd.DataFrame) -> str:
    low, high = table["coverage"].min(), table["coverage"].max()
    return f"{100 * low:.0f} % to {100 * high:.0f} %"


def _name(path: str) -> str:
    return Parameter(path, 0.0, 1.0).name


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
