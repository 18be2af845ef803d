import marimo

__generated_with = "0.25.2"
app = marimo.App(app_title="Lesson 5: Routes to a grand bargain")

with app.setup:
    import marimo as mo
    import pandas as pd

    from bargain_sim import forecast, fork, paths
    from bargain_sim.lessons import Debrief, Question, recorded
    from bargain_sim.plots import KINDS, futures_fan


@app.cell(hide_code=True)
def title():
    mo.md(r"""
    # Lesson 5: Routes to a grand bargain

    By which routes do two sides come to a large agreement, and what could be changed after 5 December 2025?
    Scenario exploration, not prediction.
    """)
    return


@app.cell(hide_code=True)
def aims():
    mo.md(r"""
    ## Aims

    - Name the **milestones** of a negotiation, and the **route** that a run takes through them.
    - Say why “runs with a slight end worse” is not yet “a slight makes it worse”.
    - Read shares of futures with their intervals, *and* the assumptions that they hang on.
    - Ask **what if** by changing one thing under the same luck.
    """)
    return


@app.cell(hide_code=True)
def plan():
    mo.md(r"""
    ## Plan of 50 minutes

    | minutes | what | how |
    |---|---|---|
    | 0–8 | The record up to 5 December 2025: which milestones has it reached? | all together |
    | 8–13 | Predictions, in writing | alone |
    | 13–20 | The commonest routes; question 1 | in pairs, at a computer or on paper |
    | 20–27 | Does a slight decide? Question 2 | in pairs |
    | 27–36 | From 5 December on; questions 3 and 4 | in pairs |
    | 36–42 | What if? Question 5 | in pairs |
    | 42–50 | Debrief: what may we conclude? | all together |

    The record, day by day, for the board:
    """)
    return


@app.cell
def shown_record():
    recorded("baseline")
    return


@app.cell(hide_code=True)
def background():
    mo.md(r"""
    ## Background

    A **milestone** is something that happens in a negotiation for the first time: the talks pause; one side demands what
    lies across the other's red line and is refused (a *slight*); both have made a material concession (an *exchange*); a
    *package* is agreed. A **route** is the order of these. The record of 2025 ends on 5 December: releases, visits, a call,
    relief that came in part and then in full, a slight over balloons, a pause, an envoy. From there the model can play
    on, with the trust that the record has left.
    """)
    return


@app.cell(hide_code=True)
def predict():
    mo.md(r"""
    ## Predict first

    1. Of the runs on the commonest route, in how many is the agreed package carried out, in per cent?
    2. Does a slight make a grand bargain less likely?
    3. Of the futures after 5 December 2025, how many are a grand bargain by the end of 2026, in per cent?
    4. Which single assumption moves that number most?
    """)
    return


@app.cell
def guess():
    # Your predictions, in per cent.
    guess_1 = None
    guess_3 = None
    return guess_1, guess_3


@app.cell(hide_code=True)
def page():
    mo.md(r"""
    ## In the page

    Open the explorer that your teacher shows (`bargain serve`, Explore) and choose the scenario “The United States and
    Belarus, 2025” (`baseline`). Read the timeline of one negotiation, then the next, and write down the route of each: in which
    order come the pause, the slight, the exchange and the package? Releases, relief, assurances and an embassy are material;
    visits, calls and warm words are acts of status. For question 5 set “Where play begins” to record, pin the settings, raise
    the reliability of Washington to 0.9, and compare with the same luck. In a room, play from the record (at the desk, under
    “Other numbers, and the luck”: `start=record`), and name your own milestones afterwards.
    """)
    return


@app.cell
def python():
    # 4,000 negotiations from January 2025, turn by turn; up to a minute the first time, later some seconds.
    found = paths("baseline", runs=4000)
    return (found,)


@app.cell(hide_code=True)
def read():
    mo.md(r"""
    ## The commonest routes

    How many of 4,000 negotiations take each of the six commonest routes, and how many of these end in a grand bargain,
    in per cent; `from` and `to` are the 95 % interval of the latter.
    """)
    return


@app.cell
def table_routes(found):
    orders = found.orders.head(6)
    columns = ["share", "share_grand_bargain", "low_grand_bargain", "high_grand_bargain"]
    routes = (100 * orders[columns]).round(1)
    routes.columns = ["taken by", "grand bargain", "from", "to"]
    routes.insert(0, "route", [found.words(order) for order in orders["order"]])
    routes
    return (routes,)


@app.cell
def shown_routes(found):
    KINDS["routes"](found)
    return


