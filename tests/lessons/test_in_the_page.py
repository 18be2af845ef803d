"""What the lessons ask a class to set in the explorer can be set there, under the names they give."""

from __future__ import annotations

import re
from typing import Any

import pytest
from taught import NAMES, cells_of

from bargain_sim.web.live.playing import Explorer

TRUST = [round(0.1 * k, 1) for k in range(1, 10)]

ASKED: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "lesson1_trust": [("baseline", {"initial_trust": TRUST, "outside_option": [10, 20]})],
    "lesson2_reciprocity": [
        ("two_mirrors", {"strategy": ["generous_tit_for_tat"], "reliability": [1], "generosity": [0.333]}),
        (
            "small_initiative",
            {
                "initial_trust": [0.7],
                "reciprocity": [0.3, 0.6, 0.9, 1.2],
                "strategy": ["comparative", "proportional"],
            },
        ),
    ],
    "lesson3_partial_delivery": [
        ("baseline", {"reliability": [0.3, 0.5], "correction": [0.05, 0.2]}),
        ("proportional", {"initial_trust": [0.5], "lag": [1, 4]}),
    ],
    "lesson4_red_lines": [("two_islands", {"outside_option": [4 * k for k in range(8)]})],
    "lesson5_routes": [("baseline", {"reliability": [0.9], "start": ["record"]})],
}
"""Lesson → scenario and, by setting, all that a class is asked to set there."""

OTHERS = {"lesson1_trust": {50.0}, "lesson2_reciprocity": {416.0}}
"""Numbers that are read, not set."""


def page_of(lesson: str) -> str:
    (cell,) = [cell for cell in cells_of(lesson) if cell.name == "page"]
    return " ".join(str(cell.source).split())


@pytest.fixture(scope="module")
def explorer() -> Explorer:
    return Explorer(runs=20)


@pytest.mark.parametrize("lesson", NAMES)
def test_what_is_to_be_set_can_be(lesson: str, explorer: Explorer) -> None:
    for name, keys in ASKED[lesson]:
        for key, values in keys.items():
            paths = ["start"] if key == "start" else [f"sides.{s}.{key}" for s in _sides(explorer, name)]
            for value in values:
                explorer.scenario(explorer.choice(name, dict.fromkeys(paths, value)))
            setting = explorer.settings(name)[paths[0]]
            label = re.sub(r" \S{1,2}$", "", setting.label).lower()
            text = page_of(lesson).lower()
            assert label in text
            if setting.group not in ("Strategies", "Main settings"):
                assert setting.group.lower() in text, "it lies in a folded group"


@pytest.mark.parametrize("lesson", NAMES)
def test_no_number_is_asked_for_that_is_not_looked_at(lesson: str) -> None:
    text = re.sub(r"“[^”]*”|[Qq]uestions? \d( and \d)?", "", page_of(lesson))
    asked = {float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)}
    values = [value for _, keys in ASKED[lesson] for listed in keys.values() for value in listed]
    known = {float(value) for value in values if not isinstance(value, str)}
    assert asked <= known | OTHERS.get(lesson, set())


@pytest.mark.parametrize("lesson", NAMES)
def test_scenarios_are_called_as_the_page_calls_them(lesson: str, explorer: Explorer) -> None:
    text = page_of(lesson)
    for name, _ in ASKED[lesson]:
        assert f"“{explorer.scenario_as_it_is(name).title}” (`{name}`)" in text
    assert len(re.findall(r"” \(`\w+`\)", text)) == len(ASKED[lesson])


def _sides(explorer: Explorer, name: str) -> tuple[str, str]:
    return explorer.scenario_as_it_is(name).side_ids
