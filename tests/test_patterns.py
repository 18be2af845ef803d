"""The patterns P1 to P6: the record passes each, and a history that differs in just that fails it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from bargain_sim import InputError, load_scenario
from bargain_sim.patterns import (
    PATTERNS,
    correction_times,
    patterns_of,
    pause_lengths,
    release_growth,
    rises,
)
from bargain_sim.tracing import Runs, traced_runs

Change = tuple[str, Any]


def told(*changes: Change) -> Runs:
    return traced_runs(load_scenario("baseline", [("start", "record"), *changes]), 0, 2)


def passed(runs: Runs) -> set[str]:
    return {name for name, flags in patterns_of(runs).items() if flags[0]}


def without(*entries: str) -> list[Change]:
    return [(f"history.entries.{name}.occurs", False) for name in entries]


def moved(entry: str, date: str) -> Change:
    return (f"history.entries.{entry}.date", dt.date.fromisoformat(date))


def test_the_record_passes_all() -> None:
    runs = told()
    assert passed(runs) == set(PATTERNS)
    assert release_growth(runs, 22)[0] == pytest.approx(0.7)
    assert (pause_lengths(runs, 22)[0], correction_times(runs, 22)[0]) == (2.0, 4.0)


@pytest.mark.parametrize(
    ("changes", "failed"),
    [
        # Washington's visit before Minsk's first release.
        ([moved("first_visit", "2025-01-20"), moved("us_citizen", "2025-02-20")], {"P1"}),
        # The largest release is never made, nor the pardons: what is left does not grow.
        (
            [*without("release_of_52", "pardons"), ("counters.prisoners_released.counts.early_releases", 9)],
            {"P2"},
        ),
        # Nothing of Belavia's relief is delivered at first, nor of the aim stated on that day: a sham.
        (
            [("history.entries.belavia.delivered", 0.0), *without("aim")],
            {"P3"},
        ),
        # The same though a status good of that very turn was given: P3 asks for relief in part.
        ([("history.entries.belavia.delivered", 0.0)], {"P3"}),
        # Relief in full, and a status good that falls short beside it.
        (
            [
                ("history.entries.belavia.delivered", 1.0),
                ("history.entries.aim.delivered", 0.5),
                ("history.entries.delisting.corrects", "stated_aim"),
            ],
            {"P3"},
        ),
        # Trust does not fall before the pause: nobody doubts.
        ([("sides.minsk.lag", 6), ("sides.minsk.slight", 0)], {"P3"}),
        # The pause lasts four turns; the correction takes six, which may be.
        (
            [moved("belavia", "2025-08-20"), moved("apology", "2025-09-05"), moved("pause", "2025-09-12")],
            {"P4"},
        ),
        # Corrected in the next turn: before the pause, and too soon.
        ([moved("delisting", "2025-09-24")], {"P3", "P4"}),
        # Washington's first visits are no status goods, so that material relief comes first.
        ([("concessions.discreet_visits.kind", "material")], {"P1"}),
        # The talks never pause.
        (without("pause", "resumption"), {"P3", "P4"}),
        # Corrected before the pause.
        ([moved("delisting", "2025-10-08")], {"P3"}),
        # Resumed before the correction; the pause is short, the correction as late as it was.
        ([moved("resumption", "2025-10-22"), ("history.entries.resumption.source", "assumption")], {"P3"}),
        # Eight turns until the correction.
        ([moved("call", "2025-07-20"), moved("belavia", "2025-07-25")], {"P4"}),
        # No demand, no slight.
        (without("apology"), {"P5"}),
    ],
)
def test_each_pattern_fails_where_its_own_matter_differs(changes: list[Change], failed: set[str]) -> None:
    assert set(PATTERNS) - passed(told(*changes)) == failed


def played(*changes: Change, runs: int = 400) -> Runs:
    return traced_runs(load_scenario("baseline", changes), 0, runs)


def test_a_breakdown_right_after_a_slight_fails_p5() -> None:
    """Where trust is easily offended and nothing ever falls short, only slights can break the talks."""
    offended = played(
        ("sides.both.slight", 50.0), ("sides.washington.ambition", 0.5), ("sides.both.break_turns", 1),
        ("sides.both.reliability", 1.0), ("events.balloons.rate", 0.0), ("sides.both.abandon", 0.0),
        ("events.war_worsens.rate", 0.0),
    )  # fmt: skip
    broke = offended.ended("breakdown") & (offended.played <= 22)
    assert broke.mean() > 0.2
    assert not patterns_of(offended)["P5"][broke].any()


def test_a_slight_is_near_a_breakdown_for_four_turns() -> None:
    runs = played(
        ("sides.both.slight", 50.0), ("sides.washington.ambition", 0.5), ("sides.both.break_turns", 2),
        ("sides.both.reliability", 1.0), ("events.balloons.rate", 0.0), ("sides.both.abandon", 0.0),
        ("events.war_worsens.rate", 0.0),
    )  # fmt: skip
    slights = rises(runs.turn("demands")[:, :22])
    last = np.where(slights.any(axis=1), 21 - slights[:, ::-1].argmax(axis=1), -100)
    later = runs.played - 1 - last
    broke = runs.ended("breakdown") & (runs.played <= 22)
    near, far = broke & (later >= 2) & (later <= 4), broke & (later > 4) & (later < 22)
    assert near.sum() > 5
    assert not patterns_of(runs)["P5"][near].any() and patterns_of(runs)["P5"][far].all()


def test_p3_of_played_runs_is_what_it_was_when_status_counted_too() -> None:
    """One move of play has one share for all of it, so that only histories tell the two readings apart."""
    runs = played(("sides.washington.reliability", 0.4), ("sides.washington.sham", 0.5), runs=3_000)
    short, material = runs.turn("short_0")[:, :22], runs.turn("material_0")[:, :22]
    whole = material + runs.turn("status_0")[:, :22]
    as_it_was = (material > 0.0) & (short > 0.0) & (short < whole)
    missing = runs.turn("short_material_0")[:, :22]
    assert np.array_equal(as_it_was, (missing > 0.0) & (missing < material))
    assert as_it_was.sum() > 100 and (short[material > 0.0] >= whole[material > 0.0]).sum() > 100


def test_an_early_bargain_fails_p6() -> None:
    eager = played(("sides.both.initiative", 20.0), ("sides.both.reliability", 1.0),
                   ("sides.both.initial_trust", 0.8), ("sides.both.exposure", 60.0))  # fmt: skip
    early = (eager.ended("grand_bargain") | eager.ended("normalised_by_steps")) & (eager.played <= 22)
    assert 0 < early.sum() < eager.n
    assert np.array_equal(patterns_of(eager)["P6"], ~early)


def test_only_the_first_turns_count() -> None:
    runs = played(runs=200)
    longer, shorter = patterns_of(runs, 22), patterns_of(runs, 4)
    assert not shorter["P3"].any(), "four turns are too few for so much"
    assert shorter["P6"].all() and longer["P3"].sum() > 0


def test_other_sides_have_no_such_record() -> None:
    with pytest.raises(InputError, match="about Washington and Minsk"):
        patterns_of(traced_runs(load_scenario("two_islands"), 0, 1))
