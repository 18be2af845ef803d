"""A transcript in words: who did what when, whether it was delivered, and what trust it left.

Plain text only; the terminal, the notebook and the web page bring their own colours.  `timeline`
gives the lines one by one with their kind, `tell` the whole as text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bargain_sim.codes import OUTCOME_LABEL
from bargain_sim.transcript import Item, Recorded, Transcript, Turn

__all__ = [
    "CAVEAT",
    "Line",
    "Payoff",
    "conclusion",
    "counts",
    "delivery_in_words",
    "heading",
    "item_in_words",
    "payoffs",
    "tell",
    "timeline",
]

CAVEAT = "Scenario exploration, not prediction."


@dataclass(frozen=True)
class Line:
    """One thing that happened, or several quiet turns folded into one.

    `kind` is one of move, short, quiet, demand, event, correction, pause, resume, note, agreed, end.  `who`
    is the label of the side that acted, empty where none did.  `trust` holds both sides' trust after
    the turn, in the order of `scenario.side_ids`, in the last line of each turn only; so does `why`
    hold how the step was chosen.
    """

    kind: str
    turn: int
    date: dt.date
    who: str
    text: str
    trust: tuple[float, float] | None = None
    why: str = ""


@dataclass(frozen=True)
class Payoff:
    """What one side has at the end, in points; trust as a probability."""

    side: str
    payoff: float
    given: float
    trust: float


def heading(transcript: Transcript) -> list[str]:
    """Title, sides, which run this is and what it drew; the last line says what it is not."""
    scenario = transcript.scenario
    sides = [
        f"{side.label} ({side.strategy}, initial trust {float(side.initial_trust):.2f})"
        for side in scenario.sides.values()
    ]
    drew = []
    if (drawn := transcript.parameters) is not None:
        n = len(drawn["values"])
        drew.append(f"Its {n} parameter{'s' if n > 1 else ''}: row {drawn['row']} of {drawn['file']}")
    return [
        scenario.title,
        f"{sides[0]} and {sides[1]}",
        f"Scenario {scenario.name}, seed {transcript.seed}, run {transcript.run}; "
        f"from {scenario.start_date}, a turn is {int(scenario.turn_days)} days",
        *drew,
        CAVEAT,
    ]


def timeline(transcript: Transcript, *, fold: bool = True) -> list[Line]:
    """What happened, in order.

    With `fold`, two or more quiet turns in a row become one line; pauses for mere lack of movement
    count as quiet.
    """
    lines: list[Line] = []
    quiet: list[Turn] = []
    reason = ""
    for turn in transcript.moves:
        reason = turn.paused_by or reason
        if fold and _is_quiet(turn, reason):
            quiet.append(turn)
            continue
        lines += _quiet_lines(transcript, quiet)
        quiet = []
        lines += _turn_lines(transcript, turn)
    return lines + _quiet_lines(transcript, quiet)


def payoffs(transcript: Transcript) -> list[Payoff]:
    """What each side has at the end, in the order of `scenario.side_ids`."""
    row = transcript.summary
    return [
        Payoff(side.label, row[f"utility_{name}"], row[f"given_{name}"], row[f"trust_{name}"])
        for name, side in transcript.scenario.sides.items()
    ]


def counts(transcript: Transcript) -> list[tuple[str, int]]:
    """What was counted: the scenario's own counters first, then what every run counts."""
    row = transcript.summary
    own = [(counter.label, int(row[name])) for name, counter in transcript.scenario.counters.items()]
    common = [
        ("Moves", "moves"),
        ("of them short", "shortfalls"),
        ("Corrections", "corrections"),
        ("Pauses", "pauses"),
        ("Turns in pause", "paused_turns"),
        ("Slights", "slights"),
        ("Events", "events"),
    ]
    return own + [(label, int(row[column])) for label, column in common]


def conclusion(transcript: Transcript) -> list[str]:
    """How it ended, when and why."""
    turns = "turn" if transcript.turns == 1 else "turns"
    when = f"after {transcript.turns} {turns}"
    if transcript.moves:
        when += f", on {transcript.moves[-1].date}"
    return [f"{OUTCOME_LABEL[transcript.outcome]}, {when}", transcript.ending]


