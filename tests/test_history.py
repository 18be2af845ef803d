"""Histories: told by the rules of any move, the same in every host, and refused where the rules forbid."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hosts import compiled_steps

from bargain_sim import InputError, NegotiationModel, load_scenario, simulate, sweep
from bargain_sim.draws import draws_for
from bargain_sim.engine import Engine, draws_of
from bargain_sim.narrate import tell
from bargain_sim.play import Negotiation
from bargain_sim.record import load_record
from bargain_sim.rules.trust import trust
from bargain_sim.scenario.loader import validate_file
from bargain_sim.scenario.pack import pack
from bargain_sim.scenario.schema import Scenario
from bargain_sim.tracing import traced_runs
from bargain_sim.transcript import Recorded, Transcript

RECORD = ("start", "record")
Change = tuple[str, Any]


def told(*changes: Change) -> Scenario:
    return load_scenario("baseline", [RECORD, *changes])


def entries_of(transcript: Transcript) -> dict[str, Recorded]:
    return {entry.entry: entry for turn in transcript.moves for entry in turn.record}


def with_entry(**keys: Any) -> dict[str, Any]:
    """The baseline with one entry more in its history, played on from its end."""
    entries = {"x": {"source": "assumption"} | keys}
    more = {"extends": "baseline", "start": "record", "history": {"entries": entries}}
    return {"format_version": 1, "name": "mine", "title": "Mine"} | more


def test_the_record_happens_on_its_days_as_the_record_states() -> None:
    scenario = told()
    assert scenario.history is not None
    found = entries_of(simulate(scenario, seed=5, run=2))
    assert list(found) == [name for name, _ in scenario.history.kept()]
    for name, stated in scenario.history.entries.items():
        assert found[name].date == stated.date
    share = {name: each.fraction for name, each in found.items() if each.item is not None}
    assert share.pop("belavia") == 0.5
    assert set(share.values()) == {1.0}


def test_every_dated_event_of_the_record_is_in_it() -> None:
    """Each entry lies within the days that the record gives; only what came before the start is left out."""
    scenario = told()
    assert scenario.history is not None
    events = load_record().events
    named: dict[str, list[dt.date]] = {}
    for each in scenario.history.entries.values():
        for part in each.source.split(";"):
            if part.strip().startswith("seeds/events/"):
                named.setdefault(part.strip().rpartition("/")[2], []).append(each.date)
    assert set(named) == set(events) - {"0"}, "event 0 lies before the start"
    for number, dates in named.items():
        when = events[number].date
        for date in dates:
            assert when.earliest is None or date >= when.earliest or number == "13", number
            assert when.latest is None or date <= when.latest, number


def test_counts_and_trust_at_the_hand_over() -> None:
    game = Negotiation(told(), seed=0, run=0)
    assert game.scenario.handover == 23
    for _ in range(23):
        game.step()
    state = game.state
    assert (state.n_moves[0], state.n_shortfalls[0], state.n_corrections[0]) == (12, 1, 1)
    assert (state.n_pauses[0], state.n_paused_turns[0], state.n_slights[0], state.n_events[0]) == (1, 2, 1, 1)
    assert (state.given[0], state.given[1]) == (37.0, 22.0)
    assert state.readiness[0] == state.readiness[1] == 0.0
    assert (state.step[0], state.step[1]) == (5.0, 10.0)
    released = next(turn for turn in reversed(game.transcript().moves) if turn.turn == 22)
    assert released.act == "record"


def test_nothing_is_left_to_chance_before_the_hand_over() -> None:
    scenario = told()
    runs = [simulate(scenario, seed=seed, run=run) for seed, run in ((0, 0), (0, 7), (9, 1))]
    first = [[turn.trust for turn in run.moves[:23]] for run in runs]
    assert first[0] == first[1] == first[2]
    assert len({str([turn.trust for turn in run.moves[23:30]]) for run in runs}) == 3


def test_hosts_agree_on_a_history() -> None:
    for scenario in (told(), told(("history.uncertain", "drawn")), told(("sides.both.lag", 3))):
        packed = pack(scenario)
        turns = packed.sizes.turns
        for run in range(25):
            plain = Negotiation(scenario, seed=3, run=run)
            for terms, state in compiled_steps(packed, np.array(draws_for(3, run, turns))):
                plain.step()
                assert plain.state == state
                del terms
            assert not plain.running
            model = NegotiationModel(scenario, seed=3, run=run)
            while model.running:
                model.step()
            assert model.transcript() == plain.transcript()


def test_days_and_shares_may_be_drawn() -> None:
    scenario = told(("history.uncertain", "drawn"))
    assert scenario.history is not None
    runs = [entries_of(simulate(scenario, seed=1, run=run)) for run in range(60)]
    shares = [run["belavia"].fraction or 0.0 for run in runs]
    assert 0.1 <= min(shares) < 0.25 and 0.75 < max(shares) <= 0.9
    for run in runs:
        assert list(run) == list(entries_of(simulate(told(), seed=0, run=0))), "the order stays"
        days = [each.date for each in run.values()]
        assert days == sorted(days)
        for name, each in run.items():
            stated = scenario.history.entries[name]
            around = float(stated.give_or_take) if stated.give_or_take is not None else 0.0
            assert abs((stated.date - each.date).days) <= around, name
    assert len({run["first_visit"].date for run in runs}) > 20


def test_drawn_days_use_their_whole_range_and_each_its_own_luck() -> None:
    scenario = told(("history.uncertain", "drawn"))
    days = [entries_of(simulate(scenario, seed=3, run=run)) for run in range(400)]
    at = {name: [(run[name].date - dt.date(2025, 1, 1)).days for run in days] for name in days[0]}
    first, last = dt.date(2025, 2, 1), dt.date(2025, 3, 29)
    spring = [dt.date(2025, 1, 1) + dt.timedelta(each) for each in at["first_visit"]]
    assert min(spring) < first + dt.timedelta(5) and max(spring) > last - dt.timedelta(5)
    assert len(set(at["pause"])) == 1, "what has a date stays there"
    # The doubts lie between 11 September and the pause, after the apology, which they wait for.
    doubts = [dt.date(2025, 1, 1) + dt.timedelta(each) for each in at["doubts"]]
    assert min(doubts) < dt.date(2025, 9, 25) and max(doubts) > dt.date(2025, 10, 5)
    together = np.corrcoef(at["us_citizen"], at["first_visit"])[0, 1]
    assert abs(together) < 0.2


def test_every_day_of_a_range_is_drawn_the_first_and_the_last_too() -> None:
    runs = [entries_of(simulate(told(("history.uncertain", "drawn")), seed=3, run=run)) for run in range(300)]
    days = [run["us_citizen"].date.day for run in runs]
    counts = [days.count(day) for day in range(21, 32)]
    assert sum(counts) == 300 and min(counts) > 300 / 11 / 2


def test_no_drawn_day_lies_after_the_day_on_which_history_ends() -> None:
    until = dt.date(2025, 10, 2)
    scenario = told(("history.uncertain", "drawn"), ("history.until", until))
    drawn = [entries_of(simulate(scenario, seed=3, run=run))["apology"].date for run in range(300)]
    assert max(drawn) == until and min(drawn) < dt.date(2025, 9, 20)
    assert drawn.count(until) < 60, "days beyond are not all laid on the last"


def test_an_entry_may_fall_on_any_day_that_its_seed_allows() -> None:
    """`give_or_take` spans the days of the record, where these have two ends and are entered once."""
    history = told().history
    assert history is not None
    events = load_record().events
    for name, entry in history.entries.items():
        when = events[entry.source.partition("seeds/events/")[2].partition(";")[0].strip()].date
        if entry.give_or_take is None:
            continue
        around = dt.timedelta(float(entry.give_or_take))
        assert when.earliest is not None and when.latest is not None
        assert when.earliest <= entry.date - around and entry.date + around <= when.latest, name
        if name != "balloons_in_autumn":  # laid one day before the demand that they led to
            assert (entry.date - around, entry.date + around) == (when.earliest, when.latest), name


def test_leaving_one_out_changes_no_other_luck() -> None:
    drawn = ("history.uncertain", "drawn")
    whole = entries_of(simulate(told(drawn), seed=1, run=4))
    less = entries_of(simulate(told(drawn, ("history.entries.apology.occurs", False)), seed=1, run=4))
    assert "apology" not in less
    assert {name: whole[name].date for name in ("first_visit", "us_citizen")} == {
        name: less[name].date for name in ("first_visit", "us_citizen")
    }
    assert whole["belavia"].fraction == less["belavia"].fraction


def test_play_takes_over_after_any_day() -> None:
    early = told(("history.until", "2025-09-11"))
    assert early.handover == 18, "something happened in turn 17"
    assert told(("history.until", "2025-09-10")).handover == 17
    found = entries_of(simulate(early, seed=0, run=0))
    assert "aim" in found and "apology" not in found
    transcript = simulate(early, seed=0, run=0)
    assert transcript.moves[17].act == "record" and transcript.moves[18].act != "record"


def test_both_sides_may_move_in_a_turn_and_both_are_seen() -> None:
    game = Negotiation(told(), seed=0, run=0)
    for _ in range(4):
        game.step()
    turn = game.transcript().moves[3]
    assert turn.mover == "washington" and turn.aside is not None and turn.aside.side == "minsk"
    assert [said.side for said in turn.announcements] == ["washington", "minsk"]
    before = trust(game.state, 0)
    game.step()
    game.step()
    # Washington has seen Minsk's releases of turn 3 in its next own turn, turn 5.
    assert trust(game.state, 0) > before


def test_traces_are_the_transcripts() -> None:
    scenario = told(("history.uncertain", "drawn"))
    runs = traced_runs(scenario, 2, 12)
    for k in range(12):
        transcript = simulate(scenario, seed=2, run=k)
        assert runs.result("turns")[k] == transcript.turns
        for turn in transcript.moves:
            t = turn.turn
            for i, side in enumerate(scenario.side_ids):
                assert runs.turn(f"trust_{i}")[k, t] == turn.trust[side]
                said = [a for a in turn.announcements if a.side == side]
                points = {"status": 0.0, "material": 0.0}
                for item in (item for a in said for item in a.items):
                    points[item.kind] += item.points
                assert runs.turn(f"status_{i}")[k, t] == pytest.approx(points["status"])
                assert runs.turn(f"material_{i}")[k, t] == pytest.approx(points["material"])
                short = sum(a.announced * (1.0 - a.fraction) for a in said)
                assert runs.turn(f"short_{i}")[k, t] == pytest.approx(short)
                assert runs.turn(f"short_material_{i}")[k, t] <= short + 1e-9
        assert np.isnan(runs.turn("mode")[k, transcript.turns :]).all()
    row = Engine(runs.packed)
    again = row.run(runs.packed.floats[None], runs.packed.ints[None], draws_of(2, 0, 12, 104))
    assert np.array_equal(again, runs.traced.rows)


def test_a_history_in_words() -> None:
    text = tell(simulate(told(), seed=0, run=0))
    for words in (
        "2025-01-26  0.58        0.58   Minsk       Release of a US citizen – delivered",
        "Sanctions on Belavia announced as lifted: Sanctions on Belavia lifted – only 50 % delivered",
        "Washington  makes good what was short: Belavia is taken off the list in full",
        "Asks that Belarus apologise to Lithuania over balloons: refused, and taken as a slight",
        "The dialogue seems to pause",
        "the record is silent",
    ):
        assert words in text, words


def test_a_sweep_over_histories() -> None:
    shares = {"start": ["record"], "history.entries.belavia.delivered": [0.1, 0.9]}
    definition = {"format_version": 1, "name": "belavia", "title": "Belavia", "scenario": "baseline"}
    results = sweep(definition | {"design": "grid", "factors": shares, "runs": 300})
    assert results.frame.groupby("point")["trust_minsk"].mean().nunique() == 2


LATE = dt.date(2025, 11, 20)
REFUSED = {
    "behind the red line `leave_russia`": with_entry(date=LATE, gives={"distance_from_russia": 1}),
    "requires `embassy`, not yet delivered in full": with_entry(date=LATE, gives={"ambassador": 1}),
    "only 0 units are left": with_entry(date=LATE, gives={"june_pardons": 1}),
    "is material, and the talks are paused": with_entry(
        date=dt.date(2025, 10, 20), gives={"line_to_moscow": 1}
    ),
    "nothing of `belavia_relief` is short": with_entry(date=LATE, corrects="belavia_relief"),
    "nothing behind a red line of `washington`": with_entry(date=LATE, demands="minsk"),
    "the talks are not paused": with_entry(date=LATE, dialogue="resumes"),
    "there is no event `baloons`. Did you mean `balloons`": with_entry(date=LATE, event="baloons"),
    "there is no side `mink`. Did you mean `minsk`": with_entry(date=LATE, note="mink"),
    "both sides give here": with_entry(date=LATE, gives={"embassy": 1, "border_assurances": 1}),
    "lies before the start, 2025-01-14": with_entry(date=dt.date(2024, 11, 20), note="minsk"),
    "an entry does one thing, and this one says nothing": with_entry(date=LATE),
    "says `event` and `note`": with_entry(date=LATE, note="minsk", event="balloons"),
    "0 units are none": with_entry(date=LATE, gives={"embassy": 0}),
    "nothing is given here": with_entry(
        date=LATE, note="minsk", delivered={"value": 1, "source": "assumption"}
    ),
    "nothing is left to be played: the negotiation ends on 2025-10-20": with_entry(date=LATE, note="minsk")
    | {"turns": {"value": 20, "source": "assumption"}},
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_the_rules_forbid_is_refused(words: str) -> None:
    with pytest.raises(InputError) as caught:
        load_scenario(REFUSED[words])
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("gives: {line_to_moscow: 0.5}", "Write a whole number, such as `1`"),
        ("give_or_take: {value: 1, source: assumption}\n      date: 2025-02-30", "not a day of the calendar"),
    ],
)
def test_one_fault_is_told_once_with_what_mends_it(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "mine.yaml"
    start = "format_version: 1\nextends: baseline\ntitle: Mine\nstart: record\nhistory:\n  entries:\n    x:\n"
    other = "gives: {line_to_moscow: 1}" if "date" in line else "date: 2025-06-25"
    path.write_text(f"{start}      {other}\n      {line}\n      source: assumption\n", encoding="utf-8")
    (wrong,) = validate_file(path)
    assert says in str(wrong)


def test_a_start_without_a_history_is_refused() -> None:
    with pytest.raises(InputError, match="no history whose end could be the start"):
        load_scenario("two_islands", [RECORD])


def test_what_is_refused_is_told_with_its_line(tmp_path: Any) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "format_version: 1\nextends: baseline\ntitle: Mine\nstart: record\nhistory:\n  entries:\n"
        "    embassy_at_once:\n      date: 2025-06-01\n      gives: {embassy: 1}\n      source: assumption\n"
    )
    (wrong,) = validate_file(path)
    assert str(wrong).startswith(
        f"{path}:9: `history.entries.embassy_at_once.gives.embassy`: `embassy` requires"
    )


def test_the_engine_does_not_do_what_a_file_asks_for() -> None:
    """Even a scenario that was never checked delivers nothing across a red line."""
    scenario = told()
    assert scenario.history is not None
    forbidden = scenario.history.entries["pardons"].model_copy(update={"gives": {"distance_from_russia": 1}})
    history = scenario.history.model_copy(
        update={"entries": scenario.history.entries | {"pardons": forbidden}}
    )
    transcript = simulate(scenario.model_copy(update={"history": history}), seed=0, run=0)
    given = {item.concession for turn in transcript.moves for a in turn.announcements for item in a.items}
    assert "distance_from_russia" not in given


def drawn_line(**pardons: Any) -> dict[str, Any]:
    """A line to Moscow that requires the pardons, of which some may not be delivered on the day."""
    scenario = with_entry(date=dt.date(2025, 7, 29), gives={"line_to_moscow": 1})
    scenario["history"] |= {"uncertain": "drawn"}
    scenario["history"]["entries"] |= {"pardons": pardons}
    return scenario


def test_what_some_runs_could_not_do_is_refused() -> None:
    number = {"value": 1.0, "source": "assumption"}
    off = {"value": 0.4, "source": "assumption"}
    with pytest.raises(InputError, match="`june_pardons`, not yet delivered in full in every run"):
        load_scenario(drawn_line(delivered=number, delivered_give_or_take=off))
    load_scenario(drawn_line(delivered=number))


def test_a_correction_with_nothing_to_correct_is_told_as_such() -> None:
    """Where the share is drawn as 1, nothing is left to correct: the run goes on, and says so."""
    scenario = told(
        ("history.uncertain", "drawn"),
        ("history.entries.belavia.delivered", 0.8),
        ("history.entries.belavia.delivered_give_or_take", 0.5),
    )
    runs = [simulate(scenario, seed=0, run=run) for run in range(40)]
    whole = [run for run in runs if entries_of(run)["belavia"].fraction == 1.0]
    assert 5 < len(whole) < 35
    for run in runs:
        assert entries_of(run)["delisting"].done is (run not in whole)
    assert "could not be as this run drew what is uncertain: Belavia is taken off" in tell(whole[0])


@pytest.mark.parametrize("days", [14, 60])
def test_a_correction_is_credited_whenever_it_comes(days: int) -> None:
    """In turns of 60 days the shortfall and its correction fall into the same turn: nothing is left over."""
    scenario = told(("turn_days", days), ("history.entries.pause.occurs", False),
                    ("history.entries.resumption.occurs", False))  # fmt: skip
    game = Negotiation(scenario, seed=0, run=0)
    kept = []
    while game.t < game.scenario.handover:
        game.step()
        kept.append(game.state.kept[1])
        belavia = game.packed.concession_ids.index("belavia_relief")
        if game.state.corrected[belavia]:
            assert kept[-1] > kept[-2] * 0.9
    assert game.state.n_corrections[0] == 1
    assert not any(game.state.credit[c] for c in range(len(game.state.credit)))


def test_a_status_act_in_a_told_pause_helps_to_resume() -> None:
    """Talks pause before the call; what is said then counts, as it does in play."""
    paused = with_entry(date=dt.date(2025, 8, 10), dialogue="pauses")
    paused["history"]["until"] = dt.date(2025, 8, 20)
    game = Negotiation(load_scenario(paused), seed=0, run=0)
    while game.t < game.scenario.handover:
        game.step()
    assert (game.state.mode[0], game.state.status_acts[0]) == (1, 3)
