"""What the pictures of `plots/test_images.py` show: made-up runs, and toys that no calibration moves."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from figure_runs import SIDES, runs, trust_paths
from planted import THREE, design, planted
from toys import event, q, rich

from bargain_sim.analysis.drivers import Drivers, drivers
from bargain_sim.analysis.solutions import solutions
from bargain_sim.calibration.comparing import Comparison
from bargain_sim.calibration.fitting import Calibration
from bargain_sim.calibration.leaving_out import LeftOut
from bargain_sim.calibration.recovery import Recovery
from bargain_sim.futures.forecasting import forecast
from bargain_sim.futures.forking import fork
from bargain_sim.play import simulate
from bargain_sim.plots import (
    KINDS,
    fork_pair,
    futures_fan,
    null_models,
    prior_posterior,
    record_trust,
    recovered,
)
from bargain_sim.plots.drivers_book import figures_of
from bargain_sim.plots.sheet import Sheet
from bargain_sim.routes.paths import paths
from bargain_sim.scenario.loader import resolve
from bargain_sim.scenario.schema import Scenario

T, R, S = "initial_trust", "reciprocity", "strategy"
LABELS = {"washington": "Washington", "minsk": "Minsk"}
SOURCE = "assumption: a test"
QUANTILES = {5: -1.6, 10: -1.3, 25: -0.7, 50: 0.0, 75: 0.7, 90: 1.3, 95: 1.6}


def kind(name: str, *given: Any, **more: Any) -> Sheet:
    sheet: Sheet = KINDS[name](*given, **more)
    return sheet


@cache
def grid() -> pd.DataFrame:
    levels = [round(float(value), 3) for value in np.linspace(0.2, 0.6, 9)]
    return runs({T: levels, R: [0.0, 0.25, 0.5, 0.75, 1.0], S: ["comparative", "proportional"]}, 40)


@cache
def toy() -> Scenario:
    """Everything in it, its concessions named."""
    made = rich()
    named = {name: each.model_copy(update={"label": name.replace("_", " ")})
             for name, each in made.concessions.items()}  # fmt: skip
    labels = {"a": "Atlantis", "b": "Babylon"}
    sides = {name: each.model_copy(update={"label": labels[name]}) for name, each in made.sides.items()}
    return made.model_copy(update={"concessions": named, "sides": sides, "title": "A toy"})


@cache
def told() -> dict[str, Any]:
    """The toy with a history of its first weeks."""
    data = toy().model_dump(mode="json", exclude_none=True)
    entries: dict[str, dict[str, Any]] = {
        "first": {"date": "2025-01-14", "gives": {"release": 1}},
        "visit": {"date": "2025-02-03", "gives": {"visits": 2}},
        "line": {"date": "2025-02-20", "gives": {"line": 1}, "delivered": q(0.5)},
        "call": {"date": "2025-03-12", "gives": {"call": 1}},
        "strike": {"date": "2025-04-02", "event": "balloons"},
    }
    history = {"until": "2025-05-01", "entries": {k: e | {"source": SOURCE} for k, e in entries.items()}}
    events = {"balloons": event(rate=q(0.04), evidence={"b": q(1)}, label="Balloons")}
    events["balloons"].pop("at_source")
    return data | {"history": history, "events": events}


@cache
def calibrated() -> Calibration:
    """A posterior as it might be found; nothing was fitted."""
    rng = np.random.default_rng(3)
    scenario = resolve(told())
    names = ("initial_trust", "negativity", "reliability", "caution", "bonus", "memory")
    wide = np.array([0.2, 0.35, 0.5, 0.7, 0.78, 0.8])
    middle = rng.uniform(0.4, 0.6, len(names))
    columns: dict[str, Any] = {"path": [f"sides.both.{name}" for name in names], "low": 0.0, "high": 1.0}
    for part, centre, half in (("prior", 0 * wide + 0.5, 0 * wide + 0.4), ("posterior", middle, wide / 2)):
        columns |= {f"{part}_p10": centre - half, f"{part}_p50": centre, f"{part}_p90": centre + half}
    columns |= {"contraction": 1 - wide**2, "silent": wide > 0.75, "best": middle + 0.05}
    turns = np.arange(8)
    rows = []
    for of, spread in (("posterior", 0.08), ("prior", 0.2)):
        for k, side in enumerate(("a", "b")):
            at = 0.4 + 0.03 * turns * (1 - 2 * k) + (0.05 if of == "prior" else 0.0)
            days = pd.to_datetime(pd.Series([scenario.scenario.date_of(int(t) + 1) for t in turns]))
            bands = {f"p{p}": at + spread * z for p, z in QUANTILES.items()}
            rows.append(pd.DataFrame({"of": of, "side": side, "turn": turns, "date": days, **bands}))
    empty = pd.DataFrame()
    return Calibration(
        scenario=scenario, source="toy", draws=4096, seed=0, passed=300, accepted=200, patterns=empty,
        parameters=pd.DataFrame(columns), statistics=empty, posterior=empty, trust=pd.concat(rows), best={},
    )  # fmt: skip


@cache
def recovery() -> Recovery:
    """Sixty made-up records with three parameters; of the last one nothing is learnt."""
    rng = np.random.default_rng(4)
    intervals, rows = [], []
    for name, wide in (("initial_trust", 0.15), ("caution", 0.3), ("memory", 0.8)):
        path = f"sides.both.{name}"
        truth = rng.uniform(0.0, 1.0, 60)
        middle = np.clip(truth + rng.normal(0.0, wide / 2, 60), wide / 2, 1 - wide / 2)
        low, high = middle - wide / 2, middle + wide / 2
        places = {"place": truth, "place_low": low, "place_median": middle, "place_high": high}
        row = {"kind": "alike", "record": np.arange(60), "path": path, "truth": truth, "low": low}
        holds = (low <= truth) & (truth <= high)
        intervals.append(pd.DataFrame(row | {"median": middle, "high": high} | places | {"holds": holds}))
        rows.append({
            "kind": "alike", "path": path, "low": 0.0, "high": 1.0, "records": 60, "coverage": holds.mean(),
            "coverage_low": holds.mean() - 0.1, "coverage_high": holds.mean() + 0.1,
            "contraction": 1 - wide, "correlation": 1 - wide, "identifiable": wide < 0.5,
        })  # fmt: skip
    return Recovery(
        resolve(told()), 4096, 0, {"alike": 60, "any": 60}, pd.DataFrame(rows), pd.concat(intervals)
    )


def rivals() -> tuple[Comparison, LeftOut]:
    """Three made-up models: one does as well by the patterns, none foresees as well."""
    names = {"full": "Full model", "clock": "By the clock alone", "equal": "Bad news weighs as good (λ = 1)"}
    best, prior = np.array([0.3, 0.32, 0.0]), np.array([3e-4, 2e-4, 1e-5])
    models = pd.DataFrame({
        "model": list(names), "label": list(names.values()), "null": [False, True, True], "parameters": 30,
        "verdict": ["", "as well", "worse"], "prior_verdict": ["", "worse", "worse"], "cannot": "",
    })  # fmt: skip
    shares = {"best": best, "best_low": np.maximum(best - 0.02, 0.0), "best_high": best + 0.02}
    shares |= {"prior": prior, "prior_low": prior / 2, "prior_high": prior * 2}
    patterns = models[["model", "label", "null"]].assign(pattern="all", **shares)
    totals = models[["model", "label", "null"]].assign(
        score=[-8.0, -9.5, -8.4],
        error=0.2,
        behind=[0.0, 1.5, 0.4],
        behind_error=[0.0, 0.3, 0.3],
        tables=5,
    )
    scenario = resolve(told())
    left = LeftOut(scenario, 4096, 0, 5, pd.DataFrame(), totals)
    return Comparison(scenario, 4096, 0, patterns, models), left


def truth(frame: pd.DataFrame) -> Any:
    """Bargains where trust and reciprocity are high; generosity does nothing."""
    return frame[T].to_numpy() + 0.3 * frame[R].to_numpy() > 0.55


@cache
def driven(kind_of: str, samples: int) -> Drivers:
    return drivers(planted(design(kind_of, samples, THREE), truth), density=0.6)


def driver(prefix: str, kind_of: str, samples: int) -> Callable[[str], Sheet]:
    return lambda size: figures_of(driven(kind_of, samples))[f"{prefix}_grand_bargain"](size)


PICTURES: dict[str, Callable[[str], Sheet]] = {
    "outcome_shares": lambda size: kind("outcome_shares", grid(), T, panel=S, size=size),
    "outcome_shares-of_names": lambda size: kind("outcome_shares", grid(), S, size=size),
    "outcome_map": lambda size: kind("outcome_map", grid(), T, R, panel=S, size=size),
    "bargain_map": lambda size: kind("bargain_map", grid(), T, R, panel=S, size=size),
    "deal_time": lambda size: kind("deal_time", grid(), by=S, turn_days=14, size=size),
    "utility_plane": lambda size: kind(
        "utility_plane",
        grid(),
        SIDES,
        frontier=[(x, 60 - x) for x in range(0, 61, 4)],
        outside=(8, 8),
        labels=LABELS,
        size=size,
    ),
    "utilities": lambda size: kind("utilities", grid(), SIDES, labels=LABELS, size=size),
    "survival": lambda size: kind("survival", grid(), limit=104, by=S, turn_days=14, size=size),
    "tipping": lambda size: kind("tipping", grid(), T, size=size),
    "trust_fan": lambda size: kind("trust_fan", trust_paths(60, 40), SIDES, labels=LABELS, size=size),
    "timeline": lambda size: kind("timeline", simulate(toy(), seed=0, run=4), size=size),
    "dance": lambda size: kind(
        "dance", simulate(toy(), seed=0, run=4), [simulate(toy(), seed=0, run=k) for k in range(3)], size=size
    ),
    "routes": lambda size: kind("routes", paths(toy(), runs=200), size=size),
    "solutions": lambda size: kind("solutions", solutions(toy()), size=size),
    "futures_fan": lambda size: futures_fan.draw(forecast(told(), runs=100, sensitivity_runs=0), size=size),
    "fork_pair": lambda size: fork_pair.draw(
        fork(told(), at="2025-05-01", in_full=["line"], runs=100), size=size
    ),
    "prior_posterior": lambda size: prior_posterior.draw(calibrated(), size=size),
    "recovered": lambda size: recovered.draw(recovery(), size=size),
    "null_models": lambda size: null_models.draw(*rivals(), size=size),
    "record_trust": lambda size: record_trust.draw(calibrated(), size=size),
    "sobol_bars": driver("sobol", "saltelli", 64),
    "morris_plane": driver("morris", "morris", 20),
    "pawn_bars": driver("pawn", "sobol", 512),
    "tornado": driver("tornado", "sobol", 512),
    "interactions": driver("interactions", "sobol", 512),
    "prim_box": driver("prim", "sobol", 512),
    "cart_tree": driver("cart", "sobol", 512),
}
"""Figure (the module in `plots`, and after a dash which of its forms) → how to draw it at a size."""