def tell(transcript: Transcript, *, why: bool = False) -> str:
    """The whole negotiation as plain text, with `why` each step was taken (then nothing is folded)."""
    sides = list(transcript.scenario.sides.values())
    width = max(len(side.label) for side in sides)
    titles = [_short(side.label) for side in sides]
    columns = [max(4, len(title)) for title in titles]
    out = [*heading(transcript), ""]
    out.append("Trust after the turn, then who did what:" if transcript.moves else "Nothing happened.")
    out.append(" " * 12 + "  ".join(f"{t:<{c}}" for t, c in zip(titles, columns, strict=True)))
    for line in timeline(transcript, fold=not why):
        trust = ("", "") if line.trust is None else tuple(f"{value:.2f}" for value in line.trust)
        cells = "  ".join(f"{cell:<{c}}" for cell, c in zip(trust, columns, strict=True))
        start = f"{line.date}  {cells}  {line.who:<{width}}  "
        out.append(start + line.text)
        if why and line.why:
            out.append(" " * len(start) + "why: " + line.why)
    out += ["", *conclusion(transcript), ""]
    out += [
        f"{each.side:<{width}}  payoff {each.payoff:.1f} points, gave {each.given:.1f}, "
        f"trust {each.trust:.2f}"
        for each in payoffs(transcript)
    ]
    out += ["", "; ".join(f"{label} {number}" for label, number in counts(transcript))]
    return "\n".join(line.rstrip() for line in out) + "\n"


def _short(label: str) -> str:
    return label if len(label) <= 12 else label[:11] + "…"


def _is_quiet(turn: Turn, reason: str) -> bool:
    """Whether nothing happened; `reason` is that of the latest pause.

    A pause for want of movement, and its end, are part of the quiet.
    """
    return (
        turn.act in ("silent", "wait", "record")
        and not turn.record
        and not turn.said
        and not turn.events
        and not turn.corrections
        and not turn.agreed
        and turn.paused_by in ("", "patience")
        and (reason == "patience" or not turn.resumed)
    )


def _quiet_lines(transcript: Transcript, turns: list[Turn]) -> list[Line]:
    if len(turns) < 2:
        return [line for turn in turns for line in _turn_lines(transcript, turn)]
    pauses = sum(turn.paused_by == "patience" for turn in turns)
    modes = {turn.mode for turn in turns}
    if modes == {"paused"} and not pauses:
        what = "the talks stay paused"
    elif modes == {"bargain"}:
        what = "nothing more of the package is delivered"
    else:
        what = "nothing is announced"
    if pauses:
        what += ", talks pause " + {1: "once", 2: "twice"}.get(pauses, f"{pauses} times")
    text = f"{len(turns)} turns, until {turns[-1].date}: {what}"
    return [Line("quiet", turns[0].turn, turns[0].date, "", text, _trust(transcript, turns[-1]))]


def _record_lines(transcript: Transcript, turn: Turn) -> Iterator[Line]:
    """What a history tells of a turn, each entry on its own day."""
    sides = transcript.scenario.sides
    for entry in turn.record:
        who = sides[entry.side].label if entry.side else ""
        kind, text = _told(transcript, entry)
        yield Line(kind, turn.turn, entry.date, who, text)


def _told(transcript: Transcript, entry: Recorded) -> tuple[str, str]:
    """Kind and words of an entry of the history."""
    scenario = transcript.scenario
    if not entry.done:
        what = entry.label or entry.kind
        return "note", f"could not be as this run drew what is uncertain: {what}"
    if entry.item is not None:
        short = entry.fraction is not None and entry.fraction < 1.0
        named = f"{entry.label}: " if entry.label and entry.label != entry.item.label else ""
        return (
            "short" if short else "move",
            f"{named}{item_in_words(entry.item)} – {delivery_in_words(entry.fraction)}",
        )
    if entry.kind == "corrects":
        return "correction", f"makes good what was short: {entry.label}"
    if entry.kind == "demands":
        other = next(side.label for name, side in scenario.sides.items() if name != entry.side)
        what = entry.label or f"demands what {other} will not give"
        return "demand", f"{what}: refused, and taken as a slight"
    if entry.kind == "pauses":
        return "pause", entry.label or "The talks pause"
    if entry.kind == "resumes":
        return "resume", entry.label or "The talks are taken up again"
    return ("event", f"Event: {entry.label}") if entry.kind == "happens" else ("note", entry.label)


def _turn_lines(transcript: Transcript, turn: Turn) -> list[Line]:
    if turn.record:
        told = list(_record_lines(transcript, turn))
        told[-1] = replace(told[-1], trust=_trust(transcript, turn))
        return told
    lines = list(_what_struck(transcript, turn))
    what = _what_was_done(transcript, turn)
    lines += _what_was_said(transcript, turn)
    if what is None and not any(line.who for line in lines):
        nothing = {"wait": "waits for the other", "record": "the record is silent"}
        what = "quiet", nothing.get(turn.act, "announces nothing")
    who = transcript.scenario.sides[turn.mover].label
    if turn.agreed:
        lines.append(Line("agreed", turn.turn, turn.date, who, _package(transcript, turn)))
    if what is not None:
        lines.append(Line(what[0], turn.turn, turn.date, who, what[1]))
    why = turn.why and f"{turn.why} points; readiness left {turn.readiness:.1f}"
    lines[-1] = replace(lines[-1], trust=_trust(transcript, turn), why=why)
    return lines


