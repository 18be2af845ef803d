import marimo

__generated_with = "0.25.2"
app = marimo.App(app_title="Lesson 4: Red lines and the bargaining range")

with app.setup:
    import marimo as mo
    import pandas as pd

    from bargain_sim import load_scenario, simulate, solutions
    from bargain_sim.lessons import Debrief, Question, shares, vary
    from bargain_sim.plots import KINDS


@app.cell(hide_code=True)
def title():
    mo.md(r"""
    # Lesson 4: Red lines and the bargaining range

    What could both agree to, what should they, and what does a line cost that nobody may cross?
    Scenario exploration, not prediction.
    """)
    return


@app.cell(hide_code=True)
def aims():
    mo.md(r"""
    ## Aims

    - Read a utility plane: packages, the **Pareto frontier**, the disagreement point.
    - Find the **bargaining range** (zone of possible agreement): packages that give both at least their outside option.
    - Tell the **Nash** from the **Kalai–Smorodinsky** solution, and say what each holds to be fair.
    - Say what hard and soft red lines change, and why a possible agreement may still not come about.
    """)
    return


@app.cell(hide_code=True)
def plan():
    mo.md(r"""
    ## Plan of 50 minutes

    | minutes | what | how |
    |---|---|---|
    | 0–8 | Two islands; the utility plane on the board | the teacher tells the background |
    | 8–13 | Predictions, in writing | alone |
    | 13–22 | Frontier and solutions; questions 1 and 2 | in pairs, at a computer or on paper |
    | 22–29 | The bargaining range; question 3 | in pairs |
    | 29–34 | From what is possible to what happens; question 4 | in pairs |
    | 34–42 | Red lines; questions 5 and 6 | in pairs |
    | 42–50 | Debrief: what may we conclude? | all together |
    """)
    return


@app.cell(hide_code=True)
def background():
    mo.md(r"""
    ## Background

    Norrholm and Sydvik, two invented islands, quarrel over a fishing ground and a closed ferry line. Each has things to give
    that are worth more to the other than they cost: days of fishing, a pier, nets, ferry crossings. A **package** says how
    much of each is given. Its worth to a side is what it receives, less what it gives costs it, and a bonus where it is a
    grand bargain. A package is on the **frontier** if no other gives one side more and the other no less. A side's
    **outside option** is what an agreement must be worth to it; the two together are the **disagreement point**. Norrholm
    will not give up its lighthouse: a **hard** red line. Sydvik would close its old harbour, at an extra cost: a **soft** one.
    """)
    return


@app.cell(hide_code=True)
def predict():
    mo.md(r"""
    ## Predict first

    Both have an outside option of 12 points, and the best package for both together is worth some 174.

    1. Both outside options rise together. From how many points on is there no package left that both could accept?
    2. And from how many points on do fewer than half of the negotiations reach an agreement?
    3. Sydvik declares its harbour a hard red line. Who loses by it?
    """)
    return


@app.cell
def guess():
    # Your predictions, in points; and who loses ("a" Norrholm, "b" Sydvik, "c" both, "d" neither).
    guess_3 = None
    guess_4 = None
    guess_5 = None
    return guess_3, guess_4, guess_5


@app.cell(hide_code=True)
def page():
    mo.md(r"""
    ## In the page

    Open the explorer that your teacher shows (`bargain serve`, Explore), choose the scenario “Two islands and a shared fishing
    ground” (`two_islands`), and find the frontier under “What both sides end up with”: that is the utility plane. Tick “Move
    both sides together”, raise the outside option in steps of 4 up to 28, and watch how often a package is agreed. In a room,
    play the islands, try to give the lighthouse, and compare in the debrief where you ended with the Nash point.
    """)
    return


@app.cell
def python():
    # Every package on the frontier, and the solutions of bargaining theory: nothing is played yet.
    islands = solutions("two_islands")
    return (islands,)


@app.cell
def figure_plane(islands):
    KINDS["solutions"](islands)
    return


@app.cell(hide_code=True)
def read():
    mo.md(r"""
    ## Two answers to “what is fair?”

    The table has four solutions among packages: what each leaves to either side and to both together, in points. **Nash**
    takes the largest product of both gains over the outside options; **Kalai–Smorodinsky** gives both the same proportion of
    the most they could have; **egalitarian** makes the smaller gain as large as it can be (gains would be equal only if
    packages could be divided); **utilitarian** takes the largest sum. Where two rows are the same, one package does both:
    its gains are nearly equal, and no other has a larger product.
    """)
    return


@app.cell
def table_solutions(islands):
    packages = islands.table[islands.table["over"] == "packages"]
    fair = packages[["name", "utility_norrholm", "utility_sydvik", "joint"]]
    fair
    return (fair,)


