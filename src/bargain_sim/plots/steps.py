"""The list of steps and events beside the ladder of one run."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from bargain_sim.plots.sheet import Sheet
from bargain_sim.plots.style import INK, QUIET, SIDE_STYLE
from bargain_sim.transcript import Transcript, Turn

__all__ = ["step_words", "write_list"]


def step_words(turn: Turn, *, brief: bool = False) -> str:
    """`Pardons 14/52, Visit (12 points, 60 % delivered)`; `brief`: `… (12; 60 %)`."""
    notes = _notes(turn, brief)
    return _names(turn) + (f" ({notes})" if notes else "")


def _names(turn: Turn) -> str:
    return ", ".join(item.label + (f" {item.units}/{item.of}" if item.of > 1 else "") for item in turn.items)


def _notes(turn: Turn, brief: bool) -> str:
    points = f"{turn.announced:.3g}"
    short = turn.fraction is not None and turn.fraction < 1.0
    share = f"{100 * (turn.fraction or 0.0):.0f}\u00a0%"
    if brief:
        return points + (f"; {share}" if short else "")
    points += " point" if turn.announced == 1 else " points"
    return points + (f", {share} delivered" if short else "")


def write_list(
    sheet: Sheet, axes: Axes, transcript: Transcript, turns: Sequence[Turn], events: Sequence[str]
) -> dict[int, int]:
    """Write steps, numbered, then events into the blank `axes`; turn → its number.

    Entries run over up to three lines where there is room.  Where even one line each is too much,
    the biggest steps are listed and the others counted; those get no number.
    """
    size = sheet.look.small * 0.92
    box = axes.get_window_extent(sheet.renderer)
    width, height = box.width * 72.0 / sheet.dpi, box.height * 72.0 / sheet.dpi
    line = size * 1.36
    capacity = int(height / line) - 1
    sides = transcript.scenario.side_ids
    shown = list(turns)
    brief = False
    for lines in (3, 2, 1):
        told = [sheet.wrapped(words, size, width, lines=min(lines, 2)) for words in events]
        space = capacity - (1 if turns else 0) - (sum(map(len, told)) + 2 if events else 0)
        entries = [_entry(sheet, turn, n, width, size, lines) for n, turn in enumerate(turns, start=1)]
        brief = lines == 1
        if sum(map(len, entries)) <= space:
            break
    else:
        keep = sorted(turns, key=lambda turn: -turn.announced)[: max(space - 1, 0)]
        shown = [turn for turn in turns if turn in keep]
        entries = [_entry(sheet, turn, n, width, size, 1) for n, turn in enumerate(shown, start=1)]

    written: list[tuple[str, str, bool]] = []
    if shown:
        heading = "Numbered steps"
        if brief:
            heading += " (points; share delivered)"
        written.append((sheet.wrapped(heading, size, width, bold=True, lines=1)[0], INK, True))
    elif not any(turn.items for turn in transcript.moves):
        written.append(("Nobody gave anything.", QUIET, False))
    for turn, entry in zip(shown, entries, strict=True):
        colour = SIDE_STYLE[sides.index(turn.mover)].colour
        written += [(words, colour, False) for words in entry]
    if len(shown) < len(turns):
        written.append((f"and {len(turns) - len(shown)} smaller ones, without a number", QUIET, False))
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
    return {turn.turn: number for number, turn in enumerate(shown, start=1)}


def _entry(sheet: Sheet, turn: Turn, number: int, width: float, size: float, lines: int) -> list[str]:
    """At most `lines` lines; what is too long loses names from its end, never points and share delivered."""
    head, names = f"{number}  {turn.date:%d %b %y}  ", _names(turn).split(" ")
    notes = f" ({_notes(turn, brief=lines == 1)})".replace(" ", "\u00a0").replace("\u00a0", " ", 1)
    for kept in range(len(names), 0, -1):
        words = " ".join(names[:kept]).rstrip(",") + (" …" if kept < len(names) else "")
        found = sheet.wrapped(head + words + notes, size, width - size, lines=lines)
        if found[-1].endswith(notes.strip()):
            break
    first, *more = found
    return [first, *("    " + other for other in more)]
