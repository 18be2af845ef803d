import marimo

__generated_with = "0.25.2"
app = marimo.App(app_title="Lesson 1: Trust thresholds")

with app.setup:
    import marimo as mo
    import pandas as pd

    from bargain_sim import tipping_point
    from bargain_sim.lessons import Debrief, Question, shares, vary
    from bargain_sim.plots import KINDS


@app.cell(hide_code=True)
def title():
    mo.md(r"""
    # Lesson 1: Trust thresholds

    How much trust must there be before two sides that nobody can force reach a large agreement?
    Scenario exploration, not prediction.
    """)
    return


@app.cell(hide_code=True)
def aims():
    mo.md(r"""
    ## Aims

    - Say what *trust* means in the model: the chance that one side gives to the other delivering what it
      announces.
    - Find the **tipping point** along initial trust, where half of the negotiations end in a grand bargain,
      and give it with its interval.
    - Tell two thresholds apart: where talks break off, and where a bargain becomes likely.
    - Say what moves the tipping point, and which of the numbers are assumptions.
    """)
    return


@app.cell(hide_code=True)
def plan():
    mo.md(r"""
    ## Plan of 50 minutes

    | minutes | what | how |
    |---|---|---|
    | 0–8 | Two sides without an enforcer; what trust means here | the teacher tells the background |
    | 8–13 | Predictions, in writing | alone |
    | 13–25 | Vary initial trust; questions 1 and 2 | in pairs, at a computer or on paper |
    | 25–35 | More runs, and what that changes; question 3 | in pairs |
    | 35–42 | Change the outside option; question 4 | in pairs |
    | 42–50 | Debrief: what may we conclude? | all together |
    """)
    return


@app.cell(hide_code=True)
def background():
    mo.md(r"""
    ## Background

    Washington and Minsk take turns. A side may announce a concession, deliver it in full or in part, or stay
    silent. Nobody enforces anything. Each side holds a **trust** between 0 and 1 in the other. It rises with
    every promise kept and falls, faster, with every promise broken. A side that trusts little takes small steps;
    one that trusts hardly at all walks out. Once the institutions stand, both may agree on a package. If all of
    it is delivered, the negotiation ends in a **grand bargain**. A negotiation may also end in a *breakdown* (a
    side walks out), a *collapse* (a package is agreed, and not carried out) or a *stall* (nothing moves any more).
    """)
    return


@app.cell(hide_code=True)
def predict():
    mo.md(r"""
    ## Predict first

    Both sides begin with the same trust. It is 0.1 in one class of negotiations, 0.15 in the next, and so on up
    to 0.9.

    1. At which initial trust do half of the negotiations end in a grand bargain?
    2. How do most of them end at an initial trust of 0.3: breakdown, collapse, grand bargain or stall?
    3. Does the share of grand bargains rise evenly with trust, or mostly in one stretch?
    """)
    return


@app.cell
def guess():
    # Your predictions: a number between 0 and 1, and a letter
    # (a breakdown, b collapse, c grand bargain, d stall).
    guess_1 = None
    guess_2 = None
    return guess_1, guess_2


@app.cell(hide_code=True)
def page():
    mo.md(r"""
    ## In the page

    Open the explorer that your teacher shows (`bargain serve`, Explore). Choose the scenario “The United States and
    Belarus, 2025” (`baseline`) and tick “Move both sides together”. Set the initial trust to 0.1 and read the shares of the
    endings, then 0.2, 0.3 and so on up to 0.9. Each time the engine plays the negotiations anew. The outside option is 10
    there; for question 4 set it to 20, and look once more at which initial trust the share crosses 50 %.
    """)
    return


@app.cell(hide_code=True)
def python():
    mo.md(r"""
    ## In Python

    The next cell plays 400 negotiations at each of 17 levels of initial trust, 6,800 in all. Every level meets
    the same luck. The first time, the rules are compiled, which takes up to a minute; after that it takes a second.
    """)
    return


@app.cell
def run():
    levels = [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9]
    results = vary("baseline", {"sides.both.initial_trust": levels}, runs=400)
    return levels, results


@app.cell(hide_code=True)
def read():
    mo.md(r"""
    ## Read the result

    The table shows how many of the 400 negotiations at each level end in a grand bargain, in per cent. `from` and
    `to` are the 95 % interval: how far 400 runs can be from what very many runs would give.
    """)
    return


@app.cell
def table_bargains(results):
    shares(results, "initial_trust", "grand_bargain")
    return


@app.cell(hide_code=True)
def grid_bargains():
    mo.md(r"""
    Plot the shares of grand bargains against initial trust, and join them.
    """)
    return


@app.cell(hide_code=True)
def question_1(results):
    tip = tipping_point(results, "initial_trust")
    question_1 = Question(
        "1",
        "At which initial trust does the share of grand bargains cross 50 %?",
        right=tip.at,
        within=0.03,
        hint="Find the two neighbouring levels between which the share crosses 50 %, and go part of the way.",
        why=f"The 95 % interval is {tip.low:.2f} to {tip.high:.2f}.",
    )
    question_1
    return question_1, tip


@app.cell
def answer_1(guess_1, question_1):
    question_1.check(None, predicted=guess_1)  # write a number in place of None
    return


@app.cell(hide_code=True)
def read_endings():
    mo.md(r"""
    Now the four commonest endings at four levels of trust, in per cent.
    """)
    return


@app.cell
def table_endings(results):
    names = {"breakdown": "a", "collapse": "b", "grand_bargain": "c", "stall": "d"}
    endings = results.frame.groupby("initial_trust")["outcome"].value_counts(normalize=True).unstack()
    endings = (100 * endings[list(names)]).round(1)
    endings.loc[[0.1, 0.3, 0.5, 0.7]].reset_index()
    return endings, names


