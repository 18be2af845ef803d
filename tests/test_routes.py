"""Routes: milestones as transcripts tell them, orders that add up, moments compared with their like."""

from __future__ import annotations

import json
import runpy
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from folders import SMALL, in_folder

from bargain_sim import load_results, paths, simulate
from bargain_sim.analysis.points import points_of
from bargain_sim.cli import main
from bargain_sim.codes import OUTCOMES
from bargain_sim.errors import InputError
from bargain_sim.narrate import CAVEAT
from bargain_sim.routes import reading
from bargain_sim.routes.deciding import FEWEST, compared
from bargain_sim.routes.milestones import KEYS, milestones_of
from bargain_sim.routes.orders import ARROW, orders_of
from bargain_sim.scenario.loader import load_scenario
from bargain_sim.scenario.schema import Scenario
from bargain_sim.store.merge import merge
from bargain_sim.transcript import Transcript

Captured = pytest.CaptureFixture[str]
ROOT = Path(__file__).resolve().parent.parent

SCENARIOS: dict[str, tuple[str, list[tuple[str, Any]]]] = {
    "baseline": ("baseline", []),
    "two_islands": ("two_islands", []),
    "collapsing": ("snapback", [("sides.both.reliability", 0.4)]),
    "from the record": ("baseline", [("start", "record")]),
    "from the middle of it": ("baseline", [("start", "record"), ("history.until", "2025-10-20")]),
}


def told(transcript: Transcript) -> dict[str, int]:
    """The milestones of one run as a person would read them off its transcript."""
    scenario = transcript.scenario
    begun, sides = scenario.handover, scenario.side_ids
    found: dict[str, int] = {}

    def note(name: str, turn: int) -> None:
        if turn >= begun:
            found.setdefault(name, turn)

    for turn in transcript.moves[begun:]:
        t = turn.turn
        if turn.corrections:
            note("correction", t)
        if turn.paused_by:
            note("pause", t)
        if turn.resumed:
            note("resumption", t)
        if turn.act == "demand":
            note("slight", t)
        if turn.agreed:
            note("agreed", t)
        if turn.items:
            for item in turn.items:
                note(f"{item.kind}_{turn.mover}", t)
            if turn.fraction is not None and turn.fraction < 1.0:
                note(f"short_{turn.mover}", t)
                note("shortfall", t)
        for act, name in (("walk_out", "walk_out"), ("give_up", "given_up"), ("renege", "reneged")):
            if turn.act == act:
                note(name, t)
    if all(f"material_{side}" in found for side in sides):
        found["exchange"] = max(found[f"material_{side}"] for side in sides)
    if transcript.outcome == "grand_bargain":
        found["implemented"] = transcript.turns - 1
    return found


@pytest.mark.parametrize("name", SCENARIOS)
def test_milestones_are_those_of_the_transcripts(name: str) -> None:
    scenario = load_scenario(*SCENARIOS[name])
    frame = paths(scenario, runs=40, seed=5).runs
    for run in range(40):
        transcript = simulate(scenario, seed=5, run=run)
        row = frame.loc[run]
        expected = told(transcript)
        ids = [each.id for each in milestones_of(scenario) if not each.id.startswith(("stands_", "instit"))]
        assert {each: row[each] for each in ids} == {each: expected.get(each, -1) for each in ids}
        assert (row["outcome"], row["turns"]) == (transcript.outcome, transcript.turns)


def test_institutions_stand_when_they_are_delivered_in_full() -> None:
    scenario = load_scenario("baseline")
    frame = paths(scenario, runs=200).runs
    envoy, embassy, both = (
        frame[name] for name in ("stands_special_envoy", "stands_embassy", "institutions")
    )
    assert (envoy[embassy >= 0] >= 0).all() and (envoy <= embassy)[embassy >= 0].all()
    assert both[embassy >= 0].equals(embassy[embassy >= 0]) and (both[embassy < 0] == -1).all()
    assert (embassy[frame["agreed"] >= 0] <= frame["agreed"][frame["agreed"] >= 0]).all()
    run = int(frame.index[envoy >= 0][0])
    transcript = simulate(scenario, seed=0, run=run)
    said = [turn for turn in transcript.moves for item in turn.items if item.concession == "special_envoy"]
    stood = int(envoy[run])
    assert (said[0].fraction == 1.0 and said[0].turn == stood) or (
        said[0].turn < stood and "special_envoy" in transcript.moves[stood].corrections
    )


