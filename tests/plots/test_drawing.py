"""Figures of stored sweeps: which are missing, what an incomplete sweep says, captions that stay."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from planted import design

from bargain_sim.drawing import draw_figures, figures_missing, stored_rows
from bargain_sim.errors import InputError
from bargain_sim.plots.book import INCOMPLETE, ordered, plan, worded
from bargain_sim.plots.sheet import Origin
from bargain_sim.store.captions import CAPTIONS, read_captions
from bargain_sim.store.results import Results, load_results
from bargain_sim.sweeping import sweep
from bargain_sim.sweeps.naming import factor_label

SMALL: dict[str, Any] = {
    "format_version": 1,
    "name": "small",
    "title": "Small",
    "scenario": "small_initiative",
    "design": "grid",
    "factors": {"sides.both.initial_trust": [0.2, 0.5, 0.8], "sides.both.reciprocity": [0.5, 1.0]},
    "runs": 20,
}


@pytest.fixture
def stored(tmp_path: Path) -> Results:
    sweep(SMALL, out=tmp_path / "r", workers=1)
    return load_results(tmp_path / "r")


def cut(results: Results) -> Results:
    """The same folder as a sweep that was stopped: the manifest knows of no rows."""
    assert results.folder is not None
    replace(results.manifest, complete=False, rows=0).write(results.folder)
    return load_results(results.folder)


def test_any_missing_figure_is_noticed(stored: Results) -> None:
    assert figures_missing(stored)
    draw_figures(stored, kinds=["outcome_map"])
    assert figures_missing(stored)
    written = draw_figures(stored)
    assert not figures_missing(stored)
    for path in written:
        kept = path.read_bytes()
        path.unlink()
        assert figures_missing(stored), path.name
        path.write_bytes(kept)
    assert not figures_missing(stored)


def test_drawing_one_kind_keeps_the_other_captions(stored: Results) -> None:
    written = draw_figures(stored)
    page = written[-1]
    assert page.name == CAPTIONS
    before = page.read_text(encoding="utf-8")
    draw_figures(stored, kinds=["deal_time"])
    assert page.read_text(encoding="utf-8") == before
    (page.parent / "utility_plane.png").unlink()
    draw_figures(stored, kinds=["deal_time"])
    assert set(read_captions(page.parent)) == {path.stem for path in written[:-1]} - {"utility_plane"}


def test_an_incomplete_sweep_says_so(stored: Results) -> None:
    results = cut(stored)
    parts = results.parts
    assert stored_rows(results) == 120
    draw_figures(results, kinds=["outcome_map"])
    assert results.folder is not None
    caption = read_captions(results.folder / "figures")["outcome_map"]
    assert caption.endswith(f"{INCOMPLETE} (120 of 120 runs).")
    draw_figures(results)
    assert not figures_missing(results)  # it is what there is
    assert figures_missing(Results(replace(results.manifest, complete=True, rows=120), folder=results.folder))
    for part in parts:
        part.unlink()
    with pytest.raises(InputError, match="no runs"):
        draw_figures(results)


def test_strong_factors_of_a_sample_go_on_the_axes() -> None:
    made = sweep(design("sobol", 64), out=None)
    share = 0.8 * made.points["generosity"] + 0.2 * made.points["reciprocity"]
    points = made.points.assign(share_grand_bargain=share)
    planted = Results(made.manifest, table=made.table, points=points, design=made.design_table)
    assert list(ordered(planted)) == ["generosity", "reciprocity", "initial_trust"]
    assert plan(ordered(planted), made.frame) == {
        "x": "generosity", "y": "reciprocity", "panel": "initial_trust",
    }  # fmt: skip


def test_yes_and_no_are_names(tmp_path: Path) -> None:
    factors = {"sides.both.snapback": [False, True], "sides.both.initial_trust": [0.2, 0.5, 0.8]}
    results = sweep({**SMALL, "factors": factors}, out=tmp_path / "r", workers=1)
    assert ordered(results) == {"snapback": "categorical", "initial_trust": "numeric"}
    assert set(worded(results, results.frame)["snapback"]) == {"no", "yes"}
    stems = {path.stem for path in draw_figures(results)}
    assert "tipping_initial_trust" in stems and "tipping_snapback" not in stems
    assert not figures_missing(results)
    assert results.folder is not None
    caption = read_captions(results.folder / "figures")["outcome_shares_snapback"]
    assert "at no" in caption or "at yes" in caption


def test_the_footer_counts_what_is_there() -> None:
    assert "incomplete: 80 of 1,200 runs" in Origin("x", 0, 80, planned=1200).footer()
    assert "incomplete: 90 of 1,200 runs" in Origin("x", 0, 80, planned=1200, stored=90).footer()
    assert "incomplete" not in Origin("x", 0, 80).footer()


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("sides.minsk.strategy", "strategy of Minsk"),
        ("sides.both.initial_trust", "initial trust of both sides"),
        ("sides.*.initial_trust.value", "initial trust of both sides"),
        ("concessions.pardons.value", "value of pardons"),
        ("concessions.pardons.value.value", "value of pardons"),
        ("sides.minsk.red_lines.leave_russia.severity", "severity of leave russia of Minsk"),
        ("turns", "turns"),
        ("noise.value", "noise"),
    ],
)
def test_factors_have_names(path: str, label: str) -> None:
    assert factor_label(path, {"minsk": "Minsk"}) == label