@app.cell(hide_code=True)
def question_1(fair, islands):
    nash = fair[fair["name"] == "Nash"].iloc[0]
    gains = [nash[f"utility_{side}"] - islands.disagreement[k] for k, side in enumerate(islands.sides)]
    question_1 = Question(
        "1",
        "How many points over its outside option of 12 does the Nash package leave to Norrholm?",
        right=gains[0],
        within=0.5,
        unit="points",
        hint="Take Norrholm's points in the row Nash, and subtract 12.",
        why=f"Sydvik gains {gains[1]:.1f}; the product, {gains[0] * gains[1]:,.0f}, is the largest there is.",
    )
    question_1
    return (question_1,)


@app.cell
def answer_1(question_1):
    question_1.check(None)  # write a number in place of None
    return


@app.cell(hide_code=True)
def question_2(fair):
    by_name = fair.set_index("name")
    lost = by_name.loc["Utilitarian", "joint"] - by_name.loc["Egalitarian", "joint"]
    question_2 = Question(
        "2",
        "How many points do both together give up with the egalitarian package, against the largest sum?",
        right=lost,
        within=0.5,
        unit="points",
        hint="Subtract the sum of the egalitarian package from that of the utilitarian one.",
        why="The largest sum leaves {utility_norrholm:.1f} and {utility_sydvik:.1f}: points cannot be handed over, only "
        "concessions.".format(**by_name.loc["Utilitarian"]),
    )
    question_2
    return (question_2,)


@app.cell
def answer_2(question_2):
    question_2.check(None)  # write a number in place of None
    return


@app.cell(hide_code=True)
def read_range():
    mo.md(r"""
    ## The bargaining range

    Raise both outside options together. The table counts the packages on the frontier that still give both at least that
    much: not all of it even at 0, for some packages leave a side with less than nothing. On paper: draw the two lines of a disagreement point into the figure, and look at what lies above and to the right.
    """)
    return


@app.cell
def table_range(islands):
    points = islands.packages.points  # a row a package: points of Norrholm, points of Sydvik
    options = [0, 20, 40, 60, 70, 80, 90, 100]
    counts = [int((points >= option).all(axis=1).sum()) for option in options]
    left = pd.DataFrame({"outside option": options, "packages in range": counts})
    left
    return left, points


@app.cell(hide_code=True)
def question_3(points):
    limit = float(points.min(axis=1).max())
    question_3 = Question(
        "3",
        "Up to which outside option of both (in points, to about 5) is there a package that both could accept?",
        right=limit,
        within=5,
        unit="points",
        hint="Find the two rows between which the range becomes empty.",
        why=f"It is exactly {limit:.1f}, what the best package for the worse off gives it.",
    )
    question_3
    return limit, question_3


@app.cell
def answer_3(guess_3, question_3):
    question_3.check(None, predicted=guess_3)  # write a number in place of None
    return


@app.cell(hide_code=True)
def read_played():
    mo.md(r"""
    ## From what is possible to what happens

    Now the islands negotiate, 400 times at each outside option. The table gives how many agree on a package, in per cent,
    with the 95 % interval. Where rows are the same, so are the negotiations: so low an option turns no package down.
    """)
    return


@app.cell
def table_played():
    played = vary("two_islands", {"sides.both.outside_option": [0, 4, 8, 12, 16, 20, 24, 28]})
    played.frame["agreed"] = played.frame["deal_turn"].notna()
    agreed = shares(played, "outside_option", "agreed")
    agreed
    return (agreed,)


@app.cell(hide_code=True)
def question_4(agreed, limit):
    few = agreed[agreed["to"] < 50]
    question_4 = Question(
        "4",
        "Which is the first outside option in the table at which surely fewer than half agree?",
        right=few["outside_option"].min(),
        unit="points",
        hint="Go down until the upper end of the interval lies under 50.",
        why=(
            f"A package that both could accept exists up to {limit:.1f}. But a side that does not trust discounts what is "
            "promised, and what was given on the way no longer counts as to come: a range on paper is not an agreement."
        ),
    )
    question_4
    return few, question_4


@app.cell
def answer_4(guess_4, question_4):
    question_4.check(None, predicted=guess_4)  # write a number in place of None
    return


@app.cell(hide_code=True)
def read_lines():
    mo.md(r"""
    ## Red lines

    Sydvik's soft red line has a price. The larger its **firmness**, the dearer; once the price is above what the harbour is
    worth to Norrholm, the line is as good as hard. The table has the most that either side could have while the other still
    has its outside option, and the largest sum.
    """)
    return


