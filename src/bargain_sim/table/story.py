"""What happened, as one side has seen it: the other's deliveries only once they have been verified.

The story is told from the turns as they were recorded; it only ever grows, so that a page may add to
what it shows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from bargain_sim.narrate import delivery_in_words, item_in_words
from bargain_sim.scenario.schema import Scenario
from bargain_sim.transcript import Item, Recorded, Turn

__all__ = ["Opening", "Seen", "Told", "what_is_seen"]


@dataclass(frozen=True)
class Told:
    """One thing that happened.  `who` is `you`, `they`, or empty; `kind` one of

    move, seen, quiet, demand, slight, event, correction, pause, resume, offer, note, words, agreed, end.
    """

    turn: int
    date: dt.date
    who: str
    kind: str
    text: str


@dataclass(frozen=True)
class Opening:
    """What comes before the mover's own act, of a turn that is being played."""

    turn: int
    date: dt.date
    mover: str
    events: tuple[str, ...]
    corrections: tuple[str, ...]
    paused_by: str


@dataclass
class _Chunk:
    """Units of one concession that the other announced together, and what is known of them."""

    concession: str
    units: int
    fraction: float
    settled: bool = False


@dataclass
class Seen:
    """All that a side knows of what happened.

    Of each of the other's concessions: units `announced`, units seen to be `delivered` (parts count),
    and units of which it is `unseen` whether they were.  `refused` are those it demanded in vain.
    """

    story: list[Told] = field(default_factory=list)
    announced: dict[str, int] = field(default_factory=dict)
    delivered: dict[str, float] = field(default_factory=dict)
    unseen: dict[str, int] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    promises: int = 0
    """Announcements of the other seen, of which `kept` were delivered in full on the day."""
    kept: int = 0


def what_is_seen(
    scenario: Scenario, turns: Iterable[Turn], side: str, opening: Opening | None = None
) -> Seen:
    """What `side` has seen of the turns played, and of the `opening` of the one that is being played."""
    return _Watcher(scenario, side).watch(turns, opening)


