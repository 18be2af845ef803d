"""Forecasts: the futures are those of plain runs, told with their odds, dates and assumptions."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from figure_bounds import faults_of

from bargain_sim import forecast, fork, load_scenario, simulate
from bargain_sim.analysis.intervals import wilson
from bargain_sim.cli import main
from bargain_sim.codes import OUTCOMES
from bargain_sim.errors import InputError
from bargain_sim.futures import drivers as futures_drivers
from bargain_sim.futures.drivers import drivers
from bargain_sim.futures.forecasting import Forecast
from bargain_sim.futures.handing_over import first_day
from bargain_sim.narrate import CAVEAT
from bargain_sim.plots import futures_fan
from bargain_sim.scenario.pack import pack

Captured = pytest.CaptureFixture[str]
RECORD = [("start", "record")]


@pytest.fixture(scope="module")
def found() -> Forecast:
    return forecast(runs=400, sensitivity_runs=100)


def test_endings_are_those_of_plain_runs(found: Forecast) -> None:
    scenario = load_scenario("baseline", RECORD)
    for run in range(12):
        plain = simulate(scenario, seed=0, run=run)
        assert found.runs.loc[run, "ending"] == plain.outcome
        assert found.runs.loc[run, "turns"] == plain.turns
    counts = found.endings.set_index("ending")["count"]
    assert counts.sum() == 400 and counts["open"] == 0
    assert list(counts.index) == [*OUTCOMES, "open"]


def test_happenings_are_those_of_plain_runs(found: Forecast) -> None:
    scenario = load_scenario("baseline", RECORD)
    start = scenario.handover
    for run in range(12):
        moves = simulate(scenario, seed=0, run=run).moves
        row = found.runs.loc[run]

        def first(happens: Any, moves: Any = moves) -> float:
            return next((t.turn for t in moves if t.turn >= start and happens(t)), float("nan"))

        expected = {
            "pause": first(lambda t: t.paused_by),
            "slight": first(lambda t: t.act == "demand"),
            "correction": first(lambda t: t.corrections),
            "package_agreed": first(lambda t: t.agreed),
            "material_minsk": first(
                lambda t: t.mover == "minsk" and any(i.kind == "material" for i in t.items)
            ),
            "material_washington": first(
                lambda t: t.mover == "washington" and any(i.kind == "material" for i in t.items)
            ),
        }
        for name, turn in expected.items():
            assert row[name] == pytest.approx(turn, nan_ok=True), (run, name)
    released = found.runs["size_next_prisoners_released"].dropna()
    assert (released >= 1).all() and (released == released.round()).all()


def test_a_package_is_possible_before_it_is_agreed_and_agreed_before_it_is_carried_out(
    found: Forecast,
) -> None:
    runs = found.runs
    done = runs["package_carried_out"].notna()
    assert done.any() and (done == (runs["ending"] == "grand_bargain")).all()
    assert (runs["package_agreed"] <= runs["package_carried_out"])[done].all()
    agreed = runs["package_agreed"].notna()
    assert (runs["package_possible"] <= runs["package_agreed"])[agreed].all()


def test_intervals_and_dates(found: Forecast) -> None:
    low, high = wilson(found.endings["count"], 400)
    assert np.array_equal(found.endings["low"], low) and np.array_equal(found.endings["high"], high)
    for table in (found.endings, found.happenings):
        seen = table[table["count"] > 0].dropna(subset="median")
        assert (seen["early"] <= seen["median"]).all() and (seen["median"] <= seen["late"]).all()
        assert (seen["early"].dt.date > found.told_until).all()
        assert table.loc[table["count"] == 0, "median"].isna().all()
    shares = found.sizes.groupby("happening")["share"].sum()
    assert len(shares) == 3 and np.allclose(shares, 1.0)


def test_what_has_not_ended_by_then_is_open(found: Forecast) -> None:
    short = forecast(until="2026-06-01", runs=400, sensitivity_runs=0)
    stop = short.scenario.turn_of(dt.date(2026, 6, 1)) + 1
    over = found.runs["turns"] <= stop
    assert 0 < over.sum() < 400
    assert (short.runs["ending"] == found.runs["ending"].where(over, "open")).all()
    for name in ("pause", "package_agreed", "package_carried_out", "material_minsk"):
        expected = found.runs[name].where(found.runs[name] < stop)
        pd.testing.assert_series_equal(short.runs[name], expected)
    last = short.by_date[short.by_date["date"] == short.by_date["date"].max()]
    assert last["share"].sum() == pytest.approx(over.mean())


def test_the_fan_tells_the_record_and_then_spreads(found: Forecast) -> None:
    told = found.fan[found.fan["told"]]
    assert (told["p5"] == told["p95"]).all()
    plain = simulate(load_scenario("baseline", RECORD))
    trust = told[(told["series"] == "trust") & (told["side"] == "minsk")]["p50"]
    assert list(trust) == [turn.trust["minsk"] for turn in plain.moves[: found.scenario.handover]]
    later = found.fan[~found.fan["told"] & (found.fan["series"] == "given")]
    assert (later["p5"] <= later["p50"]).all() and (later["p5"] < later["p95"]).any()
    drawn = forecast(runs=50, sensitivity_runs=0, overrides=["history.uncertain=drawn"]).fan
    assert (drawn[drawn["told"]]["p5"] < drawn[drawn["told"]]["p95"]).any()


def test_drivers_are_what_moving_them_does(found: Forecast) -> None:
    top = found.drivers.iloc[0]
    assert len(found.drivers) == 10 and (found.drivers["change"].diff().dropna() <= 0).all()
    for end in ("low", "high"):
        moved = forecast(runs=100, sensitivity_runs=0, overrides=[(top["path"], top[end])])
        share = moved.endings.set_index("ending").loc["grand_bargain", "share"]
        assert share == pytest.approx(top[f"share_at_{end}"])


def test_a_share_that_the_record_leaves_open_is_moved() -> None:
    scenario = load_scenario("baseline", RECORD)
    every = drivers(scenario, int(scenario.turns), 400, 0, most=1000)
    row = every.set_index("path").loc["history.entries.belavia.delivered"]
    assert (row["low"], row["high"]) == (pytest.approx(0.1), pytest.approx(0.9))


def test_runs_may_have_their_own_parameters() -> None:
    base, generous = (
        pack(load_scenario("baseline", [*RECORD, ("sides.both.caution", z)])) for z in (1.3, 0.0)
    )

    def points(first: int, stop: int) -> Any:
        odd = np.arange(first, stop) % 2 == 1
        return (
            np.where(odd[:, None], generous.floats, base.floats),
            np.where(odd[:, None], generous.ints, base.ints),
        )

    mixed = forecast(runs=60, sensitivity_runs=0, points=points).runs["ending"]
    plain = forecast(runs=60, sensitivity_runs=0).runs["ending"]
    other = forecast(runs=60, sensitivity_runs=0, overrides=["sides.both.caution=0"]).runs["ending"]
    assert (mixed[::2] == plain[::2]).all() and (mixed[1::2] == other[1::2]).all()
    assert (plain[1::2] != other[1::2]).any()


def test_a_forecast_from_an_earlier_day_leaves_out_what_came_later() -> None:
    early = forecast(after=dt.date(2025, 9, 11), runs=20, sensitivity_runs=0)
    assert early.told_until == dt.date(2025, 9, 11)
    assert early.scenario.handover < load_scenario("baseline", RECORD).handover
    assert first_day(early.scenario, early.scenario.handover) > early.told_until


def test_a_loaded_scenario_gives_the_same_as_its_name() -> None:
    named = forecast("baseline", runs=20, sensitivity_runs=0)
    loaded = forecast(load_scenario("baseline"), runs=20, sensitivity_runs=0)
    pd.testing.assert_frame_equal(named.runs, loaded.runs)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--from", "2026-01-01"], "Choose one of these days"),
        (["--from", "2024-01-01"], "Choose one of these days"),
        (["--from", "autumn"], "such as 2025-12-05"),
        (["--until", "2025-11-01"], "Choose a day within"),
        (["--until", "2040-01-01"], "Choose a day within"),
        (["two_islands"], "Write a `history`"),
        (["--set", "history.until=2024-01-01"], "the history ends on 2024-01-01, before the start"),
        (["--set", "start=beginning"], "`start` is set to `beginning`"),
        (["--runs", "1000000000000"], "Choose 1,000,000 at most"),
        (["--sensitivity-runs", "100000000000"], "Choose 100,000 at most"),
        (["--out", __file__], "is a file, and a folder is needed here"),
        (["--set", "sides.minsk.caution=-1"], "at least 0"),
    ],
)
def test_what_does_not_fit_is_refused(arguments: list[str], says: str, capsys: Captured) -> None:
    assert main(["forecast", *arguments]) == 2
    assert says in capsys.readouterr().err


def test_only_what_moves_more_than_luck_is_told_and_only_what_is_over_by_the_day() -> None:
    scenario = load_scenario("baseline", RECORD)
    every = drivers(scenario, int(scenario.turns), 60, 0, most=1000)
    assert len(every) and (every["change"] > 2 * every["error"]).all()
    assert not len(drivers(scenario, scenario.handover + 1, 60, 0)), "no bargain comes in the first turn"


def test_drivers_played_in_pieces_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = load_scenario("baseline", RECORD)
    told: list[tuple[int, int]] = []
    whole = drivers(scenario, int(scenario.turns), 40, 0)
    monkeypatch.setattr(futures_drivers, "_AT_ONCE", 15)
    pieces = drivers(scenario, int(scenario.turns), 40, 0, progress=lambda *done: told.append(done))
    pd.testing.assert_frame_equal(whole, pieces)
    assert len(told) == 3 and told[-1][0] == told[-1][1]


def test_forecasts_and_forks_say_how_far_they_are() -> None:
    told: list[tuple[int, int]] = []
    forecast(runs=1_500, sensitivity_runs=0, progress=lambda *done: told.append(done))
    assert told == [(1_000, 1_500), (1_500, 1_500)]
    told.clear()
    fork(at="2025-09-11", runs=20, progress=lambda *done: told.append(done))
    assert told == [(20, 40), (40, 40)]


def test_no_runs_are_refused() -> None:
    with pytest.raises(InputError, match="at least 1"):
        forecast(runs=0)


def test_the_command_says_what_it_is_and_what_it_rests_on(capsys: Captured) -> None:
    assert main(["forecast", "--runs", "200", "--sensitivity-runs", "50"]) == 0
    out = capsys.readouterr().out
    assert CAVEAT in out.splitlines()[0]
    order = [out.index(words) for words in ("What drives the result", "Endings by", "What happens by")]
    assert order == sorted(order)
    assert "nan" not in out.lower().replace("finance", "")


def test_the_command_writes_a_folder(tmp_path: Path, capsys: Captured) -> None:
    folder = tmp_path / "ahead"
    line = ["forecast", "--runs", "60", "--sensitivity-runs", "20", "--out", str(folder), "--json"]
    assert main(line) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == json.loads((folder / "forecast.json").read_text("utf-8"))
    assert sum(row["count"] for row in told["endings"]) == told["runs"] == 60
    assert len(pd.read_parquet(folder / "runs.parquet")) == 60
    assert (folder / "futures_fan.png").stat().st_size > 10_000
    assert len(pd.read_csv(folder / "endings.csv")) == 8


@pytest.mark.parametrize("size", ["print", "projector"])
@pytest.mark.parametrize("until", [None, "2025-12-31", "2026-12-31"])
def test_words_on_the_figure_can_be_read(size: str, until: str | None) -> None:
    sheet = futures_fan.draw(forecast(until=until, runs=60, sensitivity_runs=0), size=size)
    assert faults_of(sheet) == []
    assert "60 futures after 5 December 2025" in sheet.caption
