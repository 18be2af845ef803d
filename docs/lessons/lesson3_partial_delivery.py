import marimo

__generated_with = "0.25.2"
app = marimo.App(app_title="Lesson 3: Partial delivery and verification")

with app.setup:
    import marimo as mo
    import pandas as pd

    from bargain_sim import load_scenario, simulate
    from bargain_sim.lessons import CLEARLY, Debrief, Question, clearly, means, shares, told, vary
    from bargain_sim.plots import KINDS


@app.cell(hide_code=True)
def title():
    mo.md(r"""
    # Lesson 3: Partial delivery and verification

    A promise arrives in part. Is it better to fall short less often, to make good faster, or to be seen sooner?
    Scenario exploration, not prediction.
    """)
    return


@app.cell(hide_code=True)
def aims():
    mo.md(r"""
    ## Aims

    - Tell *reliability* (how often a delivery is full), *correction* (how fast a shortfall is made good) and
      *verification* (how soon the other sees what has arrived) apart.
    - Compare two policies by intervals, not by two numbers.
    - Say what *doubt* does: when a fall of trust makes a side let the talks pause.
    - Say whether an early breach costs more than a late one, and why the answer hangs on when one looks.
    """)
    return


@app.cell(hide_code=True)
def plan():
    mo.md(r"""
    ## Plan of 50 minutes

    | minutes | what | how |
    |---|---|---|
    | 0–8 | The record: relief for Belavia, announced, partial, doubted, corrected | the teacher tells the background |
    | 8–13 | Predictions, in writing | alone |
    | 13–23 | Reliability and correction; questions 1 and 2 | in pairs, at a computer or on paper |
    | 23–29 | Verification; question 3 | in pairs |
    | 29–34 | Doubt; question 4 | in pairs |
    | 34–42 | An early and a late breach; questions 5 and 6 | in pairs |
    | 42–50 | Debrief: what may we conclude? | all together |
    """)
    return


@app.cell(hide_code=True)
def background():
    mo.md(r"""
    ## Background

    In September 2025 Washington announced that sanctions on Belavia were lifted. Less arrived than was announced. Minsk
    doubted Washington's seriousness, the talks paused, and in November the airline was taken off the list in
    full. The model has four numbers for this. **Reliability** is the chance that a delivery is full. **Correction** is the
    chance, turn by turn, that a shortfall is made good. **Lag** is how many of its own turns the receiver needs to see what
    arrived. **Doubt** is how far trust must fall, from one own turn to the next, for a side to let the talks pause.
    """)
    return


@app.cell(hide_code=True)
def predict():
    mo.md(r"""
    ## Predict first

    Washington delivers in full only three times in ten, and makes a shortfall good with a chance of 5 % a turn.

    1. What brings more grand bargains: that it makes good with a chance of 20 % a turn, or that it delivers in full five
       times in ten?
    2. Does it matter whether deliveries are seen after one own turn or after four?
    3. The same promise is found broken, once in week 10 and once in week 150 of four years. Which costs more trust at once,
       and which has left less trust in the end?
    """)
    return


@app.cell
def guess():
    # Your predictions: "a" correction, "b" reliability;
    # "a" the early breach, "b" the late one, "c" both alike: at once, and in the end.
    guess_2 = None
    guess_5 = None
    guess_6 = None
    return guess_2, guess_5, guess_6


@app.cell(hide_code=True)
def page():
    mo.md(r"""
    ## In the page

    Open the explorer that your teacher shows (`bargain serve`, Explore) and choose the scenario “The United States and
    Belarus, 2025” (`baseline`). Set the reliability of Washington to 0.3 and its correction (in “How moves are delivered”,
    which is folded) to 0.05, and pin that. Set correction to 0.2, then back, and reliability to 0.5: compare with what is
    pinned; both meet the same luck. For question 3 choose “Answers in proportion to trust” (`proportional`), set the initial
    trust of both sides to 0.5, and their lag (in “How trust forms”) to 1, then to 4. In a room, promise more than you deliver,
    once, and watch what the other side does.
    """)
    return


@app.cell(hide_code=True)
def python():
    mo.md(r"""
    ## In Python

    The next cell plays 400 negotiations at each of twelve combinations. The first time, that takes up to a minute.
    """)
    return


@app.cell
def run():
    reliability, correction = [0.3, 0.5, 0.7, 0.9], [0.05, 0.2, 0.4]
    factors = {"sides.washington.reliability": reliability, "sides.washington.correction": correction}
    results = vary("baseline", factors)
    return (results,)


