"""Words on figures: axis labels from factor names, shares as percentages, lines cut to fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bargain_sim.analysis.bettering import Standing

__all__ = [
    "amount",
    "axis_label",
    "bettered",
    "factor_name",
    "interval_told",
    "joined",
    "level_label",
    "percent",
    "plural",
    "shorten",
]


def percent(share: float) -> str:
    """`0.404` → `40 %`; what is neither never nor always is not rounded to it."""
    if 0.0 < share < 0.005:
        return "under 1\u00a0%"
    if 0.995 <= share < 1.0:
        return "over 99\u00a0%"
    return f"{100.0 * share:.0f}\u00a0%"


def amount(number: int) -> str:
    """`102000` → `102,000`."""
    return f"{number:,}"


def plural(number: int, word: str) -> str:
    """`1 run`, `2,000 runs`."""
    return f"{amount(number)} {word}" if number == 1 else f"{amount(number)} {word}s"


def bettered(runs: Standing) -> str:
    """A clause on how runs stand against the packages that could have been agreed, one for all figures."""
    one = f"in {percent(runs.one)} one more and the other no less, " if runs.one else ""
    words = f"some package would have given both more in {percent(runs.both)} of the runs, {one}"
    words += f"none would in {percent(runs.none)}"
    if runs.beyond:
        words += (
            f" ({percent(runs.beyond)} lie beyond these packages, which are those of the scenario before the "
            "factors, and beyond all lotteries over them)"
        )
    return words


def joined(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def shorten(text: str, width: int) -> str:
    """At most `width` characters; what is too long loses its middle, for names often differ at the end."""
    if len(text) <= width:
        return text
    tail = (width - 1) // 2
    return f"{text[: width - 1 - tail].rstrip()}…{text[len(text) - tail :].lstrip()}"


def axis_label(column: str, labels: Mapping[str, str] | None = None) -> str:
    """What a factor is called on an axis: the label given, else words made from its path.

    `sides.minsk.initial_trust` → `initial trust T₀ of minsk (probability)`, with symbol and unit
    taken from the scenario's schema where the last part of the path is a parameter of a side.
    """
    if labels and column in labels:
        return labels[column]
    *way, name = column.split(".")
    if name == "value" and way:  # sides.minsk.initial_trust.value
        *way, name = way
    words = name.replace("_", " ")
    of = way[-1].replace("_", " ") if len(way) >= 2 else ""
    symbol, unit = _symbol_and_unit(name)
    if symbol:
        words += f" {symbol}"
    if of in ("both", "*"):
        words += " of both sides"
    elif of:
        words += f" of {(labels or {}).get(way[-1], of)}"
    return f"{words} ({unit})" if unit else words


def factor_name(column: str, labels: Mapping[str, str] | None = None) -> str:
    """`axis_label` without the unit, for running text: `Initial trust` becomes `initial trust`.

    A name stays as it is: a word that `labels` gives to something else (`Minsk’s …`), or US.
    """
    label = axis_label(column, labels)
    label = label[: label.rindex(" (")] if label.endswith(")") and " (" in label else label
    first = label.split(" ")[0].removesuffix("’s").removesuffix("'s")
    names = {name for key, name in (labels or {}).items() if key != column}
    letter = len(first) == 1 and first != "A"  # a symbol, such as T; “A” is a word
    if first in names or first[1:].lower() != first[1:] or letter:
        return label
    return label[:1].lower() + label[1:]


def interval_told(mark: str, some: bool, all_known: bool) -> str:
    """What a line or a bar stands for, said of intervals of which `some` are known, or all."""
    if not some:
        return "their 95\u00a0% intervals are not known"
    return f"{mark}: 95\u00a0% interval{'' if all_known else ', where it is known'}"


def _symbol_and_unit(name: str) -> tuple[str, str]:
    from bargain_sim.scenario.side import Side  # pydantic; not needed where labels are given

    field = Side.model_fields.get(name)
    extra = field.json_schema_extra if field is not None else None
    if not isinstance(extra, dict):
        return "", ""
    return str(extra.get("symbol") or ""), str(extra.get("unit") or "")


def level_label(value: object, labels: Mapping[str, str] | None = None) -> str:
    """One level of a factor: numbers short, names with spaces."""
    if isinstance(value, str):
        return (labels or {}).get(value, value.replace("_", " "))
    if isinstance(value, float | int):
        return f"{value:.4g}"
    return str(value)
