"""The guard-rails of a calibration: models with one idea less, forecasts of what was left out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from figure_bounds import faults_of

from bargain_sim import compare_models, leave_out
from bargain_sim.calibration import comparing, leaving_out
from bargain_sim.calibration.comparing import Comparison
from bargain_sim.calibration.findings import beaten, of_comparison, of_left_out
from bargain_sim.calibration.fitting import left_to_fit
from bargain_sim.calibration.leaving_out import PRIOR, LeftOut, seeds_of, totals_of
from bargain_sim.calibration.next_happening import CATEGORIES, KINDS, NOTHING, TURNS, category, next_of
from bargain_sim.calibration.origins import origins_of
from bargain_sim.calibration.prior import draw
from bargain_sim.calibration.reference import played, record_of, simulated
from bargain_sim.calibration.rivals import FULL, models_of
from bargain_sim.calibration.scoring import KEPT_BACK, chances, log_score
from bargain_sim.cli import main
from bargain_sim.errors import InputError
from bargain_sim.narrate import CAVEAT
from bargain_sim.patterns import PATTERNS
from bargain_sim.plots import null_models
from bargain_sim.scenario.loader import resolve
from bargain_sim.scenario.overrides import Override
from bargain_sim.tracing import traced_runs

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module", autouse=True)
def few_forecasts() -> Iterator[None]:
    """Of each draw fewer runs than are told: what they are made of is asked, not how sure they are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(leaving_out, "_RUNS", 1)
        yield


@pytest.fixture(scope="module")
def left(few_forecasts: None) -> LeftOut:
    return leave_out(draws=2**10, tables=3)


@pytest.fixture(scope="module")
def compared(short_search: None) -> Iterator[Comparison]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparing, "_CHECK", 500)
        yield compare_models(draws=2**10)


# Models with one idea less.


def test_what_plays_no_part_in_a_model_is_not_fitted_and_all_else_is() -> None:
    resolved = resolve("baseline")
    full, *others = models_of(resolved)
    every = {p.path for p in full.parameters(resolved)}
    assert len(every) == 34 and [each.null for each in others].count(True) == 6
    for model in others:
        own = resolve("baseline", model.overrides)
        paths = {p.path for p in model.parameters(own)}
        assert not paths & set(model.idle)
        assert every - paths <= {*model.idle, "sides.both.reciprocity", "sides.both.negativity"}
        assert paths - every == {p.path for p in model.own} - every
    by_name = {model.name: model for model in others}
    clock = {
        p.path for p in by_name["boulware"].parameters(resolve("baseline", by_name["boulware"].overrides))
    }
    assert "sides.both.pace" in clock and "sides.both.reciprocity" not in clock
    lines = resolve("baseline", by_name["no_red_lines"].overrides).scenario
    assert not any(side.red_lines for side in lines.sides.values())


@pytest.mark.parametrize("name", ["boulware", "linear", "no_reciprocity", "no_red_lines"])
def test_what_is_left_out_of_a_prior_changes_nothing(name: str) -> None:
    model = next(each for each in models_of(resolve("baseline")) if each.name == name)
    ends = []
    for end in (0, 1):
        idle = [
            Override(p.path, p.low if end == 0 else p.high)
            for p in models_of(resolve("baseline"))[0].parameters(resolve("baseline"))
            if p.path in model.idle and p.path not in {each.path for each in model.overrides}
        ]
        own = resolve("baseline", (*idle, *model.overrides))
        parameters = model.parameters(own)
        ends.append(simulated(own, parameters, draw(parameters, 256, 3), 3)[22])
        assert len(idle) >= 1
    assert np.array_equal(ends[0], ends[1]), "a parameter said to be idle plays a part"
    # And one that is fitted does: the test can fail.
    own = resolve("baseline", model.overrides)
    parameters = model.parameters(own)
    unit = draw(parameters, 256, 3)
    unit[:, [p.path for p in parameters].index("sides.washington.reliability")] = 0.01
    assert not np.array_equal(simulated(own, parameters, unit, 3)[22], ends[0])


