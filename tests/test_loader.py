"""Loading as a whole: what comes out, what is reported together, sweep points, shipped files."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from bargain_sim.errors import InputError
from bargain_sim.scenario.json_schema import file_schema, scenario_schema
from bargain_sim.scenario.loader import (
    build,
    find_scenario,
    load_scenario,
    resolve,
    validate_file,
    with_values,
)
from bargain_sim.scenario.paths import settable_paths, spec_at
from bargain_sim.shipped import shipped_folder

GOOD = Path(__file__).parent / "good" / "small.yaml"
SHIPPED = sorted(shipped_folder("scenarios").glob("*.yaml"))


def refused(source: Any, overrides: Any = ()) -> InputError:
    with pytest.raises(InputError) as caught:
        load_scenario(source, overrides)
    return caught.value


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_scenarios_are_right(path: Path) -> None:
    assert [error.text() for error in validate_file(path)] == []


def test_what_a_resolved_scenario_holds() -> None:
    found = resolve(GOOD, {"sides.lowport.lag": 2})
    assert found.scenario.side_ids == ("highport", "lowport")
    assert found.data["sides"]["lowport"]["lag"] == {"value": 2.0, "source": "override: --set"}
    assert found.base["sides"]["lowport"]["lag"]["value"] == 1
    assert [each.path for each in found.overrides] == ["sides.lowport.lag"]
    assert json.loads(json.dumps(found.data)) == found.data
    assert len(found.hash) == 64
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.hash = ""  # type: ignore[misc]


def test_every_number_of_a_file_has_a_position() -> None:
    found = resolve(GOOD)
    lines = GOOD.read_text(encoding="utf-8").splitlines()
    for path in settable_paths(found.base):
        place = found.positions.get(path)
        if place is not None and place.line is not None:
            assert f"{path[-1]}:" in lines[place.line - 1], (path, place)


def test_the_hash_tells_scenarios_apart(tmp_path: Path) -> None:
    plain = resolve(GOOD)
    assert plain.hash == resolve(GOOD).hash == resolve(yaml.safe_load(GOOD.read_text("utf-8"))).hash
    assert resolve(GOOD, {"turns": 31}).hash != plain.hash
    (tmp_path / "small.yaml").write_text(f"format_version: 1\nextends: {GOOD}\n", encoding="utf-8")
    assert resolve(tmp_path / "small.yaml").hash == plain.hash


def test_a_mapping_needs_no_version_and_extends_shipped_scenarios_only(tmp_path: Path) -> None:
    scenario = load_scenario({"extends": "baseline", "title": "Mine"})
    assert (scenario.title, scenario.name) == ("Mine", "unnamed")
    found = refused({"extends": str(GOOD)})
    assert "there is no file and no shipped scenario" in found.problem
    assert resolve({"extends": "small"}, folder=GOOD.parent).scenario.title == "Two harbours"
    assert str(refused({"extends": "baseline", "turns": 3}).place) == "the given mapping"


def test_find_scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_scenario("baseline").name == "baseline.yaml"
    assert find_scenario(GOOD) == GOOD == find_scenario(str(GOOD.with_suffix("")))
    (tmp_path / "baseline").mkdir()
    assert find_scenario("baseline").parent == shipped_folder("scenarios"), "a folder is no scenario"
    (tmp_path / "baseline.yaml").write_text("format_version: 1\n", encoding="utf-8")
    assert find_scenario("baseline") == Path("baseline.yaml")
    for name in ("basline", "scenarios/baselin.yaml"):
        assert "`baseline`" in refused(name).remedy
    for name in ("", "x" * 5000, "a\0b", "/dev/null", str(tmp_path)):
        assert refused(name).remedy


def test_all_errors_come_together_sorted_by_line(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(
        f"format_version: 1\nextends: {GOOD}\n"
        "sides:\n  both:\n    lag: 3\n  lowport:\n    initial_trust: {value: 2, source: S99}\n"
        "    zeal: 1\n    snapback: yes\n"
        "turns: {value: 010, source: assumption}\ntitle: [a]\nfirst_mover: nobody\n",
        encoding="utf-8",
    )
    found = refused(path)
    told = [(each.place.line, each.problem) for each in found.all() if each.place is not None]
    assert [line for line, _ in told] == [5, 7, 7, 8, 9, 10, 11]
    assert told[0][1].startswith("`sides.both.lag` is a bare number"), "told once, not for each side"
    assert all(each.remedy for each in found.all())
    assert [each.text() for each in validate_file(path)] == [each.text() for each in found.all()]


def test_many_errors_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    keys = "".join(f"key_{n}: 1\n" for n in range(500))
    path.write_text(f"format_version: 1\nextends: {GOOD}\n{keys}", encoding="utf-8")
    errors = refused(path).all()
    assert len(errors) == 51 and "450 more" in errors[-1].problem
    assert "key_0" in errors[0].problem and "known here are" in errors[0].remedy


def test_errors_of_overrides_name_the_override() -> None:
    found = refused(GOOD, ["sides.both.lag=99", "sides.lowport.strategy=tit", "trns=3"])
    assert [str(each.place) for each in found.all()] == ["--set sides.both.lag=99", "--set trns=3"]
    assert "sides.both.lag.value" in found.problem and "It is measured in own turns" in found.remedy
    found = refused(GOOD, ["sides.lowport.strategy=tit_for_tatt"])
    assert str(found.place) == "--set sides.lowport.strategy=tit_for_tatt"
    assert "tit_for_tat" in found.remedy


def test_sweep_points_lie_under_what_is_set_by_hand() -> None:
    found = resolve(GOOD, ["sides.lowport.lag=3"])
    point = with_values(found, {"sides.both.lag": 2, "sides.*.initial_trust": np.float64(0.3)})
    assert [int(side.lag) for side in point.sides.values()] == [2, 3]
    assert point.sides["highport"].lag.source == "override: sweep factor"
    assert [float(side.initial_trust) for side in point.sides.values()] == [0.3, 0.3]
    assert found.base["sides"]["highport"]["lag"]["value"] == 1
    assert with_values(found, {}) == found.scenario
    with pytest.raises(InputError, match="measured in own turns") as caught:
        with_values(found, {"sides.highport.lag": 0})
    assert str(caught.value.place) == "sweep factor sides.highport.lag=0"


def test_build_is_the_same_scenario() -> None:
    found = resolve(GOOD)
    assert build(found.base) == build(found.data) == found.scenario
    assert int(build(found.base, {"turns": 40}).turns) == 40


def test_sweeps_are_handed_on(tmp_path: Path) -> None:
    path = tmp_path / "sweep.yaml"
    path.write_text("format_version: 1\nscenario: baseline\ndesign: grid\nfactors: {}\n", encoding="utf-8")
    seen: list[Path] = []

    def sweep(found: Path) -> list[InputError]:
        seen.append(found)
        return [InputError("wrong")]

    assert [each.problem for each in validate_file(path, sweep)] == ["wrong"] and seen == [path]
    assert "sweep" in validate_file(path)[0].problem


# The schema for editors.


def test_json_schema_knows_every_path() -> None:
    schema = scenario_schema()
    assert json.loads(json.dumps(file_schema())) == file_schema()
    for path in settable_paths(resolve("baseline").base):
        spec, inside = spec_at(path), schema
        for key in path:
            inside = inside["anyOf"][0] if "anyOf" in inside else inside
            inside = inside.get("properties", {}).get(key) or inside["additionalProperties"]
            assert isinstance(inside, dict)
        assert spec is not None
        if spec.kind == "number" and spec.unit:
            assert spec.unit["unit"] in inside["description"]


def test_json_schema_of_a_number() -> None:
    side = scenario_schema()["properties"]["sides"]["properties"]["both"]
    trust = side["properties"]["initial_trust"]["properties"]["value"]
    assert (trust["type"], trust["minimum"], trust["maximum"]) == ("number", 0, 1)
    strength = side["properties"]["prior_strength"]["properties"]["value"]
    assert strength["exclusiveMinimum"] == 0
    assert side["properties"]["lag"]["properties"]["value"]["type"] == "integer"
    assert "comparative" in side["properties"]["strategy"]["enum"]
    assert "label" in side["properties"] and "required" not in side


def test_json_schema_takes_other_kinds_of_files() -> None:
    schema = file_schema({"type": "object", "required": ["design"]})
    assert len(schema["anyOf"]) == 2 and schema["anyOf"][1]["required"] == ["design"]


def test_shipped_scenarios_fit_the_json_schema() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    for path in SHIPPED:
        data = json.loads(json.dumps(yaml.safe_load(path.read_text("utf-8")), default=str))
        jsonschema.validate(data, file_schema())
