import marimo

__generated_with = "0.25.2"
app = marimo.App(app_title="Lesson 2: Reciprocity and noise")

with app.setup:
    import marimo as mo

    from bargain_sim import simulate
    from bargain_sim.lessons import CLEARLY, Debrief, Question, clearly, means, shares, told, vary
    from bargain_sim.plots import KINDS


@app.cell(hide_code=True)
def title():
    mo.md(r"""
    # Lesson 2: Reciprocity and noise

    Two sides give back what they received. What does that do when now and then something goes wrong?
    Scenario exploration, not prediction.
    """)
    return


@app.cell(hide_code=True)
def aims():
    mo.md(r"""
    ## Aims

    - Say what tit for tat does, and why it cannot recover from a failure that nobody meant (**noise**).
    - Work out by hand what **generosity** keeps up, and check it against the model.
    - Tell two ways of reciprocating apart: *comparative* (go towards what the other did) and *proportional* (answer
      in proportion to trust).
    - Say for which of them more reciprocity brings more grand bargains.
    """)
    return


@app.cell(hide_code=True)
def plan():
    mo.md(r"""
    ## Plan of 50 minutes

    | minutes | what | how |
    |---|---|---|
    | 0–8 | Play it by hand: two rows of chairs pass matches; one in ten is dropped | all together |
    | 8–13 | Predictions, in writing | alone |
    | 13–21 | Two mirrors; question 1 | in pairs, at a computer or on paper |
    | 21–32 | Generosity: the formula by hand, then the model; questions 2 and 3 | in pairs |
    | 32–42 | From mirrors to the talks of 2025; questions 4 and 5 | in pairs |
    | 42–50 | Debrief: what may we conclude? | all together |

    **The chairs.** Two rows sit face to face, so that everyone has a partner, eight matches, and each pair ten cards, ace to
    ten. The left row begins and passes four matches. From then on everyone passes as many as they last received. Before each
    pass draw a card and put it back: at the ace the matches fall to the floor and count as not given. Play twelve passes, and
    count the pairs in which matches still move. In a second round the left row always passes one match at least.
    """)
    return


@app.cell(hide_code=True)
def background():
    mo.md(r"""
    ## Background

    Ostra and Westra are invented neighbours. Each has days on a pasture to give, week by week. Both begin with 4. Under
    **tit for tat** a side gives what it last received. One delivery in ten fails altogether, through nobody's ill will.
    Under **generous tit for tat** with generosity *g* a side gives (1 − *g*) of what it received plus *g* of the 4 it
    began with. If everything arrived, each would give 4 at every one of its 104 turns: call that 100 %.
    """)
    return


@app.cell(hide_code=True)
def predict():
    mo.md(r"""
    ## Predict first

    1. Both play tit for tat and one delivery in ten fails. How much of the full exchange is there over four years, in per
       cent?
    2. Only Westra's deliveries fail now. Ostra is generous with *g* = 1/3, Westra plays tit for tat. How much of the full
       exchange does Westra deliver, in per cent?
    3. Would more reciprocity always bring more agreements?
    """)
    return


@app.cell
def guess():
    # Your predictions, in per cent.
    guess_1 = None
    guess_2 = None
    return guess_1, guess_2


@app.cell(hide_code=True)
def page():
    mo.md(r"""
    ## In the page

    Open the explorer that your teacher shows (`bargain serve`, Explore) and choose the scenario “Two neighbours who mirror
    each other” (`two_mirrors`). Set the strategy of one side, then of both, to generous tit for tat, and read Ostra's points:
    they are what Westra delivered, and 416 would be the full exchange. For question 2 Ostra alone is generous: set its
    reliability to 1 and its generosity to 0.333. For questions 4 and 5 choose “Little of one's own accord”
    (`small_initiative`), tick “Move both sides together”, set the initial trust to 0.7, and the reciprocity to 0.3, 0.6, 0.9
    and 1.2, first under comparative, then under proportional. In a room, two of you can play the mirrors yourselves.
    """)
    return


@app.cell(hide_code=True)
def python():
    mo.md(r"""
    ## In Python

    The next cell shows one negotiation of 208 weeks between two mirrors; then 400 of each pair of strategies are played.
    The first time, the rules are compiled, which takes up to a minute; after that it takes a second.
    """)
    return