def test_models_are_compared_by_the_same_rules(compared: Comparison) -> None:
    table = compared.patterns
    assert list(compared.models["model"]) == [
        FULL, "boulware", "linear", "conceder", "proportional", "no_reciprocity", "no_negativity",
        "no_red_lines",
    ]  # fmt: skip
    assert (table["prior_runs"] == 2**10).all() and (table["best_runs"] == 500).all()
    assert set(table["pattern"]) == {*PATTERNS, "all"}
    rows = table.set_index(["model", "pattern"])
    # Nothing can be demanded across a line that is not there.
    assert rows.loc[("no_red_lines", "P5"), "prior_count"] == 0
    whole = {name: rows.loc[(name, "all")] for name in compared.models["model"]}
    for row in compared.models.to_dict("records")[1:]:
        mine, full = whole[row["model"]], whole[FULL]
        assert (row["verdict"] == "worse") == (mine["best_high"] < full["best_low"])
        assert (row["verdict"] == "better") == (mine["best_low"] > full["best_high"])
    told = of_comparison(compared)
    assert len(told) == 9
    nulls = compared.models[compared.models["null"]]
    as_good = int((nulls["verdict"] != "worse").sum())
    assert (f"So {as_good} of 6 null models" if as_good else "None of the 6") in told[-1]
    assert "It could not do otherwise: P5 needs a slight" in told[-2] and told[-2].startswith("No red lines")


# Forecasts of what was left out.


def test_the_log_score_is_proper() -> None:
    rng = np.random.default_rng(1)
    believed = chances(np.array([0.6, 0.3, 0.1, 0.0]))
    assert believed.sum() == pytest.approx(1.0) and believed[3] == KEPT_BACK / 4
    honest = float(believed @ np.log(believed))
    for _ in range(200):
        told = chances(rng.dirichlet(np.ones(4)))
        assert float(believed @ np.log(told)) < honest


def test_a_score_is_that_of_weighted_draws_and_knows_its_error() -> None:
    rng = np.random.default_rng(2)
    # Half of the draws, with three quarters of the weight, foresee category 1 in four of five runs.
    weights = np.repeat([3.0, 1.0], 200)
    sure = np.repeat([0.8, 0.2], 200)
    scores = []
    for _ in range(300):
        came = (rng.random((400, 8)) < sure[:, None]).astype(np.intp)
        scores.append(log_score(came, weights, 1, 5))
    expected = (1 - KEPT_BACK) * 0.65 + KEPT_BACK / 5
    assert np.mean([each.chance for each in scores]) == pytest.approx(expected, abs=0.003)
    assert scores[0].score == pytest.approx(np.log(scores[0].chance))
    # The error counts draws as the units that vary; so it is no smaller than the spread of their runs alone.
    assert np.std([each.score for each in scores]) < np.mean([each.error for each in scores]) < 0.05
    missed = log_score(np.zeros((10, 4), dtype=np.intp), np.ones(10), 3, 5)
    assert missed.chance == KEPT_BACK / 5 and missed.error == 0.0


def test_the_error_is_the_spread_over_draws() -> None:
    rng = np.random.default_rng(3)
    scores = []
    for _ in range(400):
        sure = rng.beta(2.0, 2.0, 150)
        scores.append(log_score((rng.random((150, 8)) < sure[:, None]).astype(np.intp), np.ones(150), 1, 5))
    assert np.std([each.score for each in scores]) == pytest.approx(
        np.mean([each.error for each in scores]), rel=0.15
    )


def test_the_record_itself_has_what_the_forecasts_are_scored_against() -> None:
    origins = origins_of(resolve("baseline").scenario)
    assert [f"{each.day}" for each in origins] == ["2025-10-01", "2025-10-11", "2025-11-04", "2025-11-09"]
    assert [each.came for each in origins] == [
        category(kind, 0) for kind in ("slight", "pause", "correction", "status_0")
    ]
    for origin in origins:
        short = resolve("baseline", origin.told).scenario
        assert short.handover == origin.turn
        assert (short.date_of(origin.turn) - origin.until).days == 1
        # The same turns with all of the record told: what comes after the origin is what the record has.
        later = [each for each in origin.told if each.path != "history.until"]
        runs = traced_runs(resolve("baseline", later).scenario, 0, 3)
        assert (next_of(replace(runs, scenario=short)) == origin.came).all(), origin