@app.cell
def table_lines():
    found = {f: solutions(load_scenario("two_islands", {"sides.sydvik.firmness": f})) for f in (1, 3)}
    rows = [(f, *(round(each, 1) for each in (*at.ideal, at.best_joint))) for f, at in found.items()]
    lines = pd.DataFrame(rows, columns=["firmness", "most for Norrholm", "most for Sydvik", "largest sum"])
    lines
    return (lines,)


@app.cell(hide_code=True)
def question_5(lines):
    cost = lines.iloc[0] - lines.iloc[1]
    first, second = cost["most for Norrholm"] > 0.05, cost["most for Sydvik"] > 0.05
    question_5 = Question(
        "5",
        "Whose best possible package becomes worse when the line is as good as hard?",
        choices={"a": "Norrholm's only", "b": "Sydvik's only", "c": "both", "d": "neither"},
        right="c" if first and second else "a" if first else "b" if second else "d",
        hint="Compare the two rows, column by column.",
        why=f"Norrholm's best falls by {cost['most for Norrholm']:.1f}, Sydvik's by {cost['most for Sydvik']:.1f}, the sum "
        f"by {cost['largest sum']:.1f} points. A line never adds to what can be agreed.",
    )
    question_5
    return cost, question_5


@app.cell
def answer_5(guess_5, question_5):
    question_5.check(None, predicted=guess_5)  # write "a", "b", "c" or "d" in place of None
    return


@app.cell(hide_code=True)
def read_moon():
    mo.md(r"""
    Last, Norrholm declares that it will never give away the moon. Nothing on the list is the moon. The table compares 50
    negotiations with and without that line, under the same luck.
    """)
    return


@app.cell
def table_moon():
    line = {"moon": {"kind": "hard", "source": "assumption: a lesson"}}
    story = {"extends": "two_islands", "title": "Not the moon", "sides": {"norrholm": {"red_lines": line}}}
    ends = [[simulate(each, run=k).summary for k in range(50)] for each in ("two_islands", load_scenario(story))]
    differing = sum(a != b for a, b in zip(*ends, strict=True))
    moon = pd.DataFrame({"negotiations": [50], "that end otherwise": [differing]})
    moon
    return (moon,)


@app.cell(hide_code=True)
def question_6(moon):
    question_6 = Question(
        "6",
        "In how many of the 50 negotiations does the line around the moon change anything?",
        right=int(moon["that end otherwise"].iloc[0]),
        hint="Read it from the table.",
        why="A line costs something only where the other side wants what lies behind it.",
    )
    question_6
    return (question_6,)


@app.cell
def answer_6(question_6):
    question_6.check(None)  # write a number in place of None
    return


@app.cell(hide_code=True)
def debrief(agreed, cost, fair, few, limit, question_5):
    at_20 = agreed.set_index("outside_option").loc[20]
    norrholm = fair.set_index("name")["utility_norrholm"]
    debrief = Debrief(
        [
            (
                "A package that both could accept is there, and they do not agree. Who is to blame?",
                f"Perhaps nobody. The range is open up to {limit:.1f} points, and at an outside option of 20 only "
                f"{at_20['share']:.0f} % agree: without an enforcer trust decides how much of the range can be used.",
            ),
            (
                "What does Nash hold to be fair, and what Kalai–Smorodinsky? Which is better for Norrholm, and which of the "
                "four would you propose to the islands and defend to both?",
                "Nash: a step is fair as long as one gains more, in proportion, than the other loses. Kalai–Smorodinsky: "
                "who could have had more gets more. That is Norrholm here: it has "
                f"{norrholm['Kalai–Smorodinsky']:.1f} points instead of {norrholm['Nash']:.1f}. Neither compares points between "
                "the sides; the egalitarian and the utilitarian do, and these points are assumptions.",
            ),
            (
                "When is it wise to declare a red line, and when is it cheap?",
                f"It costs where the other wants what lies behind it: here {cost['most for Norrholm']:.1f} points of Norrholm's "
                "best. Where nobody wants it, it costs nothing. The model has no audience at home; a line may be for that.",
            ),
            (
                "What would one need to know to say what Minsk's red lines (Russia, China, internal affairs) cost?",
                "What Washington would give for them, which the record does not say: it holds no such demand.",
            ),
        ],
        became=[
            f"At {limit:.1f} points, far above what they agree to (question 3).",
            f"At {few['outside_option'].min():.0f} points (question 4).",
            f"Whose best becomes worse: {question_5.choices[question_5.right]} (question 5).",
        ],
    )
    debrief
    return


if __name__ == "__main__":
    app.run()
