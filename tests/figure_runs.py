"""Made-up runs in the layout of stored results: the figures need shapes, not a model."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd

from bargain_sim.codes import OUTCOMES

SIDES = ("washington", "minsk")


def runs(
    factors: dict[str, list[Any]], replicates: int = 40, seed: int = 0, only: str | None = None
) -> pd.DataFrame:
    """A full grid of `factors`; more of the first two numeric ones makes agreement likelier."""
    rng = np.random.default_rng(seed)
    blocks = []
    for point, levels in enumerate(itertools.product(*factors.values())):
        score = sum(float(v) for v in levels if isinstance(v, float)) - 0.8
        score += sum(0.3 * len(v) / 10 - 0.3 for v in levels if isinstance(v, str))
        logits = np.array([-2.2 * score, -0.4, 4.0 * score, score, 0.3 * score - 1, 0.2 - 2 * score, 0.9])
        share = np.exp(logits) / np.exp(logits).sum()
        codes = rng.choice(7, replicates, p=share)
        if only is not None:
            codes[:] = OUTCOMES.index(only)
        deal = np.isin(codes, [1, 2, 4])
        turns = np.where(np.isin(codes, [0, 1]), rng.integers(8, 90, replicates), 104)
        u = rng.normal(10 + 20 * deal[:, None], 8, (replicates, 2)) - 8 * (codes == 1)[:, None]
        block = {"point": point, "run": np.arange(replicates)}
        block |= dict(zip(factors, levels, strict=True))
        block |= {
            "outcome": [OUTCOMES[c] for c in codes],
            "turns": turns.astype("int32"),
            "deal_turn": pd.array(
                [min(int(rng.gamma(6, 5)), 103) if d else None for d in deal], dtype="Int32"
            ),
        }
        for k, side in enumerate(SIDES):
            block |= {f"utility_{side}": u[:, k], f"trust_{side}": rng.beta(4, 4, replicates),
                      f"given_{side}": rng.gamma(4, 8, replicates)}  # fmt: skip
        blocks.append(pd.DataFrame(block))
    frame = pd.concat(blocks, ignore_index=True)
    frame["outcome"] = pd.Categorical(frame["outcome"], categories=list(OUTCOMES))
    return frame


def trust_paths(count: int = 300, turns: int = 104, seed: int = 1) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Random walks of trust in (count, turns, 2), NaN after random ends."""
    rng = np.random.default_rng(seed)
    steps = rng.normal([0.004, 0.002], 0.03, (count, turns, 2))
    paths = np.clip(0.4 + np.cumsum(steps, axis=1), 0.02, 0.98)
    ends = rng.integers(2, 2 * turns + 2, count)
    for run, end in enumerate(ends):
        paths[run, end:] = np.nan
    return paths
