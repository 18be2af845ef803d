"""`extends`, deep merging, `sides.both`, removal, overrides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bargain_sim.errors import InputError
from bargain_sim.scenario.layers import MAX_LAYERS, merge
from bargain_sim.scenario.loader import load_scenario, resolve
from bargain_sim.scenario.overrides import apply, as_overrides, nearest_path, parse_set, targets
from bargain_sim.scenario.reading import Tree, read_text

GOOD = Path(__file__).parent / "good" / "small.yaml"
EXTENDS = f"format_version: 1\nextends: {GOOD}\n"


def written(folder: Path, text: str, name: str = "mine.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def extending(folder: Path, text: str, name: str = "mine.yaml") -> Path:
    return written(folder, EXTENDS + text, name)


def layer(text: str, name: str = "f") -> Tree:
    return read_text(text, name)


def fault(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        resolve(path)
    return caught.value


# Merging.


def test_mappings_merge_deeply_numbers_and_lists_are_replaced_whole() -> None:
    merged = merge([
        layer("concessions: {c: {label: C, value: {value: 1, source: S1}, tags: [a, b]}}", "base"),
        layer("concessions: {c: {value: {value: 2}, tags: [d]}}", "top"),
    ])  # fmt: skip
    assert merged.data["concessions"]["c"] == {"label": "C", "value": {"value": 2}, "tags": ["d"]}
    at = {path[2:]: place.file for path, place in merged.places.items() if path[:2] == ("concessions", "c")}
    assert at == {
        (): "top", ("label",): "base", ("value",): "top", ("value", "value"): "top",
        ("tags",): "top", ("tags", 0): "top",
    }  # fmt: skip


def test_both_goes_under_the_named_sides_of_its_file_and_over_those_below() -> None:
    base = layer("sides: {both: {strategy: grit, label: X}, b: {label: B}, a: {label: A, strategy: signed}}")
    top = layer("sides: {both: {strategy: linear}, a: {label: AA}}")
    assert merge([base]).data["sides"] == {
        "b": {"strategy": "grit", "label": "B"},
        "a": {"strategy": "signed", "label": "A"},
    }
    sides = merge([base, top]).data["sides"]
    assert sides == {"b": {"strategy": "linear", "label": "B"}, "a": {"strategy": "linear", "label": "AA"}}
    assert list(sides) == ["b", "a"], "the order in which they are first named"
    assert sides["a"] is not sides["b"]


def test_both_reaches_sides_that_only_another_layer_names() -> None:
    base = layer("sides: {both: {label: X}}")
    top = layer("sides: {a: {strategy: grit}, b: {}}")
    assert merge([base, top]).data["sides"] == {"a": {"label": "X", "strategy": "grit"}, "b": {"label": "X"}}


def test_both_without_any_side_is_refused() -> None:
    (found,) = merge([layer("sides:\n  both: {label: X}\n")]).faults
    assert "no side is named" in found.problem and str(found.place) == "f:2"


def test_a_dyad_can_replace_another() -> None:
    base = layer("sides: {both: {label: X}, a: {}, b: {}}")
    top = layer("sides: {a: ~, b: ~, c: {strategy: grit}, d: {}}")
    assert merge([base, top]).data["sides"] == {"c": {"label": "X", "strategy": "grit"}, "d": {"label": "X"}}


def test_removal_by_null(tmp_path: Path) -> None:
    scenario = load_scenario(extending(tmp_path, "events: {storm: ~}\nquestion: x\n"))
    assert list(scenario.events) == ["regatta"]
    scenario = load_scenario(extending(tmp_path, "events:\n"))
    assert not scenario.events


def test_removal_for_both_needs_only_one_side_to_have_it(tmp_path: Path) -> None:
    path = extending(tmp_path, "sides: {both: {red_lines: {own_flag: ~}}}\n")
    assert list(load_scenario(path).sides["highport"].red_lines) == ["night_shift"]
    assert "nothing of this name" in fault(
        extending(tmp_path, "sides: {both: {red_lines: {old_flag: ~}}}\n")
    ).problem  # fmt: skip


def test_removal_inside_something_new_is_refused(tmp_path: Path) -> None:
    found = fault(extending(tmp_path, "events:\n  fog: {label: F, rate: ~, at: [1], source: assumption}\n"))
    assert "`events.fog.rate` is empty" in found.problem and found.place and found.place.line == 4


# Extending.


def test_chain_of_three_with_positions(tmp_path: Path) -> None:
    extending(tmp_path, "title: Middle\nquestion: Why\n", "middle.yaml")
    top = written(tmp_path, "format_version: 1\nextends: middle\ntitle: Top\n", "top one.yaml")
    found = resolve(top)
    assert [Path(name).name for name in found.layers] == ["small.yaml", "middle.yaml", "top one.yaml"]
    assert (found.scenario.title, found.scenario.question) == ("Top", "Why")
    assert found.scenario.name == "top_one", "a name is not inherited"
    where = {key: Path(found.positions[(key,)].file).name for key in ("title", "question", "turns")}
    assert where == {"title": "top one.yaml", "question": "middle.yaml", "turns": "small.yaml"}


def test_extends_is_relative_to_the_extending_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inner").mkdir()
    extending(tmp_path, "title: Outer\n", "outer.yaml")
    path = written(tmp_path / "inner", "format_version: 1\nextends: ../outer.yaml\n")
    monkeypatch.chdir("/")
    assert load_scenario(path).title == "Outer"


def test_shipped_names_can_be_extended(tmp_path: Path) -> None:
    path = written(tmp_path, "format_version: 1\nextends: baseline\nturns: {value: 9, source: assumption}\n")
    assert int(load_scenario(path).turns) == 9


def test_circles_are_refused_naming_the_circle(tmp_path: Path) -> None:
    for name, target in (("a", "b"), ("b", "c"), ("c", "b")):
        written(tmp_path, f"format_version: 1\nextends: {target}.yaml\n", f"{name}.yaml")
    found = fault(tmp_path / "a.yaml")
    names = [Path(part).name for part in found.problem.partition(": ")[2].split(" → ")]
    assert names == ["b.yaml", "c.yaml", "b.yaml"]
    assert found.place and Path(found.place.file).name == "c.yaml" and found.place.line == 2


def test_a_long_chain_is_refused(tmp_path: Path) -> None:
    for number in range(MAX_LAYERS + 5):
        written(tmp_path, f"format_version: 1\nextends: f{number + 1}.yaml\n", f"f{number}.yaml")
    assert f"more than {MAX_LAYERS} files" in fault(tmp_path / "f0.yaml").problem


def test_mistakes_in_the_base_are_told_with_its_lines(tmp_path: Path) -> None:
    extending(tmp_path, "zzz: 1\ntitle: yes\n", "base.yaml")
    found = fault(written(tmp_path, "format_version: 1\nextends: base\nyyy: 2\n"))
    places = [(Path(each.place.file).name, each.place.line) for each in found.all() if each.place]
    assert places == [("mine.yaml", 3), ("base.yaml", 3), ("base.yaml", 4)]


# Overrides.


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    return resolve(GOOD).base


def test_set_is_read_as_in_a_file() -> None:
    assert parse_set("a.b=0.5") == ("a.b", 0.5)
    assert parse_set("a.b = true") == ("a.b", True)
    assert parse_set("a=[1, 2]") == ("a", [1, 2])
    assert parse_set("a=~") == ("a", None)
    assert parse_set("a='x=y'") == ("a", "x=y")
    for text in ("a.b", "=1", "a=", "a=yes", "a=[1", "a=1e3"):
        with pytest.raises(InputError) as caught:
            parse_set(text)
        assert caught.value.remedy and str(caught.value.place).startswith("--set ")


def test_wildcards(data: dict[str, Any]) -> None:
    both = (("sides", "highport", "lag"), ("sides", "lowport", "lag"))
    assert targets("sides.both.lag", data) == both == targets("sides.*.lag.value", data)
    assert targets("events.*.rate", data) == (("events", "storm", "rate"), ("events", "regatta", "rate"))
    assert targets("events.*.evidence.highport", data) == (("events", "storm", "evidence", "highport"),)
    assert targets("sides.*.red_lines.*.kind", data)[1] == (
        "sides",
        "highport",
        "red_lines",
        "night_shift",
        "kind",
    )


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("sides.lowport.inital_trust", "sides.lowport.initial_trust"),
        ("sides.both.recipocity", "sides.both.reciprocity"),
        ("lowport.initial_trust", "sides.lowport.initial_trust"),
        ("initial_trust", "sides.both.initial_trust"),
        ("sides.lowprt.lag", "sides.lowport.lag"),
        ("events.strom.rate", "events.storm.rate"),
        ("events.*.rates", "events.*.rate"),
        ("concessions.berth.value.value", "concessions.berths.value"),
    ],
)
def test_paths_that_do_not_exist_name_the_nearest(path: str, near: str, data: dict[str, Any]) -> None:
    assert nearest_path(path, data) == near
    with pytest.raises(InputError, match="there is no path") as caught:
        targets(path, data)
    assert near in caught.value.remedy


@pytest.mark.parametrize("path", ["", ".", "qqq", "sides.both", "concessions", "sides..lag", "turns.source"])
def test_paths_that_cannot_be_set(path: str, data: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        apply(data, as_overrides([(path, 1)]))
    assert caught.value.remedy


def test_overrides_set_numbers_with_a_source_and_leave_the_rest_alone(data: dict[str, Any]) -> None:
    given = as_overrides({"sides.both.lag": 2, "sides.lowport.strategy": "grit", "events.storm": None})
    result, places = apply(data, given)
    assert result["sides"]["highport"]["lag"] == {"value": 2, "source": "override: --set"}
    assert result["sides"]["lowport"]["strategy"] == "grit"
    assert "storm" not in result["events"] and "storm" in data["events"]
    assert data["sides"]["highport"]["lag"]["value"] == 1
    assert result["concessions"] is data["concessions"], "what is not touched is shared"
    assert str(places["sides", "lowport", "lag"]) == "--set sides.both.lag=2"


def test_later_overrides_win_and_all_wrong_ones_are_told(data: dict[str, Any]) -> None:
    result, _ = apply(data, as_overrides(["turns=5", "turns=6"]))
    assert result["turns"]["value"] == 6
    with pytest.raises(InputError) as caught:
        apply(data, as_overrides([("trns", 1), ("turns", 5), ("sides.lowport.label", None), ("events", 3)]))
    assert [str(each.place) for each in caught.value.all()] == [
        "--set trns=1", "--set sides.lowport.label=~", "--set events=3",
    ]  # fmt: skip


def test_any_setting_can_be_overridden(data: dict[str, Any]) -> None:
    scenario = load_scenario(GOOD, [
        "sides.lowport.snapback=true", "sides.highport.red_lines.own_flag.kind=soft",
        "sides.highport.red_lines.own_flag.severity=3", "concessions.pilots.requires=[]",
        "start_date=2024-01-01", "first_mover=highport", "events.regatta.rate=0.1",
        "sides.lowport.lag={value: 3, source: S28}",
    ])  # fmt: skip
    low, high = scenario.sides["lowport"], scenario.sides["highport"]
    assert low.snapback and high.red_lines["own_flag"].kind == "soft"
    assert high.red_lines["own_flag"].severity is not None
    assert scenario.concessions["pilots"].requires == () and str(scenario.start_date) == "2024-01-01"
    assert scenario.first_mover == "highport" and low.lag.source == "S28"
