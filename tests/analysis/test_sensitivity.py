"""Sensitivity: known indices come out, what does nothing has none, and what does not fit is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from planted import THREE, by_factor, design, planted, unit

from bargain_sim import InputError, load_results, sensitivity, sweep
from bargain_sim.analysis.cases import cases_of, short
from bargain_sim.analysis.ends import ends, thirds
from bargain_sim.analysis.outcomes import outcome_named, point_values
from bargain_sim.analysis.sensitivity import METHODS
from bargain_sim.store.results import Results

ENDS = {"initial_trust": (0.2, 0.6), "reciprocity": (0.02, 1.0), "generosity": (0.0, 0.67)}


def cube(frame: pd.DataFrame) -> npt.NDArray[np.float64]:
    """The three factors from 0 to 1: shape (rows, 3)."""
    return np.column_stack([unit(frame, name, *span) for name, span in ENDS.items()])


def ishigami(frame: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Ishigami & Homma (1990), a = 7, b = 0.1, on [−π, π]³."""
    x = np.pi * (2.0 * cube(frame) - 1.0)
    return np.asarray(
        np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]), dtype=np.float64
    )


S1 = {"initial_trust": 0.3139, "reciprocity": 0.4424, "generosity": 0.0}
ST = {"initial_trust": 0.5576, "reciprocity": 0.4424, "generosity": 0.2437}


@pytest.fixture(scope="module")
def of_ishigami() -> Results:
    return planted(design("saltelli", 2048), ishigami, "utility_minsk")


def test_sobol_gives_the_known_indices_of_ishigami(of_ishigami: Results) -> None:
    found = sensitivity(of_ishigami, "utility_minsk")
    assert found.method == "sobol"
    table = by_factor(found.table)
    for name in S1:
        assert table[name]["S1"] == pytest.approx(S1[name], abs=0.02)
        assert table[name]["ST"] == pytest.approx(ST[name], abs=0.02)
        for index, true in (("S1", S1[name]), ("ST", ST[name])):
            assert table[name][f"{index}_low"] - 0.01 <= true <= table[name][f"{index}_high"] + 0.01
            assert table[name][f"{index}_low"] < table[name][f"{index}_high"]
    assert found.pairs is not None
    first = found.pairs.iloc[0]
    assert {first["factor"], first["other"]} == {"initial_trust", "generosity"}
    assert first["S2"] == pytest.approx(0.2437, abs=0.03)


