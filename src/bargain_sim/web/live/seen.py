"""What is seen at some settings, and how two settings with the same luck differ: as data for the page."""

from __future__ import annotations

import base64
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from bargain_sim.analysis.intervals import wilson
from bargain_sim.analysis.pairs import Difference, mean_difference, share_difference
from bargain_sim.codes import OUTCOMES
from bargain_sim.plots.style import STACK
from bargain_sim.web.live.playing import Played

__all__ = ["differences", "seen"]

_NEVER: Final = 65_535
_GRAIN: Final = 65_535
_PLACE: Final = np.array([STACK.index(name) for name in OUTCOMES])
"""Number of an ending in `codes.OUTCOMES` → its place on the page."""


def seen(played: Played, curve: npt.NDArray[np.float64]) -> dict[str, Any]:
    """Shares with Wilson's intervals, times of deals, points, the fan of trust, and every run's dot.

    `curve` is what the frontier is drawn through, shape (packages, 2) (`analysis.packages.outline`).
    Endings are in the order of `plots.style.STACK`; utilities are whole numbers from 0 to 65,535, from
    `low` over `span` points.
    """
    n = len(played.rows)
    places = _PLACE[played.outcomes]
    counts = np.bincount(places, minlength=len(STACK))
    deals = played.column("deal_turn")
    agreed = deals[deals >= 0]
    utility = np.stack([played.column(f"utility_{k}") for k in (0, 1)])
    low, high = float(utility.min()), float(utility.max())
    span = high - low or 1.0
    quarters = np.quantile(utility, (0.25, 0.5, 0.75), axis=1).T
    return {
        "runs": n,
        "endings": [_share(count, n) for count in counts.tolist()],
        "agreed": _share(len(agreed), n),
        "dealQuarters": np.quantile(agreed, (0.25, 0.5, 0.75), method="inverted_cdf").tolist()
        if len(agreed) else None,
        "means": utility.mean(axis=1).tolist(),
        "quarters": quarters.tolist(),
        "bothGain": _share(int(np.count_nonzero((utility > 0).all(axis=0))), n),
        "fan": np.round(played.fan.astype(np.float64), 4).tolist(),
        "going": played.going.tolist(),
        "typical": played.typical,
        "dots": {
            "outcome": _packed(places, "<u1"),
            "deal": _packed(np.where(deals < 0, _NEVER, deals), "<u2"),
            "utility": [_packed((each - low) / span * _GRAIN, "<u2") for each in utility],
            "low": low,
            "span": span,
        },
        "frontier": np.round(curve, 3).tolist(),
    }  # fmt: skip


def differences(pinned: Played, now: Played) -> dict[str, Any]:
    """How `now` differs from `pinned`, run by run: difference, lower and upper bound of each.

    `means` is None where the two are about other sides.
    """
    before, after = (_PLACE[each.outcomes] for each in (pinned, now))
    same = pinned.sides == now.sides
    means = [
        _plain(mean_difference(pinned.column(name), now.column(name))) for name in ("utility_0", "utility_1")
    ]
    return {
        "endings": [_plain(share_difference(before == k, after == k)) for k in range(len(STACK))],
        "agreed": _plain(share_difference(pinned.column("deal_turn") >= 0, now.column("deal_turn") >= 0)),
        "means": means if same else None,
        "changed": int(np.count_nonzero(before != after)),
    }


def _share(count: int, n: int) -> list[float]:
    """A share, and both ends of its interval."""
    low, high = wilson(count, n)
    return [count / n, float(low), float(high)]


def _plain(difference: Difference) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in difference]


def _packed(values: npt.NDArray[Any], kind: str) -> str:
    whole = np.rint(values).astype(kind)
    return base64.b64encode(whole.tobytes()).decode("ascii")
