"""What can be set in the live explorer, and that nothing else can."""

from __future__ import annotations

from typing import Any

import pytest

from bargain_sim.errors import InputError
from bargain_sim.scenario.quantity import Quantity
from bargain_sim.scenario.side import Side
from bargain_sim.web.live.playing import Choice, Explorer
from bargain_sim.web.live.settings import GROUPS, Setting, overrides_of


@pytest.fixture(scope="module")
def explorer() -> Explorer:
    return Explorer(runs=50)


def test_every_studied_parameter_has_its_place_and_nothing_else_has() -> None:
    placed = [name for names in GROUPS.values() for name in names]
    studied = [name for name, field in Side.model_fields.items() if field.annotation is Quantity]
    assert sorted(placed) == sorted([*studied, "snapback"])


@pytest.mark.parametrize("name", Explorer().names)
def test_settings_start_where_the_scenario_is(name: str, explorer: Explorer) -> None:
    settings = explorer.settings(name)
    assert len({setting.path for setting in settings.values()}) == len(settings)
    for setting in settings.values():
        assert setting.checked(setting.own) == setting.own
        assert setting.hint and setting.label and setting.of
    own = {path: setting.own for path, setting in settings.items() if not setting.drawn}
    assert explorer.choice(name, own) == Choice(name)
    assert explorer.scenario(Choice(name)) == explorer.scenario_as_it_is(name)


def ends(setting: Setting) -> list[Any]:
    if setting.kind == "number":
        return [setting.low, setting.high]
    return list(setting.choices) if setting.kind == "choice" else [True, False]


@pytest.mark.parametrize("name", ["baseline", "two_islands", "soft_red_lines", "balloon_crisis"])
def test_every_setting_can_go_to_its_ends_or_is_refused_in_words(name: str, explorer: Explorer) -> None:
    refused = set()
    for setting in explorer.settings(name).values():
        for value in ends(setting):
            try:
                scenario = explorer.scenario(explorer.choice(name, {setting.path: value}))
            except InputError as error:
                refused.add((setting.path.rpartition(".")[2], bool(error.remedy)))
                continue
            first, _, rest = setting.path.partition(".")
            if first == "sides":
                side, key = rest.split(".")
                found = getattr(scenario.sides[side], key)
                assert (float(found) if isinstance(found, Quantity) else found) == value
    # An institution must not be dearer than what a side can save up; comparative reciprocity is above 0;
    # the record demands what only a red line refuses, in talks that are not paused.
    assert refused <= {("max_readiness", True), ("reciprocity", True), ("start", True)}


def test_an_event_that_is_off_never_strikes(explorer: Explorer) -> None:
    name = "balloon_crisis"
    scenario = explorer.scenario_as_it_is(name)
    assert scenario.events["balloons"].at, "it strikes on given days, too"
    whole = explorer.play(explorer.choice(name, {}), 0).column("events")
    off = {f"events.{event}": False for event in scenario.events}
    assert whole.all()
    assert not explorer.play(explorer.choice(name, off), 0).column("events").any()
    rate = {"events.balloons.rate": 0.2, "events.balloons": False}
    assert overrides_of(scenario, explorer.choice(name, rate).values)[-1].path == "events.balloons.at"
    quiet = explorer.scenario(explorer.choice(name, rate)).events["balloons"]
    assert quiet.rate is not None and float(quiet.rate) == 0.0 and not quiet.at


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("sides.minsk.initial_trus", 0.4, "cannot be set here"),
        ("turns", 5, "cannot be set here"),
        ("concessions.envoy.cost", 0.0, "cannot be set here"),
        ("sides.minsk.red_lines", "~", "cannot be set here"),
        ("parameters", "posterior.csv", "cannot be set here"),
        ("sides.both.initial_trust", 0.4, "cannot be set here"),
        ("events.balloons.at", "~", "cannot be set here"),
        ("sides.minsk.initial_trust", 0.99, "is 0.99"),
        ("sides.minsk.initial_trust", True, "must be a number"),
        ("sides.minsk.initial_trust", "0.4", "must be a number"),
        ("sides.minsk.initial_trust", float("nan"), "must be a number"),
        ("sides.minsk.lag", 1.5, "whole numbers only"),
        ("sides.minsk.strategy", "os.system", "not one of those"),
        ("sides.minsk.snapback", 1.0, "on or off"),
        ("events.balloons", "off", "on or off"),
    ],
)
def test_what_is_not_a_setting_is_refused(path: str, value: object, message: str, explorer: Explorer) -> None:
    with pytest.raises(InputError, match=message) as caught:
        explorer.choice("baseline", {path: value})
    assert caught.value.remedy


def test_play_can_begin_where_a_record_ends(explorer: Explorer) -> None:
    scenario = explorer.scenario(explorer.choice("baseline", {"start": "record"}))
    assert scenario.start == "record" and scenario.handover > 0
    with pytest.raises(InputError, match="not one of those"):
        explorer.choice("baseline", {"start": "end"})
    assert "start" not in explorer.settings("two_islands"), "it has no record"


def test_the_page_goes_at_least_as_far_as_the_model_is_studied(explorer: Explorer) -> None:
    settings = explorer.settings("baseline")
    for name, field in Side.model_fields.items():
        if field.annotation is Quantity:
            extra: Any = field.json_schema_extra
            low, high = extra["studied"]
            setting = settings[f"sides.minsk.{name}"]
            assert setting.low <= low and high <= setting.high


def test_everything_that_is_wrong_is_told(explorer: Explorer) -> None:
    with pytest.raises(InputError) as caught:
        explorer.choice("baseline", {"turns": 3, "sides.minsk.initial_trust": 2.0})
    assert len(caught.value.all()) == 2


@pytest.mark.parametrize("name", ["", "../baseline", "sweeps/six_factors", "six_factors", "/etc/passwd"])
def test_only_shipped_scenarios_are_there(name: str, explorer: Explorer) -> None:
    with pytest.raises(InputError, match="no such scenario"):
        explorer.choice(name, {})


def test_a_number_that_runs_draw_is_held_once_it_is_set(explorer: Explorer) -> None:
    name = "baseline_uncertain"
    drawn = [setting for setting in explorer.settings(name).values() if setting.drawn]
    assert drawn
    setting = drawn[0]
    choice = explorer.choice(name, {setting.path: setting.own})
    assert choice.values == ((setting.path, setting.own),)
    side, key = setting.path.split(".")[1:]
    held = getattr(explorer.scenario(choice).sides[side], key)
    assert held.source.startswith("override")
    assert explorer.scenario(choice) != explorer.scenario_as_it_is(name)
