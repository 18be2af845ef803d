"""Figures on dark paper: what is said can be read, and the colours of the endings are found again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from figure_runs import SIDES, runs, trust_paths
from matplotlib.colors import to_hex, to_rgb
from matplotlib.text import Text
from PIL import Image

from bargain_sim.errors import InputError
from bargain_sim.play import simulate
from bargain_sim.plots import (
    bargain_map,
    deal_time,
    outcome_map,
    outcome_shares,
    timeline,
    trust_fan,
    utility_plane,
)
from bargain_sim.plots.book import draw_all
from bargain_sim.plots.dark import darken, on_dark
from bargain_sim.plots.saving import save
from bargain_sim.plots.sheet import Sheet
from bargain_sim.plots.style import INK, OUTCOME_STYLE, QUIET, SIDE_STYLE, THEMES, blend, outcome_edge

T, R, S = "initial_trust", "reciprocity", "strategy"
DARK = THEMES["dark"]


@pytest.fixture(scope="module")
def grid() -> pd.DataFrame:
    levels = [round(float(value), 2) for value in np.linspace(0.2, 0.6, 9)]
    return runs({T: levels, R: [0.0, 0.5, 1.0], S: ["comparative", "proportional"]}, 30)


FIGURES: dict[str, Callable[[pd.DataFrame], Sheet]] = {
    "shares": lambda grid: outcome_shares.draw(grid, T, panel=S),
    "bars": lambda grid: outcome_shares.draw(grid, S),
    "map": lambda grid: outcome_map.draw(grid, T, R, panel=S),
    "bargains": lambda grid: bargain_map.draw(grid, T, R, panel=S),
    "deals": lambda grid: deal_time.draw(grid, by=S),
    "plane": lambda grid: utility_plane.draw(grid, SIDES, frontier=[(0, 40), (40, 0)], outside=(8, 8)),
    "fan": lambda grid: trust_fan.draw(trust_paths(40, 30), SIDES),
    "timeline": lambda grid: timeline.draw(simulate("tit_for_tat_noise", seed=1)),
}


def luminance(colour: Any) -> float:
    """Relative luminance as in WCAG 2."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Any, other: Any) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", FIGURES)
def test_every_word_stands_out_from_dark_paper(name: str, grid: pd.DataFrame, tmp_path: Path) -> None:
    sheet = FIGURES[name](grid)
    darken(sheet)
    (path,) = save(sheet, tmp_path / name)
    for text in sheet.findobj(Text):
        assert isinstance(text, Text)
        # Labels of contours bring an outline of their own.
        if text.get_text().strip() and text.get_visible() and not text.get_path_effects():
            box = text.get_bbox_patch()
            ground = DARK.paper if box is None else box.get_facecolor()
            assert contrast(text.get_color(), ground) >= 4.5, text.get_text()
    pixels = np.asarray(Image.open(path).convert("RGB")).reshape(-1, 3)
    assert tuple(pixels[0]) == tuple(round(255 * channel) for channel in to_rgb(DARK.paper))
    assert not (pixels == 255).all(axis=1).mean() > 0.02, "white paper is left"


@pytest.mark.parametrize("name", FIGURES)
def test_nothing_is_lost_on_dark_paper(name: str, grid: pd.DataFrame, tmp_path: Path) -> None:
    """Where the light figure has something on its paper, the dark one has too, and nowhere else."""
    sheet = FIGURES[name](grid)
    (light,) = save(sheet, tmp_path / "light")
    darken(sheet)
    (dark,) = save(sheet, tmp_path / "dark")
    drawn = [
        np.abs(np.asarray(Image.open(path).convert("RGB")).astype(int) - paper).max(axis=2) > 24
        for path, paper in ((light, [255, 255, 255]), (dark, [int(255 * c) for c in to_rgb(DARK.paper)]))
    ]
    assert drawn[0].any()
    # Faint rims of letters, the palest tints and a map's own ends may fall on either side.
    assert (drawn[0] != drawn[1]).mean() < 0.04


def test_papers_and_inks_trade_places() -> None:
    for old, new in (("white", DARK.paper), ("black", DARK.ink), (INK, DARK.ink), (QUIET, DARK.quiet)):
        assert to_hex(on_dark(old)) == new
    assert on_dark("none")[3] == 0.0
    assert on_dark((1.0, 1.0, 1.0, 0.4))[3] == 0.4
    assert to_hex(on_dark(SIDE_STYLE[0].colour)) == DARK.first


def test_endings_keep_their_colours_and_their_tints() -> None:
    for name, look in OUTCOME_STYLE.items():
        assert to_hex(on_dark(look.colour)) == look.colour.lower()
        for strength in (0.25, 0.5, 0.9):
            tint = to_rgb(blend(look.colour, strength, DARK.paper))
            assert on_dark(blend(look.colour, strength))[:3] == pytest.approx(tint, abs=0.015)
        # A hatch is lighter than its ground there, as it is darker on white.
        assert luminance(on_dark(outcome_edge(name))) > luminance(look.colour)


def test_a_map_of_colours_keeps_them(grid: pd.DataFrame) -> None:
    sheet = bargain_map.draw(grid, T, R)
    before = [(each.get_edgecolor(), each.get_cmap().name) for each in sheet.axes[0].collections]
    darken(sheet)
    after = [(each.get_edgecolor(), each.get_cmap().name) for each in sheet.axes[0].collections]
    assert all(
        np.array_equal(old[0], new[0]) and old[1] == new[1] for old, new in zip(before, after, strict=True)
    )
    darken(sheet)  # a second time changes nothing
    assert to_hex(sheet.axes[0].title.get_color()) == DARK.ink


def test_the_book_writes_both_papers(grid: pd.DataFrame, tmp_path: Path) -> None:
    made = draw_all(
        grid, {T: "numeric"}, tmp_path, sides={"washington": "W", "minsk": "M"}, kinds=("deal_time",),
        themes=("light", "dark"), sizes=("print", "projector"),
    )  # fmt: skip
    assert [path.name for path in made[:4]] == [
        "deal_time.png", "deal_time_dark.png", "deal_time_projector.png", "deal_time_projector_dark.png",
    ]  # fmt: skip
    with pytest.raises(InputError, match=r"no theme `sepia`.*light, dark"):
        draw_all(grid, {T: "numeric"}, tmp_path, sides={"washington": "W", "minsk": "M"}, themes=("sepia",))