def test_intervals_are_the_same_every_time(of_ishigami: Results) -> None:
    """SALib takes the seed 0 for none; ours is 0 here."""
    assert of_ishigami.manifest.seed == 0
    first, second = (sensitivity(of_ishigami, "utility_minsk").table for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


def test_without_pairs_the_first_indices_are_the_same_function(of_ishigami: Results) -> None:
    short_one = planted(design("saltelli", 2048, second_order=False), ishigami, "utility_minsk")
    found = sensitivity(short_one, "utility_minsk")
    assert found.pairs is None
    for name in S1:
        assert by_factor(found.table)[name]["ST"] == pytest.approx(ST[name], abs=0.03)


def test_pawn_finds_the_order_of_ishigami_and_what_does_nothing() -> None:
    factors = THREE | {"sides.both.pace": {"range": [1, 5], "label": "Pace"}}
    results = planted(design("sobol", 8192, factors), ishigami, "utility_minsk")
    found = sensitivity(results, "utility_minsk")
    assert found.method == "pawn"
    assert found.table["factor"].iloc[0] == "reciprocity"
    median = {name: row["median"] for name, row in by_factor(found.table).items()}
    assert median["pace"] <= found.chance < median["generosity"]


def linear(frame: pd.DataFrame) -> npt.NDArray[np.float64]:
    return np.asarray(cube(frame) @ np.array([6.0, -3.0, 0.0]), dtype=np.float64)


def test_morris_gives_the_slopes_of_a_line() -> None:
    found = sensitivity(planted(design("morris", 12), linear, "utility_minsk"), "utility_minsk")
    assert found.method == "morris" and list(found.table["factor"]) == list(ENDS)
    assert found.table["mu"].to_numpy() == pytest.approx([6.0, -3.0, 0.0], abs=1e-4)
    assert found.table["mu_star"].to_numpy() == pytest.approx([6.0, 3.0, 0.0], abs=1e-4)
    assert found.table["sigma"].to_numpy() == pytest.approx([0.0, 0.0, 0.0], abs=1e-4)


def test_words_step_up_in_the_order_of_their_list() -> None:
    """Coded by the alphabet, linear < signed < grit would come out as another order of steps."""
    words = ["linear", "signed", "grit", "comparative"]
    factors = {"sides.both.strategy": {"values": words}, "sides.both.pace": {"range": [1, 5]}}

    def place(frame: pd.DataFrame) -> npt.NDArray[np.float64]:
        places = frame["strategy"].astype(str).map({w: k / 3 for k, w in enumerate(words)})
        return np.asarray(places, dtype=np.float64)

    table = sensitivity(planted(design("morris", 12, factors), place, "utility_minsk"), "utility_minsk").table
    row = by_factor(table)["strategy"]
    assert row["mu"] == pytest.approx(1.0, abs=1e-5) and row["sigma"] == pytest.approx(0.0, abs=1e-5)


MODEL: dict[str, Any] = {
    "sides.both.initial_trust": {"range": [0.2, 0.6], "label": "Trust"},
    "sides.both.pace": {"range": [1, 5], "label": "Pace"},
    "sides.both.outside_option": {"range": [0, 24], "label": "Outside option"},
    "sides.both.grit_turns": {"range": [1, 8], "label": "Grit"},
}


@pytest.mark.parametrize("outcome", ["grand_bargain", "deal_time", "utility_minsk", "exchanged"])
def test_what_a_rule_ignores_has_no_total_index(outcome: str) -> None:
    """`comparative` knows no pace and no initiatives kept up; under the same luck that is exactly 0."""
    source = design("saltelli", 32, MODEL, runs=10, common_random_numbers=True)
    results = sweep(source, out=None, overrides=["sides.both.strategy=comparative"])
    table = by_factor(sensitivity(results, outcome).table)
    for name in ("pace", "grit_turns"):
        assert [table[name][key] for key in ("S1", "ST", "ST_low", "ST_high")] == [0.0] * 4
    assert max(row["ST"] for row in table.values()) > 0.1


def test_what_a_rule_ignores_is_within_chance_where_luck_differs() -> None:
    source = design("sobol", 2048, MODEL)
    results = sweep(source, out=None, overrides=["sides.both.strategy=comparative"])
    found = sensitivity(results, "utility_minsk")
    median = {name: row["median"] for name, row in by_factor(found.table).items()}
    assert max(median["pace"], median["grit_turns"]) <= 1.5 * found.chance < max(median.values())


def test_of_runs_with_their_own_luck_its_part_is_told() -> None:
    source = design("saltelli", 32, MODEL, runs=10)
    found = sensitivity(sweep(source, out=None), "grand_bargain")
    assert not found.common_luck and 0.0 < found.noise < 1.0


def test_luck_that_all_points_meet_is_told_as_far_as_it_counts() -> None:
    """What it does alike at all points counts for nothing; what differs from point to point does."""
    luck = np.random.default_rng(5).normal(size=20)

    def mixed(frame: pd.DataFrame) -> npt.NDArray[np.float64]:
        x, here = cube(frame), luck[frame["run"]]
        return np.asarray(x[:, 0] + 10.0 * here + 2.0 * here * x[:, 1], dtype=np.float64)

    results = planted(
        design("saltelli", 256, runs=20, common_random_numbers=True), mixed, "utility_minsk"
    )  # fmt: skip
    found = sensitivity(results, "utility_minsk")
    assert found.common_luck
    frame = results.frame
    table = frame["utility_minsk"].astype("float64").to_numpy().reshape(20, -1)  # run by run
    apart = table - table.mean(axis=0) - table.mean(axis=1)[:, None] + table.mean()
    error = (apart**2).sum() / (table.shape[1] - 1) / 19 / 20
    assert found.noise == pytest.approx(error / table.mean(axis=0).var(), rel=1e-4)
    # By hand: 4 Var(luck) Var(x) / 20 runs, over 1/12 and what the mean luck adds; not 100 Var(luck) / 20.
    assert 0.05 < found.noise < 0.5
    alike = planted(
        design("saltelli", 64, runs=20, common_random_numbers=True),
        lambda frame: cube(frame)[:, 0] + 10.0 * luck[frame["run"]], "utility_minsk",
    )  # fmt: skip
    assert sensitivity(alike, "utility_minsk").noise == pytest.approx(0.0, abs=1e-6)


def test_more_runs_leave_less_to_luck_and_one_does_not_tell() -> None:
    factors = MODEL | {"sides.both.lag": {"range": [1, 4], "label": "Lag"}}
    noise = [
        sensitivity(
            sweep(design("saltelli", 64, factors, runs=runs, common_random_numbers=True), out=None)
        ).noise
        for runs in (1, 2, 20)
    ]
    assert np.isnan(noise[0]) and noise[1] > 0.05 and noise[2] < noise[1] / 3


def test_half_widths_know_their_confidence(of_ishigami: Results) -> None:
    usual, wide = (sensitivity(of_ishigami, "utility_minsk", confidence=each) for each in (0.95, 0.99))
    for table, name in (("table", "S1"), ("table", "ST"), ("pairs", "S2")):
        narrow, broad = (getattr(each, table) for each in (usual, wide))
        assert (broad[f"{name}_low"] < narrow[f"{name}_low"]).all()
        assert (broad[f"{name}_high"] > narrow[f"{name}_high"]).all()
    assert usual.pairs is not None and wide.pairs is not None
    half = [each["S2_high"] - each["S2"] for each in (usual.pairs, wide.pairs)]
    assert (half[1] / half[0]).to_numpy() == pytest.approx(2.5758 / 1.9600, rel=1e-3)  # quantiles of a normal
    morris = planted(design("morris", 12), ishigami, "utility_minsk")
    low = [sensitivity(morris, "utility_minsk", confidence=c).table["mu_star_high"] for c in (0.5, 0.95)]
    assert (low[0] < low[1]).all()


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95.0])
def test_a_confidence_that_cannot_be_is_refused(confidence: float, of_ishigami: Results) -> None:
    with pytest.raises(InputError, match=r"between 0 and 1.*0\.95"):
        sensitivity(of_ishigami, "utility_minsk", confidence=confidence)


