"""Sweeps to draw samples from, for tests of designs and of what they draw."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy.typing as npt

from bargain_sim.sweeps.loading import LoadedSweep, load_sweep

SMALL = str(Path(__file__).parent / "good" / "small.yaml")
TRUST, RECIPROCITY, CAUTION = (f"sides.both.{n}" for n in ("initial_trust", "reciprocity", "caution"))
THREE: dict[str, Any] = {
    TRUST: {"range": [0.2, 0.6]},
    RECIPROCITY: {"range": [0.1, 1]},
    CAUTION: {"range": [0, 3]},
}


def load(design: str, factors: dict[str, Any] = THREE, **more: Any) -> LoadedSweep:
    head = {"format_version": 1, "name": "s", "title": "S", "scenario": SMALL, "runs": 2, "seed": 5}
    return load_sweep({**head, "design": design, "factors": factors, **more})


def drawn(factor: dict[str, Any], n: int = 1024, path: str = TRUST) -> npt.NDArray[Any]:
    return load("sobol", {path: factor}, samples=n).table[path]


PAIRS = [
    {"between": ["initial_trust", RECIPROCITY], "rank": 0.7},
    {"between": ["caution", "initial_trust"], "rank": -0.5},
]
MATRIX = {
    "factors": [CAUTION, "initial_trust", "reciprocity"],
    "matrix": [[1, -0.5, 0], [-0.5, 1, 0.7], [0, 0.7, 1]],
}
