"""`bargain drivers` and its functions: what fits the design is told, written and drawn, or else refused."""

from __future__ import annotations

import builtins
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from planted import THREE, design

import bargain_sim
from bargain_sim import InputError, drivers, load_results, sweep
from bargain_sim.cli import main
from bargain_sim.cli.group import bargain
from bargain_sim.codes import OUTCOMES
from bargain_sim.plots import cart_tree, prim_box
from bargain_sim.sweeps.loading import load_sweep

FACTORS = {
    "sides.both.initial_trust": {"range": [0.2, 0.6], "label": "Trust"},
    "sides.washington.reliability": {"range": [0.3, 1.0], "label": "Reliability"},
    "sides.both.outside_option": {"range": [0, 24], "label": "Outside option"},
}
SAMPLE = design("sobol", 256, FACTORS, runs=4, common_random_numbers=True)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drivers") / "sample"
    sweep(SAMPLE, out=folder)
    return folder


def call(*words: object) -> Result:
    return CliRunner().invoke(bargain, ["drivers", *map(str, words)])


def test_everything_that_fits_is_told_and_written(stored: Path) -> None:
    done = call(stored)
    assert done.exit_code == 0, done.output
    assert "Scenario exploration, not prediction." in done.output
    for words in (
        "(PAWN)",
        "at both ends of each factor",
        "(PRIM, 95 % interval)",
        "(CART, 95 % interval)",
    ):
        assert words in done.output
    kinds = ("pawn", "ends", "prim", "prim_way", "cart")
    assert all((stored / "drivers" / f"{kind}_grand_bargain.csv").is_file() for kind in kinds)
    figures = ("pawn", "tornado", "interactions", "map", "prim", "cart")
    assert all((stored / "figures" / f"{kind}_grand_bargain.png").is_file() for kind in figures)
    table = pd.read_csv(stored / "drivers" / "pawn_grand_bargain.csv")
    pd.testing.assert_frame_equal(table, drivers(stored, methods=["pawn"]).sensitivity[0].table)


@pytest.mark.parametrize(
    "words", [("--density", 2), ("--density", "nan"), ("--at-least", "nan"), ("--at-most", "inf"),
              ("--at-least", 0.2, "--at-most", 0.5)],
)  # fmt: skip
def test_wrong_values_are_refused_before_anything_is_written(
    words: tuple[object, ...], stored: Path, tmp_path: Path
) -> None:
    assert main(["drivers", str(stored), "--out", str(tmp_path / "there"), *map(str, words)]) == 2
    assert not (tmp_path / "there").exists()


def test_densities_are_said_to_be_of_the_runs_they_were_sought_in(stored: Path) -> None:
    found = drivers(stored, methods=["prim", "cart"])
    assert found.boxes is not None and found.tree is not None
    for caption in (prim_box.caption(found.boxes), cart_tree.caption(found.tree)):
        assert "of the very points in which this was sought, and so somewhat too favourable" in caption
    done = call(stored, "--method", "prim", "--method", "cart", "--no-figures")
    assert " ".join(done.output.split()).count("somewhat too favourable") == 2


def test_json_holds_the_tables(stored: Path, tmp_path: Path) -> None:
    done = call(stored, "--json", "--method", "ends", "--outcome", "utility_minsk")
    data = json.loads(done.output)
    assert data["note"] and data["outcome"] == "utility_minsk" and list(data["tables"]) == ["ends"]
    assert {row["label"] for row in data["tables"]["ends"]} == {"Trust", "Reliability", "Outside option"}
    done = call(stored, "--json", "--method", "ends", "--out", tmp_path / "there")
    assert json.loads(done.output)["tables"] and (tmp_path / "there" / "tornado_grand_bargain.png").is_file()