def test_categories_are_kinds_and_times() -> None:
    numbers = {category(kind, turn) for kind in KINDS for turn in range(TURNS)}
    assert numbers == set(range(NOTHING)) and CATEGORIES == 21
    assert category("pause", 0) == category("pause", 1) != category("pause", 2)
    assert category("pause", TURNS) == NOTHING


def test_what_is_foreseen_is_what_runs_do() -> None:
    origin = origins_of(resolve("baseline").scenario)[1]
    told = resolve("baseline", (*origin.told, Override("sides.washington.ambition", 0.0)))
    parameters = left_to_fit(told)
    unit = draw(parameters, 512, 4)
    ((_, runs),) = played(told, parameters, unit, 5, origin.turn + TURNS)
    found = next_of(runs)
    assert len(set(found)) > 5 and not {category("slight", 0), category("slight", 2)} & set(found)
    gives = np.flatnonzero(found == category("material_1", 0))
    assert len(gives)
    for run in gives[:20]:
        given = runs.turn("material_1")[run, origin.turn : origin.turn + 2]
        before = runs.turn("pauses")[run, origin.turn - 1]
        assert given.max() > 0.0
        assert runs.turn("pauses")[run, origin.turn + int(given.argmax())] == before


def test_forecasts_are_scored_by_the_same_rules(left: LeftOut) -> None:
    scores, totals = left.scores, left.totals
    assert len(scores) == 3 * 9 * 4 and list(totals["model"])[:2] == [FULL, PRIOR]
    assert np.allclose(scores["score"], np.log(scores["chance"]))
    assert scores["chance"].between(KEPT_BACK / CATEGORIES, 1.0).all()
    by_table = scores.groupby(["model", "table"])["score"].sum()
    for model, part in scores.groupby("model"):
        row = totals.set_index("model").loc[model]
        assert row["score"] == pytest.approx(by_table[model].mean())
        assert row["error"] == pytest.approx(by_table[model].std() / np.sqrt(3))
        apart = by_table[FULL] - by_table[model]
        assert row["behind"] == pytest.approx(apart.mean())
        assert row["behind_error"] == pytest.approx(apart.std() / np.sqrt(3))
        assert row["tables"] == 3 and part["chance"].nunique() > (4 if model != "no_red_lines" else 3)
        assert list(part["came"])[:4] == list(scores["came"][:4])
    # Who has no red lines cannot be slighted: only what is kept back is given to it.
    lines = scores[scores["model"] == "no_red_lines"].iloc[0]
    assert lines["chance"] == KEPT_BACK / CATEGORIES
    again = totals_of(scores)
    assert again.equals(totals)


def test_who_beats_whom_is_told_plainly(left: LeftOut) -> None:
    totals = left.totals.assign(behind=[0.0, -3.0, 3.0, 0.1, 0.1, 0.1, 0.1, -3.0, 3.0], behind_error=0.2)
    # With three tables, an interval of 95 % reaches 4.3 errors to either side, not 1.96.
    assert set(beaten(totals.assign(behind_error=2.9 / 4.0))["full_model"]) == {"", "equals"}
    words = list(beaten(totals)["full_model"])
    assert words == ["", "loses to", "beats", "equals", "equals", "equals", "equals", "loses to", "beats"]
    told = "\n".join(of_left_out(replace(left, totals=totals)))
    assert "It clearly beats 2 of 6 null models: “By the clock alone, late”" in told
    assert "It is clearly beaten by 1 of 6 null models: “Bad news" in told
    assert "does not clearly beat 3 of 6" in told
    assert "misled it" in told


