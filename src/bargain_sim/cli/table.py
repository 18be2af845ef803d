"""A game on a terminal: what a person reads of it.  The words of what happened are `table.story`'s."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import fill

import click

from bargain_sim.cli.grid import Grid, show_grid
from bargain_sim.cli.phrases import References
from bargain_sim.cli.settings import Settings
from bargain_sim.table.debrief import Debrief
from bargain_sim.table.options import Choice, Options
from bargain_sim.table.story import Told
from bargain_sim.table.views import Mine, OnTheTable, Theirs, View

__all__ = ["Screen"]

_STYLES = {
    "seen": "cyan", "demand": "red", "event": "magenta", "correction": "green", "pause": "bold yellow",
    "resume": "bold green", "offer": "bold cyan", "agreed": "bold cyan", "end": "bold red", "quiet": "dim",
    "words": "italic", "head": "bold", "note": "dim", "refused": "yellow",
}  # fmt: skip
"""Kind of line → style.  Colour only repeats what the words say."""


class Screen:
    """Writes to standard output: in colour on a terminal, else as plain as text can be."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def line(self, text: str = "", kind: str = "") -> None:
        """One line, wrapped between words on a terminal."""
        if self.settings.plain:
            width = self.settings.columns
            wrapped = text if width is None else "\n".join(fill(each, width) for each in text.splitlines())
            click.echo(wrapped)
            return
        from rich.console import Console
        from rich.text import Text

        Console(highlight=False).print(Text(text, style=_STYLES.get(kind, "")))

    def welcome(self, view: View, file: str) -> None:
        """Who one is, what counts, and where the game is kept."""
        self.line(view.title, "head")
        self.line(f"You are {view.label}, and across the table sits {view.other_label}. {view.note}")
        self.line(
            f"{view.turns} turns of {view.turn_days} days, one side at a time. Your score is what you "
            "receive minus what your own gifts cost you. Measure it against your outside option, "
            f"{view.outside_option:g} points; a grand bargain brings you {view.bonus:g} on top."
        )
        self.line(f"The game is kept in {file} after every move. `help` tells what can be typed.", "note")
        self.line()

    def sheet(self, view: View, known: References) -> None:
        """The confidential sheet: what one can give and at what cost, what one can get and its worth."""
        rows = [[known.marks[each.concession], each.label, each.kind, f"{each.cost:.4g}", _stock(each),
                 _remark(each, view)] for each in view.gives]  # fmt: skip
        columns = ["no.", "what", "kind", "cost", "announced", "remarks"]
        title = f"What {view.label} can give (confidential; points for the whole of it)"
        show_grid(self.settings, Grid(title, columns, rows, numeric={3}))
        got = [[known.marks[each.concession], each.label, each.kind, f"{each.value:.4g}", _had(each),
                _remark(each, view)] for each in view.receives]  # fmt: skip
        title = f"What {view.other_label} can give, and what it is worth to you"
        show_grid(
            self.settings, Grid(title, ["no.", "what", "kind", "worth", "seen", "remarks"], got, numeric={3})
        )

    def story(self, lines: Iterable[Told], view: View) -> None:
        """What happened, in order."""
        for line in lines:
            who = {"you": "You ", "they": f"{view.other_label} "}.get(line.who, "")
            text = f"says: “{line.text}”" if line.kind == "words" and line.who == "they" else line.text
            text = f"said: “{line.text}”" if line.kind == "words" and line.who == "you" else text
            self.line(f"{line.date}  {who}{text}", line.kind)

    def head(self, view: View) -> None:
        """Where it stands: turn, date, mode, trust, score."""
        mode = {"talks": "talks", "paused": "the talks are paused", "bargain": "a package is carried out"}
        self.line()
        self.line(
            f"Turn {view.turn + 1} of {view.turns}, {view.date}: {mode[view.mode]}. "
            f"Your trust in {view.other_label} {view.trust:.2f}, your score {_points(view.score)}.",
            "head",
        )
        for what, package in (("Proposed", view.offer), ("Agreed", view.package)):
            if package is not None and not (what == "Proposed" and package.by == "you"):
                self.line(_package(what, package, view), "offer")

    def score(self, view: View) -> None:
        """What one has, and what it is measured against."""
        self.line(
            f"Received {view.received:.1f} (as far as you have seen), paid {view.paid:.1f}: "
            f"{_points(view.score)} points; your outside option is {view.outside_option:g}."
        )
        if view.promises:
            self.line(
                f"{view.other_label} kept {view.kept} of {view.promises} announcements in full on the day; "
                f"trust {view.trust:.2f}, cautiously {view.cautious_trust:.2f}."
            )

    def options(self, can: Options, known: References) -> None:
        """What can be chosen now."""
        if can.gives:
            self.line("You can give: " + _choices(can.gives, known))
        else:
            self.line("You can give nothing now.")
        for first, choices in can.gives_once.items():
            fresh = [each for each in choices if each not in can.gives]
            if fresh:
                self.line(f"  after `{first};` also: {_choices(fresh, known)}")
        if can.corrects:
            self.line("You can make good: " + _choices(can.corrects, known))
        if can.package:
            both = [*can.package["yours"], *can.package["theirs"]]
            self.line("You can propose a package of: " + _choices(both, known))
        also = [*can.answers, *(each.replace("leave", "walk out") for each in can.dialogue)]
        if can.asks:
            also.insert(0, "ask for anything of the other's")
        self.line(f"Also: {', '.join(also)}, say, pass.")

    def all_options(self, can: Options, known: References) -> None:
        """The same, and why the rest is not possible."""
        self.options(can, known)
        for name, why in can.not_now.items():
            self.line(f"  {known.marks[name]} not now: {why}", "note")
        if can.no_package:
            self.line(f"  No package now: {can.no_package}", "note")

    def debrief(self, found: Debrief) -> None:
        """The look back: sentences, the turning points, both sides' numbers."""
        first, *rest = found.sentences
        self.line()
        self.line(first, "head")
        for sentence in rest:
            self.line(sentence)
        if found.turning_points:
            self.line()
            self.line("Turning points", "head")
            for point in found.turning_points:
                self.line(f"{point.date}  {point.text}")
        self.line()
        rows = [
            [
                side.label,
                *(_points(each) for each in (side.score, side.outside_option, side.surplus, side.gave)),
                _points(side.paid),
                f"{side.kept} of {side.announcements}",
                f"{side.trust:.2f}",
            ]
            for side in found.sides
        ]
        columns = ["side", "score", "outside", "surplus", "gave", "at a cost of", "kept", "trust"]
        show_grid(
            self.settings, Grid("Both sheets", columns, rows, numeric=set(range(1, 8)), caption=found.note)
        )


