"""One run over its dates: trust above, what happened between, the ladder of concessions below."""

from __future__ import annotations

import datetime as dt
from string import ascii_uppercase
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from bargain_sim.codes import OUTCOME_LABEL
from bargain_sim.errors import InputError
from bargain_sim.plots.ladder import as_days, draw_ladder, label_steps
from bargain_sim.plots.sheet import Origin, Sheet, look_named
from bargain_sim.plots.steps import steps_in
from bargain_sim.plots.style import INK, QUIET, SIDE_STYLE
from bargain_sim.plots.words import joined, plural, shorten
from bargain_sim.transcript import Transcript

__all__ = ["caption", "draw"]

_PAUSE = "#e3e3e3"


def caption(transcript: Transcript) -> str:
    """One sentence: how the run ended and when, what each side gave, where trust stood, what went wrong."""
    _check(transcript)
    last = transcript.moves[-1]
    scenario = transcript.scenario
    names = {side: scenario.sides[side].label for side in scenario.side_ids}
    gave = joined([f"{names[side]} had given {last.given[side]:.0f} points" for side in names])
    trust = joined([f"{last.trust[side]:.2f} for {names[side]}" for side in names])
    counts = joined(
        [plural(int(transcript.summary.get(what + "s", 0)), what)
         for what in ("shortfall", "correction", "pause")]
    )  # fmt: skip
    return (
        f"Run {transcript.run} of {scenario.name} (seed {transcript.seed}) ended as "
        f"“{OUTCOME_LABEL[transcript.outcome].lower()}” after {plural(transcript.turns, 'turn')}, on "
        f"{_day(last.date)}: {gave}, trust stood at {trust}, with {counts}."
    )


def draw(transcript: Transcript, *, origin: Origin | None = None, size: str = "print") -> Sheet:
    """Draw one run: trust of both sides, events and mishaps, and the ladder of concessions.

    The biggest steps are named on the ladder and the others numbered, with a list at the side.
    Grey: the dialogue is paused; dotted: a package was agreed.  Raises InputError for a transcript
    without a turn.
    """
    _check(transcript)
    scenario = transcript.scenario
    look = look_named(size)
    made = origin or Origin(f"{scenario.name}, run {transcript.run}", transcript.seed)
    sheet = Sheet(
        f"{scenario.title}: {OUTCOME_LABEL[transcript.outcome].lower()}", transcript.ending,
        origin=made, size=size, height=look.height * 1.55,
    )  # fmt: skip
    days = as_days(transcript)
    letters = _letters(transcript)
    lanes = _lanes(transcript)
    with sheet.house():
        rows = 3 if lanes else 2
        tall = [2.2, (0.24 if size == "print" else 0.42) * len(lanes) + 0.2, 3.4] if lanes else [2.2, 3.4]
        grid = sheet.add_gridspec(rows, 2, width_ratios=[1.6, 1.0], height_ratios=tall)
        ladder = sheet.add_subplot(grid[rows - 1, 0])
        upper = [sheet.add_subplot(grid[row, 0], sharex=ladder) for row in range(rows - 1)]
        aside = sheet.add_subplot(grid[:, 1])
        aside.set_axis_off()
        _trust(sheet, upper[0], transcript, days)
        if lanes:
            _draw_lanes(sheet, upper[1], transcript, days, lanes)
        draw_ladder(sheet, ladder, transcript, days)
        for axes in (*upper, ladder):
            _pauses_and_deal(sheet, axes, transcript, days)
        _dates(ladder, transcript, days, size)
        _legend(sheet, transcript)
        sheet.align_ylabels([upper[0], ladder])
        sheet.freeze()
        if "events" in lanes:
            _write_letters(sheet, upper[1], transcript, days, lanes.index("events"), letters)
        label_steps(sheet, ladder, aside, transcript, days, _event_lines(transcript, letters))
    sheet.caption = caption(transcript)
    return sheet


def _day(date: dt.date) -> str:
    return f"{date.day} {date:%B %Y}"


