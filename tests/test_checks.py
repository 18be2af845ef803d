"""The guard-rails of a calibration: recovery, models with one idea less, forecasts of what was left out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from figure_bounds import faults_of
from scipy.stats import truncnorm

from bargain_sim import compare_models, leave_out, recover
from bargain_sim.calibration import comparing
from bargain_sim.calibration.accepting import FEWEST, MOST, near_to
from bargain_sim.calibration.comparing import Comparison
from bargain_sim.calibration.findings import beaten, of_comparison, of_left_out, of_recovery
from bargain_sim.calibration.fitting import left_to_fit
from bargain_sim.calibration.leaving_out import PRIOR, LeftOut, totals_of
from bargain_sim.calibration.nearness import Posterior, metric_of
from bargain_sim.calibration.next_happening import CATEGORIES, KINDS, NOTHING, TURNS, category, next_of
from bargain_sim.calibration.origins import origins_of
from bargain_sim.calibration.prior import Parameter, draw
from bargain_sim.calibration.recovery import CONTRACTION, CORRELATION, Recovery, recovered
from bargain_sim.calibration.reference import make_reference, played, record_of, simulated
from bargain_sim.calibration.rivals import FULL, models_of
from bargain_sim.calibration.scoring import KEPT_BACK, chances, log_score
from bargain_sim.cli import main
from bargain_sim.errors import InputError
from bargain_sim.narrate import CAVEAT
from bargain_sim.patterns import PATTERNS
from bargain_sim.plots import null_models
from bargain_sim.plots import recovered as recovered_figure
from bargain_sim.scenario.loader import resolve
from bargain_sim.scenario.overrides import Override
from bargain_sim.tracing import traced_runs

Captured = pytest.CaptureFixture[str]
ONE = (Parameter("sides.both.initial_trust", 0.0, 1.0),)


@pytest.fixture(scope="module")
def again() -> Recovery:
    return recover(records=12, draws=2**11)


@pytest.fixture(scope="module")
def left() -> LeftOut:
    return leave_out(draws=2**10)


@pytest.fixture(scope="module")
def compared(short_search: None) -> Iterator[Comparison]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparing, "_CHECK", 500)
        yield compare_models(draws=2**10)


# Recovery.


def _gaussian(wide: float, records: int = 1_500) -> tuple[np.ndarray, list[Posterior]]:
    """Uniform truths, seen with a normal error of 0.1, and posteriors `wide` times as wide as is right."""
    rng = np.random.default_rng(5)
    truth = rng.random((records, 1))
    seen = truth[:, 0] + rng.normal(0.0, 0.1, records)
    scale = 0.1 * wide
    share = (np.arange(400) + 0.5) / 400
    found = []
    for y in seen:
        places = truncnorm.ppf(share, -y / scale, (1.0 - y) / scale, y, scale)[:, None]
        found.append(Posterior(ONE, np.full(400, 1 / 400), places, places, 0.0))
    return truth, found


def test_right_posteriors_cover_as_often_as_they_say_and_narrow_ones_less() -> None:
    truth, found = _gaussian(1.0)
    right = recovered("any", ONE, truth, found).iloc[0]
    assert right["coverage"] == pytest.approx(0.8, abs=3 * np.sqrt(0.16 / 1_500))
    assert right["coverage_low"] < 0.8 < right["coverage_high"] < right["coverage"] + 0.03
    assert right["contraction"] == pytest.approx(1 - 12 * 0.1**2, abs=0.03)
    assert right["correlation"] > 0.9
    narrow = recovered("any", ONE, *_gaussian(0.4)).iloc[0]
    # ±1.28·0.4 standard deviations of the normal hold 39 % of it.
    assert narrow["coverage"] == pytest.approx(0.39, abs=0.05)


def test_posteriors_that_learnt_nothing_cover_too_but_are_not_contracted() -> None:
    rng = np.random.default_rng(6)
    truth = rng.random((800, 1))
    found = [Posterior(ONE, np.full(300, 1 / 300), u, u, 0.0) for u in rng.random((800, 300, 1))]
    row = recovered("any", ONE, truth, found).iloc[0]
    assert row["coverage"] == pytest.approx(0.8, abs=0.06)
    assert abs(row["contraction"]) < 0.05 and abs(row["correlation"]) < 0.12


def test_what_is_alike_is_told_by_the_records_own_patterns() -> None:
    resolved = resolve("baseline")
    table = make_reference(resolved, models_of(resolved)[0].parameters(resolved), 2**11, 0)
    statistics = table.statistics[22]
    metric = metric_of(statistics)
    for record in statistics[:5].astype(np.float64):
        near = near_to(metric, statistics, record)
        same = (statistics[:, -6:] == record[-6:]).all(axis=1)
        assert near.alike == same.sum()
        assert len(near.places) == min(max(same.sum(), FEWEST), MOST)
        distance = metric.distances(statistics.astype(np.float64), record)
        # The very nearest are those that any rule by distance would take.
        assert distance[near.places].max() == pytest.approx(np.sort(distance)[len(near.places) - 1])
        assert near.adjusted == (same.sum() >= FEWEST)


def test_recovery_tells_each_record_and_parameter(again: Recovery) -> None:
    assert again.records == {"any": 12, "alike": 12}
    table, rows = again.parameters, again.intervals
    assert len(table) == 2 * 34 and len(rows) == 2 * 12 * 34
    for (kind, path), part in rows.groupby(["kind", "path"]):
        told = table[(table["kind"] == kind) & (table["path"] == path)].iloc[0]
        assert told["coverage"] == part["holds"].mean()
        inside = (part["place_low"] <= part["place"]) & (part["place"] <= part["place_high"])
        assert (inside == part["holds"]).all()
        assert (part["truth"].between(told["low"], told["high"])).all()
    alike = table[table["kind"] == "alike"]
    known = (alike["contraction"] >= CONTRACTION) & (alike["correlation"] >= CORRELATION)
    assert (known == alike["identifiable"]).all() and again.identifiable == list(alike["path"][known])
    assert f"{len(again.identifiable)} are declared identifiable" in of_recovery(again)[0]


def test_recovery_refuses_what_says_nothing() -> None:
    with pytest.raises(InputError, match="too few"):
        recover(records=1, draws=2**10)
    with pytest.raises(InputError, match="power of 2"):
        recover(records=5, draws=1000)


@pytest.mark.slow
def test_identifiable_parameters_are_covered_as_they_should_be() -> None:
    found = recover(records=100, draws=2**16)
    assert len(found.identifiable) >= 3
    alike = found.parameters[found.parameters["kind"] == "alike"].set_index("path")
    assert alike.loc[found.identifiable, "coverage"].between(0.65, 0.95).all()


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
    assert [f"{each.day}" for each in origins] == ["2025-10-02", "2025-10-11", "2025-11-04", "2025-11-09"]
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
    assert len(scores) == 9 * 4 and list(totals["model"])[:2] == [FULL, PRIOR]
    assert np.allclose(scores["score"], np.log(scores["chance"]))
    assert scores["chance"].between(KEPT_BACK / CATEGORIES, 1.0).all()
    for model, part in scores.groupby("model"):
        row = totals.set_index("model").loc[model]
        assert row["score"] == pytest.approx(part["score"].sum())
        assert row["error"] == pytest.approx(np.sqrt((part["error"] ** 2).sum()))
        assert list(part["came"]) == list(scores["came"][:4])
    # Who has no red lines cannot be slighted: only what is kept back is given to it.
    lines = scores[scores["model"] == "no_red_lines"].iloc[0]
    assert lines["chance"] == KEPT_BACK / CATEGORIES
    again = totals_of(scores)
    assert again.equals(totals)


def test_who_beats_whom_is_told_plainly(left: LeftOut) -> None:
    totals = left.totals.assign(behind=[0.0, -3.0, 3.0, 0.1, 0.1, 0.1, 0.1, -3.0, 3.0], behind_error=0.2)
    words = list(beaten(totals)["full_model"])
    assert words == ["", "loses to", "beats", "equals", "equals", "equals", "equals", "loses to", "beats"]
    told = "\n".join(of_left_out(replace(left, totals=totals)))
    assert "It beats “By the clock alone, late”" in told and "It is beaten by “Bad news" in told
    assert "misled it" in told


def test_a_record_with_few_days_cannot_be_left_out() -> None:
    history = resolve("baseline", ["start=record"]).scenario.history
    assert history is not None
    gone = [f"history.entries.{name}.occurs=false" for name in list(history.entries)[4:]]
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
    arguments = ["calibrate", "--draws", "1024", "--out", str(tmp_path)]
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
    assert CAVEAT in told["left_out"]["about"] and len(told["left_out"]["scores"]) == 36


@pytest.mark.parametrize(
    ("wanted", "says"),
    [(["--recovery", "1"], "Ask for 50"), (["--recovery", "5", "--draws", "1000"], "no power of 2")],
)
def test_what_cannot_be_asked_is_refused(wanted: list[str], says: str, capsys: Captured) -> None:
    assert main(["calibrate", *wanted]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("size", ["print", "projector"])
def test_words_on_the_figures_can_be_read(
    again: Recovery, compared: Comparison, left: LeftOut, size: str
) -> None:
    none = replace(again, parameters=again.parameters.assign(identifiable=False))
    sheets = [
        recovered_figure.draw(again, size=size), recovered_figure.draw(none, size=size),
        null_models.draw(compared, left, size=size), null_models.draw(compared, None, size=size),
        null_models.draw(None, left, size=size),
    ]  # fmt: skip
    assert [faults_of(sheet) for sheet in sheets] == [[]] * 5
    assert "none of 34 parameters" in sheets[1].caption
    assert "clearly beats" in sheets[2].caption and "clearly beats" not in sheets[3].caption
