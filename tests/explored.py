"""Sweeps for tests of the explorable, and its sums done again with NumPy."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from bargain_sim.analysis.intervals import wilson

BASE: dict[str, Any] = {"format_version": 1, "scenario": "small_initiative", "seed": 5}
GRID: dict[str, Any] = BASE | {
    "name": "grid",
    "title": "Words & numbers <on a grid>",
    "design": "grid",
    "factors": {
        "sides.both.strategy": ["comparative", "grit", "hardliner", "proportional", "tit_for_tat"],
        "sides.both.initial_trust": {"range": [0.2, 0.6], "steps": 3},
        "sides.both.snapback": [True, False],
    },
    "runs": 40,
}
SAMPLE: dict[str, Any] = BASE | {
    "name": "sample",
    "title": "Two sliders",
    "design": "sobol",
    "samples": 512,
    "factors": {
        "sides.both.initial_trust": {"range": [0.2, 0.6], "label": "Initial trust"},
        "sides.washington.exposure": {"distribution": "log_uniform", "range": [1, 60]},
    },
    "runs": 1,
    "common_random_numbers": False,
}


def data_in(html: str) -> dict[str, Any]:
    """What a page holds."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def kernel(
    places: Mapping[str, npt.NDArray[np.float64]], at: Mapping[str, float], near: float = 1.0,
    windows: Mapping[str, float] | None = None,
) -> npt.NDArray[np.float64]:  # fmt: skip
    """Weight of every point: Epanechnikov's kernel on each setting in `at`; all go from 0 to 1."""
    weights = np.ones(len(next(iter(places.values()))))
    for distance in _distances(places, at, near, windows).T:
        weights *= np.clip(1.0 - distance**2, 0.0, None)
    return weights


def _distances(
    places: Mapping[str, npt.NDArray[np.float64]], at: Mapping[str, float], near: float,
    windows: Mapping[str, float] | None,
) -> npt.NDArray[np.float64]:  # fmt: skip
    """How far each point lies from `at` on each setting, in half windows: shape (points, settings)."""
    points = len(next(iter(places.values())))
    wide = np.array([1.0 if windows is None else windows[name] for name in at])
    alike = near * 0.75 * points ** (-1.0 / (len(at) + 4))
    halves = np.minimum(1.0, alike * wide / np.exp(np.log(wide).mean()))
    apart = np.column_stack([places[name] - place for name, place in at.items()])
    return np.asarray(apart / halves, dtype=np.float64)


def leaning(
    hit: npt.NDArray[Any], places: Mapping[str, npt.NDArray[np.float64]], at: Mapping[str, float],
    near: float = 1.0, windows: Mapping[str, float] | None = None,
) -> float:  # fmt: skip
    """By how much the interval of a share is wider on both sides: from a plane fitted by weighted squares."""
    weights = kernel(places, at, near, windows)
    here = weights > 0.0
    root = np.sqrt(weights[here])
    columns = np.column_stack([np.ones(here.sum()), _distances(places, at, near, windows)[here]])
    fitted, *_ = np.linalg.lstsq(columns * root[:, None], hit[here].astype(float) * root, rcond=None)
    return float(1.5 * abs(np.clip(fitted[0], 0.0, 1.0) - np.average(hit, weights=weights)))


def weighted(
    outcome: npt.NDArray[Any], weights: npt.NDArray[np.float64]
) -> tuple[dict[str, float], dict[str, tuple[float, float]], float]:
    """Shares of endings, their Wilson intervals, and the effective number behind them."""
    effective = float(weights.sum() ** 2 / (weights**2).sum())
    shares = {str(name): float(weights[outcome == name].sum() / weights.sum()) for name in set(outcome)}
    bounds = {}
    for name, share in shares.items():
        low, high = wilson(share * effective, effective)
        bounds[name] = (float(low), float(high))
    return shares, bounds, effective