def test_an_order_is_that_of_the_turns() -> None:
    turns = np.array([[3, 1, -1], [1, 1, 1], [-1, -1, -1], [-1, 0, 9], [5, 7, 6]])
    assert orders_of(turns, ("a", "b", "c")).tolist() == ["b > a", "a > b > c", "", "b > c", "a > c > b"]


def test_every_run_has_one_route_and_shares_add_up() -> None:
    found = paths("two_islands", runs=3000, seed=1)
    orders = found.orders
    assert orders["count"].sum() == 3000 and orders["share"].sum() == pytest.approx(1.0)
    assert orders["order"].is_unique and orders["count"].is_monotonic_decreasing
    given = orders[[f"share_{outcome}" for outcome in OUTCOMES]].sum(axis=1)
    assert given.to_numpy() == pytest.approx(1.0)
    whole = sum(orders["share"] * orders["share_grand_bargain"])
    assert whole == pytest.approx((found.runs["outcome"] == "grand_bargain").mean())
    assert (orders["low"] <= orders["share"]).all() and (orders["share"] <= orders["high"]).all()
    for order, row in zip(found.runs["order"], found.runs.to_dict("records"), strict=True):
        parts = order.split(ARROW) if order else []
        assert set(parts) == {key for key in KEYS if row[key] >= 0}
        assert [row[part] for part in parts] == sorted(row[part] for part in parts)


def naive(
    turns: npt.NDArray[np.int64], ends: npt.NDArray[np.bool_], played: npt.NDArray[np.int64],
    agreed: npt.NDArray[np.int64], points: npt.NDArray[np.int64], since: npt.NDArray[np.int64],
) -> tuple[int, float, float]:  # fmt: skip
    """What `compared` says it does, run by run."""
    reached, others = [], []
    for i in np.flatnonzero(turns >= 0):
        t = turns[i]
        stage = 0 <= agreed[i] < t
        like = [
            j for j in range(len(turns))
            if points[j] == points[i] and played[j] > t and (turns[j] < 0 or turns[j] > t)
            and (0 <= agreed[j] < t) == stage and 0 <= since[j] <= t
        ]  # fmt: skip
        if len(like) >= 2:
            reached.append(ends[i])
            others.append(np.mean(ends[like]))
    return len(reached), float(np.mean(reached)), float(np.mean(others))


