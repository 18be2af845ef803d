"""The rows of a report's tables: plain text and numbers, which the template lays out and escapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from bargain_sim.analysis.cases import short
from bargain_sim.codes import OUTCOME_LABEL, OUTCOMES
from bargain_sim.pages.report_words import Sums, interval
from bargain_sim.plots.words import axis_label, percent
from bargain_sim.scenario.schema import Scenario
from bargain_sim.scenario.sources import numbers
from bargain_sim.sweeps.naming import factor_label

__all__ = [
    "Ending",
    "Points",
    "assumption_rows",
    "concession_rows",
    "effect_rows",
    "ending_rows",
    "factor_rows",
    "point_rows",
    "side_rows",
    "support_in_words",
]

_MOST_POINTS: Final = 20
_MOST_FACTORS: Final = 8  # beyond, the table of points would not fit a page
_FEW_VALUES: Final = 8


@dataclass(frozen=True)
class Ending:
    """One row of the table of endings; `share`, `low` and `high` in per cent, for its bar."""

    outcome: str
    label: str
    share: float
    low: float
    high: float
    words: str
    points: str


@dataclass(frozen=True)
class Points:
    """The points at which the watched ending comes most often, and how many are not listed."""

    heads: list[str]
    rows: list[list[str]]
    numeric: list[int]
    left_out: int
    factors_left_out: int


def ending_rows(sums: Sums) -> list[Ending]:
    """Every ending, the most frequent first; those never seen last."""
    rows = []
    for row in sums.shares.sort_values("share", ascending=False, kind="stable").to_dict("records"):
        name, share = str(row["outcome"]), float(row["share"])
        here = sums.points[f"share_{name}"]
        low, high = (100 * share if bound != bound else 100 * bound for bound in (row["low"], row["high"]))
        span = "" if sums.thin else f"{percent(here.min())} to {percent(here.max())}"
        words = interval(share, row["low"], row["high"]) if share else "never"
        rows.append(Ending(name, OUTCOME_LABEL[name], 100 * share, low, high, words, span))
    return rows


def effect_rows(sums: Sums) -> list[list[str]]:
    """Factor, least and greatest mean share with their levels, and what it explains."""
    return [
        [
            axis_label(str(row["factor"]), sums.labels),
            f"{percent(row['least'])} at {row['least_at']}",
            f"{percent(row['most'])} at {row['most_at']}",
            percent(row["explained"]) if row["explained"] == row["explained"] else "–",
        ]
        for row in sums.effects.to_dict("records")
    ]


def factor_rows(sums: Sums) -> list[list[str]]:
    """What the sweep varies: name, path into the scenario, values."""
    return [
        [factor["label"], factor["path"], _values(sums, factor)] for factor in sums.results.manifest.factors
    ]


def _values(sums: Sums, factor: dict[str, Any]) -> str:
    values = sums.points[factor["name"]]
    if factor["kind"] == "yes_no":
        return ", ".join("yes" if value else "no" for value in values.unique())
    if not factor["numeric"]:
        names = [str(value) for value in values.unique()]
        return ", ".join(names[:_FEW_VALUES]) + (
            f" and {len(names) - _FEW_VALUES} more" if len(names) > _FEW_VALUES else ""
        )
    different = values.nunique()
    if different <= _FEW_VALUES:
        return ", ".join(f"{value:g}" for value in sorted(values.unique()))
    # Of a sample `3.53e-05` says no more than `0`.
    span = float(values.max() - values.min())
    return f"{different:,} values from {short(values.min(), span)} to {short(values.max(), span)}"


def point_rows(sums: Sums) -> Points:
    """The points with most of the watched ending, and how many are left out."""
    name = sums.watched
    ordered = sums.points.sort_values([f"share_{name}", "point"], ascending=[False, True], kind="stable")
    factors = list(sums.results.factors.items())
    shown = factors[:_MOST_FACTORS]
    heads = ["point", *(axis_label(key, sums.labels) for key, _ in shown), "runs"]
    rows = []
    for row in ordered.head(_MOST_POINTS).to_dict("records"):
        cells = [f"{row['point']}"]
        cells += [f"{row[key]:.4g}" if kind == "numeric" else str(row[key]) for key, kind in shown]
        low, high = 100 * row[f"low_{name}"], 100 * row[f"high_{name}"]
        share = f"{100 * row[f'share_{name}']:.1f}\u00a0% ({low:.1f}–{high:.1f})"
        top = max(OUTCOMES, key=lambda outcome: float(row[f"share_{outcome}"]))
        cells += [f"{row['runs']:,}", share, f"{OUTCOME_LABEL[top]}, {percent(row[f'share_{top}'])}"]
        rows.append(cells)
    heads += [f"{OUTCOME_LABEL[name].lower()} (95\u00a0% interval)", "most frequent ending"]
    numeric = [0, *(k for k, (_, kind) in enumerate(shown, start=1) if kind == "numeric")]
    numeric += [len(shown) + 1, len(shown) + 2]
    return Points(heads, rows, numeric, max(len(ordered) - _MOST_POINTS, 0), len(factors) - len(shown))


def side_rows(scenario: Scenario) -> list[list[str]]:
    """The two sides: name, strategy, initial trust, outside option, what they will not give."""
    return [
        [
            side.label,
            side.strategy.replace("_", " "),
            f"{float(side.initial_trust):g}",
            f"{float(side.outside_option):g}",
            ", ".join(f"{tag.replace('_', ' ')} ({line.kind})" for tag, line in side.red_lines.items())
            or "–",
        ]
        for side in scenario.sides.values()
    ]


def concession_rows(scenario: Scenario) -> list[list[str]]:
    """What can be given: what, by whom, worth, cost, steps, what must come before."""
    return [
        [
            each.label,
            scenario.sides[each.giver].label,
            f"{float(each.value):g}",
            f"{float(each.cost):g}",
            f"{float(each.units):,.0f}",
            ", ".join(scenario.concessions[name].label for name in each.requires) or "–",
        ]
        for each in scenario.concessions.values()
    ]


def assumption_rows(scenario: Scenario, varied: Sequence[str]) -> list[list[str]]:
    """Numbers that the record does not support, or not alone: what, value, unit, and why it is so.

    Those that the sweep varies (paths in `varied`) are said to be varied.
    """
    labelled = (scenario.sides, scenario.concessions, scenario.events, scenario.counters)
    labels = {key: each.label for entries in labelled for key, each in entries.items()}
    free = {path.removesuffix(".value") for path in varied}
    rows = []
    for each in numbers(scenario):
        if each.support == "source":
            continue
        source = f"varied by this sweep; in the scenario {each.source}" if each.path in free else each.source
        rows.append([factor_label(each.path, labels), each.path, f"{each.value:g}", each.unit, source])
    return rows


def support_in_words(scenario: Scenario) -> str:
    """How many numbers stand on what."""
    support = [each.support for each in numbers(scenario)]
    by_hand = f", and {n} set by hand" if (n := support.count("override")) else ""
    return (
        f"Of the scenario's {len(support)} numbers {support.count('source')} stand on the record or the "
        f"literature alone, {support.count('partly')} take form or sign from there and an assumption for the "
        f"rest, {support.count('assumption')} are assumed{by_hand}."
    )