@app.cell(hide_code=True)
def question_1(routes):
    commonest = routes.iloc[0]
    question_1 = Question(
        "1",
        "Of the runs on the commonest route, how many end in a grand bargain, in per cent?",
        right=commonest["grand bargain"],
        within=1.0,
        unit="%",
        hint="Take the first row.",
        why=(
            f"{commonest['taken by']:.0f} % of all runs go by “{commonest['route']}”, and "
            f"{commonest['grand bargain']:.0f} % of them ({commonest['from']:.0f} to {commonest['to']:.0f}) carry it out. "
            "To agree is not yet to deliver."
        ),
    )
    question_1
    return commonest, question_1


@app.cell
def answer_1(guess_1, question_1):
    question_1.check(None, predicted=guess_1)  # write a number in place of None
    return


@app.cell(hide_code=True)
def read_slight():
    mo.md(r"""
    ## Does a slight decide?

    The first number compares runs that ever met a slight with runs that never did. The second compares a run that is
    slighted in some turn only with runs that were still going in that turn and had not been slighted yet. Both are
    differences in the share of grand bargains, in percentage points; the second has a 95 % interval.
    """)
    return


@app.cell
def table_slight(found):
    slighted = found.runs["slight"] >= 0
    bargain = found.runs["outcome"] == "grand_bargain"
    ever = 100 * (bargain[slighted].mean() - bargain[~slighted].mean())
    deciding = found.deciding.set_index("milestone")[["difference", "low", "high"]]
    moment = 100 * deciding.loc["slight"].astype(float)
    slight = pd.DataFrame(
        [("ever against never", ever, None, None), ("against runs of the same turn", *moment)],
        columns=["comparison", "difference", "from", "to"],
    ).round(1)
    slight
    return (slight,)


@app.cell(hide_code=True)
def question_2(slight):
    turn = slight.iloc[1]
    question_2 = Question(
        "2",
        "Compared with runs of the same turn, what goes with a slight?",
        choices={"a": "clearly fewer bargains", "b": "clearly more", "c": "nothing that we can tell"},
        right="a" if turn["to"] < 0 else "b" if turn["from"] > 0 else "c",
        hint="Look at the interval in the second row: does it contain 0?",
        why=(
            f"{turn['difference']:+.1f} points ({turn['from']:+.1f} to {turn['to']:+.1f}), against "
            f"{slight['difference'].iloc[0]:+.1f} by ever against never. Talks that drag on have time for slights; so the "
            "first number mixes up what comes first."
        ).replace("-", "−"),
    )
    question_2
    return question_2, turn


@app.cell
def answer_2(question_2):
    question_2.check(None)  # write "a", "b" or "c" in place of None
    return


@app.cell(hide_code=True)
def read_futures():
    mo.md(r"""
    ## After 5 December 2025

    The record is told up to that day; 4,000 futures are played from there to the end of 2026. How they have ended by then,
    in per cent, with the 95 % interval; and the five assumptions that move the share of grand bargains most: the
    least and the most it can be, in per cent, when this one alone goes through the range in which it is studied. (The *bonus*
    is what a completed grand bargain is worth beyond its parts, the *outside option* what an agreement must be worth at
    least, *caution* how much a side keeps back of its trust when it weighs a package.)
    """)
    return


@app.cell
def table_futures():
    futures = forecast(after="2025-12-05", until="2026-12-31", runs=4000, sensitivity_runs=200)
    endings = futures.endings[futures.endings["count"] > 0].set_index("label")
    by_ending = (100 * endings[["share", "low", "high"]]).round(1)
    by_ending.columns = ["share", "from", "to"]
    by_ending.reset_index(names="ending")
    return by_ending, futures


@app.cell
def table_assumptions(futures):
    driving = futures.drivers.head(5)
    assumptions = (100 * driving[["least", "most"]]).round(1)
    assumptions["change"] = (assumptions["most"] - assumptions["least"]).round(1)
    assumptions.insert(0, "assumption", driving["label"].str.replace(r" \S{1,2}$", "", regex=True))  # no symbols
    assumptions
    return (assumptions,)


@app.cell
def shown_futures(futures):
    futures_fan.draw(futures)
    return


@app.cell(hide_code=True)
def question_3(by_ending):
    reached = by_ending.loc["Grand bargain"]
    question_3 = Question(
        "3",
        "How many of the futures are a grand bargain by the end of 2026, in per cent?",
        right=reached["share"],
        within=1.5,
        unit="%",
        hint="Look for the row Grand bargain.",
        why=(
            f"The interval, {reached['from']:.0f} to {reached['to']:.0f} %, says how exact 4,000 runs are, not how likely it is."
        ),
    )
    question_3
    return question_3, reached


