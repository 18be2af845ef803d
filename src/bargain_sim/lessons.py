"""What the worksheets in docs/lessons stand on: a sweep in one line, and questions that check an answer.

The right answer of a question is computed from the model when the notebook runs, never written down, so that
a worksheet stays true when the model changes:

    >>> crossing = Question("1", "Where?", right=0.52, within=0.05, hint="Look along the curve.")
    >>> print(crossing.check(0.5))
    Right. The model gives 0.52.
    >>> print(crossing.check(0.9))
    Look again. Look along the curve.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any, Final, Literal

from bargain_sim.analysis.intervals import luck_of, mean_variance, share_with_bounds
from bargain_sim.codes import OUTCOMES
from bargain_sim.errors import InputError
from bargain_sim.scenario.loader import Overrides, load_scenario
from bargain_sim.store.results import Results
from bargain_sim.sweeping import sweep

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "CLEARLY", "Debrief", "Question", "Reply", "clearly", "means", "recorded", "shares", "told", "vary",
]  # fmt: skip

CLEARLY: Final = {
    "a": "it clearly raises it",
    "b": "it clearly lowers it",
    "c": "the intervals overlap: we cannot tell",
}
"""What a change may do to a share: the choices of a question, which `clearly` answers."""

_SIGNS: Final = {"open": "…", "right": "✓", "again": "↺"}


def vary(
    scenario: str,
    factors: Mapping[str, Iterable[Any]],
    *,
    runs: int = 400,
    seed: int = 0,
    fixed: Overrides = (),
) -> Results:
    """Play `runs` negotiations at every combination of the values of `factors`, and keep them in memory.

    `factors` maps paths into the scenario, such as `sides.both.initial_trust`, to the values they take;
    `fixed` sets other paths once for all.  Every point meets the same luck.  Raises InputError where the
    scenario, a path or a value is wrong.
    """
    values = {path: [_plain(each) for each in listed] for path, listed in factors.items()}
    study = {
        "format_version": 1, "name": "lesson", "title": f"A lesson on {scenario}", "scenario": scenario,
        "design": "grid", "factors": values, "runs": runs, "seed": seed,
    }  # fmt: skip
    return sweep(study, overrides=fixed)


def shares(results: Results, by: str | Sequence[str], of: str = "grand_bargain") -> pd.DataFrame:
    """In how many runs it is so, in per cent, one row for every combination of the columns `by`.

    `of` is an ending, or a column of yes and no that you have put into `results.frame`.  Columns: those of
    `by`, then `share`, and `from` and `to`, the 95 % interval (Wilson), all in per cent to one decimal; where
    points that are averaged over share their luck, the interval knows it.  Raises InputError for unknown
    names.
    """
    import pandas as pd

    columns = _columns(results, by)
    frame = _even(results)
    if of not in OUTCOMES and (of not in frame or frame[of].dtype != bool):
        raise InputError(
            f"`{of}` is no ending and no column of yes and no", remedy=f"Endings are {', '.join(OUTCOMES)}"
        )
    hits = frame["outcome"].astype(str) == of if of in OUTCOMES else frame[of]
    rows, luck = [], luck_of(frame)
    for point, at in frame.groupby(columns, observed=True, sort=False).indices.items():
        bounds = share_with_bounds(hits.iloc[at], luck[at])
        # pandas gives a bare value for a single column, a tuple for several.
        values = point if isinstance(point, tuple) else (point,)
        rows.append((*values, *(round(100.0 * each, 1) for each in bounds)))
    return pd.DataFrame(rows, columns=[*columns, "share", "from", "to"])


def means(results: Results, by: str | Sequence[str], column: str, decimals: int = 1) -> pd.DataFrame:
    """The mean of a column of `results.frame`, one row for every combination of the columns `by`.

    Columns: those of `by`, then `mean`, and `from` and `to`, its 95 % interval (normal, from the spread of
    the runs; where points that are averaged over share their luck, the interval knows it), in the column's
    unit.  Raises InputError for an unknown column.
    """
    import numpy as np
    import pandas as pd

    columns = _columns(results, by, column)
    frame = _even(results)
    luck = pd.Series(luck_of(frame), index=frame.index)
    values = frame[column].astype("float64")
    groups = values.groupby([frame[name] for name in columns], observed=True, sort=False)
    found = groups.mean().reset_index(name="mean")
    known = [group.dropna() for _, group in groups]
    half = 1.96 * np.sqrt([mean_variance(each - each.mean(), luck[each.index]) for each in known])
    found["from"], found["to"] = found["mean"] - half, found["mean"] + half
    for name in ("mean", "from", "to"):
        found[name] = found[name].astype(float).round(decimals)
    return found


def clearly(before: Mapping[str, float], after: Mapping[str, float]) -> Literal["a", "b", "c"]:
    """Which of `CLEARLY` holds between two rows of `shares` or `means`: do their intervals overlap?"""
    if after["from"] > before["to"]:
        return "a"
    return "b" if after["to"] < before["from"] else "c"


def told(row: Mapping[str, float]) -> str:
    """A row of `shares` in words: `36 % (32 to 41)`."""
    return f"{row['share']:.0f} % ({row['from']:.0f} to {row['to']:.0f})"


def recorded(scenario: str) -> pd.DataFrame:
    """The history of a scenario, in order: columns `day` and `what`.  Raises InputError where it has none."""
    import pandas as pd

    loaded = load_scenario(scenario)
    if loaded.history is None:
        raise InputError(f"`{scenario}` has no history", remedy="Take one that has, such as baseline")
    rows = []
    for _, entry in loaded.history.kept():
        given = ", ".join(loaded.concessions[each].label for each in entry.gives)
        struck = loaded.events[entry.event].label if entry.event else ""
        about = "about " if entry.give_or_take is not None else ""
        day = f"{about}{entry.date.day} {entry.date:%B %Y}"
        rows.append((day, entry.label or given or struck))
    return pd.DataFrame(rows, columns=["day", "what"])


@dataclass(frozen=True)
class Reply:
    """What a student is told: not answered yet (`open`), `right`, or `again`, and why."""

    state: Literal["open", "right", "again"]
    text: str

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        """How a notebook shows it: a sign and words, so that nothing hangs on colour."""
        return f"<p><strong>{_SIGNS[self.state]}</strong> {escape(self.text)}</p>"


@dataclass(frozen=True)
class Question:
    """A question whose right answer the model gives.

    `right` is a number, right within `within` of it, or one of the letters of `choices` (letter → text).
    `hint` is for who has it wrong; `why` for who has it right, and for the teacher's key.  Raises
    InputError where the model gave no such answer.
    """

    number: str
    text: str
    right: float | str | None = field(repr=False)
    within: float = 0.0
    unit: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    hint: str = field(default="", repr=False)
    why: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        known = self.right in self.choices if self.choices else _number(self.right) is not None
        if not known:
            raise InputError(
                f"question {self.number}: the model answers {self.right!r}, and that is no answer to it",
                remedy="Ask what this model has an answer to, or mend `choices`",
            )

    @property
    def answer(self) -> str:
        """The right answer in words, as in the teacher's key."""
        if self.choices:
            return f"{self.right}: {self.choices[str(self.right)]}"
        return self._amount(self.right)

    @property
    def accepted(self) -> str:
        """From where to where a number counts as right; empty for a choice, and where it must be exact."""
        number = _number(self.right)
        if self.choices or number is None or not self.within:
            return ""
        return f"{self._amount(number - self.within)} to {self._amount(number + self.within)}"

    def check(self, answer: object = None, predicted: object = None) -> Reply:
        """Tell whether `answer` (a number, or a letter) is right; None is not answered yet.

        `predicted` is what the student had guessed before the run, of which the reply reminds.
        """
        if answer is None or answer == "":
            return Reply("open", "Not answered yet: write your answer in the brackets and run this cell.")
        if self.choices:
            letter = str(answer).strip().lower()
            if letter not in self.choices:
                return Reply("again", f"Look again. Answer with {_either(self.choices)}, in quotation marks.")
            right = letter == self.right
        else:
            number, wanted = _number(answer), _number(self.right)
            if number is None or wanted is None:
                return Reply("again", "Look again. The answer is a number, such as 0.5, with a point.")
            # Rounding must not make the edge of what is accepted wrong.
            right = abs(number - wanted) <= self.within + 1e-9
        if not right:
            return Reply("again", f"Look again. {self.hint}".strip())
        told = "" if self.choices else f"The model gives {self._amount(self.right)}."
        parts = ("Right.", told, self.why, self._before(predicted))
        return Reply("right", " ".join(each for each in parts if each))

    def _before(self, predicted: object) -> str:
        """What the student had predicted, beside what the model gives."""
        if predicted is None or predicted == "":
            return ""
        if self.choices:
            same = str(predicted).strip().lower() == self.right
            return "So you had predicted." if same else f"You had predicted {predicted}."
        guess, right = _number(predicted), _number(self.right)
        if guess is None or right is None:
            return ""
        off = guess - right
        if abs(off) <= self.within + 1e-9:
            return f"You had predicted {guess:g}: close."
        return f"You had predicted {guess:g}: {abs(off):.2g} too {'high' if off > 0 else 'low'}."

    def _amount(self, number: object) -> str:
        return f"{float(str(number)):.3g}{f' {self.unit}' if self.unit else ''}"

    def _repr_html_(self) -> str:
        """How a notebook shows it: the question, with its choices."""
        listed = "".join(
            f"<li style='list-style:none'>({escape(letter)}) {escape(text)}</li>"
            for letter, text in self.choices.items()
        )
        return f"<p><strong>Question {escape(self.number)}.</strong> {escape(self.text)}</p><ul>{listed}</ul>"