@app.cell
def one_run():
    story = simulate("two_mirrors", run=1).to_frame()
    story.loc[story["announced"] > 0, ["date", "mover", "announced", "fraction"]].tail(8)
    return


@app.cell(hide_code=True)
def read():
    mo.md(r"""
    ## Two mirrors

    What Westra delivers, in per cent of the full exchange: the mean of 400 negotiations, and its 95 % interval (`from`,
    `to`). Deliveries of both sides fail one time in ten; a side that is generous is so with *g* = 0.33.
    """)
    return


@app.cell
def table_pairs():
    kinds = ["tit_for_tat", "generous_tit_for_tat"]
    pairs = vary("two_mirrors", {"sides.ostra.strategy": kinds, "sides.westra.strategy": kinds})
    pairs.frame["delivered"] = 100 * pairs.frame["utility_ostra"] / 416
    by_pair = means(pairs, ["strategy_ostra", "strategy_westra"], "delivered")
    by_pair
    return (by_pair,)


@app.cell(hide_code=True)
def question_1(by_pair):
    mirrors = by_pair[(by_pair.iloc[:, :2] == "tit_for_tat").all(axis=1)].iloc[0]
    question_1 = Question(
        "1",
        "Both play tit for tat. How much of the full exchange does Westra deliver, in per cent?",
        right=mirrors["mean"],
        within=1.5,
        unit="%",
        hint="Look for the row in which both sides play tit for tat.",
        why=(
            f"The 95 % interval is {mirrors['from']:.1f} to {mirrors['to']:.1f} %. A delivery that fails is answered "
            "with nothing, that with nothing, and so on: only a side that gives ahead could begin again."
        ),
    )
    question_1
    return mirrors, question_1


@app.cell
def answer_1(guess_1, question_1):
    question_1.check(None, predicted=guess_1)  # write a number in place of None
    return


@app.cell(hide_code=True)
def read_generosity():
    mo.md(r"""
    ## Generosity, by hand

    Ostra's deliveries never fail now, and it is generous. Westra plays tit for tat and fails at a rate of ε = 0.1. In the
    long run Westra delivers (1 − ε)·*g* / (ε + *g* − ε·*g*) of what both began with (after Molander 1985). Work
    it out for *g* = 1/3. The table has other values of *g*, as the model gives them, in per cent.
    """)
    return


@app.cell
def table_generosity():
    generous = {"sides.ostra.strategy": "generous_tit_for_tat", "sides.ostra.reliability": 1}

    def delivered(values):
        found = vary("two_mirrors", {"sides.ostra.generosity": values}, fixed=generous)
        found.frame["delivered"] = 100 * found.frame["utility_ostra"] / 416
        return means(found, "generosity_ostra", "delivered")

    by_generosity = delivered([0, 0.1, 0.2, 0.5, 0.65])
    by_generosity
    return by_generosity, delivered


@app.cell(hide_code=True)
def question_2(delivered):
    third = delivered([1 / 3]).iloc[0]
    by_hand = 100 * (0.9 / 3) / (0.1 + 1 / 3 - 0.1 / 3)
    question_2 = Question(
        "2",
        "How much of the full exchange does Westra deliver at g = 1/3, in per cent?",
        right=third["mean"],
        within=1.5,
        unit="%",
        hint="Put ε = 0.1 and g = 1/3 into the formula: 0.3 divided by 0.4.",
        why=(
            f"The formula gives {by_hand:.1f} %; the model {third['mean']:.1f} % (95 % interval {third['from']:.1f} to "
            f"{third['to']:.1f} %). The formula is about the long run, and four years are long enough for it here."
        ),
    )
    question_2
    return by_hand, question_2, third


@app.cell
def answer_2(guess_2, question_2):
    question_2.check(None, predicted=guess_2)  # write a number in place of None
    return


@app.cell(hide_code=True)
def question_3(by_generosity):
    enough = by_generosity[by_generosity["from"] > 80]
    question_3 = Question(
        "3",
        "Which is the smallest generosity in the table that surely keeps up more than 80 %?",
        right=enough["generosity_ostra"].min(),
        hint="Go down the table until the lower end of the interval lies above 80.",
        why="More generosity brings less and less: Westra still fails one time in ten, so 90 % is the most there can be.",
    )
    question_3
    return (question_3,)