def test_each_table_has_draws_and_luck_of_its_own_and_forecasts_have_other_luck_than_their_table(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[int, int]] = []

    def noted(resolved: Any, parameters: Any, unit: Any, seed: int, stop: int, first_run: int = 0) -> Any:
        asked.append((seed, first_run))
        return played(resolved, parameters, unit, seed, stop, first_run)

    monkeypatch.setattr(leaving_out, "played", noted)
    monkeypatch.setattr(leaving_out, "models_of", lambda resolved: models_of(resolved)[:2])
    leave_out(draws=2**10, tables=2)
    assert {seed for seed, _ in asked} == set(seeds_of(0, 2))
    assert not set(seeds_of(0, 5)) & set(seeds_of(1, 5))
    assert min(first for _, first in asked) == 2**10, "runs 0 … 1023 have made the table"


def test_one_table_is_too_few() -> None:
    with pytest.raises(InputError, match="tables is 1"):
        leave_out(draws=2**10, tables=1)


def test_a_record_with_few_days_cannot_be_left_out() -> None:
    history = resolve("baseline", ["start=record"]).scenario.history
    assert history is not None
    gone = [f"history.entries.{name}.occurs=false" for name in list(history.entries)[6:]]
    with pytest.raises(InputError, match="acts on 4 days"):
        origins_of(resolve("baseline", gone).scenario)


def test_the_record_that_conditions_is_cut_before_what_is_forecast() -> None:
    first = origins_of(resolve("baseline").scenario)[0]
    stated = record_of(resolve("baseline", first.told), first.turn)
    gone = [Override(f"history.entries.{name}.occurs", False) for name in ("apology", "pause", "delisting",
                                                                         "resumption", "envoy")]  # fmt: skip
    assert np.array_equal(stated, record_of(resolve("baseline", (*first.told, *gone)), first.turn))


# Command and figures.


def test_the_command_asks_what_is_wanted(tmp_path: Path, capsys: Captured, short_search: None) -> None:
    arguments = ["calibrate", "--draws", "1024", "--tables", "2", "--out", str(tmp_path)]
    assert main([*arguments, "--recovery", "4", "--nulls", "--left-out"]) == 0
    out = capsys.readouterr().out
    assert out.count(CAVEAT) == 3 and "nan" not in out
    assert "are known parameters found again?" in out and "No red lines" in out
    files = {path.name for path in tmp_path.iterdir() if path.is_file()}
    assert files == {
        "recovery.csv", "recovery_intervals.csv", "recovery.json", "null_models.csv",
        "null_models_verdicts.csv", "null_models.json", "left_out.csv",
        "left_out_totals.csv", "left_out.json",
    }  # fmt: skip
    names = {f"{name}{size}.png" for name in ("recovered", "null_models") for size in ("", "_projector")}
    assert {path.name for path in (tmp_path / "figures").iterdir()} == names | {"captions.md"}
    assert main([*arguments, "--left-out", "--json", "--no-figures"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["left_out"] == json.loads((tmp_path / "left_out.json").read_text("utf-8"))
    assert CAVEAT in told["left_out"]["about"] and len(told["left_out"]["scores"]) == 2 * 36


@pytest.mark.parametrize(
    ("wanted", "says"),
    [(["--recovery", "1"], "Ask for 50"), (["--recovery", "5", "--draws", "1000"], "no power of 2")],
)
def test_what_cannot_be_asked_is_refused(wanted: list[str], says: str, capsys: Captured) -> None:
    assert main(["calibrate", *wanted]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("size", ["print", "projector"])
def test_words_on_the_figures_can_be_read(compared: Comparison, left: LeftOut, size: str) -> None:
    sheets = [
        null_models.draw(compared, left, size=size), null_models.draw(compared, None, size=size),
        null_models.draw(None, left, size=size),
    ]  # fmt: skip
    assert [faults_of(sheet) for sheet in sheets] == [[]] * 3
    assert "clearly beats" in sheets[0].caption and "clearly beats" not in sheets[1].caption
