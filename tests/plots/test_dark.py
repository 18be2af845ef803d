"""Dark sheets: everything is turned, can be seen, and nothing else changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from figure_bounds import faults_of, words_on
from figure_runs import SIDES, runs, trust_paths
from matplotlib.colors import to_rgb
from PIL import Image

from bargain_sim.errors import InputError
from bargain_sim.plots import (
    bargain_map,
    deal_time,
    outcome_map,
    outcome_shares,
    survival,
    tipping,
    trust_fan,
    utilities,
    utility_plane,
)
from bargain_sim.plots.book import draw_all
from bargain_sim.plots.dark import GROUND, darken, turned
from bargain_sim.plots.sheet import Sheet
from bargain_sim.plots.style import INK, OUTCOME_STYLE, QUIET, SERIES, SIDE_STYLE, blend
from bargain_sim.store.captions import read_captions

T, R, S = "initial_trust", "reciprocity", "strategy"
GRID: dict[str, Any] = {T: [0.2, 0.4, 0.6], R: [0.1, 0.5, 0.9], S: ["comparative", "proportional"]}


def light(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str = GROUND) -> float:
    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_white_is_the_ground_and_words_can_be_read() -> None:
    assert to_rgb(turned("white")) == pytest.approx(to_rgb(GROUND), abs=0.01)
    assert contrast(turned(INK)) > 12 and contrast(turned(QUIET)) > 4.5
    assert turned("#1a1a1a80").endswith("80")  # how much shines through stays


def test_every_colour_of_the_house_can_be_seen_and_told_apart() -> None:
    endings = [look.colour for look in OUTCOME_STYLE.values()]
    sides, lines = [look.colour for look in SIDE_STYLE], [look.colour for look in SERIES]
    for colour in (*endings, *sides, *lines):
        assert contrast(turned(colour)) >= 3.0, colour
    for some in (endings, sides, lines):
        dark = np.array([to_rgb(turned(colour)) for colour in some])
        apart = np.abs(dark[:, None] - dark[None]).sum(axis=2) + np.eye(len(some)) * 9
        assert apart.min() > 0.2


@pytest.mark.parametrize("side", [0, 1])
def test_a_band_stays_weaker_than_its_line(side: int) -> None:
    colour = SIDE_STYLE[side].colour
    line, inner, outer = (contrast(turned(blend(colour, share))) for share in (1.0, 0.42, 0.18))
    assert line > inner > outer > 1.1


def sheets() -> dict[str, Sheet]:
    frame = runs(GRID, 30)
    return {
        "outcome_shares": outcome_shares.draw(frame, T, panel=S),
        "outcome_map": outcome_map.draw(frame, T, R, panel=S),
        "bargain_map": bargain_map.draw(frame, T, R),
        "deal_time": deal_time.draw(frame),
        "survival": survival.draw(frame, limit=104, by=S),
        "tipping": tipping.draw(frame, T),
        "utility_plane": utility_plane.draw(frame, SIDES, frontier=[[-10, 60], [50, 40], [60, -5]]),
        "utilities": utilities.draw(frame, SIDES),
        "trust_fan": trust_fan.draw(trust_paths(60, 20), SIDES),
    }


def test_figures_are_dark_and_say_the_same(tmp_path: Path) -> None:
    for name, sheet in sheets().items():
        words, caption = words_on(sheet), sheet.caption
        sheet.savefig(tmp_path / "light.png")
        assert darken(sheet) is sheet and sheet.caption == caption
        sheet.savefig(tmp_path / "dark.png")
        assert [text for text, _ in words_on(sheet)] == [text for text, _ in words], name
        assert faults_of(sheet) == [], name
        before, after = (
            np.asarray(Image.open(tmp_path / f"{theme}.png").convert("RGB"), dtype=float)
            for theme in ("light", "dark")
        )
        ground = np.array(to_rgb(GROUND)) * 255
        white = (before == 255).all(axis=2).mean()
        assert (np.abs(after - ground).max(axis=2) <= 2).mean() > 0.8 * white, name
        assert (after.min(axis=2) > 250).mean() < 0.01, f"{name}: white was left over"
        darken(sheet)  # once is enough
        sheet.savefig(tmp_path / "again.png")
        again = np.asarray(Image.open(tmp_path / "again.png").convert("RGB"), dtype=float)
        assert np.abs(again - after).mean() < 1.0, name


def test_both_themes_of_a_book(tmp_path: Path) -> None:
    frame = runs({T: [0.2, 0.6]}, 20)
    written = draw_all(
        frame, {T: "numeric"}, tmp_path, sides={side: side for side in SIDES}, kinds=["deal_time"],
        sizes=("print", "projector"), themes=("dark", "light"),
    )  # fmt: skip
    names = [path.name for path in written]
    assert names[:4] == [
        "deal_time.png", "deal_time_dark.png", "deal_time_projector.png", "deal_time_projector_dark.png",
    ]  # fmt: skip
    corners = {path.name: Image.open(path).convert("RGB").getpixel((2, 2)) for path in written[:4]}
    assert corners["deal_time.png"] == (255, 255, 255) != corners["deal_time_dark.png"]
    (tmp_path / "deal_time.png").unlink()
    draw_all(frame, {T: "numeric"}, tmp_path, sides={side: side for side in SIDES}, kinds=["utilities"])
    assert "deal_time" in read_captions(tmp_path)  # its dark one is still there
    with pytest.raises(InputError, match="no theme"):
        draw_all(frame, {T: "numeric"}, tmp_path, sides={side: side for side in SIDES}, themes=("blue",))
