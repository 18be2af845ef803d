"""What each lesson is there to show is so in the model, by more than its intervals.

Where a calibration changes the model so far that a lesson has no point any more, it fails here.
"""

from __future__ import annotations

from typing import Any

import pytest
from taught import lesson_of


def names(lesson: str) -> dict[str, Any]:
    found: dict[str, Any] = lesson_of(lesson).defined
    return found


def test_trust_has_a_tipping_point_and_breaks_off_below_another() -> None:
    here = names("lesson1_trust")
    tip, tips, endings = here["tip"], here["tips"], here["endings"]
    assert tip.direction == "rises" and 0.1 < tip.low <= tip.at <= tip.high < 0.9
    assert tip.crossing == 1.0 and tip.misfit < 0.05
    assert tips[0].high < tips[10].low and tips[10].high < tips[15].low and tips[15].high < tips[20].low
    assert endings.loc[0.1, "breakdown"] > 90 and endings.loc[0.3].idxmax() == "stall"


def test_more_runs_narrow_the_interval_by_the_root() -> None:
    assert names("lesson1_trust")["question_3"].right == "b"


def test_noise_ends_tit_for_tat_and_generosity_holds_it_up() -> None:
    here = names("lesson2_reciprocity")
    pairs = here["by_pair"].set_index(["strategy_ostra", "strategy_westra"])
    assert pairs.loc[("tit_for_tat", "tit_for_tat"), "to"] < 10
    assert pairs.loc[("generous_tit_for_tat", "generous_tit_for_tat"), "from"] > 70
    for _, row in here["by_generosity"].query("generosity_ostra > 0").iterrows():
        g, e = row["generosity_ostra"], 0.1
        closed = 100 * (1 - e) * g / (e + g - e * g)
        # The run-up from the full exchange adds a little over four years, most where little is kept up.
        assert row["from"] - 1.5 < closed < row["to"] + 0.1
    assert here["third"]["from"] - 1 < 75 < here["third"]["to"] + 1


def test_reciprocity_matters_under_proportional_only() -> None:
    here = names("lesson2_reciprocity")
    assert here["first"]["to"] + 30 < here["last"]["from"]
    assert here["question_5"].right == "c"


def test_mending_a_little_faster_beats_failing_a_little_less() -> None:
    here = names("lesson3_partial_delivery")
    assert here["question_2"].right == "a" and here["mended"]["from"] > here["kept"]["to"]
    assert here["question_3"].right == "b", "late verification costs bargains"
    assert here["by_doubt"]["mean"].is_monotonic_decreasing


def test_an_early_breach_costs_more_at_once_and_the_same_in_the_end() -> None:
    here = names("lesson3_partial_delivery")
    assert (here["question_5"].right, here["question_6"].right) == ("a", "c")


def test_the_range_on_paper_is_wider_than_what_is_agreed() -> None:
    here = names("lesson4_red_lines")
    assert here["question_4"].right < here["limit"] / 2
    assert here["left"]["packages in range"].is_monotonic_decreasing
    assert here["cost"]["largest sum"] > 0 and here["cost"].drop("firmness").min() >= 0
    assert here["question_6"].right == 0


def test_a_slight_decides_less_than_it_seems_to() -> None:
    slight = names("lesson5_routes")["slight"]
    ever, turn = slight.iloc[0], slight.iloc[1]
    assert ever["difference"] < turn["from"], "ever against never exaggerates"
    assert names("lesson5_routes")["question_2"].right == "c"


def test_an_assumption_moves_more_than_the_interval_and_a_change_does_something() -> None:
    here = names("lesson5_routes")
    reached = here["reached"]
    assert here["strongest"]["change"] > 5 * (reached["to"] - reached["from"])
    assert here["gain"]["from"] > 5
    assert here["gain"]["difference"] == pytest.approx(
        here["gain"]["changed"] - here["gain"]["as_it_was"], abs=0.11
    )