@app.cell
def answer_3(guess_3, question_3):
    question_3.check(None, predicted=guess_3)  # write a number in place of None
    return


@app.cell(hide_code=True)
def question_4(assumptions):
    named = sorted(assumptions["assumption"].head(4))
    letters = dict(zip("abcd", named, strict=True))
    strongest = assumptions.iloc[0]
    question_4 = Question(
        "4",
        "Which of these assumptions moves the share of grand bargains most?",
        choices=letters,
        right=next(letter for letter, name in letters.items() if name == strongest["assumption"]),
        hint="Look for the largest change.",
        why=f"Alone it moves the share from {strongest['least']:.0f} to {strongest['most']:.0f} %. Beside that, the "
        "interval of question 3 is nothing: read the assumptions before the chances.",
    )
    question_4
    return question_4, strongest


@app.cell
def answer_4(question_4):
    question_4.check(None)  # write "a", "b", "c" or "d" in place of None
    return


@app.cell(hide_code=True)
def read_fork():
    mo.md(r"""
    ## What if?

    From 5 December on Washington delivers in full nine times in ten. Every run meets the same luck twice, with and without
    the change, to the end of the term. The differences are in percentage points, with the 95 % interval.
    """)
    return


@app.cell
def table_fork():
    what_if = fork(at="2025-12-05", changes={"sides.washington.reliability": 0.9}, runs=4000)
    changed = what_if.endings[(what_if.endings["as_it_was"] > 0) | (what_if.endings["changed"] > 0)]
    numbers = ["as_it_was", "changed", "difference", "low", "high"]
    effect = (100 * changed[numbers]).round(1).rename(columns={"low": "from", "high": "to"})
    effect.insert(0, "ending", changed["label"])
    effect
    return effect, what_if


@app.cell(hide_code=True)
def question_5(effect):
    gain = effect.set_index("ending").loc["Grand bargain"]
    question_5 = Question(
        "5",
        "By how many percentage points does the change raise the share of grand bargains?",
        right=gain["difference"],
        within=1.0,
        unit="points",
        hint="Look for the row Grand bargain, column difference.",
        why=(
            f"The interval, {gain['from']:.0f} to {gain['to']:.0f}, is narrow, because both meet the same luck. Here the change "
            "does it, for nothing else differs; in question 2 we could only compare."
        ),
    )
    question_5
    return gain, question_5


@app.cell
def answer_5(question_5):
    question_5.check(None)  # write a number in place of None
    return


@app.cell(hide_code=True)
def debrief(commonest, found, gain, question_2, reached, strongest):
    alike = found.runs["order"].str.startswith("exchange > slight > pause").sum()
    debrief = Debrief(
        [
            (
                "Which milestones has the record reached by 5 December 2025, and which route is it on?",
                "The exchange (11 September), the slight (about 1 October) and the pause (11 October), in this order; no "
                f"package. Only {alike} of the {len(found.runs):,} runs begin so; the commonest route is “{commonest['route']}”.",
            ),
            (
                "A newspaper writes: “Model: a grand bargain is likely.” Write the letter to the editor.",
                f"The share is true of the model and its assumptions. One of them alone, {strongest['assumption']}, moves it "
                f"from {strongest['least']:.0f} to {strongest['most']:.0f} %. Some 18 events cannot identify some 30 parameters.",
            ),
            (
                "Question 2 compares, question 5 changes. Which would you believe, and how could the world tell you the same?",
                f"The change: {gain['difference']:+.0f} points under the same luck. In the world nothing happens twice with "
                "the same luck; that is what a model is for, and why it is only a model.",
            ),
            (
                "Name one thing that the model leaves out and that you would put in next.",
                "The list of what the source does not say is in seeds/not_in_source.yaml.",
            ),
        ],
        became=[
            f"{commonest['grand bargain']:.0f} % (question 1).",
            f"Compared with runs of the same turn: {question_2.choices[question_2.right]} (question 2).",
            f"{reached['share']:.0f} % (question 3), and what that hangs on is question 4.",
            f"{strongest['assumption']}: alone it moves the share from {strongest['least']:.0f} to {strongest['most']:.0f} %.",
        ],
    )
    debrief
    return


if __name__ == "__main__":
    app.run()
