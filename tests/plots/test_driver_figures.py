"""Figures of drivers: words that can be read at both sizes, captions and marks that equal the tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from figure_bounds import faults_of, words_on
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle
from planted import THREE, design, planted

from bargain_sim import drivers
from bargain_sim.analysis.drivers import Drivers
from bargain_sim.errors import InputError
from bargain_sim.futures.drivers import drivers as drivers_of_a_forecast
from bargain_sim.plots import morris_plane, pawn_bars, sobol_bars, tornado
from bargain_sim.plots.drivers_book import draw_drivers, figures_of
from bargain_sim.plots.sheet import CLAIM, Sheet
from bargain_sim.plots.words import percent
from bargain_sim.scenario.loader import load_scenario

LONG: dict[str, Any] = {
    "sides.both.initial_trust": {"range": [0.2, 0.6], "label": "Initial trust, as the record has it"},
    "sides.both.reciprocity": {"range": [0.02, 1.0], "label": "Reciprocity"},
    "sides.both.strategy": {
        "values": ["comparative", "proportional", "generous_tit_for_tat"], "label": "Strategy of both sides",
    },
    "sides.both.snapback": {"values": [True, False], "label": "Taking back what can be taken back"},
    **{
        f"sides.{side}.{name}": {"range": span, "label": f"{name.capitalize()} of {side}"}
        for side in ("washington", "minsk")
        for name, span in (
            ("generosity", [0, 0.67]), ("caution", [0, 3]), ("exposure", [0, 60]),
            ("outside_option", [0, 24]), ("bonus", [0, 40]), ("patience", [2, 8]), ("resume", [0, 1]),
        )
    },
}  # fmt: skip
TWO = {key: THREE[key] for key in list(THREE)[:2]}


def truth(frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
    lot = np.random.default_rng(2).random(len(frame))
    return np.asarray(lot < 0.05 + 2.0 * (frame["initial_trust"] - 0.2) * (frame["reciprocity"] > 0.4))


def points(frame: pd.DataFrame) -> npt.NDArray[np.float64]:
    return np.asarray(40.0 * frame["initial_trust"] - 10.0 * frame["reciprocity"] ** 2, dtype=np.float64)


CASES: dict[str, tuple[dict[str, Any], str]] = {
    "sample": (design("sobol", 1024), "grand_bargain"),
    "many factors": (design("sobol", 1024, LONG), "grand_bargain"),
    "points": (design("latin_hypercube", 500, LONG), "utility_minsk"),
    "two factors": (design("sobol", 256, TWO), "grand_bargain"),
    "saltelli": (design("saltelli", 64, LONG), "grand_bargain"),
    "morris": (design("morris", 12, LONG), "utility_minsk"),
    "morris of shares": (design("morris", 20), "grand_bargain"),
}


@pytest.fixture(scope="module")
def asked() -> dict[str, Drivers]:
    return {
        case: drivers(
            planted(source, *((truth,) if outcome == "grand_bargain" else (points, outcome))),
            outcome=outcome, density=0.6,
        )
        for case, (source, outcome) in CASES.items()
    }  # fmt: skip


@pytest.mark.parametrize("size", ["print", "projector"])
@pytest.mark.parametrize("case", CASES)
def test_words_can_be_read(case: str, size: str, asked: dict[str, Drivers]) -> None:
    faults: dict[str, list[str]] = {}
    figures = figures_of(asked[case])
    for name, draw in figures.items():
        sheet = draw(size)
        assert sheet.caption.endswith(".") and CLAIM in " ".join(text for text, _ in words_on(sheet))
        faults[name] = faults_of(sheet)
    assert figures and not any(faults.values()), faults


def test_every_method_has_its_figures(asked: dict[str, Drivers]) -> None:
    kinds = {case: {name.split("_")[0] for name in figures_of(found)} for case, found in asked.items()}
    common = {"tornado", "interactions", "map", "prim", "cart"}
    assert kinds["sample"] - {"prim2", "prim3"} == {"pawn", *common}
    assert kinds["saltelli"] >= {"sobol", "tornado", "interactions", "map"}
    assert kinds["morris"] == {"morris"} and "map" not in kinds["points"]


def bars(sheet: Sheet, height: float) -> list[Rectangle]:
    patches = [each for each in sheet.axes[0].patches if isinstance(each, Rectangle)]
    return [each for each in patches if each.get_height() == pytest.approx(height)]


def test_bars_are_the_indices(asked: dict[str, Drivers]) -> None:
    found = asked["saltelli"].sensitivity[0]
    table = found.table.head(15)
    sheet = sobol_bars.draw(found)
    widths = [bar.get_width() for bar in bars(sheet, 0.34)]
    assert widths == pytest.approx([*table["ST"].clip(lower=0), *table["S1"].clip(lower=0)])
    lines = [each for each in sheet.axes[0].collections if isinstance(each, LineCollection)]
    drawn = np.array([segment[:, 0] for line in lines for segment in line.get_segments()])
    assert drawn[: len(table), 1] == pytest.approx(table["ST_high"].clip(lower=0).to_numpy())
    assert table["label"].iloc[0] in sheet.caption and percent(table["ST"].iloc[0]) in sheet.caption
    assert f"The 15 strongest of {len(found.table)}" in " ".join(
        text.replace("\n", " ") for text, _ in words_on(sheet)
    )


def test_pawn_names_what_chance_explains(asked: dict[str, Drivers]) -> None:
    found = asked["sample"].sensitivity[0]
    sheet = pawn_bars.draw(found)
    assert [bar.get_width() for bar in bars(sheet, 0.55)] == pytest.approx(list(found.table["median"]))
    weak = found.table.loc[found.table["median"] <= found.chance, "label"]
    assert list(weak) == ["Generosity"] and "Generosity is not above" in sheet.caption


def test_marks_of_the_plane_are_the_effects(asked: dict[str, Drivers]) -> None:
    found = asked["morris"].sensitivity[0]
    sheet = morris_plane.draw(found)
    marks = next(line for line in sheet.axes[0].lines if line.get_marker() == "o")
    assert np.asarray(marks.get_xdata()) == pytest.approx(found.table["mu_star"].to_numpy())
    assert np.asarray(marks.get_ydata()) == pytest.approx(found.table["sigma"].to_numpy())
    words = " ".join(text.replace("\n", " ") for text, _ in words_on(sheet))
    strong = found.table.loc[found.table["mu_star"] > 0.5, "label"]
    assert all(label in words for label in strong)


def test_a_tornado_goes_from_end_to_end(asked: dict[str, Drivers]) -> None:
    found = asked["sample"]
    assert found.ends is not None
    sheet = tornado.draw(found.ends, found.outcome.mean_label)
    drawn = [bar.get_x() + bar.get_width() for bar in bars(sheet, 0.36)]
    starts = [bar.get_x() for bar in bars(sheet, 0.36)]
    ends = [*found.ends["at_low"], *found.ends["at_high"]]
    assert np.where(np.isclose(drawn, found.ends["overall"].iloc[0]), starts, drawn) == pytest.approx(ends)
    top = found.ends.iloc[0]
    assert all(percent(top[end]) in sheet.caption for end in ("at_low", "at_high"))


def test_the_same_tornado_shows_one_at_a_time_runs() -> None:
    """The drivers of a forecast move one assumption alone; their table needs only other names."""
    table = drivers_of_a_forecast(load_scenario("baseline"), 104, 200, 0, most=8)
    table = table.rename(columns={"share_at_low": "at_low", "share_at_high": "at_high"})
    table["overall"] = 0.5
    table["low"], table["high"] = table["low"].map("{:g}".format), table["high"].map("{:g}".format)
    for size in ("print", "projector"):
        sheet = tornado.draw(table, "chance of a grand bargain", explained="One moved at a time.", size=size)
        assert not faults_of(sheet) and table["label"].iloc[0] in sheet.caption


def test_captions_of_regions_tell_their_numbers(asked: dict[str, Drivers]) -> None:
    found = asked["sample"]
    assert found.boxes is not None and found.tree is not None
    figures = figures_of(found)
    box, leaf = found.boxes.boxes[0], found.tree.leaves.iloc[0]
    caption = figures["prim_grand_bargain"]("print").caption
    assert box.rule in caption and percent(box.density) in caption and percent(box.coverage) in caption
    caption = figures["cart_grand_bargain"]("print").caption
    assert leaf["rule"] in caption and percent(leaf["density"]) in caption


def test_a_figure_refuses_another_method(asked: dict[str, Drivers]) -> None:
    pawn, morris = asked["sample"].sensitivity[0], asked["morris"].sensitivity[0]
    for draw, wrong in ((sobol_bars.draw, pawn), (morris_plane.draw, pawn), (pawn_bars.draw, morris)):
        with pytest.raises(InputError, match="not of"):
            draw(wrong)


def test_files_have_their_captions(asked: dict[str, Drivers], tmp_path: Any) -> None:
    written = draw_drivers(asked["morris of shares"], tmp_path, formats=("png", "svg"), sizes=("projector",))
    names = {path.name for path in written}
    assert names == {
        "morris_grand_bargain_projector.png", "morris_grand_bargain_projector.svg", "captions.md",
    }  # fmt: skip
    assert "`morris_grand_bargain`" in (tmp_path / "captions.md").read_text("utf-8")
