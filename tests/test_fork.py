"""Forks: the same luck with and without a change, and nothing where nothing is changed."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from figure_bounds import faults_of
from hypothesis import given
from hypothesis import strategies as st

from bargain_sim import fork, load_scenario, simulate
from bargain_sim.analysis.pairs import mean_difference, share_difference
from bargain_sim.cli import main
from bargain_sim.futures.forking import Fork
from bargain_sim.narrate import CAVEAT
from bargain_sim.plots import fork_pair

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def in_full() -> Fork:
    return fork(at="2025-12-05", in_full=["belavia"], runs=600)


def cell(table: pd.DataFrame, row: str, column: str) -> float:
    """A number of a table, by the name in its first column."""
    return float(table.loc[table.iloc[:, 0] == row, column].to_numpy()[0])


@pytest.mark.parametrize("at", ["2025-01-14", "2025-09-11", "2025-12-05"])
def test_no_change_has_no_effect(at: str) -> None:
    found = fork(at=at, runs=200)
    for table in (found.endings, found.happenings, found.means):
        assert (table[["difference", "low", "high"]] == 0.0).all(axis=None)
        assert (table["as_it_was"] == table["changed"]).all()
    assert found.differ == 0 and found.run == 0
    assert found.timelines[0].moves == found.timelines[1].moves


def test_relief_in_full_raises_minsks_trust(in_full: Fork) -> None:
    assert cell(in_full.means, "trust_at_handover/minsk", "difference") > 0.03
    assert cell(in_full.means, "trust_at_handover/washington", "difference") == 0.0
    assert cell(in_full.endings, "stall", "high") < 0.0
    assert in_full.notes == ("`delisting` is left out too: nothing is left for it to correct",)


def test_arms_are_plain_runs(in_full: Fork) -> None:
    changed = load_scenario(
        "baseline",
        [
            ("start", "record"),
            ("history.entries.belavia.delivered", 1),
            ("history.entries.delisting.occurs", False),
        ],
    )
    for run in range(8):
        assert in_full.runs.loc[run, "as_it_was"] == simulate(in_full.as_it_was, run=run).outcome
        assert in_full.runs.loc[run, "changed"] == simulate(changed, run=run).outcome
    first = in_full.runs.index[in_full.runs["as_it_was"] != in_full.runs["changed"]][0]
    assert in_full.run == first
    outcomes = [each.outcome for each in in_full.timelines]
    assert outcomes == [in_full.runs.loc[first, "as_it_was"], in_full.runs.loc[first, "changed"]]


def test_effects_are_differences_of_shares(in_full: Fork) -> None:
    for table in (in_full.endings, in_full.happenings):
        assert np.allclose(table["changed"] - table["as_it_was"], table["difference"])
        assert (table["low"] <= table["difference"]).all() and (table["difference"] <= table["high"]).all()
    assert in_full.endings["difference"].sum() == pytest.approx(0.0)


def test_another_strategy_leaves_the_history_as_it_was() -> None:
    found = fork(at="2025-09-11", changes=["sides.washington.strategy=hardliner"], runs=200)
    told = found.fan[found.fan["told"]]
    was, changed = (told[told["arm"] == arm]["p50"].tolist() for arm in ("as_it_was", "changed"))
    assert was == changed and len(was) == 4 * found.as_it_was.handover
    assert cell(found.endings, "grand_bargain", "changed") == 0.0
    assert found.differ > 0


def test_an_event_that_does_not_strike() -> None:
    found = fork(at="2025-12-05", changes={"events.balloons.rate": 0}, runs=100, run=3)
    assert found.run == 3
    start = found.changed.handover
    assert not any("balloons" in turn.events for turn in found.timelines[1].moves[start:])


def test_both_are_played_from_the_same_turn_on() -> None:
    # Nothing else is told in the turn before the fork but what is left out.
    left_out = ["first_visit", "spring_releases"]
    found = fork(at="2025-03-02", without=left_out, runs=50)
    assert found.as_it_was.handover == found.changed.handover == 4
    assert found.changed.history is not None
    assert [name for name, _ in found.changed.history.kept()] == ["us_citizen"]


def test_what_is_left_out_in_the_same_call_does_not_keep_a_correction() -> None:
    """Two shortfalls, of which one is delivered in full and the other does not happen."""
    half, source = {"value": 0.5, "source": "assumption"}, "assumption"
    more = {"date": dt.date(2025, 9, 12), "gives": {"belavia_relief": 1}, "delivered": half, "source": source}
    two = {"format_version": 1, "extends": "baseline", "name": "two", "title": "Two"}
    two |= {"history": {"entries": {"more": more}}}
    units = {"units": {"value": 2, "source": source}}
    two |= {"concessions": {"belavia_relief": units, "special_envoy": {"requires": []}}}
    found = fork(two, at="2025-12-05", in_full=["belavia"], without=["more"], runs=20)
    assert found.notes == ("`delisting` is left out too: nothing is left for it to correct",)


def test_an_entry_moved_to_another_day() -> None:
    found = fork(at="2025-12-05", changes=["history.entries.apology.date=2025-11-20"], runs=20)
    entries = found.timelines[1].moves[found.as_it_was.turn_of(found.at) - 1].record
    assert [each.entry for each in entries] == ["apology"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--set", "start=beginning"], "`start` is set to"),
        (["--without", "apology"], "Fork at 2025-10-01 or later"),
        (["--in-full", "doubts"], "Fork at 2025-10-06 or later"),
        (["--change", "history.entries.apology.occurs=false"], "Fork at 2025-10-01 or later"),
        (["--change", "history.entries.belavia.date=2025-10-01"], "--without belavia"),
        (["--without", "belavja"], "Did you mean `belavia`?"),
        (["--in-full", "call"], "Delivered in part was `belavia`"),
        (["--change", "sides.minsk.stratgy=grit"], "Did you mean `sides.minsk.strategy`?"),
        (["--change", "sides.minsk.strategy"], "--change sides.minsk.strategy: this sets nothing"),
        (["--change", "turns=50"], "--set"),
        (["--change", "history.until=2025-06-01"], "--at"),
        (["--at", "2025-12-05", "--without", "belavia"], "--without delisting"),
        (["--at", "2026-01-01"], "Choose one of these days"),
        (["--plot", "picture.doc"], ".png"),
        (["--change", "history.entries=~"], "history.entries"),
        (["--in-full", "belavia", "--without", "belavia"], "changed by `--without` and by `--in-full`"),
        (["--in-full", "belavia", "--change", "history.entries.belavia.delivered=0.2"], "by `--change`"),
    ],
)
def test_what_does_not_fit_is_refused(arguments: list[str], says: str, capsys: Captured) -> None:
    assert main(["fork", "--at", "2025-09-11", *arguments]) == 2
    assert says in capsys.readouterr().err


def test_only_what_fell_short_before_keeps_a_correction() -> None:
    """A later shortfall of the same concession does not bring back what the first made pointless."""
    assumed = {"source": "assumption"}
    one = {"gives": {"line_to_moscow": 1}, "delivered": {"value": 0.5, **assumed}} | assumed
    entries = {
        "first": {"date": "2025-07-01"} | one,
        "mended": {"date": "2025-07-20", "corrects": "line_to_moscow"} | assumed,
        "second": {"date": "2025-11-20"} | one,
    }
    scenario = {"format_version": 1, "name": "two", "title": "Two", "extends": "baseline",
                "history": {"entries": entries}}  # fmt: skip
    found = fork(scenario, at="2025-08-05", in_full=["first"], runs=50)
    assert found.notes == ("`mended` is left out too: nothing is left for it to correct",)


def test_the_command_tells_both_timelines(tmp_path: Path, capsys: Captured) -> None:
    figure = tmp_path / "fork.png"
    line = ["fork", "--at", "2025-09-11", "--in-full", "belavia", "--runs", "100", "--plot", str(figure)]
    assert main(line) == 0
    out = capsys.readouterr().out
    assert CAVEAT in out.splitlines()[0]
    assert "Changed: “Sanctions on Belavia announced as lifted” delivered in full" in out
    assert "both ways, from 2025-09-09 on" in out and "only 50 %" in out
    assert figure.stat().st_size > 10_000
    assert main(["fork", "--at", "2025-09-11", "--runs", "20"]) == 0
    out = capsys.readouterr().out
    assert "nothing; both are the same" in out and "there is no difference" in out


def test_the_command_speaks_json(capsys: Captured) -> None:
    line = ["fork", "--at", "2025-12-05", "--without", "apology", "--runs", "50", "--run", "7", "--json"]
    assert main(line) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert told["runs"] == 50 and told["as_it_was"]["run"] == told["changed"]["run"] == 7
    assert {row["ending"] for row in told["endings"]} >= {"grand_bargain", "stall"}


@pytest.mark.parametrize("size", ["print", "projector"])
def test_words_on_the_figure_can_be_read(size: str, in_full: Fork) -> None:
    for found in (in_full, fork(at="2025-09-11", runs=30)):
        sheet = fork_pair.draw(found, size=size)
        assert faults_of(sheet) == []
    assert "nothing changed: 0 runs of 30 end otherwise" in sheet.caption


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_paired_differences_turn_round(pairs: list[tuple[bool, bool]]) -> None:
    first, second = zip(*pairs, strict=True)
    for difference in (share_difference, mean_difference):
        there, back = difference(first, second), difference(second, first)
        assert there[0] == pytest.approx(np.mean(second) - np.mean(first))
        assert [-back[0], -back[2], -back[1]] == pytest.approx(list(there), nan_ok=True)
    _, low, high = share_difference(first, second)
    assert -1.0 <= low <= there[0] <= high <= 1.0 and low < high


def test_paired_intervals_cover() -> None:
    generator = np.random.default_rng(0)
    inside = 0
    for _ in range(1000):
        luck = generator.random(80)
        _, low, high = share_difference(luck < 0.10, luck < 0.14)
        inside += low <= 0.04 <= high
    assert inside >= 920


def test_runs_that_cannot_be_paired_are_refused() -> None:
    for difference in (share_difference, mean_difference):
        for first, second in (([True], [True, False]), ([], [])):
            with pytest.raises(ValueError, match="paired"):
                difference(first, second)
    with pytest.raises(ValueError, match="confidence"):
        share_difference([True], [False], 1.5)
