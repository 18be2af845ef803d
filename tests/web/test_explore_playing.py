"""What the live explorer plays is what everything else here plays, and it compares like with like."""

from __future__ import annotations

import base64
import csv
import io
import json
from typing import Any

import numpy as np
import pytest

from bargain_sim.analysis.bargaining import hull
from bargain_sim.analysis.intervals import wilson
from bargain_sim.analysis.packages import payoffs, undominated
from bargain_sim.analysis.shares import outcome_shares
from bargain_sim.api import simulate
from bargain_sim.codes import OUTCOMES
from bargain_sim.narrate import timeline
from bargain_sim.plots.style import STACK
from bargain_sim.tracing import traced_runs
from bargain_sim.web.live import asking
from bargain_sim.web.live.playing import QUANTILES, Explorer, fan_of

RUNS = 120


@pytest.fixture(scope="module")
def explorer() -> Explorer:
    return Explorer(runs=RUNS)


SETS: list[tuple[str, dict[str, Any]]] = [
    ("baseline", {}),
    ("baseline", {"sides.minsk.reciprocity": 0.5, "sides.minsk.strategy": "grit", "events.balloons": False}),
    ("baseline_uncertain", {"sides.minsk.reciprocity": 0.3}),
    ("two_islands", {"sides.sydvik.initial_trust": 0.3}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "values"), SETS)
def test_runs_are_those_of_every_host(name: str, values: dict[str, Any], explorer: Explorer) -> None:
    choice = explorer.choice(name, values)
    played, scenario = explorer.play(choice, 7), explorer.scenario(choice)
    runs = traced_runs(scenario, 7, RUNS)
    assert np.array_equal(played.rows, runs.traced.rows)
    for run in (0, 5, RUNS - 1):
        transcript = simulate(scenario, seed=7, run=run)
        assert transcript.outcome == OUTCOMES[played.outcomes[run]]
        assert transcript.summary["turns"] == played.column("turns")[run]
    trust = np.stack([runs.turn("trust_0"), runs.turn("trust_1")])
    reached = played.fan.shape[-1]
    assert np.isnan(trust[:, :, reached:]).all()
    whole = np.nanquantile(trust[:, :, :reached], QUANTILES, axis=1).transpose(1, 0, 2)
    assert played.fan == pytest.approx(whole, abs=1e-6)
    assert played.going.tolist() == (~np.isnan(trust[0, :, :reached])).sum(axis=0).tolist()


def test_a_fan_of_few_runs() -> None:
    nan = np.nan
    trust = np.array([[[0.2, 0.8], [0.4, nan], [nan, nan]], [[0.1, 0.3], [0.5, nan], [nan, nan]]], np.float32)
    fan, going = fan_of(trust)
    assert going.tolist() == [2, 1]
    assert fan[0, 2].tolist() == pytest.approx([0.5, 0.4])
    assert fan[1, :, 1].tolist() == pytest.approx([0.5] * 5)


def answer(explorer: Explorer, **request: Any) -> dict[str, Any]:
    asked = asking.read(asking.RunRequest, json.dumps({"client": "test", **request}).encode())
    found: dict[str, Any] = json.loads(asking.answer(explorer, asked))
    return found


def test_shares_and_intervals_are_those_of_the_analysis(explorer: Explorer) -> None:
    import pandas as pd

    found = answer(explorer, now={"scenario": "baseline"})["now"]
    played = explorer.play(explorer.choice("baseline", {}), 0)
    names = [OUTCOMES[k] for k in played.outcomes]
    table = outcome_shares(pd.DataFrame({"outcome": names})).set_index("outcome")
    expected = table.loc[list(STACK), ["share", "low", "high"]].to_numpy(dtype=float)
    assert np.array(found["endings"]) == pytest.approx(expected)
    deals = played.column("deal_turn")
    agreed = int((deals >= 0).sum())
    assert found["agreed"] == pytest.approx([agreed / RUNS, *map(float, wilson(agreed, RUNS))])
    assert found["means"] == pytest.approx([played.column(f"utility_{k}").mean() for k in (0, 1)])
    typical = found["typical"]
    most = max(set(names), key=names.count)
    assert names[typical] == most and most not in names[:typical]
    assert found["runs"] == RUNS and len(found["fan"][0][0]) == len(found["going"])


def test_dots_are_the_runs(explorer: Explorer) -> None:
    dots = answer(explorer, now={"scenario": "baseline"})["now"]["dots"]
    played = explorer.play(explorer.choice("baseline", {}), 0)
    outcome = np.frombuffer(base64.b64decode(dots["outcome"]), "<u1")
    assert [STACK[k] for k in outcome] == [OUTCOMES[k] for k in played.outcomes]
    deal = np.frombuffer(base64.b64decode(dots["deal"]), "<u2").astype(int)
    assert np.where(deal == 65_535, -1, deal).tolist() == played.column("deal_turn").tolist()
    for k in (0, 1):
        whole = np.frombuffer(base64.b64decode(dots["utility"][k]), "<u2")
        points = dots["low"] + whole / 65_535 * dots["span"]
        assert points == pytest.approx(played.column(f"utility_{k}"), abs=dots["span"] / 65_535)


