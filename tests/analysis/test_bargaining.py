"""Solution points and Rubinstein's shares against closed forms and against plain search."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from bargain_sim.analysis.bargaining import (
    SOLUTIONS,
    among_packages,
    hull,
    on_curve,
    rubinstein_point,
    rubinstein_share,
)
from bargain_sim.analysis.packages import undominated_rows

Floats = npt.NDArray[np.float64]

CLOSED_FORMS = {
    "nash": (2 / 3, math.sqrt(1 / 3) / 2),
    "kalai_smorodinsky": ((math.sqrt(5) - 1) / 2, (math.sqrt(5) - 1) / 4),
    "egalitarian": ((math.sqrt(17) - 1) / 8, (math.sqrt(17) - 1) / 8),
    "utilitarian": (15 / 16, 1 / 8),
}
"""For u₂ = ½√(1 − u₁) and nothing in disagreement; to six digits those of design/experience.md."""


def root(u: float) -> float:
    return 0.5 * math.sqrt(max(1.0 - u, 0.0))


@pytest.mark.parametrize("name", SOLUTIONS)
def test_on_a_curve_the_closed_forms(name: str) -> None:
    assert on_curve(root, (0.0, 1.0), (0.0, 0.0))[name] == pytest.approx(CLOSED_FORMS[name], abs=1e-6)


def test_the_closed_forms_are_those_of_the_design() -> None:
    told = {
        "nash": (2 / 3, 0.288675), "kalai_smorodinsky": (0.618034, 0.309017),
        "egalitarian": (0.390388, 0.390388), "utilitarian": (0.9375, 0.125),
    }  # fmt: skip
    for name, point in told.items():
        assert CLOSED_FORMS[name] == pytest.approx(point, abs=1e-6)


def test_a_disagreement_point_moves_them_as_it_should() -> None:
    """On a straight line all but the utilitarian (any point does) halve what lies over d."""
    found = on_curve(lambda u: 10.0 - u, (0.0, 10.0), (2.0, 4.0))
    for name in ("nash", "kalai_smorodinsky", "egalitarian"):
        assert found[name] == pytest.approx((4.0, 6.0), abs=1e-6)
    assert sum(found["utilitarian"]) == pytest.approx(10.0)
    assert on_curve(lambda u: 10.0 - u, (0.0, 10.0), (6.0, 5.0)) == {}


def test_a_kink_is_hit_exactly() -> None:
    corners = np.array([[0.0, 4.0], [3.0, 3.0], [4.0, 0.0]])
    found = on_curve(
        lambda u: float(np.interp(u, corners[:, 0], corners[:, 1])), (0.0, 4.0), (0.0, 0.0), [0.0, 3.0, 4.0]
    )
    assert all(point == pytest.approx((3.0, 3.0), abs=1e-12) for point in found.values())


@pytest.mark.parametrize("seed", range(20))
def test_among_packages_as_by_plain_search(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cloud = rng.uniform(-5, 20, (200, 2))
    points = cloud[undominated_rows(cloud)]
    d = (float(rng.uniform(-5, 8)), float(rng.uniform(-5, 8)))
    rows = [p for p in points if p[0] >= d[0] and p[1] >= d[1]]
    found = among_packages(points, d)
    if not rows:
        assert found == {}
        return
    best = [max(p[k] - d[k] for p in rows) for k in (0, 1)]
    worth: dict[str, Callable[[Floats], float]] = {
        "nash": lambda p: (p[0] - d[0]) * (p[1] - d[1]),
        "kalai_smorodinsky": lambda p: min((p[0] - d[0]) / best[0], (p[1] - d[1]) / best[1]),
        "egalitarian": lambda p: min(p[0] - d[0], p[1] - d[1]),
        "utilitarian": lambda p: p[0] + p[1],
    }
    for name, value in worth.items():
        assert value(points[found[name]]) == pytest.approx(max(value(p) for p in rows), abs=1e-8)
        assert (points[found[name]] >= d).all()


def test_equally_good_ones_are_told_apart_by_the_smaller_gain() -> None:
    points = np.array([[0.0, 10.0], [4.0, 6.0], [10.0, 0.0]])
    assert among_packages(points, (0.0, 0.0))["utilitarian"] == 1


def test_the_hull_is_concave_and_over_everything() -> None:
    rng = np.random.default_rng(1)
    cloud = rng.uniform(0, 10, (300, 2))
    points = cloud[undominated_rows(cloud)]
    corners = hull(points)
    slopes = np.diff(corners[:, 1]) / np.diff(corners[:, 0])
    assert (np.diff(slopes) < 0).all()
    assert (np.interp(points[:, 0], corners[:, 0], corners[:, 1]) >= points[:, 1] - 1e-9).all()
    assert all((points == corner).all(axis=1).any() for corner in corners)


def test_rubinstein() -> None:
    assert rubinstein_share(0.9, 0.8) == pytest.approx(5 / 7, abs=1e-12)
    assert rubinstein_share(0.9, 0.8) == pytest.approx(0.714286, abs=1e-6)
    assert rubinstein_share(0.9, 0.8, 1) == 1.0
    assert rubinstein_share(0.9, 0.8, 2) == pytest.approx(0.2)
    assert rubinstein_share(0.9, 0.8, 3) == pytest.approx(0.92)
    assert rubinstein_share(0.9, 0.8, 301) == pytest.approx(rubinstein_share(0.9, 0.8), abs=1e-12)
    for wrong in ((1.0, 0.5, None), (0.5, -0.1, None), (0.5, 0.5, 0)):
        with pytest.raises(ValueError, match=r"factors|round"):
            rubinstein_share(*wrong)


def test_on_a_line_rubinsteins_point_is_his_share() -> None:
    line = lambda u: 1.0 - u  # noqa: E731
    assert rubinstein_point(line, (0, 1), (0, 0), (0.9, 0.8)) == pytest.approx((5 / 7, 2 / 7))
    second = rubinstein_point(line, (0, 1), (0, 0), (0.9, 0.8), starts=1)
    assert second is not None and second[1] == pytest.approx(rubinstein_share(0.8, 0.9))
    assert rubinstein_point(line, (0, 1), (0.7, 0.7), (0.9, 0.8)) is None


def test_patience_on_both_sides_leads_to_nash() -> None:
    far = None
    for patience in (0.9, 0.99, 0.999, 0.9999):
        found = rubinstein_point(root, (0, 1), (0, 0), (patience, patience))
        assert found is not None
        away = math.dist(found, CLOSED_FORMS["nash"])
        assert far is None or away < far / 5
        far = away
