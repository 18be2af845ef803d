"""Questions tell right from wrong, and the small tables of lessons count as the analysis does."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bargain_sim import Results
from bargain_sim.analysis.shares import outcome_shares
from bargain_sim.errors import InputError
from bargain_sim.lessons import Debrief, Question, means, recorded, shares, told, vary

numbers = st.floats(-1e6, 1e6)


@given(right=numbers, within=st.floats(0, 1e3), off=st.floats(-2, 2))
def test_a_number_is_right_within_its_tolerance(right: float, within: float, off: float) -> None:
    question = Question("1", "How much?", right=right, within=within, hint="Think.")
    answer = right + off * within
    inside = abs(answer - right) <= within + 1e-9
    assert question.check(answer).state == ("right" if inside else "again")
    assert question.check(right).state == question.check(str(right)).state == "right"
    beyond = right + within + max(1e-6, 1e-6 * abs(right))
    assert question.check(beyond).text == "Look again. Think."


@pytest.mark.parametrize("answer", ["", None])
def test_nothing_written_is_not_wrong(answer: object) -> None:
    assert Question("1", "How much?", right=1.0).check(answer).state == "open"


@pytest.mark.parametrize("answer", ["half", "0,5", math.nan, math.inf, True, [0.5]])
def test_what_is_no_number_is_told_so(answer: object) -> None:
    reply = Question("1", "How much?", right=0.5, within=10).check(answer)
    assert reply.state == "again" and "number" in reply.text


def test_a_choice_is_a_letter() -> None:
    question = Question(
        "2", "Which?", choices={"a": "less", "b": "more"}, right="b", hint="Count.", why="So."
    )
    assert question.check(" B ").text == "Right. So."
    assert question.check("a").text == "Look again. Count."
    assert "a or b" in question.check("c").text and question.check("c").state == "again"
    assert question.check("b", predicted="a").text.endswith("You had predicted a.")
    assert question.check("b", predicted="b").text.endswith("So you had predicted.")
    assert question.answer == "b: more" and question.accepted == ""


def test_a_prediction_is_held_against_the_model() -> None:
    question = Question("1", "How much?", right=50.0, within=1, unit="%")
    assert (
        question.check(50.5, predicted=40).text
        == "Right. The model gives 50 %. You had predicted 40: 10 too low."
    )
    assert question.check(50, predicted=75).text.endswith("25 too high.")
    assert question.check(50, predicted=50.9).text.endswith("close.")
    assert question.check(50, predicted="dunno").text == "Right. The model gives 50 %."
    assert question.accepted == "49 % to 51 %"


@pytest.mark.parametrize("right", [None, math.nan, math.inf, "b"])
def test_a_question_to_which_the_model_has_no_answer_is_refused(right: object) -> None:
    with pytest.raises(InputError, match="question 7"):
        Question("7", "How much?", right=right)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="question 7"):
        Question("7", "Which?", choices={"a": "less"}, right=right)  # type: ignore[arg-type]


def test_a_notebook_shows_neither_answer_nor_hint_and_no_tag_of_anybodys() -> None:
    question = Question("1", "<b>How</b> much?", right=42.125, hint="Think.", why="Because.")
    debrief = Debrief([("Who & why?", "point to this")])
    for shown in (question._repr_html_(), repr(question)):
        assert "42.125" not in shown and "Think" not in shown and "Because" not in shown
    assert "&lt;b&gt;How" in question._repr_html_()
    assert "Who &amp; why?" in debrief._repr_html_() and "point" not in debrief._repr_html_() + repr(debrief)
    assert "<script>" not in question.check("<script>")._repr_html_()


@pytest.fixture(scope="module")
def played() -> Results:
    factors = {"sides.both.initial_trust": [0.3, 0.8], "sides.both.reciprocity": [0.3, 0.9]}
    return vary("small_initiative", factors, runs=80, fixed={"sides.both.initiative": 2})


def test_what_is_varied_and_what_is_fixed(played: Results) -> None:
    assert len(played.frame) == 4 * 80
    assert {float(played.scenario_at(k).sides["minsk"].initiative) for k in range(4)} == {2.0}
    assert sorted(played.frame["initial_trust"].unique()) == [0.3, 0.8]


@pytest.mark.parametrize("by", ["initial_trust", ["reciprocity", "initial_trust"]])
def test_shares_are_those_of_the_analysis(played: Results, by: str | list[str]) -> None:
    columns = [by] if isinstance(by, str) else by
    theirs = outcome_shares(played.frame, columns).query("outcome == 'grand_bargain'").set_index(columns)
    ours = shares(played, by).set_index(columns)
    for name, column in (("share", "share"), ("from", "low"), ("to", "high")):
        assert (ours[name] - 100 * theirs[column]).abs().max() <= 0.05 + 1e-9
    assert ours["share"].nunique() > 1


def test_shares_of_a_column_of_yes_and_no(played: Results) -> None:
    played.frame["it"] = played.frame["outcome"] == "grand_bargain"
    assert shares(played, "initial_trust", "it").equals(shares(played, "initial_trust"))


def test_means_have_an_interval(played: Results) -> None:
    found = means(played, "initial_trust", "turns", decimals=6).set_index("initial_trust")
    for trust, rows in played.frame.groupby("initial_trust"):
        row, of_one = found.loc[trust], rows["turns"]
        assert row["mean"] == pytest.approx(of_one.mean(), abs=1e-5)
        # Run k meets the same luck at both points that are averaged over: 80 independent means, not 160 runs.
        of_luck = of_one.groupby(rows["run"]).mean()
        half = 1.96 * of_luck.std(ddof=1) / len(of_luck) ** 0.5
        assert (row["from"], row["to"]) == pytest.approx(
            (of_one.mean() - half, of_one.mean() + half), abs=1e-5
        )


def test_means_at_single_points_are_those_of_independent_runs(played: Results) -> None:
    by = ["reciprocity", "initial_trust"]
    found = means(played, by, "turns", decimals=6).set_index(by)
    half = 1.96 * played.frame.groupby(by)["turns"].sem()
    assert ((found["to"] - found["from"]) / 2 - half).abs().max() < 1e-5


def test_names_that_are_not_there_are_refused_with_those_that_are(played: Results) -> None:
    with pytest.raises(InputError, match="initial_trust"):
        shares(played, "trust")
    with pytest.raises(InputError, match="initial_trust"):
        means(played, "reciprocity", "turn")
    with pytest.raises(InputError, match="grand_bargain"):
        shares(played, "reciprocity", "bargain")
    with pytest.raises(InputError, match="grand_bargain"):
        shares(played, "reciprocity", "turns")


def test_a_row_is_told_with_its_interval() -> None:
    assert told({"share": 36.5, "from": 31.9, "to": 41.3}) == "36 % (32 to 41)"


def test_the_record_is_listed_in_order_and_what_is_not_exact_says_so() -> None:
    table = recorded("baseline")
    assert len(table) > 18 and table["what"].str.len().min() > 5
    days = dict(zip(table["what"], table["day"], strict=True))
    assert days["The dialogue seems to pause"] == "11 October 2025"
    assert days["Release of a US citizen"] == "about 26 January 2025"
    with pytest.raises(InputError, match="no history"):
        recorded("two_islands")
