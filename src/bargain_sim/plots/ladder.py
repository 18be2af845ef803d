"""The ladder of concessions of one run: points given by each side, every step named or numbered."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from bargain_sim.plots import steps
from bargain_sim.plots.place import Room, around
from bargain_sim.plots.sheet import Sheet
from bargain_sim.plots.style import SIDE_STYLE
from bargain_sim.transcript import Transcript

__all__ = ["as_days", "draw_ladder", "label_steps"]

# So many steps of each side, the biggest, are named on the ladder itself.
_NAMED = 2


def draw_ladder(sheet: Sheet, axes: Axes, transcript: Transcript, days: NDArray[np.float64]) -> None:
    """Steps of both sides; a filled marker for a move delivered in full, a hollow one for a short one.

    `days` are the matplotlib dates of the turns and, last, of the end of the run.
    """
    top = 0.0
    for k, side in enumerate(transcript.scenario.side_ids):
        look = SIDE_STYLE[k]
        given = np.array([turn.given[side] for turn in transcript.moves])
        top = max(top, float(given.max()))
        axes.step(
            days, np.append(given, given[-1]), where="post", color=look.colour, ls=look.dash,
            lw=sheet.look.line * 1.2,
        )  # fmt: skip
        for short in (False, True):
            at = [s.turn for s in steps.steps_in(transcript) if s.side == side and s.short == short]
            axes.plot(
                days[at], given[at], ls="", marker=look.marker, ms=sheet.look.marker * 0.8, mec=look.colour,
                mfc="white" if short else look.colour, mew=sheet.look.line * 0.7, zorder=4,
            )  # fmt: skip
    # Room above and below for the names.
    axes.set_ylim(-0.12 * max(top, 1.0), 1.3 * max(top, 1.0))
    axes.set_yticks([tick for tick in axes.get_yticks() if 0 <= tick <= max(top, 1.0) * 1.1])
    axes.set_ylabel("points given")


def label_steps(
    sheet: Sheet, axes: Axes, aside: Axes, transcript: Transcript, days: NDArray[np.float64],
    events: Sequence[str],
) -> None:  # fmt: skip
    """Name the biggest steps on the ladder, number the others, and list these (and events) in `aside`.

    A name that does not fit on the ladder is listed, too.
    Steps for which the list has no room get no number; the list says how many they are.
    """
    room = Room(sheet)
    for side in transcript.scenario.side_ids:
        room.take(_in_the_way(sheet, axes, transcript, side, days))
    for turn in transcript.moves:
        if turn.agreed:
            x = float(axes.transData.transform((days[turn.turn], 0.0))[0])
            room.take([Bbox.from_extents(x - 1, 0, x + 1, sheet.bbox.height)])
    taken = steps.steps_in(transcript)
    biggest = [
        step
        for side in transcript.scenario.side_ids
        for step in sorted((s for s in taken if s.side == side), key=lambda s: -s.announced)[:_NAMED]
    ]
    named: set[steps.Step] = set()
    for step in sorted(biggest, key=lambda s: -s.announced):
        words = ", ".join(item.label for item in step.items)
        lines = sheet.wrapped(words, sheet.look.small, sheet.look.font * 13, lines=2)
        # What is too long for the ladder stands in the list, in full.
        whole = " ".join(lines).split() == words.split()
        if whole and _note(sheet, axes, room, transcript, step, "\n".join(lines), days, 2.0):
            named.add(step)
    others = [step for step in taken if step not in named]
    number = steps.write_list(sheet, aside, transcript, others, events)
    for step in sorted(others, key=lambda s: -s.announced):
        if step in number:
            _note(sheet, axes, room, transcript, step, str(number[step]), days, 1.1)


def _note(
    sheet: Sheet, axes: Axes, room: Room, transcript: Transcript, step: steps.Step, words: str,
    days: NDArray[np.float64], reach: float,
) -> bool:  # fmt: skip
    """Write at a step: above the line that ends higher, below the other one, if that is free."""
    first, second = transcript.scenario.side_ids
    k = 0 if step.side == first else 1
    other = second if step.side == first else first
    last = transcript.moves[-1].given
    up = 1.0 if last[step.side] >= last[other] else -1.0
    tries = [(x, y * up) for x, y in around(sheet.look.font * reach * 0.8, rings=5)]
    spot = (float(days[step.turn]), transcript.moves[step.turn].given[step.side])
    note = room.note(axes, words, spot, tries, size=sheet.look.tiny, color=SIDE_STYLE[k].colour)
    return note is not None


def _in_the_way(
    sheet: Sheet, axes: Axes, transcript: Transcript, side: str, days: NDArray[np.float64]
) -> list[Bbox]:
    """The lines and markers of one side, as boxes in pixels."""
    given = np.array([turn.given[side] for turn in transcript.moves])
    corners = axes.transData.transform(np.column_stack([days[:-1], given]))
    ends = axes.transData.transform(np.column_stack([days[1:], given]))
    thin = sheet.look.line * sheet.dpi / 72.0
    boxes = []
    for place, ((x0, y0), (x1, _)) in enumerate(zip(corners, ends, strict=True)):
        boxes.append(Bbox.from_extents(x0, y0 - thin, x1, y0 + thin))
        if place:
            below, above = sorted((float(corners[place - 1][1]), float(y0)))
            boxes.append(Bbox.from_extents(x0 - thin, below, x0 + thin, above))
    reach = sheet.look.marker * 0.5 * sheet.dpi / 72.0
    boxes += [
        Bbox.from_extents(x - reach, y - reach, x + reach, y + reach)
        for turn, (x, y) in zip(transcript.moves, corners, strict=True)
        if any(said.side == side for said in turn.announcements)
    ]
    return boxes


def as_days(transcript: Transcript) -> NDArray[np.float64]:
    """Matplotlib dates of the turns of a run and, last, of its end; length turns + 1."""
    dates = [turn.date for turn in transcript.moves]
    end = transcript.scenario.date_of(transcript.moves[-1].turn + 1)
    return np.asarray(date2num([*dates, end]), dtype=np.float64)  # type: ignore[no-untyped-call]