@pytest.mark.parametrize("kind", ["saltelli", "morris"])
def test_a_union_with_a_part_that_is_no_sample_is_refused(kind: str) -> None:
    parts = [{"design": "latin_hypercube", "samples": 30}, {"design": kind, "samples": 8}]
    results = planted(design("union", None, union=parts), linear, "utility_minsk")
    for refused in (
        lambda: cases_of(results, "utility_minsk"),
        lambda: sensitivity(results, "utility_minsk"),
    ):
        with pytest.raises(InputError, match=f"a part of this union is of `design: {kind}`.*by itself"):
            refused()
    sound = [parts[0], {"design": "sobol", "samples": 32}]
    both = planted(design("union", None, union=sound), linear, "utility_minsk")
    assert len(cases_of(both, "utility_minsk").y) == 62


@pytest.mark.parametrize(
    ("kind", "samples", "method", "remedy"),
    [
        ("sobol", 64, "sobol", "saltelli"),
        ("sobol", 64, "morris", "`design: morris`"),
        ("saltelli", 16, "morris", "`design: morris`"),
        ("morris", 8, "sobol", "saltelli"),
        ("morris", 8, "pawn", "`design: sobol`"),
        ("sobol", 64, "sobel", "sobol, morris, pawn"),
    ],
)
def test_a_design_that_does_not_fit_is_refused(kind: str, samples: int, method: str, remedy: str) -> None:
    results = planted(design(kind, samples), linear, "utility_minsk")
    with pytest.raises(InputError) as error:
        sensitivity(results, "utility_minsk", method)
    assert remedy in str(error.value)


def test_an_incomplete_sweep_is_refused(of_ishigami: Results) -> None:
    part = Results(
        replace(of_ishigami.manifest, complete=False), table=of_ishigami.table, points=of_ishigami.points,
        design=of_ishigami.design_table,
    )  # fmt: skip
    for method in METHODS:
        with pytest.raises(InputError, match="not complete"):
            sensitivity(part, "utility_minsk", method)


def test_what_never_varies_is_refused() -> None:
    results = planted(design("sobol", 64), lambda frame: np.zeros(len(frame), dtype=bool))
    with pytest.raises(InputError, match="no run ends as `grand_bargain`"):
        sensitivity(results)
    with pytest.raises(InputError, match=r"there is no outcome `grand_bargin`.*grand_bargain"):
        sensitivity(results, "grand_bargin")


def test_summaries_tell_the_same_as_runs(tmp_path: Any) -> None:
    source = design("sobol", 16, MODEL, runs=12)
    runs = sweep(source, out=None)
    sweep(source | {"keep": "summary"}, out=tmp_path / "kept")
    kept = load_results(tmp_path / "kept")
    for name in ("grand_bargain", "deal_time", "utility_minsk", "pauses"):
        one, other = (point_values(each, outcome_named(each, name)).mean for each in (runs, kept))
        assert other == pytest.approx(one, abs=1e-5)


