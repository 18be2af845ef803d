"""The list of steps and events beside the ladder of one run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from bargain_sim.plots.sheet import Sheet
from bargain_sim.plots.style import INK, QUIET, SIDE_STYLE
from bargain_sim.transcript import Item, Transcript

__all__ = ["Step", "step_words", "steps_in", "write_list"]


@dataclass(frozen=True)
class Step:
    """What one side announced in one turn, and the share of it that was delivered on the day."""

    turn: int
    date: dt.date
    side: str
    items: tuple[Item, ...]
    announced: float
    fraction: float

    @property
    def short(self) -> bool:
        """Whether less was delivered than announced."""
        return self.fraction < 1.0


def steps_in(transcript: Transcript) -> list[Step]:
    """Every step of a run, in order; only in a history do both sides take one in the same turn."""
    return [
        Step(turn.turn, turn.date, said.side, said.items, said.announced, said.fraction)
        for turn in transcript.moves
        for said in turn.announcements
    ]


def step_words(step: Step, *, brief: bool = False) -> str:
    """`Pardons 14/52, Visit (12 points, 60 % delivered)`; `brief`: `… (12; 60 %)`."""
    notes = _notes(step, brief)
    return _names(step) + (f" ({notes})" if notes else "")


def _names(step: Step) -> str:
    return ", ".join(item.label + (f" {item.units}/{item.of}" if item.of > 1 else "") for item in step.items)


def _notes(step: Step, brief: bool) -> str:
    points = f"{step.announced:.3g}"
    share = f"{100 * step.fraction:.0f}\u00a0%"
    if brief:
        return points + (f"; {share}" if step.short else "")
    points += " point" if step.announced == 1 else " points"
    return points + (f", {share} delivered" if step.short else "")


def write_list(
    sheet: Sheet, axes: Axes, transcript: Transcript, listed: Sequence[Step], events: Sequence[str]
) -> dict[Step, int]:
    """Write steps, numbered, then events into the blank `axes`; step → its number.

    Entries run over up to three lines where there is room.  Where even one line each is too much,
    the biggest steps are listed and the others counted; those get no number.
    """
    size = sheet.look.tiny
    box = axes.get_window_extent(sheet.renderer)
    width, height = box.width * 72.0 / sheet.dpi, box.height * 72.0 / sheet.dpi
    line = size * 1.36
    capacity = int(height / line) - 1
    sides = transcript.scenario.side_ids
    shown = list(listed)
    brief = False
    for lines in (3, 2, 1):
        told = [_hanging(sheet.wrapped(words, size, width - size, lines=min(lines, 2))) for words in events]
        space = capacity - (1 if listed else 0) - (sum(map(len, told)) + 2 if events else 0)
        entries = [_entry(sheet, step, n, width, size, lines) for n, step in enumerate(listed, start=1)]
        brief = lines == 1
        if sum(map(len, entries)) <= space:
            break
    else:
        keep = sorted(listed, key=lambda step: -step.announced)[: max(space - 1, 0)]
        shown = [step for step in listed if step in keep]
        entries = [_entry(sheet, step, n, width, size, 1) for n, step in enumerate(shown, start=1)]

    written: list[tuple[str, str, bool]] = []
    if shown:
        heading = "Numbered steps"
        if brief:
            heading += " (points; share delivered)"
            if sheet.text_width(heading, size, bold=True) > width:
                heading = "Steps (points; delivered)"
        written.append((sheet.wrapped(heading, size, width, bold=True, lines=1)[0], INK, True))
    elif not steps_in(transcript):
        written.append(("Nobody gave anything.", QUIET, False))
    for step, entry in zip(shown, entries, strict=True):
        colour = SIDE_STYLE[sides.index(step.side)].colour
        written += [(words, colour, False) for words in entry]
    if len(shown) < len(listed):
        written.append((f"and {len(listed) - len(shown)} smaller ones, without a number", QUIET, False))
    if events:
        written += [("", INK, False)] if written else []
        written.append(("Events", INK, True))
        written += [(words, QUIET, False) for entry in told for words in entry]
    for row, (words, colour, bold) in enumerate(written):
        if words:
            axes.text(
                0.0, 1.0 - row * line / height, words, transform=axes.transAxes, size=size, color=colour,
                va="top", ha="left", weight="bold" if bold else "normal",
            ).set_in_layout(False)  # fmt: skip
    return {step: number for number, step in enumerate(shown, start=1)}


def _entry(sheet: Sheet, step: Step, number: int, width: float, size: float, lines: int) -> list[str]:
    """At most `lines` lines; what is too long loses names from its end, never points and share delivered."""
    head, names = f"{number}  {step.date:%d %b %y}  ", _names(step).split(" ")
    notes = f" ({_notes(step, brief=lines == 1)})".replace(" ", "\u00a0").replace("\u00a0", " ", 1)
    for kept in range(len(names), 0, -1):
        words = " ".join(names[:kept]).rstrip(",") + (" …" if kept < len(names) else "")
        found = sheet.wrapped(head + words + notes, size, width - size, lines=lines)
        if found[-1].endswith(notes.strip()):
            break
    return _hanging(found)


def _hanging(lines: list[str]) -> list[str]:
    """An entry whose lines after the first stand a little to the right."""
    first, *more = lines
    return [first, *("    " + other for other in more)]
