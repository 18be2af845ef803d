"""What a negotiation costs as it grows: concessions, turns, points and runs."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Sequence
from typing import Any

import yaml

from bargain_sim.engine import Engine, draws_of
from bargain_sim.scenario.loader import load_scenario
from bargain_sim.scenario.pack import pack
from bargain_sim.scenario.schema import Scenario
from bargain_sim.shipped import shipped_folder
from bench.counts import Counts
from bench.harness import Figure
from bench.limit_host import TURNS
from bench.processes import child

CONCESSIONS = (8, 16, 24, 32, 64, 128)
HORIZONS = (52, 104, 208, 520)
SIZES = (  # steps of trust and of reciprocity, runs a point
    (5, 2, 100),
    (10, 10, 100),
    (10, 10, 1_000),
    (10, 10, 10_000),
    (50, 20, 1_000),
    (100, 100, 100),
)
LARGEST = (10, 10, 100_000)


def with_concessions(n: int) -> dict[str, Any]:
    """The baseline with `n` concessions, half a side, worth in all what the baseline's own are.

    Fewer: the first of each side.  More: the catalogue again and again, each copy with its own chain of
    requirements; only the first copy has the institutions.
    """
    text = (shipped_folder("scenarios") / "baseline.yaml").read_text(encoding="utf-8")
    scenario: dict[str, Any] = yaml.safe_load(text)
    old: dict[str, Any] = scenario["concessions"]
    new: dict[str, Any] = {}
    for side in scenario["sides"]:
        own = [name for name, concession in old.items() if concession["giver"] == side]
        for k in range(n // 2 if own else 0):
            number, place = divmod(k, len(own))
            concession = copy.deepcopy(old[own[place]])
            concession["requires"] = [
                f"{name}_{number}" for name in concession.get("requires", []) if name in old
            ]
            concession["institution"] = bool(concession.get("institution")) and number == 0
            new[f"{own[place]}_{number}"] = concession
    for concession in new.values():
        concession["requires"] = [name for name in concession["requires"] if name in new]
    for quantity in ("value", "cost"):
        was = sum(concession[quantity]["value"] for concession in old.values())
        now = sum(concession[quantity]["value"] for concession in new.values())
        for concession in new.values():
            concession[quantity]["value"] *= was / now
    tags = {tag for concession in new.values() for tag in concession.get("tags", [])}
    for event in scenario["events"].values():
        event["cost"] = {tag: effect for tag, effect in event.get("cost", {}).items() if tag in tags}
    del scenario["counters"]
    scenario["concessions"] = new
    return scenario


def with_turns(turns: int) -> dict[str, Any]:
    """A baseline that goes on for `turns` turns unless it ends before."""
    text = (shipped_folder("scenarios") / "baseline.yaml").read_text(encoding="utf-8")
    scenario: dict[str, Any] = yaml.safe_load(text)
    scenario["turns"]["value"] = turns
    scenario["sides"]["both"]["abandon"]["value"] = 0.0  # or hardly any would last so long
    scenario["sides"]["both"]["strategy"] = "proportional"
    return scenario


def growing(counts: Counts, say: Callable[[str], None]) -> list[Figure]:
    """Rules alone on one thread, as the catalogue and the horizon grow."""
    catalogues = [(f"concessions_{n}", f"{n}", with_concessions(n)) for n in CONCESSIONS]
    horizons = [(f"turns_{n}", f"{n}", with_turns(n)) for n in HORIZONS]
    return [
        *_per_negotiation("concessions", catalogues, counts, say),
        *_per_negotiation("turns", horizons, counts, say),
    ]


def _per_negotiation(
    section: str, cases: Sequence[tuple[str, str, Any]], counts: Counts, say: Callable[[str], None]
) -> list[Figure]:
    loaded: list[tuple[Figure, Scenario]] = []
    for name, title, source in cases:
        loaded.append((Figure(section, name, title, "µs"), load_scenario(source)))
    turns = {}
    for number in range(counts.rounds):
        say(f"{section}, {number + 1} of {counts.rounds}")
        for figure, scenario in loaded:
            packed = pack(scenario)
            engine = Engine(packed)
            draws = draws_of(0, 0, counts.scaling_runs, packed.sizes.turns)
            began = time.thread_time()
            rows = engine.run(packed.floats[None], packed.ints[None], draws)
            figure.values.append((time.thread_time() - began) / len(rows) * 1e6)
            turns[figure.name] = float(rows[:, TURNS].mean())
    for figure, _ in loaded:
        mean = turns[figure.name]
        figure.cells = (f"{mean:.0f}", f"{1000 * figure.median / mean:.0f}")
    return [figure for figure, _ in loaded]


def sizes(counts: Counts, say: Callable[[str], None], largest: bool) -> list[Figure]:
    """Whole processes that store sweeps of more and more points and runs, on 2 threads, once each."""
    figures = []
    for rows, columns, runs in [*SIZES[: counts.sizes], *([LARGEST] if largest else [])]:
        points = rows * columns
        title = f"{points:,} × {runs:,} = {points * runs:,}"
        say(f"points × runs: {title}")
        told, whole, cores = child("sweep_stored", runs, str(rows), str(columns))
        peak = f"{told['peak_mib']:,.0f}" if told["peak_mib"] is not None else "?"
        rate = f"{round(points * runs / told['seconds'], -2):,.0f}"
        figures.append(
            Figure("sizes", f"size_{points}_{runs}", title, "s", [whole], cells=(peak, rate, f"{cores:.2f}"))
        )
    return figures
