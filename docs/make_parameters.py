"""Write docs/parameters.md from the code: `python docs/make_parameters.py`.

The table of parameters is kept once, in `scenario/side.py` and `scenario/schema.py`; this page is a
print of it.  A test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from bargain_sim.codes import OUTCOME_LABEL, OUTCOME_TEXT, OUTCOMES
from bargain_sim.rules import dialogue
from bargain_sim.scenario.schema import Concession, CostEffect, Event, Scenario
from bargain_sim.scenario.side import RedLine, Side
from bargain_sim.strategies import STRATEGIES

PAGE = Path(__file__).resolve().parent / "parameters.md"

HEAD = """\
# Parameters, strategies and endings

This page is made from the code by `python docs/make_parameters.py`; a test keeps it in step.
What the parameters do is told in [the model](model.md). Scenario exploration, not prediction.

*Allowed* is what a file may say. For a side's parameters, *studied* is the range over which the model is
explored, and *start* the value it was first explored from; neither is a finding. *Form stands on* names what
the parameter's form or sign rests on. Its size is nearly always assumed: `bargain sources baseline` shows
each number of the baseline with its source.
"""

CONSTANTS = {
    "STALL_TURNS": "turns without an announcement, up to the end, that make a stall",
    "STALL_SHARE": "share of both sides' points under which what was given counts as a stall",
    "NORMAL_SHARE": "share of its points that each side must have given for normalisation by steps",
    "STATUS_HELP": "what the first status act in a pause adds to the hazard of taking the talks up",
}
"""The constants of `rules/dialogue.py`, with their meaning."""

BLOCKS = (
    ("A scenario", Scenario, "Keys at the top of a file."),
    ("A side", Side, "Keys under `sides.<side>`, or under `sides.both` for the two together."),
    ("A red line", RedLine, "Keys under `sides.<side>.red_lines.<tag>`."),
    ("A concession", Concession, "Keys under `concessions.<id>`."),
    ("An event", Event, "Keys under `events.<id>`."),
    ("What an event does to costs", CostEffect, "Keys under `events.<id>.cost.<tag>`."),
)


def page() -> str:
    """The whole page as text."""
    lines = [HEAD]
    for title, block, where in BLOCKS:
        lines += [f"## {title}", "", where, "", *_numbers(block), ""]
    lines += ["## Strategies", "", "| name | what it does | stands on |", "|---|---|---|"]
    lines += [
        f"| `{each.name}` | {each.summary} | {_pointers(each.literature)} |" for each in STRATEGIES.values()
    ]
    lines += ["", "## Endings", "", "In the order in which they are tested.", ""]
    lines += ["| name | shown as | what it means |", "|---|---|---|"]
    lines += [f"| `{name}` | {OUTCOME_LABEL[name]} | {OUTCOME_TEXT[name]} |" for name in OUTCOMES]
    lines += ["", "## Constants", ""]
    lines += ["The same for every scenario, in `rules/dialogue.py`; all are assumptions.", ""]
    lines += ["| constant | value | meaning |", "|---|---|---|"]
    lines += [f"| `{name}` | {getattr(dialogue, name):g} | {text} |" for name, text in CONSTANTS.items()]
    return "\n".join(lines) + "\n"


def _numbers(block: type[BaseModel]) -> Iterator[str]:
    head = ["key", "symbol", "meaning", "unit", "allowed"]
    if block is Side:
        head += ["studied (start)", "form stands on"]
    yield _row(head)
    yield "|---" * len(head) + "|"
    for name, field in block.model_fields.items():
        extra = field.json_schema_extra
        if not isinstance(extra, dict) or "unit" not in extra:
            continue
        cells = [f"`{name}`", extra["symbol"], field.description, extra["unit"], _allowed(extra)]
        if block is Side:
            cells += [_studied(extra), _pointers(str(extra["stands_on"]))]
        yield _row(cells)


def _row(cells: Sequence[object]) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def _allowed(extra: dict[str, Any]) -> str:
    low = f"over {extra['low']:g}" if extra["above"] else f"{extra['low']:g}"
    high = f"under {extra['high']:,g}" if extra["below"] else f"{extra['high']:,g}"
    text = f"{low} to {high}"
    if extra["high"] >= 1e6:  # such a bound only keeps typing errors out
        text = low if extra["above"] else f"{low} or more"
    return f"{text}, whole" if extra["whole"] else text


def _studied(extra: dict[str, Any]) -> str:
    if not extra["studied"]:
        return ""
    low, high = extra["studied"]
    start = "" if extra["start"] is None else f" ({extra['start']:g})"
    return f"{low:g}–{high:g}{start}"


def _pointers(sources: str) -> str:
    parts = [part.strip() for part in sources.split(";")]
    return "; ".join(f"`{part}`" if part.startswith("seeds/") else part for part in parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
