"""The timeline of one negotiation on a terminal, in colour; the words are `narrate`'s."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bargain_sim.narrate import conclusion, counts, heading, payoffs, timeline
from bargain_sim.transcript import Transcript

__all__ = ["STYLES", "show"]

STYLES = {
    "move": "",
    "short": "yellow",
    "quiet": "dim",
    "demand": "red",
    "event": "magenta",
    "correction": "green",
    "pause": "bold yellow",
    "resume": "bold green",
    "note": "italic",
    "agreed": "bold cyan",
    "end": "bold red",
}
"""Line kind → style.  Colour only repeats what the words say."""


def show(transcript: Transcript, *, why: bool = False, console: Console | None = None) -> None:
    """Write the negotiation to the terminal."""
    console = console or Console(highlight=False)
    title, *rest = heading(transcript)
    console.print(Text(title, style="bold"))
    for line in rest:
        console.print(Text(line, style="dim"))
    console.print()
    console.print(_timeline_table(transcript, why))
    console.print()
    end, reason = conclusion(transcript)
    console.print(Text(end, style="bold"))
    console.print(Text(reason))
    console.print()
    console.print(_payoff_table(transcript))
    console.print()
    numbers = ", ".join(f"{label.lower()} {number}" for label, number in counts(transcript))
    console.print(Text(numbers[:1].upper() + numbers[1:], style="dim"))


def _timeline_table(transcript: Transcript, why: bool) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("Date", no_wrap=True)
    table.add_column("Who", no_wrap=True)
    table.add_column("What", overflow="fold", ratio=1)
    for side in transcript.scenario.sides.values():
        table.add_column(f"Trust of {side.label}", justify="right", max_width=12)
    shown = None
    for line in timeline(transcript, fold=not why):
        # Assembled, or the reason would take on the colour of the line.
        text = Text.assemble((line.text, STYLES[line.kind]))
        if why and line.why:
            text.append(f"\n{line.why}", style="dim italic")
        trust = [""] * 2 if line.trust is None else [f"{value:.2f}" for value in line.trust]
        # A turn of several lines has its date once.
        date = "" if line.turn == shown else str(line.date)
        shown = line.turn
        table.add_row(date, Text(line.who), text, *trust)
    return table


def _payoff_table(transcript: Transcript) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("At the end")
    for name in ("Payoff", "Gave", "Trust"):
        table.add_column(name, justify="right")
    for each in payoffs(transcript):
        table.add_row(Text(each.side), f"{each.payoff:.1f}", f"{each.given:.1f}", f"{each.trust:.2f}")
    return table
