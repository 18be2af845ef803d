"""One list of tests for every back end: the same rows, whoever computes them, and nothing lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bargain_sim import InputError, Results, sweep
from bargain_sim.plans.adaptive import Target, next_segments
from bargain_sim.plans.plan import PIECE_RUNS, Plan, Rectangle, tasks_in
from bargain_sim.sweeps.backends import Backend, Serial, Threads
from bargain_sim.sweeps.loading import load_sweep
from bargain_sim.sweeps.runner import first_plan

SMALL: dict[str, Any] = {
    "format_version": 1,
    "name": "small",
    "title": "A small sweep",
    "scenario": "baseline",
    "design": "grid",
    "factors": {
        "sides.both.strategy": ["comparative", "proportional"],
        "sides.both.initial_trust": [0.3, 0.5, 0.6],
        "sides.both.reciprocity": {"range": [0.2, 1.0], "steps": 3},
    },
    "runs": 300,
    "seed": 3,
}
UNTIL: dict[str, Any] = SMALL | {
    "runs": 64,
    "until": {"outcome": "grand_bargain", "half_width": 0.04, "max_runs": 1000},
}


def bytes_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "runs").iterdir())}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0", host="127.0.0.1"
    ) as made:
        yield made


# What each back end is asked for, beside the sweep itself.
ASK = {"serial": {"workers": 1}, "threads": {"workers": 2}, "dask": {}}


@pytest.fixture(params=list(ASK))
def ask(request: pytest.FixtureRequest) -> dict[str, Any]:
    if request.param == "dask":
        return {"dask": request.getfixturevalue("cluster").scheduler_address}
    return dict(ASK[request.param])


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """The bytes of both sweeps, left alone, serially."""
    found = {}
    for name, source in (("small", SMALL), ("until", UNTIL)):
        folder = tmp_path_factory.mktemp(name)
        sweep(source, out=folder, workers=1)
        found[name] = bytes_in(folder)
    return found


@pytest.mark.parametrize(("name", "source"), [("small", SMALL), ("until", UNTIL)])
def test_the_same_bytes(
    name: str, source: dict[str, Any], ask: dict[str, Any], alone: Any, tmp_path: Path
) -> None:
    seen: list[tuple[int, int]] = []
    sweep(source, out=tmp_path, progress=lambda done, total: seen.append((done, total)), **ask)
    assert bytes_in(tmp_path) == alone[name]
    assert seen[-1][0] == seen[-1][1]


def assert_reused(results: Results) -> None:
    """That a resumed sweep took what was stored, whole parts of it, and computed the rest."""
    made, rows = results.manifest.timing["runs_this_time"], results.manifest.rows
    assert 0 < made < rows


def test_an_interrupted_sweep_goes_on(
    ask: dict[str, Any], alone: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(done: int, total: int) -> None:
        if done > 2_500:
            raise KeyboardInterrupt

    monkeypatch.setattr("bargain_sim.store.table.PART_ROWS", 1_000)
    with pytest.raises(KeyboardInterrupt):
        sweep(SMALL, out=tmp_path / "cut", progress=stop, **ask)
    assert_reused(sweep(SMALL, out=tmp_path / "cut", resume=True, **ask))
    sweep(SMALL, out=tmp_path / "whole", workers=1)
    assert bytes_in(tmp_path / "cut") == bytes_in(tmp_path / "whole")


def test_an_adaptive_sweep_resumes_to_the_same_decisions(
    ask: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(done: int, total: int) -> None:
        if total > 18 * 64 and done > 3_000:  # in the second round or later
            raise KeyboardInterrupt

    monkeypatch.setattr("bargain_sim.store.table.PART_ROWS", 500)
    with pytest.raises(KeyboardInterrupt):
        sweep(UNTIL, out=tmp_path / "cut", progress=stop, **ask)
    assert len(bytes_in(tmp_path / "cut")) > 1
    assert_reused(sweep(UNTIL, out=tmp_path / "cut", resume=True, **ask))
    sweep(UNTIL, out=tmp_path / "whole", workers=1)
    assert bytes_in(tmp_path / "cut") == bytes_in(tmp_path / "whole")


def pool_threads() -> set[threading.Thread]:
    """Threads that compute runs (Dask's client and cluster have others, which come and go)."""
    return {thread for thread in threading.enumerate() if thread.name.startswith("bargain")}


def test_an_error_is_raised_and_nothing_left_running(ask: dict[str, Any], tmp_path: Path) -> None:
    def fail(done: int, total: int) -> None:
        raise RuntimeError("on purpose")

    before = pool_threads()
    with pytest.raises(RuntimeError, match="on purpose"):
        sweep(SMALL, out=tmp_path, progress=fail, **ask)
    assert pool_threads() <= before, "a pool was left behind"


def test_a_lost_worker_loses_nothing(cluster: Any, alone: Any, tmp_path: Path) -> None:
    killed: list[int] = []

    def kill(done: int, total: int) -> None:
        if not killed:
            worker = next(iter(cluster.workers.values()))
            killed.append(worker.process.pid)
            os.kill(worker.process.pid, signal.SIGKILL)
            time.sleep(0.2)

    sweep(SMALL, out=tmp_path, dask=cluster.scheduler_address, progress=kill)
    assert killed
    assert bytes_in(tmp_path) == alone["small"]


@contextmanager
def one_worker() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=":0", host="127.0.0.1"
    ) as made:
        yield made