def _points(number: float) -> str:
    return f"{number:.1f}".replace("-", "−")


def _choices(choices: Iterable[Choice], known: References) -> str:
    return "; ".join(
        f"{known.marks[each.concession]} {each.label} "
        + (f"({each.units} units, {each.points:.3g})" if each.units > 1 else f"({each.points:.3g})")
        for each in choices
    )


def _package(what: str, package: OnTheTable, view: View) -> str:
    label = {each.concession: each.label for each in view.gives}
    label |= {each.concession: each.label for each in view.receives}
    yours = "; ".join(label[name] for name in package.yours) or "nothing more"
    theirs = "; ".join(label[name] for name in package.theirs) or "nothing more"
    return (
        f"{what}: you give {yours} (still costs {package.cost:.1f}), and {view.other_label} gives {theirs} "
        f"(still worth {package.worth:.1f})."
    )


def _stock(each: Mine) -> str:
    whole = "yes" if each.announced else ""
    said = whole if each.units == 1 else f"{each.announced} of {each.units}"
    return f"{said}, {100 * each.short:.0f} % short" if each.short > 0.0 else said


def _had(each: Theirs) -> str:
    """What one has seen of it: announced, delivered, or not known yet."""
    if not each.announced:
        return ""
    if each.unseen == each.announced:
        return f"announced{_of(each.announced, each.units)}"
    share = each.delivered / (each.announced - each.unseen)
    seen = "delivered" if share >= 1.0 else f"{100 * share:.0f} % delivered"
    more = f", {each.unseen} more announced" if each.unseen else ""
    return f"{seen}{_of(each.announced - each.unseen, each.units)}{more}"


def _of(units: int, of: int) -> str:
    return "" if of == 1 else f" ({units} of {of})"


def _remark(each: Mine | Theirs, view: View) -> str:
    marks = []
    if isinstance(each, Mine) and each.barred:
        marks.append("behind your red line")
    elif isinstance(each, Mine) and each.red_line:
        marks.append("a soft red line")
    if isinstance(each, Theirs) and each.refused:
        marks.append("behind a red line of theirs")
    if each.institution:
        marks.append("needed for any package")
    label = {line.concession: line.label for line in view.gives}
    label |= {line.concession: line.label for line in view.receives}
    if each.requires and not each.announced:
        marks.append("after " + " and ".join(label[name] for name in each.requires))
    return ", ".join(marks)