@app.cell(hide_code=True)
def read():
    mo.md(r"""
    ## Fail less often, or mend faster?

    Share of grand bargains in per cent, of 400 negotiations at each combination of Washington's reliability and
    correction, with its 95 % interval (`from`, `to`).
    """)
    return


@app.cell
def table_policies(results):
    policies = shares(results, ["reliability_washington", "correction_washington"])
    policies
    return (policies,)


@app.cell(hide_code=True)
def question_1(policies):
    def policy(reliability, correction):
        chosen = (policies["reliability_washington"] == reliability) & (
            policies["correction_washington"] == correction
        )
        return policies[chosen].iloc[0]

    worst, mended, kept = policy(0.3, 0.05), policy(0.3, 0.2), policy(0.5, 0.05)
    question_1 = Question(
        "1",
        "Reliability stays at 0.3. By how many percentage points does correction 0.2 instead of 0.05 raise the share?",
        right=mended["share"] - worst["share"],
        within=1.0,
        unit="points",
        hint="Subtract the first row of the table from the second.",
        why=f"From {told(worst)} to {told(mended)}.",
    )
    question_1
    return kept, mended, policy, question_1


@app.cell
def answer_1(question_1):
    question_1.check(None)  # write a number in place of None
    return


@app.cell(hide_code=True)
def question_2(kept, mended):
    question_2 = Question(
        "2",
        "From the worst corner (0.3 and 0.05): what brings more, correction 0.2 or reliability 0.5?",
        choices={"a": "correction 0.2", "b": "reliability 0.5", "c": "the intervals overlap: we cannot tell"},
        right=clearly(kept, mended),
        hint="Compare the row of 0.3 and 0.2 with the row of 0.5 and 0.05, and their intervals.",
        why=f"{told(mended)} against {told(kept)}. What is made good gives back part of the trust, and what was owed.",
    )
    question_2
    return (question_2,)


@app.cell
def answer_2(guess_2, question_2):
    question_2.check(None, predicted=guess_2)  # write "a", "b" or "c" in place of None
    return


@app.cell
def shown_policies(results):
    KINDS["bargain_map"](results.frame, "reliability_washington", "correction_washington")
    return


@app.cell(hide_code=True)
def read_lag():
    mo.md(r"""
    ## Verification

    In `proportional` each side answers in proportion to its trust. Here both see what has arrived after one, two, three or
    four own turns. Share of grand bargains in per cent, of 1,500 negotiations each, at an initial trust of 0.5.
    """)
    return


@app.cell
def table_lags():
    lags = vary(
        "proportional", {"sides.both.lag": [1, 2, 3, 4]}, runs=1500, fixed={"sides.both.initial_trust": 0.5}
    )
    by_lag = shares(lags, "lag")
    by_lag
    return (by_lag,)


@app.cell(hide_code=True)
def question_3(by_lag):
    soon, late = by_lag.iloc[0], by_lag.iloc[-1]
    question_3 = Question(
        "3",
        "What does verification after four own turns instead of one do to the share of grand bargains?",
        choices=CLEARLY,
        right=clearly(soon, late),
        hint="Compare the intervals of the first and the last row. Do they overlap?",
        why=f"{told(soon)} after one, {told(late)} after four: what is not seen yet cannot build trust.",
    )
    question_3
    return late, question_3, soon


@app.cell
def answer_3(question_3):
    question_3.check(None)  # write "a", "b" or "c" in place of None
    return


@app.cell(hide_code=True)
def read_doubt():
    mo.md(r"""
    ## Doubt

    How many pauses there are in a negotiation of the baseline, on average, by the fall of trust that makes a side pause;
    with the 95 % interval of that mean.
    """)
    return


@app.cell
def table_doubt():
    doubts = vary("baseline", {"sides.both.doubt": [0.01, 0.05, 0.1, 0.2]})
    by_doubt = means(doubts, "doubt", "pauses")
    by_doubt
    return by_doubt, doubts


