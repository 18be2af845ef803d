"""The wait for a package: against textbook estimators written out, and under shared luck."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bargain_sim import InputError, survival, sweep
from bargain_sim.analysis.intervals import wilson
from bargain_sim.analysis.reading import groups_of
from bargain_sim.analysis.survival import survival_of


def some_runs(n: int, seed: int, horizon: int = 60, late: float = 1.0) -> pd.DataFrame:
    """Independent runs: exponential waits for a package and for a breakdown, whichever comes first."""
    rng = np.random.default_rng(seed)
    deal, end = rng.exponential(40 * late, n).astype(int), rng.exponential(70, n).astype(int)
    agreed = (deal <= end) & (deal < horizon)
    broke = ~agreed & (end < horizon)
    outcome = np.where(agreed, "grand_bargain", np.where(broke, "breakdown", "stall"))
    return pd.DataFrame(
        {
            "run": np.arange(n),
            "outcome": outcome,
            "turns": np.where(broke, end + 1, horizon),
            "deal_turn": pd.array(
                [d if a else None for d, a in zip(deal, agreed, strict=True)], dtype="Int32"
            ),
        }
    )


def test_under_a_common_limit_it_is_the_share_of_runs() -> None:
    frame = some_runs(500, 1)
    deals = survival_of(frame, limit=60)
    breaks = survival_of(frame, limit=60, of="breakdown")
    for turn in range(60):
        share = float((frame["deal_turn"] <= turn).fillna(False).mean())
        assert deals.curves["share"][turn] == pytest.approx(share)
        broke = float(((frame["outcome"] == "breakdown") & (frame["turns"] - 1 <= turn)).mean())
        assert breaks.curves["share"][turn] == pytest.approx(broke)
    row = deals.groups.iloc[0]
    assert row["happened"] + row["competing"] + row["censored"] == row["runs"] == 500
    assert row["happened"] == frame["deal_turn"].notna().sum()
    assert row["competing"] == (frame["outcome"] == "breakdown").sum()


def aalen_johansen(frame: pd.DataFrame, limit: pd.Series, horizon: int) -> list[float]:
    """Cumulative incidence of the deal, with breakdown competing and the limit censoring: by hand."""
    at_risk, free, total, found = len(frame), 1.0, 0.0, []
    broke = frame["outcome"] == "breakdown"
    for turn in range(horizon):
        at_risk -= int((limit == turn).where(~broke & frame["deal_turn"].isna(), False).sum())
        deals = int((frame["deal_turn"] == turn).fillna(False).sum())
        ends = int((broke & (frame["turns"] - 1 == turn)).sum())
        if at_risk:
            total += free * deals / at_risk
            free *= 1.0 - (deals + ends) / at_risk
        at_risk -= deals + ends
        found.append(total)
    return found


def test_under_different_limits_it_nears_aalen_and_johansen() -> None:
    """Both are consistent for the same share; over many runs they agree to well within a percentage point."""
    rng = np.random.default_rng(5)
    frame = some_runs(40_000, 2, horizon=60)
    limit = pd.Series(rng.choice([15, 30, 60], len(frame)), index=frame.index)
    deal = frame["deal_turn"].astype("Float64").to_numpy(dtype=float, na_value=np.inf)
    end = np.where(frame["outcome"] == "breakdown", frame["turns"] - 1, np.inf)
    first = np.minimum(deal, end)
    cut = first >= limit
    frame.loc[cut, "outcome"] = "stall"
    frame.loc[cut, "deal_turn"] = pd.NA
    frame.loc[cut, "turns"] = limit[cut]
    curve = survival_of(frame, limit=limit).curves
    expected = aalen_johansen(frame, limit, 60)
    assert np.abs(curve["share"] - expected).max() < 0.01
    # To take breakdown for censoring would say more.
    naive = survival_of(frame.assign(outcome="stall"), limit=frame["turns"].where(end < np.inf, limit)).curves
    assert naive["share"].iloc[-1] > curve["share"].iloc[-1] + 0.05


def test_the_band_covers_what_it_should() -> None:
    truth = survival_of(some_runs(200_000, 99), limit=60).curves["share"]
    inside = []
    for seed in range(200):
        curve = survival_of(some_runs(150, seed), limit=60).curves
        inside.append((curve["low"] <= truth) & (truth <= curve["high"]))
        assert (curve["low"] <= curve["share"] + 1e-12).all() and (
            curve["share"] <= curve["high"] + 1e-12
        ).all()
    # 200 samples: three standard errors of a coverage of 95 % are 4.6 points.
    assert 0.90 < float(np.mean(inside)) < 0.99


def test_points_that_share_their_luck_count_for_less() -> None:
    one = some_runs(80, 4)
    copies = pd.concat([one.assign(point=k) for k in range(25)], ignore_index=True)
    alone, together = (survival_of(frame, limit=60) for frame in (one, copies))
    assert together.groups["worth"][0] == pytest.approx(79, abs=1.5)
    width = (alone.curves["high"] - alone.curves["low"])[30:]
    assert (together.curves["high"] - together.curves["low"])[30:].to_numpy() == pytest.approx(
        width, rel=0.05
    )


def test_groups_are_compared() -> None:
    soon, late = some_runs(400, 7), some_runs(400, 8, late=3.0)
    late["run"] += 400
    frame = pd.concat([soon.assign(patience=2), late.assign(patience=8)], ignore_index=True)
    found = survival_of(frame, groups_of(frame, "patience"), limit=60, by="patience")
    assert list(found.groups["group"]) == ["2", "8"]
    test = found.tests.iloc[0]
    assert test["statistic"] > 3 and test["pvalue"] < 0.01
    alike = pd.concat([soon, some_runs(400, 9).assign(run=late["run"])], ignore_index=True)
    same = survival_of(alike, {"one": alike[:400], "other": alike[400:]}, limit=60)
    assert same.tests["pvalue"][0] > 0.001
    assert set(found.curve("2")["turn"]) == set(range(60))
    with pytest.raises(InputError, match="no group"):
        found.curve("3")


@pytest.mark.parametrize("outcome", ["breakdown", "stall", "normalised_by_steps"])
def test_nothing_ever_agreed(outcome: str) -> None:
    frame = some_runs(50, 1).assign(outcome=outcome, deal_turn=pd.array([None] * 50, dtype="Int32"))
    found = survival_of(frame, limit=60)
    assert (found.curves["share"] == 0).all() and (found.curves["low"] == 0).all()
    assert found.curves["high"].iloc[-1] == pytest.approx(float(wilson(0, 50)[1]))
    assert np.isnan(found.groups["median"][0])
    assert np.isnan(survival_of(frame, {"a": frame, "b": frame}, limit=60).tests["pvalue"][0])


def test_all_agreed_at_once() -> None:
    frame = some_runs(30, 1).assign(outcome="grand_bargain", deal_turn=pd.array([3] * 30, dtype="Int32"))
    found = survival_of(frame, limit=60)
    assert found.curves["share"].tolist() == [0.0] * 3 + [1.0] * 57
    assert found.groups["median"][0] == 3 and found.curves["high"].iloc[-1] == 1.0


def test_what_cannot_be_asked() -> None:
    frame = some_runs(10, 1)
    with pytest.raises(InputError, match="wait for"):
        survival_of(frame, limit=60, of="peace")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no column"):
        survival_of(frame.drop(columns="turns"), limit=60)
    with pytest.raises(InputError, match="no runs"):
        survival_of(frame, {"none": frame[:0]}, limit=60)


SWEEP: dict[str, Any] = {
    "format_version": 1, "name": "wait", "title": "Wait", "scenario": "small_initiative", "design": "grid",
    "runs": 30,
}  # fmt: skip


def test_of_a_sweep() -> None:
    results = sweep(SWEEP | {"factors": {"sides.both.initial_trust": [0.3, 0.7]}}, workers=1)
    found = survival(results, "sides.both.initial_trust")
    for level, group in ((0.3, "0.3"), (0.7, "0.7")):
        here = results.frame[results.frame["initial_trust"] == level]
        assert found.curve(group)["share"].iloc[-1] == pytest.approx(here["deal_turn"].notna().mean())
    assert found.by == "initial_trust"
    assert survival(results).groups["runs"][0] == 60
    with pytest.raises(InputError, match="no factor `initial_trus`"):
        survival(results, "initial_trus")


def test_a_longer_negotiation_has_a_later_limit() -> None:
    results = sweep(SWEEP | {"factors": {"turns": {"name": "length", "values": [20, 60]}}}, workers=1)
    found = survival(results)
    assert found.curves["turn"].max() == 59
    # The short ones have no turn 20: from there on only the 30 runs of the long negotiation are looked at.
    soon = (results.frame["deal_turn"] < 19).fillna(False).sum()
    assert found.curves["waiting"][19] == 60 - soon
    long = results.frame["length"] == 60
    assert found.curves["waiting"][20] == 30 - (results.frame["deal_turn"][long] < 20).fillna(False).sum()


def test_who_has_no_such_turn_is_not_at_risk_in_it() -> None:
    """A hundred runs have ten turns and agree in none; a hundred have twenty, and all agree in turn 10."""
    frame = pd.DataFrame(
        {
            "run": np.arange(200),
            "outcome": ["stall"] * 100 + ["grand_bargain"] * 100,
            "turns": [10] * 100 + [15] * 100,
            "deal_turn": pd.array([None] * 100 + [10] * 100, dtype="Int32"),
        }
    )
    curve = survival_of(frame, limit=pd.Series([10] * 100 + [20] * 100)).curves
    assert curve["waiting"][9] == 200 and curve["waiting"][10] == 100
    assert curve["share"][9] == 0.0 and curve["share"][10] == 1.0


def test_groups_of_many_numbers_are_thirds() -> None:
    frame = pd.DataFrame({"x": np.linspace(0, 1, 90), "name": ["b", "a"] * 45})
    parts = groups_of(frame, "x")
    assert [len(part) for part in parts.values()] == [30, 30, 30]
    assert next(iter(parts)).startswith("0 to 0.3")
    assert next(iter(groups_of(frame.assign(x=frame["x"] * 24 + 9e-4), "x"))) == "0 to 7.8"
    assert list(groups_of(frame, "name")) == ["b", "a"]


def test_every_run_is_in_a_group_however_alike_the_levels_are() -> None:
    frame = pd.DataFrame({"x": [10_000.0, 10_001.0, 10_002.0] * 30})
    assert {name: len(part) for name, part in groups_of(frame, "x").items()} == {
        "10000": 30, "10001": 30, "10002": 30
    }  # fmt: skip
    crowded = pd.DataFrame({"x": np.append(np.linspace(0.0, 1e-3, 60), np.full(30, 1e3))})
    parts = groups_of(crowded, "x")
    assert len(parts) == 3 and sum(len(part) for part in parts.values()) == 90
    assert list(groups_of(pd.DataFrame({"x": [0.1, 0.3, 1 / 3]}), "x")) == ["0.1", "0.3", "0.3333"]
