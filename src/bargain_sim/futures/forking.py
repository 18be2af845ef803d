"""What if: the same luck with and without a change, and what the change does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from bargain_sim.analysis.pairs import Difference, mean_difference, share_difference
from bargain_sim.codes import OUTCOME_LABEL, OUTCOMES
from bargain_sim.draws import MOST_RUNS, checked, checked_count
from bargain_sim.futures.arms import arms_of
from bargain_sim.futures.fan import FanOut
from bargain_sim.futures.handing_over import Day, Source, as_day
from bargain_sim.futures.happenings import first_times, happenings_of
from bargain_sim.play import simulate
from bargain_sim.scenario.loader import Overrides
from bargain_sim.scenario.pack import pack
from bargain_sim.scenario.schema import Scenario
from bargain_sim.tracing import Runs, runs_of
from bargain_sim.transcript import Transcript

__all__ = ["Fork", "fork"]

_EFFECT = ("as_it_was", "changed", "difference", "low", "high")


@dataclass(frozen=True)
class Fork:
    """What a change does to the futures of a scenario.  Scenario exploration, not prediction.

    Tables have the columns `as_it_was`, `changed`, their `difference` (changed − as it was) and its 95 %
    bounds `low` and `high`, paired run by run under common random numbers:

    - `endings`: `ending`, `label`, shares.
    - `happenings`: `happening`, `label`, shares of runs in which it happens before the end.
    - `means`: `what`, `label`, `unit`; payoffs, points given, trust when play begins and at the end,
      counters.
    - `fan`: as of a forecast, with a column `arm` (`as_it_was` or `changed`).
    - `runs`: `run` and how it ends in each arm.

    `run` is the run whose `timelines` (as it was, changed) are told.
    """

    as_it_was: Scenario = field(repr=False)
    changed: Scenario = field(repr=False)
    at: dt.date
    changes: tuple[str, ...]
    notes: tuple[str, ...]
    seed: int
    run: int
    endings: pd.DataFrame = field(repr=False)
    happenings: pd.DataFrame = field(repr=False)
    means: pd.DataFrame = field(repr=False)
    fan: pd.DataFrame = field(repr=False)
    runs: pd.DataFrame = field(repr=False)
    timelines: tuple[Transcript, Transcript] = field(repr=False)

    @property
    def differ(self) -> int:
        """How many runs end otherwise."""
        return int((self.runs["as_it_was"] != self.runs["changed"]).sum())


def fork(
    scenario: Source = "baseline",
    *,
    at: Day,
    changes: Overrides = (),
    without: Sequence[str] = (),
    in_full: Sequence[str] = (),
    runs: int = 10_000,
    seed: int = 0,
    run: int | None = None,
    overrides: Overrides = (),
    progress: Callable[[int, int], None] | None = None,
) -> Fork:
    """Play `runs` futures after the day `at` twice under the same luck, as it was and with a change.

    `changes` are values for paths in the changed arm, `without` entries of the history that do not happen
    there, `in_full` entries delivered in full; `overrides` hold for both arms.  A strategy is followed
    from the day on; a parameter also holds for how the side sees what happened before.  `run` is the run
    to be told in full: the first that ends otherwise, or 0, where left out.  `progress` is told how many
    runs of how many are done.  Raises InputError.
    """
    seed = checked("seed", seed)
    checked_count("runs", runs, 1, MOST_RUNS)
    day = as_day(at, "--at")
    arms = arms_of(scenario, day, changes, without, in_full, overrides)

    def told(before: int) -> Callable[[int], None]:
        return lambda done: progress(before + done, 2 * runs) if progress is not None else None

    one = _Arm(arms.as_it_was, seed, runs, told(0))
    other = _Arm(arms.changed, seed, runs, told(runs))
    same = _are_the_same(arms.as_it_was, arms.changed)
    table = pd.DataFrame({"run": np.arange(runs), "as_it_was": one.endings, "changed": other.endings})
    differing = np.flatnonzero(one.endings != other.endings)
    shown = checked("run", run) if run is not None else int(differing[0]) if len(differing) else 0
    fans = [each.fan.frame().assign(arm=name) for each, name in ((one, _EFFECT[0]), (other, _EFFECT[1]))]
    return Fork(
        as_it_was=arms.as_it_was,
        changed=arms.changed,
        at=day,
        changes=arms.changes,
        notes=arms.notes,
        seed=seed,
        run=shown,
        endings=_endings(one, other, same),
        happenings=_happenings(one, other, same),
        means=_means(one, other, same),
        fan=pd.concat(fans, ignore_index=True),
        runs=table,
        timelines=(simulate(arms.as_it_was, seed, shown), simulate(arms.changed, seed, shown)),
    )


class _Arm:
    """The runs of one arm, as far as they are compared."""

    def __init__(self, scenario: Scenario, seed: int, runs: int, progress: Callable[[int], None]) -> None:
        self.scenario = scenario
        self.looked_for = happenings_of(scenario)
        self.fan = FanOut(scenario, int(scenario.turns))
        times, rows, outcomes, done = [], [], [], 0
        for piece in runs_of(scenario, seed, runs):
            self.fan.add(piece)
            times.append(first_times(piece, self.looked_for, int(scenario.turns)))
            rows.append(_compared(piece))
            outcomes.append(np.array(OUTCOMES)[piece.outcomes])
            done += piece.n
            progress(done)
        self.times = pd.concat(times, ignore_index=True)
        self.means = pd.concat(rows, ignore_index=True)
        self.endings = np.concatenate(outcomes)


def _compared(runs: Runs) -> pd.DataFrame:
    """One row a run of what `means` compares, columns `what/side`."""
    columns = {}
    start = runs.scenario.handover
    for k, side in enumerate(runs.scenario.side_ids):
        columns[f"payoff/{side}"] = runs.result(f"utility_{k}")
        columns[f"given/{side}"] = runs.result(f"given_{k}")
        if start:
            columns[f"trust_at_handover/{side}"] = runs.turn(f"trust_{k}")[:, start - 1]
        columns[f"trust/{side}"] = runs.result(f"trust_{k}")
    for counter in runs.scenario.counters:
        columns[f"{counter}/"] = runs.result(counter)
    return pd.DataFrame(columns)


_WORDS = {
    "payoff": ("Payoff", "points"),
    "given": ("Points given", "points"),
    "trust_at_handover": ("Trust when play begins", "probability"),
    "trust": ("Trust at the end", "probability"),
}


def _endings(one: _Arm, other: _Arm, same: bool) -> pd.DataFrame:
    rows = []
    for name in OUTCOMES:
        first, second = one.endings == name, other.endings == name
        effect = _effect(first.mean(), second.mean(), share_difference(first, second), same)
        rows.append({"ending": name, "label": OUTCOME_LABEL[name]} | effect)
    return pd.DataFrame(rows)


def _happenings(one: _Arm, other: _Arm, same: bool) -> pd.DataFrame:
    rows = []
    known = {each.id for each in other.looked_for}
    for each in one.looked_for:
        if each.id in known:
            first, second = one.times[each.id].notna(), other.times[each.id].notna()
            effect = _effect(first.mean(), second.mean(), share_difference(first, second), same)
            rows.append({"happening": each.id, "label": each.label} | effect)
    return pd.DataFrame(rows)


def _means(one: _Arm, other: _Arm, same: bool) -> pd.DataFrame:
    rows = []
    for column in one.means:
        if column not in other.means:
            continue
        what, _, side = str(column).partition("/")
        label, unit = _WORDS.get(what) or (one.scenario.counters[what].label, "counted")
        first, second = one.means[column].to_numpy(), other.means[column].to_numpy()
        label = f"{label}, {one.scenario.sides[side].label}" if side else label
        effect = _effect(first.mean(), second.mean(), mean_difference(first, second), same)
        rows.append({"what": str(column), "label": label, "unit": unit} | effect)
    return pd.DataFrame(rows)


def _effect(first: float, second: float, difference: Difference, same: bool) -> dict[str, object]:
    # Where nothing is changed there is nothing to be unsure of.
    found = (0.0, 0.0, 0.0) if same else difference
    return dict(zip(_EFFECT, (float(first), float(second), *found), strict=True))


def _are_the_same(one: Scenario, other: Scenario) -> bool:
    first, second = pack(one), pack(other)
    return (
        first.sizes == second.sizes
        and (first.drawn and first.drawn.key) == (second.drawn and second.drawn.key)
        and np.array_equal(first.floats, second.floats)
        and np.array_equal(first.ints, second.ints)
    )