@app.cell(hide_code=True)
def question_2(endings, names):
    low, middle = endings.loc[0.1], endings.loc[0.3]
    question_2 = Question(
        "2",
        "How do most negotiations end at an initial trust of 0.3?",
        choices={"a": "breakdown", "b": "collapse", "c": "grand bargain", "d": "stall"},
        right=names[middle.idxmax()],
        hint="Look for the largest number in the row of 0.3.",
        why=(
            f"At 0.3, {middle.max():.0f} % end so. At 0.1, {low['breakdown']:.0f} % break down: too little trust to stay "
            "is another threshold than too little trust to agree."
        ),
    )
    question_2
    return (question_2,)


@app.cell
def answer_2(guess_2, question_2):
    question_2.check(None, predicted=guess_2)  # write "a", "b", "c" or "d" in place of None
    return


@app.cell
def shown_tipping(results):
    KINDS["tipping"](results.frame, "initial_trust")
    return


@app.cell(hide_code=True)
def read_runs():
    mo.md(r"""
    ## How sure are we?

    The tipping point comes from 400 negotiations a level. Here it is from 100 and from 1,600, with the width of
    its interval.
    """)
    return


@app.cell
def table_widths(levels):
    widths = pd.DataFrame(columns=["runs", "tipping point", "from", "to", "width"])
    for runs in (100, 1600):
        found = tipping_point(
            vary("baseline", {"sides.both.initial_trust": levels}, runs=runs), "initial_trust"
        )
        width = found.high - found.low
        widths.loc[len(widths)] = [runs, *(round(x, 3) for x in (found.at, found.low, found.high, width))]
    widths["runs"] = widths["runs"].astype(int)
    widths
    return (widths,)


@app.cell(hide_code=True)
def question_3(widths):
    few, many = widths["width"]
    times = few / many
    question_3 = Question(
        "3",
        "Sixteen times as many runs: what happens to the width of the interval?",
        choices={
            "a": "it stays about the same",
            "b": "it becomes about a quarter as wide",
            "c": "it becomes about a sixteenth as wide",
        },
        right="b" if 2 < times < 8 else "c" if times >= 8 else "a",
        hint="Divide the one width by the other. Widths go with one over the square root of the number of runs.",
        why=(
            f"The wider one is {times:.1f} times as wide; the square root of 16 is 4. More runs tell us more about the model, "
            "and nothing about whether its assumptions hold."
        ),
    )
    question_3
    return (question_3,)


@app.cell
def answer_3(question_3):
    question_3.check(None)  # write "a", "b" or "c" in place of None
    return


@app.cell(hide_code=True)
def read_outside():
    mo.md(r"""
    ## What moves the tipping point?

    The **outside option** is what a side's share of a package must be worth to it, in points, before it agrees:
    its best alternative to an agreement. The table gives the tipping point at four outside options.
    """)
    return


@app.cell
def table_outside(levels):
    def tipping_at(option):
        fixed = {"sides.both.outside_option": option}
        return tipping_point(
            vary("baseline", {"sides.both.initial_trust": levels}, fixed=fixed), "initial_trust"
        )

    tips = {option: tipping_at(option) for option in (0, 10, 15, 20)}
    by_option = pd.DataFrame(
        [(option, *(round(x, 2) for x in (t.at, t.low, t.high))) for option, t in tips.items()],
        columns=["outside option", "tipping point", "from", "to"],
    )
    by_option
    return by_option, tips


@app.cell(hide_code=True)
def question_4(tips):
    question_4 = Question(
        "4",
        "By how much does the tipping point rise when the outside option goes from 10 to 20 points?",
        right=tips[20].at - tips[10].at,
        within=0.03,
        hint="Subtract the tipping point at 10 from that at 20.",
        why="The better a side does without the other, the more it must trust before the package is worth its while.",
    )
    question_4
    return (question_4,)


@app.cell
def answer_4(question_4):
    question_4.check(None)  # write a number in place of None
    return


@app.cell(hide_code=True)
def debrief(endings, tip, tips):
    bargains, stalls = endings["grand_bargain"], endings.loc[0.3, "stall"]
    steep = bargains[0.7] - bargains[0.3]
    debrief = Debrief(
        [
            (
                "Your prediction and the model differ. Was that the model's fault, or yours, and how could you tell?",
                f"The model tips at {tip.at:.2f} ({tip.low:.2f} to {tip.high:.2f}) under the baseline's assumptions. "
                "Neither is right about the world: the record is one negotiation.",
            ),
            (
                "Where is there no use in a little more trust?",
                "Far below and far above the steep stretch. The same step of trust matters most near the tipping point.",
            ),
            (
                "Who could move the tipping point, and how, without anyone trusting more?",
                f"At an outside option of 0 it lies at {tips[0].at:.2f}, at 20 at {tips[20].at:.2f}. Alternatives, "
                "the worth of the package and caution do it as well as trust.",
            ),
            (
                "Which of our numbers came from the text, and which were assumed?",
                "“bargain sources baseline --assumptions” lists them. That there was little trust is in the text "
                "(S11); the number is assumed.",
            ),
        ],
        became=[
            f"At {tip.at:.2f} (95 % interval {tip.low:.2f} to {tip.high:.2f}): question 1.",
            f"In a stall: {stalls:.0f} % do at 0.3 (question 2).",
            f"Mostly in one stretch: from 0.3 to 0.7 the share rises by {steep:.0f} points, and by "
            f"{bargains[0.9] - bargains[0.1] - steep:.0f} in all below and above that.",
        ],
    )
    debrief
    return


if __name__ == "__main__":
    app.run()
