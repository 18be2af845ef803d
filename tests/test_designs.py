"""Designs: which points a sweep visits, and that their values are those that were asked for."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from designs import CAUTION, MATRIX, PAIRS, RECIPROCITY, THREE, TRUST, load

from bargain_sim import InputError, simulate, sweep
from bargain_sim.scenario.paths import spec_at
from bargain_sim.shipped import shipped_folder
from bargain_sim.sweeps import checks
from bargain_sim.sweeps.definition import Sweep
from bargain_sim.sweeps.json_schema import sweep_schema
from bargain_sim.sweeps.loading import LoadedSweep, load_sweep

# How many points, and which.


@pytest.mark.parametrize(
    ("design", "more", "points"),
    [
        ("sobol", {"samples": 64}, 64),
        ("latin_hypercube", {"samples": 50}, 50),
        ("morris", {"samples": 10}, 10 * 4),
        ("saltelli", {"samples": 16}, 16 * 8),
        ("saltelli", {"samples": 16, "second_order": False}, 16 * 5),
    ],
)
def test_a_sample_is_a_function_of_its_seed(design: str, more: dict[str, Any], points: int) -> None:
    one, again, other = load(design, **more), load(design, **more), load(design, **more, seed=0)
    assert one.n_points == one.sweep.n_points == points
    assert [column.path for column in one.columns] == list(THREE)
    for path, factor in THREE.items():
        low, high = factor["range"]
        assert len(one.table[path]) == points
        assert low <= one.table[path].min() < one.table[path].max() <= high
        assert (one.table[path] == again.table[path]).all()
    assert any((one.table[path] != other.table[path]).any() for path in THREE)
    assert sum(len(group.points) for group in one.groups()) == points


def test_latin_hypercube_has_one_point_in_each_slice() -> None:
    values = load("latin_hypercube", samples=50).table[CAUTION]
    assert sorted(np.floor(values / 3 * 50)) == list(range(50))


def test_sobol_covers_every_corner() -> None:
    table = load("sobol", samples=64).table
    corner = sum((table[p] > np.median(table[p])).astype(int) << k for k, p in enumerate(THREE))
    assert (np.bincount(corner) == 8).all()


# SALib's designs.


def test_morris_trajectories_keep_their_order() -> None:
    pytest.importorskip("SALib")
    loaded = load("morris", samples=8, levels=6)
    points = np.column_stack([loaded.table[path] for path in THREE]).reshape(8, 4, 3)
    moved = (np.diff(points, axis=1) != 0).sum(axis=2)
    assert (moved == 1).all(), "one factor moves at a time"


def test_analyses_find_what_they_need_in_the_manifest() -> None:
    pytest.importorskip("SALib")
    from SALib.analyze import morris, sobol

    for design, n in (("morris", 30), ("saltelli", 256)):
        loaded = load(design, samples=n)
        stored = json.loads(json.dumps(loaded.sweep.model_dump(mode="json")))
        assert Sweep.from_manifest(stored) == loaded.sweep
        problem = stored["problem"]
        assert problem["names"] == ["initial_trust", "reciprocity", "caution"]
        assert problem["bounds"] == [[0.2, 0.6], [0.1, 1], [0, 3]]
        points = np.column_stack([loaded.table[path] for path in THREE])
        answer = 10 * points[:, 0] + points[:, 2]
        if design == "morris":
            found = morris.analyze(problem, points, answer, num_levels=problem["num_levels"], seed=1)
            assert list(found["mu_star"]) == pytest.approx([4, 0, 3])
        else:
            found = sobol.analyze(problem, answer, seed=1)
            assert list(found["S1"]) == pytest.approx([16 / 25, 0, 9 / 25], abs=0.02)


def test_a_missing_salib_is_told_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "SALib.sample", None)
    with pytest.raises(InputError, match=r"extra `analysis`"):
        load("morris", samples=4)


# Tables.

ROWS = pd.DataFrame({
    "point": [0, 1, 2], TRUST: [0.2, 0.4, 0.6], "sides.both.strategy": ["proportional", "grit", "signed"],
    "pause": [2, 4, 8], "sides.both.snapback": [True, False, True],
})  # fmt: skip
NAMED = {"sides.both.patience": {"name": "pause", "label": "Patience"}}


def in_table(folder: Path, text: str | None = None, factors: Any = NAMED, name: str = "t.csv") -> LoadedSweep:
    if text is not None:
        (folder / name).write_text(text, "utf-8")
    return load("table", factors, table=str(folder / name))


def test_a_table_is_read_as_it_stands(tmp_path: Path) -> None:
    ROWS.to_csv(tmp_path / "t.csv", index=False)
    ROWS.to_parquet(tmp_path / "t.parquet", index=False)
    for name in ("t.csv", "t.parquet"):
        loaded = in_table(tmp_path, name=name)
        assert loaded.n_points == 3
        assert [(c.name, c.label, c.numeric) for c in loaded.columns] == [
            ("initial_trust", "initial trust of both sides", True),
            ("strategy", "strategy of both sides", False),
            ("pause", "Patience", True),
            ("snapback", "snapback of both sides", True),
        ]
        assert loaded.table["sides.both.patience"].tolist() == [2, 4, 8]
        assert loaded.table["sides.both.strategy"].tolist() == ["proportional", "grit", "signed"]
        assert [group.points.tolist() for group in loaded.groups()] == [[0, 1, 2]]


def test_the_design_that_was_stored_is_a_table(tmp_path: Path) -> None:
    first = load("sobol", samples=8)
    stored = pd.DataFrame({column.name: column.values for column in first.columns})
    stored.to_parquet(tmp_path / "design.parquet")
    names: dict[str, Any] = {path: {} for path in THREE}
    again = in_table(tmp_path, None, names, "design.parquet")
    assert all((again.table[path] == first.table[path]).all() for path in THREE)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "this table cannot be read"),
        (f"{TRUST}\n", "the table is empty"),
        (f"{TRUST}\n0.2\n0.4\n1.4\n0.3\n", "t.csv:4: .*1.4 is out of range"),
        (f"{TRUST},{CAUTION}\n0.2,1\n0.4,\n", "t.csv:3: `sides.both.caution` has no value in row 2"),
        (f"{TRUST}\n0.2\nhigh\n", "t.csv:3: .*`high` is not a number"),
        ("sides.both.trust\n0.2\n", "t.csv: the column `sides.both.trust` is neither"),
        ("pause,sides.both.patience\n2,3\n", "two columns set `sides.both.patience`"),
        ("pause\n2\n4.5\n", "t.csv:3: .*4.5 is not a whole number"),
    ],
)
def test_what_is_wrong_in_a_table_is_told_by_its_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        in_table(tmp_path, text, NAMED if "pause" in text else {}).groups()
    assert caught.value.remedy


# Unions.


def test_a_union_is_its_parts_one_after_the_other(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(f"{RECIPROCITY}\n0.5\n", "utf-8")
    shared = {TRUST: {"range": [0.2, 0.6], "steps": 3, "label": "Trust"}}
    parts = [
        {"design": "grid"},
        {"design": "sobol", "samples": 4, "factors": {RECIPROCITY: {"range": [0.1, 1]}}},
        {"design": "latin_hypercube", "samples": 5, "factors": {TRUST: {"range": [0.3, 0.4]}}},
        {"design": "table", "table": str(tmp_path / "t.csv")},
    ]
    loaded = load("union", shared, union=parts)
    trust, reciprocity = loaded.table[TRUST], loaded.table[RECIPROCITY]
    assert [(o.design, o.start, o.stop) for o in loaded.origins] == [
        ("grid", 0, 3), ("sobol", 3, 7), ("latin_hypercube", 7, 12), ("table", 12, 13)
    ]  # fmt: skip
    assert trust[:3].tolist() == [0.2, 0.4, 0.6]
    assert set(trust[3:7]) <= {0.2, 0.4, 0.6}
    assert ((trust[7:12] > 0.3) & (trust[7:12] < 0.4)).all()
    # What a part leaves alone is as in the scenario.
    assert trust[12] == 0.4
    assert (reciprocity[:3] == 0.6).all() and (reciprocity[7:12] == 0.6).all() and reciprocity[12] == 0.5
    assert loaded.columns[0].label == "Trust"


def test_parts_of_a_union_have_their_own_luck() -> None:
    part = {"design": "latin_hypercube", "samples": 6}
    values = load("union", union=[part, part]).table[TRUST]
    assert set(values[:6]).isdisjoint(values[6:])


# Sub-scenarios.


def test_sub_scenarios_are_laid_over_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "brave.yaml").write_text(
        "format_version: 1\nsides:\n  both:\n    initiative: {value: 9, source: assumption}\n", "utf-8"
    )
    cases = ["baseline", "generous_minsk", str(tmp_path / "brave.yaml")]
    source = {
        "format_version": 1, "name": "variants", "title": "Variants", "scenario": "grit", "design": "grid",
        "factors": {"extends": {"values": cases, "name": "case"}, TRUST: [0.3, 0.5]},
        "runs": 3,
    }  # fmt: skip
    results = sweep(source, overrides=["sides.both.doubt=0.2"])
    grit, generous, brave = (results.scenario_at(point).sides["minsk"] for point in (0, 2, 5))
    assert (grit.strategy, generous.strategy, brave.strategy) == ("grit", "grit", "grit")
    assert generous.generosity.value > grit.generosity.value == brave.generosity.value
    assert (brave.initiative.value, brave.initial_trust.value, brave.doubt.value) == (9, 0.5, 0.2)
    for k in range(len(results.frame)):
        row = results.frame.iloc[k]
        alone = simulate(results.scenario_at(int(row["point"])), run=int(row["run"]))
        assert (alone.outcome, alone.turns) == (row["outcome"], row["turns"])
    assert list(results.frame["case"][:2]) == ["baseline", "baseline"]


# What ships, and what fits.


def test_uncertainty_covers_what_is_studied() -> None:
    loaded = load_sweep(shipped_folder("scenarios") / "sweeps" / "uncertainty.yaml")
    assert len(loaded.columns) == 20
    assert loaded.resolved.scenario.name == "baseline"
    for path, factor in loaded.sweep.factors.items():
        way = path.replace("both", "minsk").split(".")
        spec = spec_at(tuple(way))
        assert spec is not None
        low, high = spec.unit["studied"]
        # `comparative` needs more than no reciprocity at all.
        low = max(low, 0.02) if path.endswith(".reciprocity") else low
        assert factor.range == (low, high), path
        assert factor.label
    assert loaded.n_points * loaded.sweep.runs < 5000, "it should run in seconds"
    results = sweep("uncertainty", runs=1)
    assert results.frame["outcome"].nunique() >= 3


def test_a_design_that_does_not_fit_into_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "memory", lambda: 2_000_000_000)
    assert load("sobol", samples=2**14).n_points == 2**14
    with pytest.raises(InputError, match=r"need 15.0 GB, and this machine has 2.0 GB") as caught:
        load("sobol", samples=2**27)
    assert "About 13,392,857 points of 3 factors fit" in caught.value.remedy


# The schema for editors.


def good_and_bad() -> list[tuple[dict[str, Any], bool]]:
    head = {"format_version": 1, "title": "S", "scenario": "baseline", "runs": 2}
    sobol = {**head, "design": "sobol", "samples": 4, "factors": THREE}
    return [
        (sobol, True),
        ({**sobol, "correlations": PAIRS}, True),
        ({**sobol, "correlations": MATRIX, "keep": "summary"}, True),
        ({**head, "design": "grid", "factors": {TRUST: [0.2, 0.4]}}, True),
        ({**head, "design": "table", "table": "t.csv"}, True),
        ({**head, "design": "union", "union": [{"design": "sobol", "samples": 4, "factors": THREE}]}, True),
        ({**sobol, "until": {"outcome": "grand_bargain", "half_width": 0.01}}, True),
        ({**sobol, "transcripts": {"points": [0], "runs": [1]}}, True),
        ({**sobol, "until": {"outcome": "peace", "half_width": 0.01}}, False),
        ({**sobol, "samples": 0}, False),
        ({**head, "design": "sobol", "factors": THREE}, False),
        ({**head, "design": "table"}, False),
        ({**head, "design": "union", "union": [{"design": "sobol"}]}, False),
        ({**sobol, "factors": {TRUST: {"distribution": "cauchy"}}}, False),
        ({**sobol, "seeds": 1}, False),
    ]


def test_the_schema_knows_what_may_be_written() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(sweep_schema())
    for source, fine in good_and_bad():
        assert (not list(validator.iter_errors(source))) is fine, source


def test_the_schema_names_every_key() -> None:
    schema = sweep_schema()
    assert set(schema["properties"]) == set(Sweep.model_fields)
    text = json.dumps(schema)
    assert "$ref" not in text
    deep = ("log_uniform", "rank", "half_width", "weights", "grand_bargain")
    assert all(f'"{name}"' in text for name in deep)
    assert all("description" in each for each in schema["properties"].values())


def test_days_are_factors_like_any_other() -> None:
    """Unquoted days, as every scenario file writes them."""
    definition = {
        "format_version": 1,
        "name": "days",
        "title": "Days",
        "scenario": "baseline",
        "design": "grid",
    }
    days = [dt.date(2025, 9, 11), dt.date(2025, 12, 5)]
    factors = {"start": ["record"], "history.until": {"values": days}}
    results = sweep(definition | {"design": "grid", "factors": factors, "runs": 5})
    histories = [results.scenario_at(point).history for point in (0, 1)]
    assert [history.until if history else None for history in histories] == days
