"""The benchmarks run and say what they mean; how fast anything is, is not asserted here."""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bargain_sim.engine import Engine, draws_of
from bargain_sim.scenario.loader import load_scenario
from bargain_sim.scenario.pack import pack
from bargain_sim.strategies import STRATEGIES

ROOT = Path(__file__).resolve().parent.parent
SPEED = ROOT / "benchmarks" / "speed.py"


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the harness as `make bench` does, in a process of its own (Mesa changes how others start)."""
    path = os.pathsep.join(filter(None, [str(ROOT / "src"), os.environ.get("PYTHONPATH")]))
    return subprocess.run(
        [sys.executable, str(SPEED), *arguments],
        check=False,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", "COLUMNS": "140"},
    )


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Import a module of benchmarks/ by name."""
    monkeypatch.syspath_prepend(str(SPEED.parent))
    return importlib.import_module


@pytest.mark.slow
def test_everything_is_measured_in_tiny(tmp_path: Path) -> None:
    page = ROOT / "docs" / "benchmarks.md"
    before = page.read_bytes()
    done = bench("--tiny", "--json", str(tmp_path / "figures.json"))
    assert done.returncode == 0, done.stderr
    told = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    figures = {(figure["section"], figure["name"]): figure for figure in told["figures"]}
    assert {section for section, _ in figures} >= {
        "rates", "ratios", "concessions", "turns", "sizes", "until", "startup", "shares", "process",
    }  # fmt: skip
    hosts = {"engine_1", "engine_2", "sweep_memory", "sweep_stored", "plain", "simulate", "mesa_1"}
    assert {name for section, name in figures if section == "rates"} >= hosts
    for figure in told["figures"]:
        assert figure["unit"] in {"negotiations/s", "×", "s", "µs", "MiB"}
        assert figure["values"] and all(value > 0 for value in figure["values"]), figure
    assert ("ratios", "sweep_stored/mesa_1") in figures
    assert ("ratios", "engine_1/plain") in figures
    assert {"date", "processor", "python", "numba", "load before", "load after"} <= set(told["about"])
    for package, piece in (("negmas", "negmas_10"), ("ema_workbench", "ema_1")):
        assert (("rates", piece) in figures) == (importlib.util.find_spec(package) is not None)
        if ("rates", piece) not in figures:
            assert "'.[benchmarks]'" in done.stderr
    assert ("ratios", "dask_workers/dask_threads") in figures or "Dask is left out" in done.stderr
    assert 0 < figures["until", "until_share"]["values"][0] < 1
    assert (("limit", "limit_baseline") in figures) == any(map(shutil.which, ("cc", "gcc", "clang")))
    assert page.read_bytes() == before  # only a full bench writes the page


@pytest.mark.parametrize("name", ["baseline", "snapback", "soft_red_lines", "balloon_crisis", "two_islands"])
def test_the_c_translation_plays_as_the_rules_do_bit_for_bit(module: Any, tmp_path: Path, name: str) -> None:
    loop = module("limit.loop")
    packed = pack(load_scenario(name))
    try:
        by_hand = loop.CLoop(packed, tmp_path)
    except loop.NoCompilerError as missing:
        pytest.skip(str(missing))
    engine, draws = Engine(packed), draws_of(7, 0, 300, packed.sizes.turns)
    for strategy in STRATEGIES:  # they do not change the sizes that it is compiled for
        packed = pack(load_scenario(name, {"sides.both.strategy": strategy}))
        points = packed.floats[None].repeat(2, axis=0), packed.ints[None].repeat(2, axis=0)
        _, first, stop = packed.layout.places["initial_trust"]
        points[0][1, first:stop] = 0.6
        assert by_hand.run(*points, draws).tobytes() == engine.run(*points, draws).tobytes(), strategy


def test_without_a_c_compiler_the_limit_is_left_out_with_a_sentence(
    module: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    loop, limit_host, counts = module("limit.loop"), module("bench.limit_host"), module("bench.counts")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    said: list[str] = []
    assert limit_host.limit(counts.TINY, said.append) == []
    assert said[-1] == loop.MISSING


def test_without_dask_it_is_left_out_with_a_sentence(module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    workers, counts = module("bench.workers"), module("bench.counts")
    monkeypatch.setitem(sys.modules, "distributed", None)
    said: list[str] = []
    assert workers.dask(counts.TINY, said.append) == []
    assert said[-1] == workers.MISSING


def test_a_translation_that_plays_otherwise_is_not_timed(
    module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit_host, counts = module("bench.limit_host"), module("bench.counts")

    class Wrong:
        def __init__(self, packed: Any, folder: Path) -> None:
            self.engine = Engine(packed)

        def run(self, *arguments: Any) -> Any:
            return self.engine.run(*arguments) + 1.0

    monkeypatch.setattr(limit_host, "CLoop", Wrong)
    with pytest.raises(RuntimeError, match="does not play as the rules do"):
        limit_host.limit(counts.TINY, lambda text: None)


@pytest.mark.parametrize("n", [8, 24, 64])
def test_a_grown_catalogue_is_worth_what_the_baseline_is(module: Any, n: int) -> None:
    scenario = load_scenario(module("bench.scaling").with_concessions(n))
    baseline = load_scenario("baseline")
    assert len(scenario.concessions) == n
    for giver in scenario.sides:
        assert sum(entry.giver == giver for entry in scenario.concessions.values()) == n // 2
    worth = [sum(float(entry.value) for entry in each.concessions.values()) for each in (scenario, baseline)]
    assert worth[0] == pytest.approx(worth[1])


def test_a_name_that_does_not_exist_is_refused() -> None:
    done = bench("--tiny", "--only", "nonsense")
    assert done.returncode == 2
    assert "nonsense" in done.stderr and "Traceback" not in done.stderr


def test_pieces_take_turns_and_ratios_are_taken_within_a_round(module: Any) -> None:
    harness = module("bench.harness")
    order: list[str] = []

    def piece(name: str) -> Any:
        return harness.Piece(name, name, lambda: order.append(name), lambda _: harness.Played(10, 50.0))

    a, b = harness.rates([piece("a"), piece("b")], 3, lambda text: None)
    assert order == ["a", "b"] * 3
    assert len(a.values) == 3 and a.note == "5; 10"
    a.values, b.values = [8.0, 2.0, 9.0], [2.0, 1.0, 1.0]
    assert harness.ratio(a, b, "").values == [4.0, 2.0, 9.0]


def test_the_page_keeps_its_own_words(module: Any, tmp_path: Path) -> None:
    report, harness = module("bench.report"), module("bench.harness")
    page = tmp_path / "page.md"
    page.write_text(f"Before.\n{report.BEGIN}\nold\n{report.END}\nAfter.\n", encoding="utf-8")
    figures = [harness.Figure("startup", "help", "`bargain --help`", "s", [0.1, 0.2, 0.4])]
    report.write_markdown(page, report.markdown(figures, {"date": "2025-12-05", "cores": "2"}))
    text = page.read_text(encoding="utf-8")
    assert text.startswith("Before.\n") and text.endswith("After.\n") and "old" not in text
    assert "| `bargain --help` | 0.20 | 0.10 – 0.40 |" in text
    page.write_text("no marks", encoding="utf-8")
    with pytest.raises(ValueError, match="marks"):
        report.write_markdown(page, "")