@dataclass(frozen=True)
class Debrief:
    """Questions for the class at the end: pairs of a question and what the teacher may point to.

    `became` says of each prediction, in order, what the model made of it; it is for the key, too.
    """

    points: Sequence[tuple[str, str]] = field(repr=False)
    became: Sequence[str] = field(default=(), repr=False)

    def _repr_html_(self) -> str:
        """How a notebook shows it: the questions only."""
        return "<ol>" + "".join(f"<li>{escape(question)}</li>" for question, _ in self.points) + "</ol>"


def _even(results: Results) -> pd.DataFrame:
    """The rows of `results.frame` that hold every point equally often (see `Results.head`)."""
    return results.frame.head(results.manifest.even_rows)


def _columns(results: Results, by: str | Sequence[str], *others: str) -> list[str]:
    """The columns `by`, after looking that they and the others are there."""
    columns = [by] if isinstance(by, str) else list(by)
    known = list(map(str, results.frame.columns))
    for name in (*columns, *others):
        if name not in known:
            raise InputError(f"there is no column `{name}`", remedy=f"There are {', '.join(known)}")
    return columns


def _number(value: object) -> float | None:
    """A finite number, from a number or its digits; None for anything else."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None  # NaN is smaller than nothing


def _either(letters: Iterable[str]) -> str:
    *others, last = letters
    return f"{', '.join(others)} or {last}" if others else last


def _plain(value: Any) -> Any:
    """A number of NumPy's as Python's own, rounded so that steps of 0.05 read as such."""
    if isinstance(value, float) or hasattr(value, "dtype"):
        return round(float(value), 10)
    return value