def test_the_line_of_discovery_can_be_drawn(stored: Path, tmp_path: Path) -> None:
    frame = load_results(stored).frame
    means = frame["utility_minsk"].astype("float64").groupby(frame["point"]).mean()
    line = round(float(means.quantile(0.7)), 3)
    words = ("--outcome", "utility_minsk", "--method", "prim", "--at-least", str(line), "--no-figures")
    done = call(stored, *words, "--density", "0.6", "--out", tmp_path)
    assert done.exit_code == 0 and "points with utility of Minsk (points) at least" in done.output
    assert f"{100 * (means >= line).mean():.1f} % of 256 points are" in done.output
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".csv", ".csv"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--method", "sobol"), "design: saltelli"),
        (("--method", "morris"), "design: morris"),
        (("--method", "prin"), "prim"),
        (("--outcome", "grand_bargian"), "grand_bargain"),
        (("--method", "prim", "--at-least", "0.5", "--at-most", "0.7"), "--at-least or --at-most"),
    ],
)
def test_wrong_input_is_told(stored: Path, words: tuple[str, ...], said: str) -> None:
    done = CliRunner(catch_exceptions=True).invoke(bargain, ["drivers", str(stored), *words])
    assert isinstance(done.exception, InputError) and said in str(done.exception)


def test_an_ending_that_never_comes_about_is_refused(stored: Path) -> None:
    seen = set(load_results(stored).frame["outcome"].astype(str))
    never = next(outcome for outcome in OUTCOMES if outcome not in seen)
    with pytest.raises(InputError, match=f"no run ends as `{never}`, so nothing drives it"):
        drivers(stored, outcome=never)


def test_an_incomplete_sweep_is_refused(tmp_path: Path) -> None:
    sweep(design("sobol", 64), out=tmp_path / "part")
    manifest = tmp_path / "part" / "manifest.json"
    data = json.loads(manifest.read_text("utf-8")) | {"complete": False}
    manifest.write_text(json.dumps(data), "utf-8")
    with pytest.raises(InputError, match="--resume"):
        drivers(tmp_path / "part")


def test_another_sweep_takes_the_tables_of_the_last_one_away(tmp_path: Path) -> None:
    folder = tmp_path / "sample"
    sweep(SAMPLE, out=folder)
    call(folder, "--method", "ends")
    mine = folder / "drivers" / "mine.csv"
    mine.write_text("kept", "utf-8")
    sweep(SAMPLE | {"seed": 5}, out=folder, overwrite=True)
    assert [path.name for path in (folder / "drivers").iterdir()] == ["mine.csv"]
    assert not (folder / "figures" / "tornado_grand_bargain.png").exists()


@pytest.mark.parametrize(
    ("missing", "method", "extra"),
    [("SALib", "pawn", "analysis"), ("ema_workbench", "prim", "discovery"), ("sklearn", "cart", "discovery")],
)
def test_what_is_not_installed_is_named(
    missing: str, method: str, extra: str, monkeypatch: pytest.MonkeyPatch, stored: Path
) -> None:
    real = builtins.__import__

    def absent(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.split(".")[0] == missing:
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(InputError, match=rf"extra `{extra}`"):
        drivers(stored, methods=[method])
    if extra == "discovery":  # the others still have something to say
        found = drivers(stored)
        assert list(found.untold) == [method] and found.ends is not None


def test_what_ships_covers_six_factors_with_luck_of_their_own() -> None:
    loaded = load_sweep("six_factors")
    assert loaded.n_points == 16_384 and len(loaded.sweep.factors) == 6
    # With one run a point, shared luck would make all shares those of a single run of luck.
    assert loaded.sweep.runs == 1 and not loaded.sweep.common_random_numbers


def test_of_a_grid_and_of_words_everything_is_told_too() -> None:
    factors = {
        "sides.both.strategy": {"values": ["comparative", "proportional"]},
        "sides.both.initial_trust": {"range": [0.2, 0.6], "steps": 5},
        "sides.both.snapback": {"values": [True, False]},
    }
    found = drivers(sweep(design("grid", None, factors, runs=20), out=None), outcome="utility_minsk")
    assert found.ranking and set(found.ranking) == {"strategy", "initial_trust", "snapback"}
    assert found.ends is not None and set(found.ends["low"]) >= {"no", "0.2"}
    assert bargain_sim.drivers is drivers


def test_a_scenario_in_which_nothing_varies_is_refused() -> None:
    factors = THREE | {"sides.both.initial_trust": {"values": [0.4]}}
    one = {key: factors[key] for key in ["sides.both.initial_trust"]}
    with pytest.raises(InputError, match="no factor of this sweep varies"):
        drivers(sweep(design("grid", None, one, runs=5), out=None))
