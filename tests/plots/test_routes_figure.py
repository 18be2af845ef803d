"""The flow of routes to endings: shares are kept, words can be read, the caption equals the runs."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from figure_bounds import faults_of, words_on

from bargain_sim.plots import KINDS
from bargain_sim.plots.flow import Flow, Node, flow_of
from bargain_sim.plots.routes import caption, draw
from bargain_sim.plots.sheet import CLAIM
from bargain_sim.plots.style import STACK
from bargain_sim.plots.words import percent
from bargain_sim.routes.paths import Paths, paths

FOOT, HEIGHT, GAP = 10.0, 300.0, 3.0


def slot(node: Node) -> float:
    return {"lane": 0.0, "box": 9.0, "ending": 18.0}[node.kind]


def laid(seed: int, kinds: int) -> tuple[Flow, int]:
    """A flow of random ways: up to five stations in any order, any ending."""
    rng = np.random.default_rng(seed)
    ways: Counter[tuple[tuple[str, ...], str]] = Counter()
    for _ in range(300):
        stations = tuple(rng.permutation(["a", "b", "c", "d", "e"])[: rng.integers(0, 6)].tolist())
        ways[stations, str(rng.choice(STACK[:kinds]))] += int(rng.integers(1, 30))
    return flow_of(ways, STACK, FOOT, HEIGHT, slot, GAP), sum(ways.values())


@pytest.mark.parametrize("kinds", [1, 3, 7])
@pytest.mark.parametrize("seed", range(3))
def test_no_run_is_lost_on_the_way(seed: int, kinds: int) -> None:
    flow, _ = laid(seed, kinds)
    for column in flow.columns:
        assert sum(node.share for node in column) == pytest.approx(1.0)
    for node in (node for column in flow.columns for node in column):
        out = sum(band.share for band in flow.bands if band.source is node)
        into = sum(band.share for band in flow.bands if band.target is node)
        assert node.kind == "ending" or out == pytest.approx(node.share)
        assert node.column == 0 or into == pytest.approx(node.share)
        assert node.height == pytest.approx(node.share * flow.scale)


@pytest.mark.parametrize("kinds", [1, 3, 7])
@pytest.mark.parametrize("seed", range(3))
def test_nothing_lies_on_another(seed: int, kinds: int) -> None:
    flow, _ = laid(seed, kinds)
    for column in flow.columns:
        edges = [(node.middle + node.slot / 2, node.middle - node.slot / 2) for node in column]
        assert edges[0][0] <= FOOT + HEIGHT + 1e-6 and edges[-1][1] >= FOOT - 1e-6
        assert all(upper[1] >= lower[0] + GAP - 1e-6 for upper, lower in pairwise(edges))
    for node in (node for column in flow.columns for node in column):
        for side, place in (("source", "start"), ("target", "end")):
            bands = [band for band in flow.bands if getattr(band, side) is node]
            spans = sorted(
                (getattr(band, place) - band.share * flow.scale / 2, band.share * flow.scale)
                for band in bands
            )
            assert all(low + wide <= high + 1e-6 for (low, wide), (high, _) in pairwise(spans))
            if spans:
                assert spans[0][0] == pytest.approx(node.middle - node.height / 2)
                assert sum(wide for _, wide in spans) == pytest.approx(node.height)


@pytest.mark.parametrize("size", ["print", "projector"])
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("baseline", {}),
        ("two_islands", {}),
        ("hardliner", {}),
        ("hardliner", {"milestones": ["agreed"]}),
        ("baseline", {"overrides": ["start=record"]}),
        ("baseline", {"runs": 1}),
        ("baseline", {"ending": "breakdown", "milestones": [
            "pause", "slight", "resumption", "stands_special_envoy", "short_washington", "material_minsk"]}),
    ],
)  # fmt: skip
def test_words_can_be_read(name: str, options: dict[str, Any], size: str) -> None:
    assert faults_of(draw(paths(name, **{"runs": 1500, **options}), size=size)) == []


@pytest.fixture(scope="module")
def found() -> Paths:
    return paths("baseline", runs=2000)


def test_boxes_say_shares_of_runs(found: Paths) -> None:
    sheet = draw(found)
    said = [text for text, _ in words_on(sheet)]
    firsts = found.runs["order"].str.split(" > ").str[0]
    for name in ("pause", "slight"):
        ended = found.runs["outcome"][firsts == name] == "grand_bargain"
        expected = f"{name}\n{percent(float((firsts == name).mean()))}\n→ {percent(float(ended.mean()))}"
        assert expected in said
    assert f"Grand bargain\n{percent(float((found.runs['outcome'] == 'grand_bargain').mean()))}" in said
    assert any(CLAIM in text for text in said)
    assert any(text.startswith("pause = the talks pause; slight = a demand") for text in said)


def test_long_names_keep_their_shares() -> None:
    keys = ["pause", "slight", "resumption", "stands_special_envoy", "short_washington", "material_minsk"]
    said = [text for text, _ in words_on(draw(paths("baseline", runs=1500, milestones=keys)))]
    assert any(text.startswith("Washington\nshortfall\n") for text in said)
    cut = [text for text in said if "…" in text]
    assert cut and all(text.split("… ")[1].replace("<", "")[0].isdigit() for text in cut)


def test_the_caption_equals_the_runs(found: Paths) -> None:
    text = caption(found)
    top = found.runs["order"].value_counts()
    assert f"Of 2,000 runs of baseline, {percent(top.iloc[0] / 2000)}" in text
    assert f"“{found.words(str(top.index[0]))}”" in text
    assert f"{found.runs['order'].nunique()} routes" in text
    bargain = found.runs["outcome"] == "grand_bargain"
    assert f"In all, {percent(float(bargain.mean()))} did" in text
    assert draw(found).caption == text
    assert caption(paths("hardliner", runs=50)).endswith("No run on any route did.")


def test_it_is_a_kind_of_figure() -> None:
    assert KINDS["routes"] is draw