class _Watcher:
    """Goes through the turns as one side lived them."""

    def __init__(self, scenario: Scenario, side: str) -> None:
        self.scenario = scenario
        self.side = side
        self.other = next(name for name in scenario.side_ids if name != side)
        self.lag = int(scenario.sides[side].lag)
        self.seen = Seen()
        self.chunks: dict[tuple[int, bool], list[_Chunk]] = {}  # (turn, aside) → what was announced

    def watch(self, turns: Iterable[Turn], opening: Opening | None) -> Seen:
        for turn in turns:
            if turn.record:
                self._verify(turn)
                self._recorded(turn)
            else:
                self._opening(turn)
                self._moved(turn)
        if opening is not None:
            self._opening(opening)
        return self.seen

    def _tell(
        self, turn: Turn | Opening, who: str, kind: str, text: str, date: dt.date | None = None
    ) -> None:
        self.seen.story.append(Told(turn.turn, date or turn.date, who, kind, text))

    def _who(self, side: str) -> str:
        return "you" if side == self.side else "they"

    def _opening(self, turn: Turn | Opening) -> None:
        """What comes before the mover's own act."""
        self._corrections(turn, own=False)
        self._verify(turn)
        for event in turn.events:
            self._tell(turn, "", "event", f"Event: {self.scenario.events[event].label}")
        if turn.paused_by == "event":
            self._tell(turn, "", "pause", "The event makes the talks pause")

    def _corrections(self, turn: Turn | Opening, *, own: bool) -> None:
        """What was made good: by the mover (a person does it in its own turn), or by the other."""
        for name in turn.corrections:
            concession = self.scenario.concessions[name]
            if (concession.giver == turn.mover) == own:
                self._corrected(name)
                text = f"made good what was short: {concession.label}"
                self._tell(turn, self._who(concession.giver), "correction", text)

    def _moved(self, turn: Turn) -> None:
        who, before = self._who(turn.mover), len(self.seen.story)
        self._corrections(turn, own=True)
        if turn.paused_by and turn.paused_by != "event":
            self._tell(turn, who, "pause", "let the talks pause")
        if turn.resumed:
            self._tell(turn, who, "resume", "took the talks up again")
        for said in turn.said:
            self._said(turn, who, said.kind, said.concessions, said.text)
        if turn.agreed:
            named = "; ".join(self.scenario.concessions[name].label for name in turn.package)
            self._tell(turn, who, "agreed", f"agreed to a package: {named}")
        if turn.items:
            self._announced(turn, who)
        elif turn.act == "demand" and not any(said.kind == "demand" for said in turn.said):
            self._tell(turn, who, "demand", "demanded what lies across a red line: refused, a slight")
        elif turn.act in _ENDS:
            self._tell(turn, who, "end", _ENDS[turn.act])
        elif len(self.seen.story) == before and turn.act in ("silent", "wait", "record"):
            waits = "waited" if turn.act == "wait" else "announced nothing"
            self._tell(turn, who, "quiet", waits)

    def _said(self, turn: Turn, who: str, kind: str, names: tuple[str, ...], words: str) -> None:
        named = "; ".join(self.scenario.concessions[name].label for name in names)
        if kind == "demand":
            if who == "you":
                self.seen.refused.update(names)
            text = f"demanded across a red line: {named}. Refused, and taken as a slight"
            self._tell(turn, who, "demand", text)
        elif kind == "words":
            self._tell(turn, who, "words", words)
        elif kind == "seat":
            self._tell(turn, "", "note", words[:1].upper() + words[1:])
        elif kind != "accept":  # an agreement is told as such
            self._tell(turn, who, "note" if kind == "ask" else "offer", _SAID[kind].format(named))

    def _announced(self, turn: Turn, who: str) -> None:
        items = "; ".join(item_in_words(item) for item in turn.items)
        verb = "delivered from the package" if turn.act == "deliver" and who == "you" else "announced"
        if who == "you":
            self._tell(turn, who, "move", f"{verb}: {items} – {delivery_in_words(turn.fraction)}")
            return
        where = " from the package" if turn.act == "deliver" else ""
        self._tell(turn, who, "move", f"announced{where}: {items}")
        self._expect(turn.turn, False, [(item, turn.fraction or 0.0) for item in turn.items])

    def _expect(self, turn: int, aside: bool, items: Iterable[tuple[Item, float]]) -> None:
        for item, fraction in items:
            name = item.concession
            self.chunks.setdefault((turn, aside), []).append(_Chunk(name, item.units, fraction))
            self.seen.announced[name] = self.seen.announced.get(name, 0) + item.units
            self.seen.unseen[name] = self.seen.unseen.get(name, 0) + item.units

    def _settle(self, chunk: _Chunk, fraction: float) -> None:
        name = chunk.concession
        self.seen.delivered[name] = self.seen.delivered.get(name, 0.0) + chunk.units * fraction
        self.seen.unseen[name] -= chunk.units
        chunk.settled = True

    def _corrected(self, name: str) -> None:
        """Nothing of a concession is short any more, seen or not."""
        if name not in self.scenario.concessions or self.scenario.concessions[name].giver != self.other:
            return
        for chunks in self.chunks.values():
            for chunk in chunks:
                if chunk.concession == name and not chunk.settled:
                    self._settle(chunk, 1.0)
        self.seen.delivered[name] = float(self.seen.announced.get(name, 0))

    def _verify(self, turn: Turn | Opening) -> None:
        """In its own turn a side sees what became of the other's move of `lag` own turns ago."""
        if turn.mover != self.side:
            return
        then = turn.turn - (2 * self.lag - 1)
        for place in ((then - 1, True), (then, False)):
            chunks = self.chunks.get(place, [])
            if not chunks:
                continue
            whole = sum(chunk.units * self._worth(chunk.concession) for chunk in chunks)
            got = sum(chunk.units * self._worth(chunk.concession) * chunk.fraction for chunk in chunks)
            named = "; ".join(self.scenario.concessions[chunk.concession].label for chunk in chunks)
            kept = all(chunk.fraction >= 1.0 for chunk in chunks)
            share = 1.0 if kept else min(got / whole if whole > 0.0 else 0.0, 1.0 - 1e-9)
            self.seen.promises += 1
            self.seen.kept += kept
            date = self.scenario.date_of(place[0])
            text = f"saw what was announced on {date}: {named} – {delivery_in_words(share)}"
            if all(chunk.settled for chunk in chunks) and not kept:
                text += " on the day, made good since"
            self._tell(turn, "you", "seen", text)
            for chunk in chunks:
                if not chunk.settled:
                    self._settle(chunk, chunk.fraction)

    def _worth(self, name: str) -> float:
        concession = self.scenario.concessions[name]
        return float(concession.value) / float(concession.units)

    def _entry_corrects(self, entry: str) -> str:
        history = self.scenario.history
        return (history.entries[entry].corrects or "") if history is not None else ""

    def _recorded(self, turn: Turn) -> None:
        """A turn that a history tells: moves of either side, each on its day."""
        for entry in turn.record:
            who = self._who(entry.side) if entry.side else ""
            if entry.item is not None and entry.done:
                text = f"announced: {item_in_words(entry.item)}"
                if who == "you":
                    text += f" – {delivery_in_words(entry.fraction)}"
                else:
                    aside = turn.mover == self.side
                    self._expect(turn.turn, aside, [(entry.item, entry.fraction or 0.0)])
                self._tell(turn, who, "move", text, entry.date)
                continue
            if entry.kind == "corrects" and entry.done:
                self._corrected(self._entry_corrects(entry.entry))
            kind, text = _entry_in_words(entry)
            self._tell(turn, who, kind, text, entry.date)


_ENDS = {
    "walk_out": "walked out",
    "leave": "walked out",
    "give_up": "gave the paused talks up",
    "renege": "went back on the package",
}
_SAID = {
    "ask": "asked for: {}",
    "propose": "proposed a package: {}",
    "reject": "turned the package down",
    "withdraw": "took the proposed package back",
}


def _entry_in_words(entry: Recorded) -> tuple[str, str]:
    """Kind and words of what a history tells beside gifts."""
    if not entry.done:
        return "note", f"could not be: {entry.label or entry.kind}"
    return {
        "corrects": ("correction", f"made good what was short: {entry.label}"),
        "demands": ("demand", f"{entry.label or 'demanded what lies across a red line'}: refused, a slight"),
        "pauses": ("pause", entry.label or "The talks pause"),
        "resumes": ("resume", entry.label or "The talks are taken up again"),
        "happens": ("event", f"Event: {entry.label}"),
    }.get(entry.kind, ("note", entry.label))
