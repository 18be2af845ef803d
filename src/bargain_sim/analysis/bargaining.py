"""Points that bargaining theory singles out, among packages and on a curve, and Rubinstein's shares.

All are taken over what gives each side at least its disagreement point d:

- Nash (1950): the largest product of both gains over d.
- Kalai and Smorodinsky (1975): both gains in the same proportion to the largest each could have, or, where
  no package is exactly there, the package whose smaller proportion is largest.
- egalitarian (Kalai 1977): equal gains, or the package whose smaller gain is largest.
- utilitarian: the largest sum.

Nash, Kalai and Smorodinsky prove that theirs is the only reasonable point for a **convex** set, that of a
curve, which lotteries over packages reach.  Among packages alone they are read as above, as usual.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["SOLUTIONS", "among_packages", "hull", "on_curve", "rubinstein_point", "rubinstein_share"]

Floats = NDArray[np.float64]
Point = tuple[float, float]
Curve = Callable[[float], float]
"""What the second side can have at most, by what the first has: falling and concave."""

SOLUTIONS: Final[Mapping[str, str]] = {
    "nash": "Nash",
    "kalai_smorodinsky": "Kalai–Smorodinsky",
    "egalitarian": "Egalitarian",
    "utilitarian": "Utilitarian",
}
"""Solution → its name, as people read it."""

_EXACT: Final = 1e-13
_TIE: Final = 1e-9  # points


def among_packages(points: Floats, disagreement: Point) -> dict[str, int]:
    """Solution → its row among undominated `points` (n, 2); empty where none gives both at least d.

    Of points that are equally good the one with the largest smaller gain is taken.
    """
    gains = points - np.asarray(disagreement)
    rows = np.flatnonzero((gains >= -_TIE).all(axis=1))
    if not len(rows):
        return {}
    gains = np.maximum(gains[rows], 0.0)
    most = np.maximum(gains.max(axis=0), _TIE)
    worth = {
        "nash": gains.prod(axis=1),
        "kalai_smorodinsky": (gains / most).min(axis=1),
        "egalitarian": gains.min(axis=1),
        "utilitarian": gains.sum(axis=1),
    }
    found = {}
    for name, values in worth.items():
        best = np.flatnonzero(values >= values.max() - _TIE)
        ranked = max(best, key=lambda k: (gains[k].min(), gains[k].sum()))
        found[name] = int(rows[ranked])
    return found


def hull(points: Floats) -> Floats:
    """Corners of the concave curve over undominated `points` (n, 2), rising in the first column.

    Between two corners lie lotteries over their packages.  Andrew's (1979) monotone chain.
    """
    kept: list[Floats] = []
    for point in points[np.argsort(points[:, 0], kind="stable")]:
        while len(kept) > 1 and _turn(kept[-2], kept[-1], point) >= -_EXACT:
            kept.pop()
        kept.append(point)
    return np.array(kept).reshape(-1, 2)


def _turn(a: Floats, b: Floats, c: Floats) -> float:
    """Above 0 where the way a → b → c turns left, 0 on a line."""
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))


def on_curve(
    curve: Curve, ends: Point, disagreement: Point, corners: Sequence[float] = ()
) -> dict[str, Point]:
    """Solution → its point on a curve from `ends[0]` to `ends[1]` of the first side's utility.

    `corners` are where the curve has a kink, in that utility.  Empty where no point of the curve gives both
    at least d.  Exact to about 1e-8 of the curve's length.
    """
    from scipy.optimize import minimize_scalar

    d1, d2 = disagreement
    reach = _reach(curve, ends, disagreement)
    if reach is None:
        return {}
    low, high = reach

    def best(worth: Callable[[float], float]) -> float:
        if high - low <= _EXACT:
            return low
        found = minimize_scalar(
            lambda u: -worth(u), bounds=(low, high), method="bounded", options={"xatol": _EXACT}
        )
        # The search stays inside and only nears a kink: ends and kinks are looked at by themselves.
        kinks = [float(u) for u in corners if low < u < high]
        return max((*kinks, low, high, float(found.x)), key=worth)

    most = (max(high - d1, _EXACT), max(curve(low) - d2, _EXACT))
    at = {
        "nash": best(lambda u: (u - d1) * (curve(u) - d2)),
        "kalai_smorodinsky": _crossing(lambda u: (u - d1) / most[0] - (curve(u) - d2) / most[1], low, high),
        "egalitarian": _crossing(lambda u: (u - d1) - (curve(u) - d2), low, high),
        "utilitarian": best(lambda u: u + curve(u)),
    }
    return {name: (u, float(curve(u))) for name, u in at.items()}


def rubinstein_share(first: float, second: float, rounds: int | None = None) -> float:
    """Share of the one who proposes first in alternating offers over a pie of 1 (Rubinstein 1982).

    `first` and `second` are the discount factors a round of who proposes first and of the other, both in
    [0, 1); with `rounds` (from 1) nothing is left after the last one, and the share follows by backward
    induction (Ståhl 1972).  Raises ValueError for a factor or a number of rounds out of range.
    """
    _check(first, second, rounds)
    if rounds is None:
        return (1.0 - second) / (1.0 - first * second)
    share = 1.0  # of the one who proposes in the last round
    for left in range(rounds - 1, 0, -1):
        responder = first if left % 2 == 0 else second
        share = 1.0 - responder * share
    return share


def rubinstein_point(
    curve: Curve, ends: Point, disagreement: Point, discounts: Point, starts: int = 0
) -> Point | None:
    """Where alternating offers without an end settle on a curve: the point proposed at once, and accepted.

    `discounts` are the factors a round by which each side's gain over d shrinks, in [0, 1), `starts` is the
    number of the side (0 or 1) that proposes first.  Each offers what the other would just not wait for.
    None where no point gives both at least d.  As both factors near 1 alike, this nears Nash's point
    (Binmore 1987).
    """
    _check(*discounts, None)
    reach = _reach(curve, ends, disagreement)
    if reach is None:
        return None
    d1, d2 = disagreement
    patience1, patience2 = discounts

    def later(u: float) -> float:
        """What the first side has if it waits for the other's offer: its own, discounted once."""
        return d1 + patience1 * (u - d1)

    def gap(u: float) -> float:
        return (curve(u) - d2) - patience2 * (curve(max(later(u), reach[0])) - d2)

    # Falling: the more the first asks for, the less is left against what waiting brings the second.
    proposed = _crossing(lambda u: -gap(u), *reach)
    at = proposed if starts == 0 else max(later(proposed), reach[0])
    return at, float(curve(at))


def _check(first: float, second: float, rounds: int | None) -> None:
    if not (0.0 <= first < 1.0 and 0.0 <= second < 1.0):
        raise ValueError(f"discount factors must lie from 0 to under 1, not {first} and {second}")
    if rounds is not None and rounds < 1:
        raise ValueError(f"there must be at least one round, not {rounds}")


def _reach(curve: Curve, ends: Point, disagreement: Point) -> Point | None:
    """From where to where along the curve both have at least their disagreement point."""
    low, high = max(ends[0], disagreement[0]), ends[1]
    if low > high or curve(low) < disagreement[1]:
        return None
    if curve(high) < disagreement[1]:
        high = _crossing(lambda u: disagreement[1] - curve(u), low, high)
    return low, high


def _crossing(rising: Callable[[float], float], low: float, high: float) -> float:
    """Where a rising function is 0, or the end that is nearest to it."""
    from scipy.optimize import brentq

    if rising(low) >= 0.0:
        return low
    if rising(high) <= 0.0:
        return high
    return float(brentq(rising, low, high, xtol=_EXACT, rtol=1e-14))