def test_deal_time_counts_a_run_without_a_deal_to_the_horizon() -> None:
    results = sweep(design("sobol", 64, MODEL, runs=3), out=None)
    outcome = outcome_named(results, "deal_time")
    turn = results.frame["deal_turn"].astype("float64").fillna(outcome.horizon)
    by_point = turn.groupby(results.frame["point"]).mean()
    assert point_values(results, outcome).mean == pytest.approx(by_point.to_numpy())


def test_ends_are_means_over_the_tenths() -> None:
    results = planted(design("sobol", 1024), linear, "utility_minsk")
    cases = cases_of(results, "utility_minsk")
    frame = ends(cases)
    table = by_factor(frame)
    assert list(table) == ["initial_trust", "reciprocity", "generosity"]
    # A uniform factor is 0.05 in the mean over its lowest tenth, 0.95 over its highest.
    assert table["initial_trust"]["change"] == pytest.approx(6.0 * 0.9, abs=0.15)
    assert table["reciprocity"]["change"] == pytest.approx(-3.0 * 0.9, abs=0.3)
    assert table["initial_trust"]["low"] == "up to 0.24"
    assert (frame["at_low_from"] < frame["at_low"]).all() and (frame["at_low"] < frame["at_low_to"]).all()


def test_of_a_saltelli_sample_only_the_base_points_are_a_sample() -> None:
    results = planted(design("saltelli", 64), linear, "utility_minsk")
    cases = cases_of(results, "utility_minsk")
    assert len(cases.y) == 2 * 64
    values = cube(cases.x)
    assert len(np.unique(values[:, 0])) == 2 * 64  # none repeats another's value


def test_thirds_show_what_depends_on_what() -> None:
    def product(frame: pd.DataFrame) -> npt.NDArray[np.float64]:
        x = cube(frame)
        return np.asarray(x[:, 0] * (x[:, 1] > 1 / 3), dtype=np.float64)

    cases = cases_of(planted(design("sobol", 4096), product, "utility_minsk"), "utility_minsk")
    table = thirds(cases, "initial_trust", "reciprocity")
    slope = [float(np.polyfit(part["x"], part["mean"], 1)[0]) for _, part in table.groupby("band")]
    assert slope[0] == pytest.approx(0.0, abs=0.05)
    assert [slope[1], slope[2]] == pytest.approx([2.5, 2.5], abs=0.05)  # over 0.4 of trust


@pytest.mark.parametrize(
    ("value", "span", "told"),
    [(15.117387, 24, "15.1"), (0.000922, 24, "0"), (0.257226, 0.4, "0.257"), (-0.0001, 5, "0"),
     (12_345.6, 90_000, "12346"), (3.0, 7, "3")],
)  # fmt: skip
def test_numbers_have_the_digits_that_their_span_is_worth(value: float, span: float, told: str) -> None:
    assert short(value, span) == told


@pytest.mark.parametrize("runs", [1, 8])
def test_intervals_at_the_ends_cover_the_truth(runs: int) -> None:
    """Over 30 samples of few points, about 95 % of the intervals hold the true mean of their tenth."""
    random = np.random.default_rng(8)
    hits = []
    for seed in range(30):

        def truth(frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
            x = cube(frame)
            return np.asarray(random.random(len(frame)) < 0.1 + 0.8 * (x[:, 1] > 0.5) * x[:, 2])

        source = design("latin_hypercube", 300, runs=runs, seed=seed, common_random_numbers=True)
        table = by_factor(ends(cases_of(planted(source, truth))))["initial_trust"]
        hits += [table[f"at_{end}_from"] <= 0.3 <= table[f"at_{end}_to"] for end in ("low", "high")]
    assert 0.87 <= np.mean(hits) <= 1.0


def test_luck_that_points_share_widens_the_interval() -> None:
    def of_luck(frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
        return np.asarray(np.random.default_rng(4).random(10)[frame["run"]] < 0.5)

    source = design("sobol", 256, runs=10, common_random_numbers=True)
    table = ends(cases_of(planted(source, of_luck)))
    # Ten runs of luck are all there is, however many points met them.
    assert (table["at_low_to"] - table["at_low_from"] > 0.4).all()
