"""Routes where play begins at the record: what it left open counts from the hand-over on."""

from __future__ import annotations

from bargain_sim import paths


def test_what_the_record_left_open_can_end_from_the_hand_over_on() -> None:
    """On 20 October the talks are paused and Belavia's relief is short: all runs could resume and mend."""
    found = paths("baseline", runs=600, overrides={"start": "record", "history.until": "2025-10-20"})
    able = found.runs[["can_resume", "can_correct"]].to_numpy()
    assert (able == 20).all()
    matched = dict(zip(found.deciding["milestone"], found.deciding["matched"], strict=True))
    assert matched["resumption"] > 500 and matched["correction"] > 500


def test_without_a_record_it_begins_with_the_first_of_the_play() -> None:
    runs = paths("baseline", runs=600).runs
    assert runs["can_resume"].equals(runs["pause"].rename("can_resume"))
    assert runs["can_correct"].equals(runs["shortfall"].rename("can_correct"))