def _check(transcript: Transcript) -> None:
    if not transcript.moves:
        raise InputError("the transcript holds no turn", remedy="Run the negotiation first")


def _trust(sheet: Sheet, axes: Axes, transcript: Transcript, days: NDArray[np.float64]) -> None:
    few = len(transcript.moves) <= 30
    for k, side in enumerate(transcript.scenario.side_ids):
        look = SIDE_STYLE[k]
        axes.plot(
            days[:-1], [turn.trust[side] for turn in transcript.moves], color=look.colour, ls=look.dash,
            marker=look.marker if few else "", lw=sheet.look.line * 1.2, **_spot(sheet, k),
        )  # fmt: skip
    axes.set_ylim(0, 1)
    axes.set_ylabel("trust")
    axes.tick_params(labelbottom=False)


def _spot(sheet: Sheet, k: int) -> dict[str, Any]:
    """A small marker with a white rim for one side, on a larger one for the other: both are seen."""
    if k == 0:
        return {"ms": sheet.look.marker * 0.6, "mec": "white", "mew": sheet.look.line * 0.3, "zorder": 3.1}
    return {"ms": sheet.look.marker, "zorder": 3}


def _letters(transcript: Transcript) -> dict[str, str]:
    """A letter for each event that struck, in the order in which they first did."""
    struck = dict.fromkeys(event for turn in transcript.moves for event in turn.events)
    return {event: ascii_uppercase[place % 26] for place, event in enumerate(struck)}


def _event_lines(transcript: Transcript, letters: dict[str, str]) -> list[str]:
    lines = []
    for event, letter in letters.items():
        times = sum(event in turn.events for turn in transcript.moves)
        label = transcript.scenario.events[event].label
        lines.append(f"{letter}  " + (f"{times} × " if times > 1 else "") + label)
    # More would push the steps out of the list.
    return lines if len(lines) <= 8 else [*lines[:7], f"and {len(lines) - 7} more kinds"]


def _lanes(transcript: Transcript) -> list[str]:
    """Which rows of mishaps there is something to show in, from top to bottom."""
    found = {
        "events": any(turn.events for turn in transcript.moves),
        "demands": any(turn.demanded_by for turn in transcript.moves),
        "shortfalls": any(step.short for step in steps_in(transcript)),
        "corrections": any(turn.corrections for turn in transcript.moves),
    }
    return [lane for lane, there in found.items() if there]


def _draw_lanes(
    sheet: Sheet, axes: Axes, transcript: Transcript, days: NDArray[np.float64], lanes: list[str]
) -> None:
    sides = transcript.scenario.side_ids
    giver = {name: c.giver for name, c in transcript.scenario.concessions.items()}
    large = sheet.look.marker * 0.8

    def mark(turn: int, lane: str, k: int, hollow: bool = False, aside: float = 0.0) -> None:
        look = SIDE_STYLE[k]
        axes.plot(
            days[turn], lanes.index(lane) + aside, ls="", zorder=3, marker=look.marker, ms=large,
            mec=look.colour, mfc="white" if hollow else look.colour, mew=sheet.look.line * 0.7,
        )  # fmt: skip

    for turn in transcript.moves:
        for side in turn.demanded_by:
            mark(turn.turn, "demands", sides.index(side))
        for said in turn.announcements:
            if said.fraction < 1.0:
                mark(turn.turn, "shortfalls", sides.index(said.side), hollow=True)
        correcting = list(dict.fromkeys(giver[name] for name in turn.corrections))
        for side in correcting:
            k = sides.index(side)
            # Where both sides do, one stands above the other.
            mark(turn.turn, "corrections", k, aside=(0.4 * k - 0.2) if len(correcting) > 1 else 0.0)
    axes.set_yticks(range(len(lanes)), lanes)
    axes.set_ylim(len(lanes) - 0.5, -0.6)
    axes.grid(axis="y", color="#cccccc", lw=sheet.look.line * 0.4)
    axes.set_axisbelow(True)
    axes.tick_params(labelbottom=False, bottom=False, left=False)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _write_letters(
    sheet: Sheet, axes: Axes, transcript: Transcript, days: NDArray[np.float64], lane: int,
    letters: dict[str, str],
) -> None:  # fmt: skip
    """The letters of the events, each on its day; those that would touch stand together, as one word."""
    size = sheet.look.tiny
    box = axes.get_window_extent(sheet.renderer)
    low, high = axes.get_xlim()
    a_point = (high - low) / (float(box.width) * 72.0 / sheet.dpi)
    words: list[tuple[str, list[float]]] = []

    def ends(word: str, at: list[float]) -> tuple[float, float]:
        half = (sheet.text_width(word, size) / 2.0 + size * 0.2) * a_point
        return float(np.mean(at)) - half, float(np.mean(at)) + half

    struck = [(letters[event], float(days[turn.turn])) for turn in transcript.moves for event in turn.events]
    for letter, day in struck:
        words.append((letter, [day]))
        # Together they are wider, and may now touch what stands before them.
        while len(words) > 1 and ends(*words[-2])[1] > ends(*words[-1])[0]:
            word, at = words.pop()
            words[-1] = (words[-1][0] + word, words[-1][1] + at)
    for word, at in words:
        # A white ground keeps the lines of the lane and of the agreement out of the letters.
        axes.text(
            float(np.mean(at)), lane, word, size=size, color=INK, ha="center", va="center_baseline",
            bbox={"facecolor": "white", "lw": 0, "boxstyle": "square,pad=0.1"}, zorder=5,
        ).set_in_layout(False)  # fmt: skip