@app.cell
def answer_3(question_3):
    question_3.check(None)  # write a number in place of None
    return


@app.cell(hide_code=True)
def read_talks():
    mo.md(r"""
    ## From mirrors to the talks of 2025

    In `small_initiative` neither Washington nor Minsk does much unless the other answers. Both begin with a trust of 0.7.
    Under `comparative` a side goes part of the way (its reciprocity *r*) from its own last step to the other's; under
    `proportional` it answers with *r* times its trust times the other's step. Share of grand bargains, in per cent:
    """)
    return


@app.cell
def table_talks():
    talks = vary(
        "small_initiative",
        {
            "sides.both.strategy": ["comparative", "proportional"],
            "sides.both.reciprocity": [0.3, 0.6, 0.9, 1.2],
        },
        fixed={"sides.both.initial_trust": 0.7},
    )
    by_strategy = shares(talks, ["strategy", "reciprocity"])
    by_strategy
    return by_strategy, talks


@app.cell
def shown_talks(talks):
    KINDS["outcome_shares"](talks.frame, "reciprocity", panel="strategy")
    return


@app.cell(hide_code=True)
def question_4(by_strategy):
    first, last = (
        by_strategy[(by_strategy["strategy"] == "proportional") & (by_strategy["reciprocity"] == r)].iloc[0]
        for r in (0.3, 1.2)
    )
    question_4 = Question(
        "4",
        "Proportional: by how many percentage points does the share rise from reciprocity 0.3 to 1.2?",
        right=last["share"] - first["share"],
        within=1.0,
        unit="points",
        hint="Subtract the share at 0.3 from the share at 1.2, among the rows of proportional.",
        why=(
            f"From {told(first)} to {told(last)}: steps grow only where the answer is large enough."
        ),
    )
    question_4
    return first, last, question_4


@app.cell
def answer_4(question_4):
    question_4.check(None)  # write a number in place of None
    return


@app.cell(hide_code=True)
def question_5(by_strategy):
    weak, strong = (
        by_strategy[(by_strategy["strategy"] == "comparative") & (by_strategy["reciprocity"] == r)].iloc[0]
        for r in (0.3, 1.2)
    )
    question_5 = Question(
        "5",
        "Comparative: what does the same rise of reciprocity do to the share of grand bargains?",
        choices=CLEARLY,
        right=clearly(weak, strong),
        hint="Compare the intervals of the first and the last row of comparative. Do they overlap?",
        why=(
            f"{told(weak)} against {told(strong)}. How one reciprocates matters more than how much."
        ),
    )
    question_5
    return question_5, strong, weak


@app.cell
def answer_5(question_5):
    question_5.check(None)  # write "a", "b" or "c" in place of None
    return


@app.cell(hide_code=True)
def debrief(by_hand, by_pair, first, last, mirrors, strong, third, weak):
    both = by_pair[(by_pair.iloc[:, :2] == "generous_tit_for_tat").all(axis=1)].iloc[0]
    debrief = Debrief(
        [
            (
                "Tit for tat won Axelrod's tournaments. Why does it do so badly here?",
                "There a failure was meant, or rare. Here noise alone ends the exchange, and neither side can know it.",
            ),
            (
                "Is it enough that one side is generous?",
                f"If both are, each delivers {both['mean']:.0f} % although both fail; with one the exchange holds at a "
                "lower level. Generosity is repaid between honest sides only: an exploiter would take it.",
            ),
            (
                "The formula and the model agree. What does that show, and what not?",
                f"{by_hand:.0f} % by hand, {third['mean']:.0f} % by the model: the program does what we think it does. "
                "It does not show that states behave so.",
            ),
            (
                "Which of the two ways of reciprocating would you look for in the record, and how would you tell?",
                "Comparative matched observed negotiations best in Druckman and Harris (1990). Some 18 events cannot "
                "tell the two apart.",
            ),
        ],
        became=[
            f"{mirrors['mean']:.0f} % is left (question 1).",
            f"{third['mean']:.0f} % (question 2).",
            f"No: under proportional from {told(first)} to {told(last)}, under comparative from {told(weak)} to {told(strong)}.",
        ],
    )
    debrief
    return


if __name__ == "__main__":
    app.run()
