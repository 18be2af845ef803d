"""Every figure looks as it did: compared with small pictures in `baseline/`.

Print sheets are compared on light paper, slides on dark.  What may differ is 2 of 255 (root mean square over
all pixels) with the matplotlib that made the pictures, whose fonts and letter shapes come with it; with
another one letters may fall a pixel elsewhere, and 12 is allowed.  When a figure is meant to look
otherwise, make the pictures anew, look at each, and commit them:

    python -m pytest tests/plots/test_images.py --mpl-generate-path=tests/plots/baseline

A new figure is entered in `pictured.PICTURES`; a test finds the one that is missing there.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import cast

import matplotlib
import matplotlib.testing.compare
import pytest
from matplotlib.text import Text
from pictured import PICTURES, grid, kind

from bargain_sim.plots.dark import darken
from bargain_sim.plots.sheet import Sheet

HERE = Path(__file__).parent
BASELINE = HERE / "baseline"
PLOTS = HERE.parent.parent / "src" / "bargain_sim" / "plots"

MADE_WITH = "3.11"
TOLERANCE = 2.0 if matplotlib.__version__.startswith(f"{MADE_WITH}.") else 12.0


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.mpl_image_compare(
    baseline_dir="baseline", tolerance=TOLERANCE, style="default", savefig_kwargs={"dpi": 40}
)
def test_print(name: str) -> Sheet:
    sheet = PICTURES[name]("print")
    assert _smallest(sheet) >= 6.0
    return sheet


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.mpl_image_compare(
    baseline_dir="baseline", tolerance=TOLERANCE, style="default", savefig_kwargs={"dpi": 20}
)
def test_slide(name: str) -> Sheet:
    sheet = PICTURES[name]("projector")
    assert _smallest(sheet) >= 14.0, "too small for the last row"
    darken(sheet)
    return sheet


def _smallest(sheet: Sheet) -> float:
    """Size of the smallest letters that are drawn, in points."""
    texts = cast("list[Text]", sheet.findobj(Text))
    return min(float(text.get_fontsize()) for text in texts if text.get_visible() and text.get_text().strip())


def test_every_figure_has_its_pictures() -> None:
    drawn = {
        path.stem
        for path in PLOTS.glob("*.py")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name == "draw"
    }
    assert drawn == {name.partition("-")[0] for name in PICTURES}, "enter it in pictured.PICTURES"
    kept = {path.stem for path in BASELINE.glob("*.png")}
    assert kept == {f"test_{size}_{name}" for size in ("print", "slide") for name in PICTURES}
    assert sum(path.stat().st_size for path in BASELINE.glob("*.png")) < 1_000_000


def test_small_changes_are_seen(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """One point of nine with other endings is more than the tolerance lets pass; and so we do compare."""
    assert request.config.getoption("--mpl") or request.config.getoption("--mpl-generate-path")
    frame = grid().copy()
    there = frame["initial_trust"] == frame["initial_trust"].unique()[4]
    frame.loc[there & (frame["run"] % 3 > 0), "outcome"] = "breakdown"
    changed = kind("outcome_shares", frame, "initial_trust", panel="strategy", size="print")
    changed.savefig(tmp_path / "now.png", dpi=40)
    said = matplotlib.testing.compare.compare_images(
        str(BASELINE / "test_print_outcome_shares.png"), str(tmp_path / "now.png"), TOLERANCE
    )
    assert said is not None
    assert "RMS" in said
