"""What samples draw: values distributed, and correlated, as they were asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from designs import CAUTION, MATRIX, PAIRS, RECIPROCITY, THREE, TRUST, drawn, load
from scipy import stats

# Distributions.


@pytest.mark.parametrize(
    ("factor", "expected"),
    [
        ({"range": [0.2, 0.6]}, stats.uniform(0.2, 0.4)),
        ({"distribution": "uniform", "range": [0.2, 0.6]}, stats.uniform(0.2, 0.4)),
        ({"distribution": "log_uniform", "range": [0.01, 1]}, stats.loguniform(0.01, 1)),
        (
            {"distribution": "normal", "mean": 0.3, "sd": 0.2, "range": [0.1, 0.9]},
            stats.truncnorm(-1, 3, 0.3, 0.2),
        ),
        ({"distribution": "beta", "a": 2, "b": 5}, stats.beta(2, 5)),
        ({"distribution": "beta", "a": 0.5, "b": 1, "range": [0.2, 0.6]}, stats.beta(0.5, 1, 0.2, 0.4)),
        ({"distribution": "triangular", "range": [0.1, 0.9], "mode": 0.1}, stats.triang(0, 0.1, 0.8)),
        ({"distribution": "triangular", "range": [0.1, 0.9], "mode": 0.7}, stats.triang(0.75, 0.1, 0.8)),
    ],
)
def test_values_are_distributed_as_asked(factor: dict[str, Any], expected: Any) -> None:
    values = drawn(factor)
    # One point of the sequence in every slice of 1/1024: much nearer than chance would come.
    assert stats.kstest(values, expected.cdf).statistic <= 1 / 1024 + 1e-9
    low, high = factor.get("range", [0, 1])
    assert low <= values.min() <= values.max() <= high


def test_discrete_values_come_as_often_as_they_weigh() -> None:
    weighed = {"distribution": "discrete", "values": [0.2, 0.4, 0.5, 0.6], "weights": [1, 2, 0, 5]}
    assert dict(pd.Series(drawn(weighed)).value_counts()) == {0.6: 640, 0.4: 256, 0.2: 128}
    words = drawn({"values": ["grit", "signed", "linear", "comparative"]}, path="sides.both.strategy")
    assert set(pd.Series(words).value_counts()) == {256}
    even = pd.Series(drawn({"range": [0.2, 0.5], "steps": 4})).value_counts()
    assert dict(even) == dict.fromkeys([0.2, 0.3, 0.4, 0.5], 256)


def test_whole_numbers_are_whole_and_the_ends_as_frequent() -> None:
    counts = pd.Series(drawn({"range": [1, 8]}, path="sides.both.patience")).value_counts()
    assert dict(counts) == dict.fromkeys(range(1, 9), 128)
    normal = {"distribution": "normal", "mean": 3, "sd": 1, "range": [1, 8]}
    values = drawn(normal, path="sides.both.patience")
    assert set(values) <= set(range(1, 9))
    assert values.mean() == pytest.approx(stats.truncnorm(-2.5, 5.5, 3, 1).mean(), abs=0.02)
    for mode in (1, 3, 8):
        triangle = {"distribution": "triangular", "range": [1, 8], "mode": mode}
        counts = pd.Series(drawn(triangle, path="sides.both.patience")).value_counts()
        assert counts.idxmax() == mode and set(counts.index) == set(range(1, 9))
    zero = drawn({"range": [0, 2]}, path="sides.both.grit_turns")
    assert not np.signbit(zero).any(), "-0.0 would be written into files"
    levels = load("morris", {"sides.both.patience": {"range": [3, 9]}}, samples=20)
    assert set(levels.table["sides.both.patience"]) == {3, 5, 7, 9}


# Factors that go together.


@pytest.mark.parametrize("asked", [PAIRS, MATRIX], ids=["pairs", "matrix"])
@pytest.mark.parametrize(
    ("design", "n", "within"),
    [
        ("latin_hypercube", 3000, 0.02),
        ("sobol", 4096, 0.01),
        ("sobol", 64, 0.05),
        ("latin_hypercube", 40, 0.1),
    ],
)
def test_rank_correlations_are_those_asked_for(design: str, n: int, within: float, asked: Any) -> None:
    beta = {"distribution": "beta", "a": 0.5, "b": 4}
    with_beta = {**THREE, RECIPROCITY: {**beta, "range": [0.1, 1]}}
    table = load(design, with_beta, samples=n, correlations=asked).table
    measured = stats.spearmanr(np.column_stack([table[path] for path in THREE])).statistic
    wanted = np.array([[1, 0.7, -0.5], [0.7, 1, 0], [-0.5, 0, 1]])
    assert np.abs(measured - wanted).max() < within
    # Each keeps its own sample, value for value; only the order is another.
    apart = load(design, with_beta, samples=n).table
    for path in THREE:
        assert (np.sort(table[path]) == np.sort(apart[path])).all()


@pytest.mark.parametrize("design", ["latin_hypercube", "sobol"])
@pytest.mark.parametrize(
    ("trust", "within"),
    [
        ([0.6, 0.5, 0.4, 0.3, 0.2], 0.06),
        ([0.4, 0.2, 0.6, 0.3, 0.5], 0.06),
        # Of two values the ties take most: 0.8 leaves 0.7 when each comes as often.
        ([0.6, 0.2], 0.15),
        ({"distribution": "discrete", "values": [0.6, 0.2], "weights": [1, 1]}, 0.15),
    ],
)
def test_the_order_of_a_list_does_not_turn_its_correlations(design: str, trust: Any, within: float) -> None:
    factors = {TRUST: trust, CAUTION: {"range": [0, 3]}}
    asked = [{"between": [TRUST, CAUTION], "rank": 0.8}]
    table = load(design, factors, samples=512, correlations=asked).table
    measured = stats.spearmanr(table[TRUST], table[CAUTION]).statistic
    assert 0.8 - within < measured < 0.8 + within


def test_weights_stay_with_their_values() -> None:
    weighed = {"distribution": "discrete", "values": [0.6, 0.2, 0.5, 0.4], "weights": [5, 1, 0, 2]}
    assert dict(pd.Series(drawn(weighed)).value_counts()) == {0.6: 640, 0.4: 256, 0.2: 128}


def test_others_are_left_alone_by_correlations() -> None:
    table = load("sobol", samples=64, correlations=PAIRS[:1]).table
    assert (table[CAUTION] == load("sobol", samples=64).table[CAUTION]).all()