def _pauses_and_deal(sheet: Sheet, axes: Axes, transcript: Transcript, days: NDArray[np.float64]) -> None:
    begun: float | None = None
    for place, turn in enumerate(transcript.moves):
        if turn.mode == "paused" and begun is None:
            begun = float(days[place])
        elif turn.mode != "paused" and begun is not None:
            axes.axvspan(begun, float(days[place]), color=_PAUSE, lw=0, zorder=0)
            begun = None
        if turn.agreed:
            axes.axvline(float(days[place]), color=INK, ls=":", lw=sheet.look.line)
    if begun is not None:
        axes.axvspan(begun, float(days[-1]), color=_PAUSE, lw=0, zorder=0)


def _dates(ladder: Axes, transcript: Transcript, days: NDArray[np.float64], size: str) -> None:
    margin = 0.02 * float(days[-1] - days[0])
    ladder.set_xlim(float(days[0]) - margin, float(days[-1]) + margin)
    most = 7 if size == "print" else 9
    locator = AutoDateLocator(minticks=3, maxticks=most)  # type: ignore[no-untyped-call]
    ladder.xaxis.set_major_locator(locator)
    ladder.xaxis.set_major_formatter(
        ConciseDateFormatter(locator, show_offset=False)  # type: ignore[no-untyped-call]
    )
    first, last = transcript.moves[0].date, transcript.moves[-1].date
    ladder.set_xlabel(_day(first) if first == last else f"{_day(first)} to {_day(last)}")


def _legend(sheet: Sheet, transcript: Transcript) -> None:
    handles: list[Any] = []
    names: list[str] = []
    for k, side in enumerate(transcript.scenario.side_ids):
        look = SIDE_STYLE[k]
        handles.append(
            Line2D([], [], color=look.colour, ls=look.dash, marker=look.marker, ms=sheet.look.marker * 0.7)
        )
        names.append(shorten(transcript.scenario.sides[side].label, 40))
    if any(step.short for step in steps_in(transcript)):
        handles.append(Line2D([], [], ls="", marker="o", mfc="white", mec=QUIET, ms=sheet.look.marker * 0.8))
        names.append("delivered in part")
    if any(turn.mode == "paused" for turn in transcript.moves):
        handles.append(Patch(color=_PAUSE))
        names.append("paused")
    if any(turn.agreed for turn in transcript.moves):
        handles.append(Line2D([], [], color=INK, ls=":"))
        names.append("package agreed")
    sheet.outside_legend(handles, names, "below", 5)