def test_a_pin_is_compared_run_by_run(explorer: Explorer) -> None:
    change = {"sides.washington.reliability": 1.0, "sides.minsk.reliability": 1.0}
    same = answer(explorer, seed=3, now={"scenario": "baseline"}, pin={"scenario": "baseline"})
    assert same["apart"]["changed"] == 0 and all(each[0] == 0.0 for each in same["apart"]["endings"])
    found = answer(
        explorer, seed=3, now={"scenario": "baseline", "set": change}, pin={"scenario": "baseline"}
    )
    for k in range(len(STACK)):
        apart = found["now"]["endings"][k][0] - found["pin"]["endings"][k][0]
        difference, low, high = found["apart"]["endings"][k]
        assert difference == pytest.approx(apart) and low <= difference <= high
    one = explorer.play(explorer.choice("baseline", {}), 3)
    other = explorer.play(explorer.choice("baseline", change), 3)
    assert 0 < found["apart"]["changed"] == int((one.outcomes != other.outcomes).sum())
    gained = other.column("utility_0") - one.column("utility_0")
    mean, low, high = found["apart"]["means"][0]
    assert mean == pytest.approx(gained.mean())
    assert high - mean == pytest.approx(1.959964 * gained.std(ddof=1) / RUNS**0.5, rel=1e-5)
    assert high - mean == pytest.approx(mean - low)
    # Sharing luck is worth something: independent runs would leave the interval wider.
    apart = np.hypot(one.column("utility_0").std(ddof=1), other.column("utility_0").std(ddof=1)) / RUNS**0.5
    assert (high - low) / 2 < 1.96 * apart


def test_other_dyads_are_compared_by_endings_only(explorer: Explorer) -> None:
    found = answer(explorer, now={"scenario": "two_islands"}, pin={"scenario": "baseline"})
    assert found["apart"]["means"] is None and len(found["apart"]["endings"]) == len(STACK)


def test_the_frontier_follows_what_moves_it(explorer: Explorer) -> None:
    def curve(name: str, **values: float) -> list[list[float]]:
        found: list[list[float]] = answer(
            explorer, now={"scenario": name, "set": {f"sides.{k}": v for k, v in values.items()}}
        )["now"]["frontier"]
        return found

    plain = curve("soft_red_lines")
    assert plain == curve("soft_red_lines", **{"minsk.reciprocity": 0.1})
    bonus = curve("soft_red_lines", **{"minsk.bonus": 30.0})
    best = [max(second for _, second in each) for each in (plain, bonus)]
    own = float(explorer.scenario_as_it_is("soft_red_lines").sides["minsk"].bonus)
    assert best[1] - best[0] == pytest.approx(30.0 - own)
    firm = {"minsk.firmness": 0.0, "washington.firmness": 0.0}
    assert curve("soft_red_lines", **firm) != plain


def test_the_frontier_holds_only_what_can_be_reached(explorer: Explorer) -> None:
    choice = explorer.choice("two_islands", {"sides.norrholm.bonus": 20.0})
    scenario, drawn = explorer.scenario(choice), explorer.frontier(choice)
    packages = undominated(scenario)
    reached, _ = payoffs(scenario, packages.concessions, packages.units)
    assert {tuple(point) for point in drawn.tolist()} <= {tuple(point) for point in reached.tolist()}
    assert (np.diff(drawn[:, 0]) > 0).all() and (np.diff(drawn[:, 1]) < 0).all()
    assert len(drawn) > len(hull(drawn)), "some packages lie inside the convex hull"


def test_the_story_is_the_run_with_the_same_luck(explorer: Explorer) -> None:
    values = {"sides.minsk.initial_trust": 0.3}
    now = {"scenario": "baseline", "set": values}
    body = {"client": "test", "seed": 2, "now": now, "run": 11}
    found = json.loads(asking.story(explorer, asking.read(asking.StoryRequest, json.dumps(body).encode())))
    transcript = simulate(explorer.scenario(explorer.choice("baseline", values)), seed=2, run=11)
    assert found["ending"] == transcript.ending and found["outcome"] == transcript.outcome
    assert found["lines"][3::4] == [line.text for line in timeline(transcript)]
    assert found["outcome"] == OUTCOMES[explorer.play(explorer.choice("baseline", values), 2).outcomes[11]]
    assert len(base64.b64decode(found["trust"])) == 2 * found["turns"]


def test_the_table_holds_every_run_and_what_was_set(explorer: Explorer) -> None:
    values = {"sides.minsk.initial_trust": 0.3, "events.balloons": False}
    body = {
        "client": "t",
        "seed": 4,
        "now": {"scenario": "baseline", "set": values},
        "pin": {"scenario": "baseline"},
    }
    request = asking.read(asking.RunRequest, json.dumps(body).encode())
    rows = list(csv.DictReader(io.StringIO(asking.table(explorer, request).decode())))
    assert [row["settings"] for row in rows] == ["pinned"] * RUNS + ["now"] * RUNS
    assert [int(row["run"]) for row in rows] == 2 * list(range(RUNS))
    own = explorer.settings("baseline")["sides.minsk.initial_trust"].own
    assert {(row["settings"], row["sides.minsk.initial_trust"], row["events.balloons"]) for row in rows} == {
        ("pinned", str(own), "True"),
        ("now", "0.3", "False"),
    }
    played = explorer.play(explorer.choice("baseline", values), 4)
    for run, row in enumerate(rows[RUNS:]):
        assert row["outcome"] == OUTCOMES[played.outcomes[run]] and row["seed"] == "4"
        assert float(row["utility_minsk"]) == played.column("utility_1")[run]
        assert row["deal_turn"] == ("" if (deal := played.column("deal_turn")[run]) < 0 else str(int(deal)))
        assert int(row["prisoners_released"]) == played.column("prisoners_released")[run]


def test_what_is_kept_is_bounded(explorer: Explorer) -> None:
    small = Explorer(runs=2)
    for k in range(100):
        small.play(small.choice("two_islands", {"sides.sydvik.initial_trust": 0.2 + k / 1000}), k % 5)
    assert (
        len(small._played._kept) == 64 and len(small._draws._kept) == 3 and len(small._scenarios._kept) == 32
    )
    again = small.choice("two_islands", {"sides.sydvik.initial_trust": 0.299})
    assert small.play(again, 4) is small.play(again, 4)