def _what_struck(transcript: Transcript, turn: Turn) -> Iterator[Line]:
    """Events, corrections, pauses and resumptions: what comes before the mover's own act."""
    scenario = transcript.scenario
    who = scenario.sides[turn.mover].label
    for event in turn.events:
        yield Line("event", turn.turn, turn.date, "", f"Event: {scenario.events[event].label}")
    for corrected in turn.corrections:
        concession = scenario.concessions[corrected]
        giver = scenario.sides[concession.giver].label
        text = f"makes good what was short: {concession.label}"
        yield Line("correction", turn.turn, turn.date, giver, text)
    if turn.paused_by:
        if turn.paused_by == "doubt":
            text = "lets the talks pause: its trust has fallen too far since its last turn"
        elif turn.paused_by == "choice":
            text = "lets the talks pause"
        elif turn.paused_by == "event":
            who, text = "", "The event makes the talks pause"
        else:
            text = "lets the talks pause: too long nothing has moved"
        yield Line("pause", turn.turn, turn.date, who, text)
    if turn.resumed:
        yield Line("resume", turn.turn, turn.date, who, "takes the talks up again")


def _what_was_said(transcript: Transcript, turn: Turn) -> Iterator[Line]:
    """Requests, proposals, answers and words, where people sit at the table."""
    who = transcript.scenario.sides[turn.mover].label
    for said in turn.said:
        named = "; ".join(transcript.scenario.concessions[name].label for name in said.concessions)
        text = {
            "ask": f"asks for: {named}",
            "propose": f"proposes a package: {named}",
            "reject": "turns the package down",
            "withdraw": "takes its proposal back",
            "seat": said.text,
            "words": f"says: “{said.text}”",
        }.get(said.kind)
        if text is not None:  # demands and agreements are told as what they are
            yield Line("note", turn.turn, turn.date, who, text)


def _what_was_done(transcript: Transcript, turn: Turn) -> tuple[str, str] | None:
    """Kind and words of the mover's act; None where it did nothing."""
    other = next(s for name, s in transcript.scenario.sides.items() if name != turn.mover)
    items = "; ".join(item_in_words(item) for item in turn.items)
    if turn.items:
        verb = {
            "status_act": "announces in the pause",
            "deliver": "delivers from the package",
        }.get(turn.act, "announces")
        short = turn.fraction is not None and turn.fraction < 1.0
        return "short" if short else "move", f"{verb}: {items} – {delivery_in_words(turn.fraction)}"
    if turn.act == "demand":
        asked = [name for said in turn.said if said.kind == "demand" for name in said.concessions]
        named = "; ".join(transcript.scenario.concessions[name].label for name in asked)
        what = f"“{named}”, which" if named else "what"
        return "demand", f"demands {what} {other.label} will not give: refused, and taken as a slight"
    ends = {
        "walk_out": "walks out",
        "leave": "walks out",
        "give_up": "gives the paused talks up",
        "renege": "goes back on the package",
    }
    if turn.act in ends:
        back = [each.label for each in transcript.scenario.sides.values() if each.snapback]
        verb = "takes" if len(back) == 1 else "take"
        taken = f"; {' and '.join(back)} {verb} back what can be taken back" if back else ""
        return "end", ends[turn.act] + taken
    return None


def _package(transcript: Transcript, turn: Turn) -> str:
    """What is in the package that was agreed, and what was left out to make both content."""
    concessions = transcript.scenario.concessions
    inside = "; ".join(concessions[name].label for name in turn.package)
    struck = "; ".join(concessions[name].label for name in turn.struck)
    return f"agrees to a package: {inside}" + (f" – left out: {struck}" if struck else "")


def item_in_words(item: Item) -> str:
    """A concession and how much of it: `Discreet visits (1 of 2)`."""
    if item.of == 1:
        return item.label
    return f"{item.label} ({'all' if item.units == item.of else f'{item.units} of'} {item.of})"


def delivery_in_words(fraction: float | None) -> str:
    """Whether what was announced was delivered: in full, in part or not at all."""
    if fraction is None or fraction >= 1.0:
        return "delivered"
    if fraction <= 0.0:
        return "nothing of it delivered"
    # Never 0 % or 100 % for what is neither.
    return f"only {min(99, max(1, round(100 * fraction)))} % delivered"


def _trust(transcript: Transcript, turn: Turn) -> tuple[float, float]:
    first, second = transcript.scenario.side_ids
    return turn.trust[first], turn.trust[second]
