"""Drivers of a sweep that kept summaries, or met one luck only: points are no runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from matplotlib.text import Text
from planted import design
from test_drivers import FACTORS, SAMPLE

from bargain_sim import drivers, sweep
from bargain_sim.cli.group import bargain
from bargain_sim.plots.drivers_book import figures_of


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("summary") / "sample"
    sweep(SAMPLE | {"keep": "summary"}, out=folder)
    return folder


def test_points_of_a_summary_are_told_as_points(summary: Path) -> None:
    told = CliRunner().invoke(bargain, ["drivers", str(summary), "--at-least", "0.4"])
    assert told.exit_code == 0, told.output
    assert "nan" not in told.output
    assert "of 256 points are" in told.output and "of 256 runs" not in told.output
    assert "points at which at least 40 % of the runs end as" in told.output


def test_intervals_of_a_summary_are_those_of_its_points(summary: Path) -> None:
    """With the luck of each point its own, they are as wide as those of the runs themselves."""
    own = SAMPLE | {"common_random_numbers": False, "runs": 20}
    for outcome in ("grand_bargain", "utility_minsk"):
        runs, points = (
            drivers(sweep(own | {"keep": keep}), outcome=outcome, methods=["ends"]).ends
            for keep in ("runs", "summary")
        )
        assert runs is not None and points is not None
        assert list(points["factor"]) == list(runs["factor"])
        for end in ("low", "high"):
            assert np.allclose(points[f"at_{end}"], runs[f"at_{end}"], atol=1e-4)
            wide, asked = (each[f"at_{end}_to"] - each[f"at_{end}_from"] for each in (points, runs))
            assert np.allclose(wide, asked, rtol=0.08), outcome


def test_a_bound_that_is_not_known_is_said_not_to_be(tmp_path: Path) -> None:
    """One luck for all points: what another would do cannot be seen."""
    results = sweep(design("sobol", 64, FACTORS, runs=1, common_random_numbers=True), out=tmp_path / "one")
    told = CliRunner().invoke(bargain, ["drivers", str(tmp_path / "one"), "--outcome", "utility_minsk"])
    assert told.exit_code == 0, told.output
    assert "nan" not in told.output and "(not known)" in told.output
    found = drivers(results, outcome="utility_minsk", methods=["ends"])
    for name, draw in figures_of(found).items():
        sheet = draw("print")
        written = [each.get_text() for each in sheet.findobj() if isinstance(each, Text)]
        words = " ".join(written).replace("\u00a0", " ").replace("\n", " ")
        assert "95 % intervals are not known" in words, name


@pytest.mark.parametrize("runs", [1, 2])
def test_times_to_a_deal_are_sought_where_fewer_than_half_agree(runs: int) -> None:
    """The median is the horizon then, and every run is done by it."""
    factors = FACTORS | {"sides.both.outside_option": {"range": [11 - runs, 24]}}
    sample = design("sobol", 256, factors, runs=runs, common_random_numbers=False)
    found = drivers(sweep(sample), outcome="deal_time", methods=["prim", "cart"])
    assert found.boxes is not None and found.tree is not None
    cut = found.boxes.cut
    assert cut.rule.endswith("before the horizon" if runs == 1 else "before the horizon in some run")
    assert 0.0 < cut.share < 1.0 and np.array_equal(cut.hit, cut.cases.y < cut.cases.outcome.horizon)
    assert found.boxes.boxes[0].density > cut.share