def killing(cluster: Any, times: int) -> Callable[[int, int], None]:
    """Told of progress, kills the cluster's first worker, `times` times."""
    left = [times]

    def kill(done: int, total: int) -> None:
        if left[0]:
            left[0] -= 1
            os.kill(next(iter(cluster.workers.values())).process.pid, signal.SIGKILL)

    return kill


def test_the_only_worker_may_be_lost(alone: Any, tmp_path: Path) -> None:
    """What was sent to it is lost with it; the one that its nanny starts is sent everything again."""
    with one_worker() as cluster:
        results = sweep(SMALL, out=tmp_path, dask=cluster.scheduler_address, progress=killing(cluster, 1))
    assert bytes_in(tmp_path) == alone["small"]
    assert results.manifest.timing["runs_this_time"] == results.manifest.rows, "nothing twice"


def test_no_worker_left_is_told(alone: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bargain_sim.sweeps.backends.dask._PATIENCE", 1.0)
    with one_worker() as cluster:
        next(iter(cluster.workers.values())).close_gracefully()  # its nanny starts no other
        with pytest.raises(InputError, match="all Dask workers are gone") as caught:
            sweep(SMALL, out=tmp_path, dask=cluster.scheduler_address, progress=killing(cluster, 1))
    assert "--resume" in (caught.value.remedy or "")
    sweep(SMALL, out=tmp_path, resume=True)
    assert bytes_in(tmp_path) == alone["small"]


def test_workers_that_are_lost_again_and_again_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bargain_sim.sweeps.backends.dask._TRIES", 0)
    with one_worker() as cluster, pytest.raises(InputError, match="lost 1 times") as caught:
        sweep(SMALL, out=tmp_path, dask=cluster.scheduler_address, progress=killing(cluster, 1))
    assert "--resume" in (caught.value.remedy or "")


def test_no_scheduler_is_told() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(InputError, match="no Dask scheduler answers"):
        sweep(SMALL, runs=1, dask="not an address")


def test_back_ends_are_what_they_say() -> None:
    backends: list[Backend] = [Serial(), Threads(2)]
    assert [backend.workers for backend in backends] == [1, 2]


# Plans


def plan_of(*segments: tuple[int, int, list[int]]) -> Plan:
    plan = Plan()
    for run, stop, points in segments:
        plan.add(Rectangle(run, stop, np.array(points, dtype=np.int64)))
    return plan


def rows_of(plan: Plan, start: int, stop: int) -> list[tuple[int, int]]:
    return [
        (run, int(point))
        for piece in plan.rectangles(start, stop)
        for run in range(piece.run, piece.run_stop)
        for point in piece.points
    ]


@pytest.mark.parametrize("points", [1, 2, 7, 200])
@pytest.mark.parametrize(("start", "stop"), [(0, 1), (0, 500), (3, 4), (5, 419), (131, 400)])
def test_rectangles_cover_rows_in_order(points: int, start: int, stop: int) -> None:
    plan = first_plan(points, 500)
    assert rows_of(plan, start, stop) == [divmod(row, points) for row in range(start, stop)]


def test_segments_follow_one_another() -> None:
    plan = plan_of((0, 3, [0, 1, 2]), (3, 3, [1]), (3, 5, [1]), (5, 6, [0, 2]))
    everything = rows_of(plan, 0, plan.rows)
    assert len(everything) == plan.rows == 13
    assert everything[8:] == [(2, 2), (3, 1), (4, 1), (5, 0), (5, 2)]
    for start in range(14):
        for stop in range(start, 14):
            assert rows_of(plan, start, stop) == everything[start:stop]
            points, runs = plan.run_numbers(start, stop)
            assert list(zip(runs.tolist(), points.tolist(), strict=True)) == everything[start:stop]
    with pytest.raises(ValueError, match="not among"):
        rows_of(plan, 0, 14)


def test_tasks_do_not_cross_parts() -> None:
    tasks = list(tasks_in(5, 47, largest=6, within=10))
    assert tasks[0][0] == 5 and tasks[-1][1] == 47
    assert all(a[1] == b[0] for a, b in pairwise(tasks))
    assert all(stop - start <= 6 and start // 10 == (stop - 1) // 10 for start, stop in tasks)


# Enough runs


def test_more_runs_where_the_share_is_least_sure() -> None:
    target = Target(2, 0.04, 0.95, 100_000)
    runs = np.array([100, 100, 100, 100])
    hits = np.array([0, 5, 50, 100])
    wanted = target.runs_wanted(hits, runs)
    assert wanted[2] > wanted[1] > wanted[0] == wanted[3] == 100
    assert (wanted <= np.ceil(2 * runs / PIECE_RUNS) * PIECE_RUNS).all(), "at most doubled, in whole blocks"
    assert (wanted[1:3] % PIECE_RUNS == 0).all()


def test_it_stops_when_it_is_enough_or_may_not_go_on() -> None:
    target = Target(2, 0.05, 0.95, 300)
    sure, spent = np.array([0, 0]), np.array([1_000, 1_000])
    assert next_segments(target, sure, spent) == []
    assert next_segments(target, np.array([150]), np.array([300])) == []
    (first, *_) = next_segments(target, np.array([0, 100]), np.array([1_000, 200]))
    assert first.points.tolist() == [1]


def test_rounds_reach_every_point_they_owe() -> None:
    target = Target(2, 0.03, 0.95, 1_000)
    runs = np.array([64, 100, 640, 64])
    hits = np.array([32, 50, 320, 0])
    made = runs.copy()
    for segment in next_segments(target, hits, runs):
        for point in segment.points:
            assert made[point] == segment.run, "each point's runs follow one another"
            made[point] = segment.run_stop
    assert made.tolist() == target.runs_wanted(hits, runs).tolist()


@pytest.mark.parametrize(("points", "half_width"), [(3, 0.002), (500, 0.005)])
def test_a_plan_does_not_grow_with_its_runs(points: int, half_width: float) -> None:
    rng = np.random.default_rng(1)
    share = rng.random(points)
    target, runs = Target(2, half_width, 0.95, 1_000_000), np.full(points, 64)
    hits = rng.binomial(runs, share)
    tracemalloc.start()
    plan = first_plan(points, 64)
    while segments := next_segments(target, hits, runs):
        for segment in segments:
            plan.add(segment)
        wanted = target.runs_wanted(hits, runs)
        hits, runs = hits + rng.binomial(wanted - runs, share), wanted
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert plan.rows == runs.sum() > 200_000
    assert held < plan.rows / 10, "bytes: points of their own would take half a byte a run or more"


def test_the_precision_asked_for_is_reached_and_reported() -> None:
    results = sweep(UNTIL)
    precision = results.manifest.precision
    points = results.points
    half = (points["high_grand_bargain"] - points["low_grand_bargain"]) / 2
    short = (half > 0.04 + 1e-12).sum()
    assert precision["points_short_of_it"] == short == 0
    assert precision["widest_half_width"] == pytest.approx(half.max())
    assert precision["most_runs"] == points["runs"].max() > points["runs"].min()
    assert results.manifest.rows == points["runs"].sum() == len(results.frame)


def test_runs_of_an_adaptive_sweep_replay_apart() -> None:
    from bargain_sim import simulate

    results = sweep(UNTIL | {"common_random_numbers": False})
    frame = results.frame
    assert frame["run"].is_unique
    row = frame.iloc[len(frame) - 3]
    alone = simulate(results.scenario_at(int(row["point"])), seed=3, run=int(row["run"]))
    assert (alone.outcome, alone.turns) == (row["outcome"], row["turns"])


def test_the_definition_reads_until() -> None:
    loaded = load_sweep(UNTIL)
    assert loaded.sweep.until is not None
    assert loaded.sweep.until.confidence == 0.95


def test_the_recipe_for_several_machines(tmp_path: Path, alone: Any) -> None:
    """`dask scheduler` and `dask worker` as docs/how-to/large-sweeps.md has them, on this machine."""
    pytest.importorskip("distributed")
    file = tmp_path / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    started = [
        subprocess.Popen(
            [*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
             "--scheduler-file", str(file)],
            stderr=subprocess.DEVNULL,
        )
    ]  # fmt: skip
    try:
        for _ in range(100):
            if file.exists():
                break
            time.sleep(0.1)
        worker = [*dask, "worker", "--scheduler-file", str(file), "--nthreads", "1", "--no-dashboard"]
        started += [subprocess.Popen(worker, stderr=subprocess.DEVNULL) for _ in range(2)]
        address = json.loads(file.read_text())["address"]
        for _ in range(100):
            try:
                sweep(SMALL, out=tmp_path / "r", dask=address)
                break
            except InputError as error:
                if "no workers" not in str(error):
                    raise
                time.sleep(0.1)
        assert bytes_in(tmp_path / "r") == alone["small"]
        with pytest.raises(InputError, match="no longer answers"):
            sweep(SMALL, out=tmp_path / "s", dask=address, progress=lambda done, total: started[0].kill())
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait(20)