@pytest.mark.parametrize("seed", range(5))
def test_a_moment_is_compared_with_its_like(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 120
    played = rng.integers(1, 15, n)
    turns = np.where(rng.random(n) < 0.6, (played * rng.random(n)).astype(np.int64), -1)
    agreed = np.where(rng.random(n) < 0.4, (played * rng.random(n)).astype(np.int64), -1)
    since = np.where(rng.random(n) < 0.8, (played * rng.random(n)).astype(np.int64), -1)
    points = rng.integers(0, 3, n)
    ends = rng.random(n) < 0.5
    found = compared(turns, ends, played, agreed, points, np.arange(n), since)
    expected = naive(turns, ends, played, agreed, points, since)
    assert found.matched == expected[0] > 5
    assert (found.reached, found.others) == pytest.approx(expected[1:])
    assert found.difference == pytest.approx(expected[1] - expected[2])
    if found.low == found.low:
        assert found.low < found.difference < found.high


def made_up(rng: np.random.Generator, runs: int, effect: float) -> dict[str, Any]:
    """Runs that reach something at a rate, which lifts their chance of the ending from .3 by `effect`."""
    reach = rng.geometric(0.1, runs) - 1
    over = rng.geometric(0.05, runs)
    turns = np.where(reach < over, reach, -1)
    ends = rng.random(runs) < 0.3 + effect * (turns >= 0)
    return of_runs(turns, ends, over)


def of_runs(turns: Any, ends: Any, played: Any) -> dict[str, Any]:
    """Runs at one point, each with its own luck, none with a package."""
    n = len(turns)
    return {
        "turns": turns, "ends": ends, "played": played, "agreed": np.full(n, -1),
        "points": np.zeros(n, dtype=np.int64), "luck": np.arange(n),
    }  # fmt: skip


def test_intervals_cover() -> None:
    # Where nothing follows from it, those who reach it end like those who do not: the difference is 0.
    rng = np.random.default_rng(7)
    found = [compared(**made_up(rng, 400, 0.0)) for _ in range(400)]
    covered = np.mean([each.low <= 0.0 <= each.high for each in found])
    assert 0.92 <= covered <= 0.98
    assert np.mean([each.difference for each in found]) == pytest.approx(0.0, abs=0.01)


def test_survivors_are_no_cause() -> None:
    """Ever against never sees what is not there: only those who last have the time to reach it."""
    rng = np.random.default_rng(3)
    over = rng.geometric(0.1, 20_000)
    reach = rng.geometric(0.1, 20_000) - 1
    turns = np.where(reach < over, reach, -1)
    ends = over > 10  # long talks succeed, whatever happens in them
    plain = ends[turns >= 0].mean() - ends[turns < 0].mean()
    found = compared(**of_runs(turns, ends, over))
    assert plain > 0.2 and found.low < 0.0 < found.high


def test_runs_that_share_their_luck_tell_less() -> None:
    rng = np.random.default_rng(1)
    once = made_up(rng, 300, 0.2)
    alone = compared(**once)
    again: dict[str, Any] = {name: np.tile(column, 4) for name, column in once.items()}
    together = compared(**again)
    apart = compared(**(again | {"luck": np.arange(1200)}))
    assert together.difference == pytest.approx(alone.difference, abs=0.01)
    assert together.high - together.low == pytest.approx(alone.high - alone.low, rel=0.05)
    assert apart.high - apart.low == pytest.approx((alone.high - alone.low) / 2, rel=0.1)


def test_too_few_runs_give_no_interval() -> None:
    rng = np.random.default_rng(2)
    few = made_up(rng, 200, 0.0)
    few["played"] += 200  # all still go on, so that every one can be compared
    few["turns"][np.flatnonzero(few["turns"] >= 0)[FEWEST - 1 :]] = -1
    found = compared(**few)
    assert found.matched == FEWEST - 1 and np.isnan(found.low) and not np.isnan(found.difference)
    nobody = compared(**(few | {"turns": np.full(200, -1)}))
    assert nobody.matched == 0 and np.isnan(nobody.difference)


def test_deciding_moments_are_sorted_and_leave_endings_out() -> None:
    found = paths("baseline", runs=3000)
    table = found.deciding
    assert table["difference"].abs()[table["low"].notna()].is_monotonic_decreasing
    assert not {"implemented", "walk_out", "given_up", "reneged"} & set(table["milestone"])
    assert table["milestone"].iloc[0] == "agreed"
    assert not {"institutions", "exchange"} & set(table["milestone"])  # the same as the embassy, the relief
    assert ((table["share"] >= 0) & (table["share"] <= 1) & (table["matched"] <= table["count"])).all()


# --- stored sweeps -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("stored") / "small"
    in_folder(where)
    return where


def stored(folder: Path) -> pd.DataFrame:
    return load_results(folder).frame.sort_values(["point", "run"], ignore_index=True)


def test_a_stored_sweep_is_played_again(folder: Path) -> None:
    found = paths(folder)
    frame = stored(folder)
    assert len(found.runs) == found.stored == 480 and found.points == 24
    for name in ("point", "run", "outcome", "turns"):
        assert found.runs[name].tolist() == frame[name].tolist()
    assert (found.runs["agreed"].where(found.runs["agreed"] >= 0)).tolist() == pytest.approx(
        frame["deal_turn"].astype(float).tolist(), nan_ok=True
    )
    assert found.runs["luck"].nunique() == 20
    same = paths(load_results(folder))
    assert same.runs.equals(found.runs)


def test_of_many_runs_some_are_read_evenly(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = paths(folder, runs=50)
    assert found.runs.groupby("point").size().to_dict() == dict.fromkeys(range(24), 2)
    few = paths(folder, runs=6)
    assert few.runs["point"].tolist() == [2, 6, 10, 14, 18, 22]
    one = paths(folder, point=7, runs=5)
    assert one.runs["run"].tolist() == [0, 1, 2, 3, 4] and set(one.runs["point"]) == {7}
    monkeypatch.setattr(reading, "MOST_POINTS", 3)
    sampled = paths(folder)
    assert sampled.runs.groupby("point").size().to_dict() == dict.fromkeys([4, 12, 20], 20)
    assert sampled.stored == 480 and sampled.points == 24


def test_points_with_luck_of_their_own_are_found(tmp_path: Path) -> None:
    in_folder(tmp_path / "own", SMALL | {"common_random_numbers": False})
    found = paths(tmp_path / "own")
    assert found.runs["run"].tolist() == stored(tmp_path / "own")["run"].tolist()
    assert found.runs["luck"].is_unique


def test_runs_of_several_seeds_are_found(tmp_path: Path) -> None:
    for seed in (1, 2):
        in_folder(tmp_path / str(seed), SMALL | {"seed": seed})
    merge([tmp_path / "1", tmp_path / "2"], tmp_path / "both", points_of)
    found = paths(tmp_path / "both")
    assert len(found.runs) == 960 and found.runs["luck"].nunique() == 40


def test_a_run_that_ends_otherwise_is_refused(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "other")
    results = load_results(tmp_path / "other")
    changed = [*results.manifest.overrides, ["sides.both.bonus", 90]]
    replace(results.manifest, overrides=changed).write(tmp_path / "other")
    with pytest.raises(InputError, match=r"runs end otherwise than is stored: run \d+ of point \d+"):
        paths(tmp_path / "other")


def test_summaries_are_refused(tmp_path: Path) -> None:
    in_folder(tmp_path / "brief", SMALL | {"keep": "summary"})
    with pytest.raises(InputError, match="summaries only"):
        paths(tmp_path / "brief")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"milestones": ["paus"]}, "Did you mean `pause`"),
        ({"milestones": []}, "make no route"),
        ({"milestones": ["pause", "pause"]}, "make no route"),
        ({"ending": "peace"}, "no ending `peace`"),
        ({"runs": 0}, "0 runs"),
        ({"point": 3}, "only a stored sweep"),
    ],
)
def test_what_is_wrong_is_said(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        paths("baseline", **{"runs": 5, **options})


def test_what_does_not_go_with_a_sweep_is_said(folder: Path) -> None:
    with pytest.raises(InputError, match="no point 24"):
        paths(folder, point=24)
    with pytest.raises(InputError, match="seed"):
        paths(folder, seed=0)
    with pytest.raises(InputError, match="nothing can be set"):
        paths(folder, overrides=["turns=5"])
    scenario: Scenario = load_scenario("baseline")
    with pytest.raises(InputError, match="loaded already"):
        paths(scenario, overrides=["turns=5"])


# --- the command ---------------------------------------------------------------------------------


def test_the_command_tells_and_draws(folder: Path, tmp_path: Path, capsys: Captured) -> None:
    assert main(["paths", str(folder), "--top", "3", "--size", "print,projector", "--format", "png,svg"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith(f"A small sweep: 480 runs. {CAVEAT}")
    assert "further route" in out and "The moments that decide" in out
    drawn = {path.name for path in (folder / "figures").iterdir()}
    assert {"routes.png", "routes.svg", "routes_projector.png", "captions.md"} <= drawn
    assert "routes.png" in err and "Scenario exploration" in (folder / "figures" / "captions.md").read_text()
    assert main(["paths", str(folder), "--point", "3", "--out", str(tmp_path)]) == 0
    assert "20 runs of point 3" in capsys.readouterr().out
    assert (tmp_path / "routes_point_3.png").is_file()


def test_one_json_object(capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["paths", "hardliner", "--runs", "50", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (
        data["note"] == CAVEAT
        and data["runs"] == 50
        and data["keys"] == ["pause", "slight", "agreed", "exchange"]
    )
    assert sum(row["count"] for row in data["orders"]) == 50
    assert None in [row["odds_ratio"] for row in data["deciding"]]
    assert not list(tmp_path.iterdir())


def test_an_ending_that_never_comes_has_no_moments(capsys: Captured) -> None:
    assert main(["paths", "hardliner", "--runs", "50", "--no-figures"]) == 0
    assert "No run ended as grand bargain: no moment moves its odds." in capsys.readouterr().out


def test_wrong_input_exits_with_2(capsys: Captured, tmp_path: Path) -> None:
    assert main(["paths", str(tmp_path)]) == 2
    assert "is no results folder" in capsys.readouterr().err
    assert main(["paths", "basline"]) == 2
    assert "`baseline`" in capsys.readouterr().err
    assert main(["paths", "baseline", "--runs", "5", "--format", "gif", "--out", str(tmp_path)]) == 2


def test_picture_of_the_page_shows_what_the_model_does() -> None:
    from bargain_sim.plots.routes import caption

    script = runpy.run_path(str(ROOT / "docs" / "make_images.py"))
    shown = script["ROUTES"].search((ROOT / "docs" / "how-to" / "routes.md").read_text("utf-8"))
    assert shown is not None
    assert shown[1] == script["plain"](caption(paths("baseline"))), "run `python docs/make_images.py`"
    assert (ROOT / "docs" / "images" / "routes.png").stat().st_size < 400_000