@app.cell(hide_code=True)
def question_4(by_doubt, doubts):
    bargains = shares(doubts, "doubt")
    question_4 = Question(
        "4",
        "How many pauses fewer are there at a doubt of 0.2 than at 0.01?",
        right=by_doubt["mean"].iloc[0] - by_doubt["mean"].iloc[-1],
        within=0.2,
        unit="pauses",
        hint="Subtract the last mean from the first.",
        why=(
            f"Grand bargains are {told(bargains.iloc[0])} at 0.01 and {told(bargains.iloc[-1])} at 0.2. A pause that ends "
            "is a delay, and each may be the one that does not."
        ),
    )
    question_4
    return (question_4,)


@app.cell
def answer_4(question_4):
    question_4.check(None)  # write a number in place of None
    return


@app.cell(hide_code=True)
def read_breach():
    mo.md(r"""
    ## An early breach, and a late one

    Ostra and Westra keep every promise for four years. Then the same again, but in one week Westra is found to have broken
    its word. The table has Ostra's trust in Westra: in the week before, in that week, and in the last week.
    """)
    return


@app.cell
def table_breach():
    def trust_with_breach_in(week):
        changed = {"sides.both.reliability": 1, "events.breach.at": [week]}
        return simulate(load_scenario("two_mirrors", changed)).to_frame()["trust_ostra"]

    rows = []
    for week in (10, 150):
        trust = trust_with_breach_in(week)
        rows.append((week, *(round(trust[at], 3) for at in (week - 1, week, 207))))
    breaches = pd.DataFrame(rows, columns=["week of the breach", "before", "after", "at the end"])
    breaches
    return (breaches,)


@app.cell(hide_code=True)
def question_5(breaches):
    lost = breaches["before"] - breaches["after"]
    question_5 = Question(
        "5",
        "Which breach costs more trust at once?",
        choices={"a": "the early one", "b": "the late one", "c": "both the same"},
        right="a" if lost[0] > lost[1] + 0.005 else "b" if lost[1] > lost[0] + 0.005 else "c",
        hint="Subtract the trust after the breach from the trust before it, in both rows.",
        why=f"{lost[0]:.2f} against {lost[1]:.2f}: early on, less has spoken for the other.",
    )
    question_5
    return (question_5,)


@app.cell
def answer_5(guess_5, question_5):
    question_5.check(None, predicted=guess_5)  # write "a", "b" or "c" in place of None
    return


@app.cell(hide_code=True)
def question_6(breaches):
    end = breaches["at the end"]
    question_6 = Question(
        "6",
        "After which breach is there less trust in the last week?",
        choices={"a": "the early one", "b": "the late one", "c": "both the same"},
        right="a" if end[0] < end[1] - 0.005 else "b" if end[1] < end[0] - 0.005 else "c",
        hint="Compare the last column.",
        why=(
            f"{end[0]:.3f} and {end[1]:.3f}. Nothing is forgotten here, so when it happened leaves no trace; with "
            "forgetting, the older breach would have faded more. Between the two weeks trust was lower with the early one."
        ),
    )
    question_6
    return (question_6,)


@app.cell
def answer_6(guess_6, question_6):
    question_6.check(None, predicted=guess_6)  # write "a", "b" or "c" in place of None
    return


@app.cell(hide_code=True)
def debrief(kept, late, mended, policy, question_5, question_6, soon):
    good, better = policy(0.9, 0.05), policy(0.9, 0.4)
    debrief = Debrief(
        [
            (
                "Is mending always better than failing less often?",
                f"No. The two are measured in different units, and where little fails there is little to mend: at a "
                f"reliability of 0.9, correction 0.4 instead of 0.05 gives {better['share'] - good['share']:.0f} points.",
            ),
            (
                "Promise less and deliver it, or promise more and deliver in part: what does the model say, and what is "
                "missing from it?",
                "A shortfall is bad news, and bad news weighs more than good. That a large promise has an audience of its "
                "own is not in it.",
            ),
            (
                "Who would have to verify what, in the record?",
                "Whether the airline was really off the list; who was released. When Minsk saw that relief fell short is "
                "undated (September or October); the correction came after 54 days.",
            ),
            (
                "What would you tell a side that has just fallen short?",
                "Make it good, soon, and where it is seen.",
            ),
        ],
        became=[
            f"Making good: {told(mended)} against {told(kept)} (question 2).",
            f"Seen after one own turn {told(soon)} reach a grand bargain, after four {told(late)} (question 3).",
            f"More lost at once: {question_5.choices[question_5.right]} (question 5). "
            f"Less trust in the end: {question_6.choices[question_6.right]} (question 6).",
        ],
    )
    debrief
    return


if __name__ == "__main__":
    app.run()
