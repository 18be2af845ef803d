"""The whole way of a calibration, in small: from the record to draws, a scenario and figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from figure_bounds import faults_of

from bargain_sim import calibrate, load_scenario, sweep
from bargain_sim.calibration import accepting, fitting
from bargain_sim.calibration.accepting import accept
from bargain_sim.calibration.fitting import WARNING, Calibration
from bargain_sim.calibration.nearness import Posterior
from bargain_sim.calibration.prior import Parameter, draw, draws_in_blocks, prior
from bargain_sim.calibration.reference import make_reference, record_of, simulated
from bargain_sim.calibration.sizes import DRAWS, DRAWS_OF_A_CHECK
from bargain_sim.calibration.telling import CLEAR, parameters_table, patterns_table
from bargain_sim.calibration.writing import SOURCE, write
from bargain_sim.cli import main
from bargain_sim.cli.calibration import show_calibration
from bargain_sim.cli.settings import Settings
from bargain_sim.errors import InputError
from bargain_sim.narrate import CAVEAT
from bargain_sim.patterns import PATTERNS, patterns_of
from bargain_sim.plots import prior_posterior, record_trust
from bargain_sim.scenario.drawn import drawn_numbers
from bargain_sim.scenario.loader import resolve, validate_file, with_values
from bargain_sim.scenario.pack import pack
from bargain_sim.tracing import traced_runs

Captured = pytest.CaptureFixture[str]
PARAMETERS = prior()


pytestmark = pytest.mark.usefixtures("short_search")


@pytest.fixture(scope="module")
def found(short_search: None) -> Calibration:
    return calibrate(draws=2**12)


def test_blocks_are_the_same_draws() -> None:
    blocks = list(draws_in_blocks(PARAMETERS, 256, 7, 64))
    assert [start for start, _ in blocks] == [0, 64, 128, 192]
    assert np.array_equal(np.concatenate([unit for _, unit in blocks]), draw(PARAMETERS, 256, 7))


def test_the_table_in_blocks_accepts_what_the_whole_table_would(monkeypatch: pytest.MonkeyPatch) -> None:
    resolved = resolve("baseline")
    record = record_of(resolved)
    whole = make_reference(resolved, PARAMETERS, 1024, seed=3)
    told: list[int] = []
    monkeypatch.setattr(accepting, "_AT_ONCE", 256)
    parts = accept(resolved, PARAMETERS, 1024, 3, record, told.append)
    assert {name: count / 1024 for name, count in parts.passed.items()} == whole.passed()
    misses = (whole.statistics[22][:, -len(PATTERNS) :] != 1.0).sum(axis=1)
    # Patterns count first: none that is left out misses fewer than one that is accepted.
    taken = {tuple(row) for row in parts.posterior.drawn}
    inside = np.array([tuple(row) in taken for row in whole.unit])
    assert inside.sum() == len(taken) == 200
    assert misses[inside].max() <= misses[~inside].min()
    assert told[-1] == 1024 and told == sorted(told)
    middle = np.percentile(whole.statistics[22][:, 0], 50)
    assert parts.statistics[1, 0] == middle


def test_draws_that_all_pass_are_weighed_and_adjusted_and_others_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolved = resolve("baseline")
    record = record_of(resolved)
    few = accept(resolved, PARAMETERS, 1024, 3, record, lambda _: None).posterior
    assert np.array_equal(few.adjusted, few.drawn) and np.allclose(few.weights, 1 / 200)
    # As if there were a single pattern that most draws pass.
    monkeypatch.setattr(accepting, "MOST", 300)
    monkeypatch.setattr(accepting, "PATTERNS", {"P6": "over"})
    enough = accept(resolved, PARAMETERS, 1024, 3, record, lambda _: None)
    assert enough.passed["all"] > 300 == len(enough.posterior.weights)
    assert not np.array_equal(enough.posterior.adjusted, enough.posterior.drawn)
    assert enough.posterior.weights.std() > 0.0


def test_the_tables_are_those_of_runs(found: Calibration) -> None:
    assert found.draws == 2**12 and found.accepted == 200 and found.passed < 200
    assert "Take more draws" in found.too_few
    patterns = found.patterns.set_index("pattern")
    assert list(patterns.index) == [*PATTERNS, "all"]
    for group, runs in (("prior", 2**12), ("posterior", 4_096), ("best", 40_000)):
        assert (patterns[f"{group}_runs"] == runs).all()
        assert (patterns[group] == patterns[f"{group}_count"] / runs).all()
        assert (patterns[f"{group}_low"] <= patterns[group]).all()
        assert (patterns[group] <= patterns[f"{group}_high"]).all()
        assert (patterns.loc["all", group] <= patterns[group]).all()
    # The best-supported point by the way of any scenario.
    scenario = load_scenario("baseline", found.best)
    plain = traced_runs(scenario, 11, 2_000)
    for name, passed in patterns_of(plain, 22).items():
        low, high = (float(patterns[f"best_{end}"][name]) for end in ("low", "high"))
        assert low - 0.03 <= passed.mean() <= high + 0.03, name
    parameters = found.parameters
    assert (parameters["contraction"].diff().dropna() <= 0).all()
    assert set(parameters["path"]) == set(found.posterior)
    moved = parameters[parameters["contraction"] >= CLEAR]
    assert set(moved["path"]) == set(found.best) and moved["best"].notna().all()
    assert parameters["best"].notna().sum() == len(moved) > 0
    assert ((moved["low"] <= moved["best"]) & (moved["best"] <= moved["high"])).all()
    row = parameters.set_index("path").loc["sides.both.initial_trust"]
    assert (row["prior_p10"], row["prior_p90"]) == (pytest.approx(0.24), pytest.approx(0.56))
    drawn = found.posterior["sides.both.initial_trust"]
    assert row["posterior_p50"] == pytest.approx(drawn.median(), abs=0.02)


def test_where_nothing_is_clear_nothing_is_moved_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr(fitting, "CLEAR", 0.99)
    monkeypatch.setattr(fitting, "_CHECK", 400)
    assert main(["calibrate", "--draws", "1024", "--out", str(tmp_path), "--no-figures"]) == 0
    out = capsys.readouterr().out
    assert "no contraction reaches 0.99" in out and "nan" not in out
    told = json.loads((tmp_path / "calibration.json").read_text("utf-8"))
    assert told["best"] == {} and "no value is moved" in told["notice"]
    text = (tmp_path / "best.yaml").read_text("utf-8")
    assert "no value is moved" in " ".join(text.split()) and "sides" not in text
    best, own = resolve(tmp_path / "best.yaml").scenario, resolve("baseline").scenario
    assert np.array_equal(pack(best).floats, pack(own).floats)
    row = next(each for each in told["patterns"] if each["pattern"] == "P6")
    assert row["best"] == pytest.approx(patterns_of(traced_runs(own, 5, 400))["P6"].mean(), abs=0.07)


def test_where_only_some_are_moved_the_others_have_no_best_value(
    found: Calibration, capsys: Captured
) -> None:
    assert found.parameters["best"].isna().any() and found.parameters["best"].notna().any()
    show_calibration(Settings(), found)
    out = capsys.readouterr().out
    rows = out.split("Prior and posterior")[1].splitlines()
    assert not any("nan" in row.split() for row in rows)
    assert sum("–" in row.split() for row in rows) == 34 - len(found.best)


def test_the_error_of_a_contraction_is_how_far_other_draws_would_be_off() -> None:
    rng = np.random.default_rng(1)
    weights = rng.random(300) + 0.2
    found, errors = [], []
    for _ in range(200):
        places = rng.beta([1.0, 6.0], [1.0, 6.0], size=(300, 2))
        posterior = Posterior(PARAMETERS[:2], weights / weights.sum(), places, places, 0.0)
        found.append(posterior.contraction())
        errors.append(posterior.contraction_error())
    assert np.mean(errors, axis=0) == pytest.approx(np.std(found, axis=0), rel=0.15)


def test_the_same_seed_gives_the_same(found: Calibration) -> None:
    again, other = calibrate(draws=2**12), calibrate(draws=2**12, seed=1)
    pd.testing.assert_frame_equal(found.parameters, again.parameters)
    pd.testing.assert_frame_equal(found.patterns, again.patterns)
    assert found.best == again.best != other.best


def test_silent_means_that_neither_width_nor_place_changed() -> None:
    """On accepted draws of which it is known what became of the prior, over a range from 2 to 4."""
    even = (np.arange(400) + 0.5) / 400  # as the prior is
    aside = even**0.5  # a median of 0.71, nearly as wide
    aside = 1.0 - (1.0 - aside) * np.sqrt(even.var() / aside.var())  # as wide as the prior
    narrow = 0.5 + 0.5 * (even - 0.5)  # half as wide, in the middle
    columns = {"even": even, "aside": aside, "narrow": narrow}
    unit = np.column_stack(list(columns.values()))
    parameters = tuple(Parameter(name, 2.0, 4.0) for name in columns)
    told = parameters_table(Posterior(parameters, np.ones(400), unit, unit, 1.0)).set_index("path")
    assert told["contraction"].to_dict() == pytest.approx({"even": 0, "aside": 0, "narrow": 0.75}, abs=0.01)
    assert told["silent"].to_dict() == {"even": True, "aside": False, "narrow": False}
    assert told.loc["even", "posterior_p50"] == pytest.approx(3.0, abs=0.01)
    assert told.index[0] == "narrow"


def test_a_weight_makes_a_parameter_speak() -> None:
    even = (np.arange(400) + 0.5)[:, None] / 400
    weights = np.where(even[:, 0] < 0.5, 4.0, 1.0)  # a median of 0.31, hardly narrower
    told = parameters_table(Posterior((Parameter("x", 0.0, 1.0),), weights, even, even, 1.0)).iloc[0]
    assert not told["silent"] and told["posterior_p50"] == pytest.approx(0.3125, abs=0.005)


def test_patterns_have_a_row_each_and_one_for_all() -> None:
    counted = {"prior": (list(range(len(PATTERNS) + 1)), 50)}
    table = patterns_table(counted)
    assert table["pattern"].tolist() == [*PATTERNS, "all"]
    assert table["prior"].to_numpy() == pytest.approx(np.arange(len(PATTERNS) + 1) / 50)
    assert (table["prior_low"] <= table["prior"]).all() and (table["prior"] <= table["prior_high"]).all()


def test_trust_through_the_record_is_that_of_runs_told_it(found: Calibration) -> None:
    rows = found.trust[(found.trust["of"] == "posterior") & (found.trust["side"] == "minsk")]
    medians = []
    for draws in found.posterior.head(60).to_dict("records"):
        given = {"start": "record"} | {str(path): value for path, value in draws.items()}
        told = load_scenario("baseline", given)
        medians.append(traced_runs(told, 0, 1).turn("trust_1")[0, : told.handover])
    assert len(rows) == len(medians[0])
    assert np.abs(np.median(medians, axis=0) - rows["p50"]).max() < 0.05
    assert (rows["p5"] <= rows["p50"]).all() and (rows["p50"] <= rows["p95"]).all()


def test_the_files_are_read_by_others(found: Calibration, tmp_path: Path) -> None:
    write(found, tmp_path)
    best = tmp_path / "best.yaml"
    assert validate_file(best) == []
    expected, got = with_values(resolve("baseline"), found.best), resolve(best)
    assert np.array_equal(pack(expected).floats, pack(got.scenario).floats)
    assert np.array_equal(pack(expected).ints, pack(got.scenario).ints)
    assert got.data["sides"]["minsk"]["initial_trust"]["source"] == SOURCE
    uncertain = load_scenario(tmp_path / "uncertain.yaml")
    assert set(drawn_numbers(uncertain).values()) == set(found.posterior.columns)
    assert uncertain.parameters is not None and uncertain.parameters.rows == len(found.posterior)
    table = pd.read_csv(tmp_path / "posterior.csv")
    assert len(table) == 1_024 and table["sides.both.patience"].dtype.kind == "i"
    plan = {"format_version": 1, "title": "Draws", "scenario": "baseline", "design": "table", "runs": 2,
            "table": str(tmp_path / "posterior.csv")}  # fmt: skip
    results = sweep(plan)
    assert results.manifest.points == 1_024 and results.manifest.rows == 2_048
    told = json.loads((tmp_path / "calibration.json").read_text("utf-8"))
    assert told["best"] == found.best and told["seed"] == 0 and told["rules_version"]
    assert WARNING in told["about"] and CAVEAT in told["about"]
    assert all(0.0 < row["contraction_error"] < 0.2 for row in told["parameters"])


def test_what_is_set_is_not_fitted_and_goes_into_the_best_scenario(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("format_version: 1\nextends: baseline\nname: own\ntitle: Own\n", encoding="utf-8")
    given = ["sides.both.caution=1.5", "sides.minsk.strategy=proportional", "start=record"]
    set_ = calibrate(own, draws=2**10, overrides=given)
    assert "sides.both.caution" not in set_.posterior and len(set_.posterior.columns) == 33
    assert "sides.both.caution" not in set_.best
    write(set_, tmp_path / "out")
    best = load_scenario(tmp_path / "out" / "best.yaml")
    assert float(best.sides["minsk"].caution) == 1.5 and best.sides["minsk"].strategy == "proportional"
    assert best.start == "record"
    uncertain = load_scenario(tmp_path / "out" / "uncertain.yaml")
    assert float(uncertain.sides["minsk"].caution) == 1.5 and uncertain.start == "record"
    assert len(set(drawn_numbers(uncertain).values())) == 33
    # Runs are played from the beginning all the same.
    table = simulated(
        resolve(own, given[:2]), tuple(p for p in PARAMETERS if p.path != "sides.both.caution"),
        draw(PARAMETERS[:33], 2**10, 0), 0,
    )[22]  # fmt: skip
    assert set_.passed == (table[:, -6:] > 0.5).all(axis=1).sum()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["two_islands"], "Washington and Minsk"),
        (["--set", "history=~"], "Write a `history`"),
        (["--draws", "1000"], "power of 2"),
        (["--draws", "512"], "power of 2"),
        (["--set", "sides.minsk.caution=1"], "Set `sides.both.caution`"),
        (["--set", "history.until=2025-09-11"], "ends before turn 22"),
        (["--set", "history.entries.apology.occurs=false"], "does not pass P5"),
        (["--set", "events.balloons=~"], "balloons"),
    ],
)
def test_what_cannot_be_calibrated_is_refused(arguments: list[str], says: str, capsys: Captured) -> None:
    assert main(["calibrate", "--draws", "1024", *arguments]) == 2
    assert says in capsys.readouterr().err


def test_other_sides_are_refused(tmp_path: Path) -> None:
    text = (Path(__file__).parent.parent / "scenarios" / "baseline.yaml").read_text("utf-8")
    other = tmp_path / "other.yaml"
    other.write_text(text.replace("washington:", "oslo:").replace(": washington", ": oslo"), encoding="utf-8")
    with pytest.raises(InputError, match="Washington and Minsk"):
        calibrate(other, draws=2**10)


def test_the_default_is_that_of_the_function_and_of_the_help(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    asked: list[int] = []

    def stub(scenario: str, *, draws: int, **_: Any) -> None:
        asked.append(draws)
        raise InputError("enough", remedy="Nothing")

    monkeypatch.setattr("bargain_sim.api.calibrate", stub)
    assert main(["calibrate"]) == 2 and asked == [DRAWS]
    capsys.readouterr()
    assert main(["calibrate", "--help"]) == 0
    help_ = " ".join(capsys.readouterr().out.split())
    assert f"[default: {DRAWS}; {DRAWS_OF_A_CHECK} for each model of a check]" in help_
    page = (Path(__file__).parent.parent / "docs" / "calibration.md").read_text("utf-8")
    assert f"Without `--draws` it makes {DRAWS:,} draws" in page
    assert f"each model takes {DRAWS_OF_A_CHECK:,} draws" in " ".join(page.split())


@pytest.mark.parametrize("check", ["--nulls", "--left-out"])
def test_no_draws_are_not_the_default(check: str, capsys: Captured) -> None:
    assert main(["calibrate", check, "--draws", "0"]) == 2
    assert "draws is 0, and no power of 2" in capsys.readouterr().err


def test_the_command_says_what_it_is(tmp_path: Path, capsys: Captured) -> None:
    folder = tmp_path / "made"
    assert main(["calibrate", "--draws", "1024", "--out", str(folder)]) == 0
    out = capsys.readouterr().out
    assert CAVEAT in out.splitlines()[0] and WARNING in out and "Take more draws" in out
    assert "the record says nothing" in out and "nan" not in out
    drawn = {path.name for path in (folder / "figures").iterdir()}
    names = {
        f"{name}{size}.png" for name in ("prior_posterior", "record_trust") for size in ("", "_projector")
    }
    assert drawn == names | {"captions.md"}
    assert main(["calibrate", "--draws", "1024", "--out", str(folder), "--json", "--no-figures"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == json.loads((folder / "calibration.json").read_text("utf-8"))
    assert {row["pattern"] for row in told["patterns"]} == {*PATTERNS, "all"}


@pytest.mark.parametrize("size", ["print", "projector"])
def test_words_on_the_figures_can_be_read(found: Calibration, size: str) -> None:
    one, other = prior_posterior.draw(found, size=size), record_trust.draw(found, size=size)
    assert faults_of(one) == [] and faults_of(other) == []
    top = found.parameters.iloc[0]
    assert f"{prior_posterior.name_of(top['path'])} ({top['contraction']:.2f})" in one.caption
    assert f"nothing about {found.parameters['silent'].sum()} of 34" in one.caption
    last = found.trust[(found.trust["of"] == "posterior") & (found.trust["side"] == "minsk")].iloc[-1]
    assert f"Minsk’s trust at {last['p50']:.2f}" in other.caption
