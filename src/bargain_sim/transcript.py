"""What happened in one negotiation, turn by turn: the same from every host."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from bargain_sim.codes import (
    ACTS,
    GRAND_BARGAIN,
    HISTORY,
    KINDS,
    MODES,
    OUTCOME_LABEL,
    OUTCOME_TEXT,
    OUTCOMES,
    PAUSE_REASONS,
    PAUSED,
    REFUSED,
)
from bargain_sim.endings import cause_of
from bargain_sim.rules.delivery import utility
from bargain_sim.rules.limits import barred
from bargain_sim.rules.move import style_of, view_of
from bargain_sim.rules.state import State, Terms
from bargain_sim.rules.summary import COLUMNS, summarise
from bargain_sim.rules.trust import trust
from bargain_sim.rules.turn import mover_of
from bargain_sim.scenario.columns import result_columns
from bargain_sim.scenario.drawn import drawn_values
from bargain_sim.scenario.pack import Packed
from bargain_sim.scenario.schema import Scenario
from bargain_sim.showing.negotiation import negotiation
from bargain_sim.strategies import STRATEGIES, explain

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Announcement", "Item", "Recorded", "Recorder", "Said", "Transcript", "Turn", "summary_row"]


@dataclass(frozen=True)
class Item:
    """Units of one concession, announced together: `units` of its `of`, worth `points`."""

    concession: str
    label: str
    kind: str
    units: int
    of: int
    points: float


@dataclass(frozen=True)
class Announcement:
    """What one side announced in a turn, and the share of it that was delivered on the day."""

    side: str
    items: tuple[Item, ...]
    announced: float
    fraction: float


@dataclass(frozen=True)
class Recorded:
    """One entry of the history as this run has it: its id, its day, what it did, and to what.

    `kind` is one of codes.HISTORY, `item` what was given, `fraction` the share delivered on the day.
    `done` is False where it could not be as this run drew it: nothing came of it.
    """

    entry: str
    date: dt.date
    kind: str
    side: str
    label: str
    item: Item | None = None
    fraction: float | None = None
    done: bool = True


@dataclass(frozen=True)
class Said:
    """What a side said where people sit: ask, demand, propose, withdraw, accept, reject, words, seat."""

    kind: str
    concessions: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Turn:
    """One turn.  `mode`, `trust`, `given` and `utility` are those after it; points throughout.

    `fraction` is the share of what was announced that was delivered on the day (None: nothing was
    announced); `step` is the step the mover's strategy asked for and `why` how it came to it (None
    and empty when it was not asked: in a pause, a demand, a package).  When a package is `agreed`,
    `package` names the concessions in it and `struck` those that were left out to make both content.
    In a turn that a history tells, `act` is `record`, `record` holds its entries, and `aside` what the
    other than the mover announced.  Where people sit, `said` is what the mover said.
    """

    turn: int
    date: dt.date
    mover: str
    mode: str
    act: str
    items: tuple[Item, ...]
    announced: float
    fraction: float | None
    step: float | None
    step_before: float
    perceived: float
    readiness: float
    events: tuple[str, ...]
    corrections: tuple[str, ...]
    paused_by: str
    resumed: bool
    agreed: bool
    trust: dict[str, float]
    given: dict[str, float]
    utility: dict[str, float]
    why: str
    package: tuple[str, ...] = ()
    struck: tuple[str, ...] = ()
    aside: Announcement | None = None
    record: tuple[Recorded, ...] = ()
    said: tuple[Said, ...] = ()

    @property
    def announcements(self) -> tuple[Announcement, ...]:
        """What was announced in this turn, the mover's first; the other's only in a history."""
        own = (
            (Announcement(self.mover, self.items, self.announced, self.fraction),)
            if self.fraction is not None
            else ()
        )
        return own if self.aside is None else (*own, self.aside)

    @property
    def demanded_by(self) -> tuple[str, ...]:
        """The sides that demanded what the other will not give, in this turn."""
        if self.act == "demand":
            return (self.mover,)
        return tuple(entry.side for entry in self.record if entry.kind == "demands" and entry.done)


@dataclass(frozen=True, repr=False)
class Transcript:
    """A whole negotiation: how it went (`moves`, one a turn), how it ended, by what `cause`, and its row."""

    scenario: Scenario
    seed: int
    run: int
    outcome: str
    turns: int
    deal_turn: int | None
    moves: tuple[Turn, ...]
    summary: dict[str, Any]
    cause: str = ""

    def __repr__(self) -> str:
        name, how = self.scenario.name, OUTCOME_LABEL[self.outcome].lower()
        return f"<Transcript of {name}, seed {self.seed}, run {self.run}: {how}, {self.turns} turns>"

    def _repr_html_(self) -> str:
        return negotiation(self)

    @property
    def parameters(self) -> dict[str, Any] | None:
        """What this run has drawn of its scenario's parameters: `file`, `sha256`, `row` (from 0), `values`.

        `values` are by column of the file, which is a path as `--set` takes it.  None where it drew none.
        """
        known, values = self.scenario.parameters, drawn_values(self.scenario)
        if known is None or not values:
            return None
        return {"file": known.file, "sha256": known.sha256, "row": known.row, "values": values}

    @property
    def ending(self) -> str:
        """How the run ended and why, in plain words."""
        return f"{OUTCOME_TEXT[self.outcome]} {self.cause}".strip()

    def to_dict(self) -> dict[str, Any]:
        """Plain data: scenario name, seed, run, summary, ending, and the turns."""
        return {
            "scenario": self.scenario.name,
            "seed": self.seed,
            "run": self.run,
            "note": "scenario exploration, not prediction",
            **({} if self.parameters is None else {"parameters": self.parameters}),
            "outcome": self.outcome,
            "ending": self.ending,
            "summary": self.summary,
            "moves": [_plain(turn) for turn in self.moves],
        }

    def to_json(self) -> str:
        """One JSON object; numbers keep every bit."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False)

    def to_frame(self) -> pd.DataFrame:
        """One row a turn, for pandas; what was announced is a text column."""
        import pandas as pd

        sides = self.scenario.side_ids
        rows = [
            {
                "turn": turn.turn,
                "date": pd.Timestamp(turn.date),
                "mover": turn.mover,
                "mode": turn.mode,
                "act": turn.act,
                "concessions": "; ".join(
                    f"{item.units} × {item.concession}"
                    for announcement in turn.announcements
                    for item in announcement.items
                ),
                "announced": turn.announced,
                "fraction": turn.fraction,
                "step": turn.step,
                "readiness": turn.readiness,
                **{f"trust_{side}": turn.trust[side] for side in sides},
                **{f"given_{side}": turn.given[side] for side in sides},
                **{f"utility_{side}": turn.utility[side] for side in sides},
                "events": "; ".join(turn.events),
                "corrections": "; ".join(turn.corrections),
            }
            for turn in self.moves
        ]
        return pd.DataFrame(rows)


def _plain(turn: Turn) -> dict[str, Any]:
    record = [asdict(entry) | {"date": entry.date.isoformat()} for entry in turn.record]
    plain = asdict(turn) | {"date": turn.date.isoformat(), "record": record}
    if not turn.said:
        del plain["said"]
    return plain


class Recorder:
    """Watches a negotiation from outside the rules and writes down each turn.

    Call `before(state)` and `after(terms, state, t)` around every turn; any host can.
    """

    def __init__(self, scenario: Scenario, packed: Packed) -> None:
        self.scenario = scenario
        self.packed = packed
        self.turns: list[Turn] = []
        self._steps = (0.0, 0.0)
        self._saved = (0.0, 0.0)
        self._mode = 0
        self._entry = 0

    def before(self, state: State) -> None:
        """Remember what the turn will overwrite."""
        self._steps = (state.step[0], state.step[1])
        self._saved = (state.readiness[0], state.readiness[1])
        self._mode = state.mode[0]
        self._entry = state.entry_next[0]

    def after(
        self, terms: Terms, state: State, t: int, draw: float | None, said: tuple[Said, ...] = ()
    ) -> None:
        """Write turn t down; `draw` is the strategy's own draw of this turn (None: a person moved)."""
        sides = self.scenario.side_ids
        i = mover_of(terms, t)
        act = ACTS[state.act[0]]
        names = self.packed.concession_ids
        bargain = state.outcome[0] == GRAND_BARGAIN
        asked = draw is not None and state.mode[0] == 0 and act in ("silent", "concede")
        self.turns.append(
            Turn(
                turn=t,
                date=self.scenario.date_of(t),
                mover=sides[i],
                mode=MODES[state.mode[0]],
                act=act,
                items=self._items(terms, state, i),
                announced=state.announced[t],
                fraction=state.fraction[t] if state.announced[t] > 0.0 else None,
                step=state.step[i] if asked else None,
                step_before=self._steps[i],
                perceived=state.perceived[i],
                readiness=state.readiness[i],
                events=self._flagged(state.struck, self.packed.event_ids),
                corrections=self._flagged(state.corrected, self.packed.concession_ids),
                paused_by=PAUSE_REASONS[state.pause_reason[0]],
                resumed=self._mode == PAUSED and state.mode[0] != PAUSED,
                agreed=state.deal_turn[0] == t,
                package=self._flagged(state.package, names) if state.deal_turn[0] == t else (),
                struck=self._struck(terms, state) if state.deal_turn[0] == t else (),
                trust={side: trust(state, k) for k, side in enumerate(sides)},
                given={side: state.given[k] for k, side in enumerate(sides)},
                utility={side: utility(terms, state, k, bargain) for k, side in enumerate(sides)},
                why=self._why(terms, state, i, t, draw) if asked and draw is not None else "",
                aside=self._aside(terms, state, i, t),
                record=self._recorded(terms, state),
                said=said,
            )
        )

    def transcript(self, terms: Terms, state: State, seed: int, run: int) -> Transcript:
        """The finished transcript."""
        row = summary_row(self.scenario, terms, state, len(self.turns))
        return Transcript(
            scenario=self.scenario,
            seed=seed,
            run=run,
            outcome=row["outcome"],
            turns=row["turns"],
            deal_turn=row["deal_turn"],
            moves=tuple(self.turns),
            summary=row,
            cause=cause_of(self.scenario, self.packed, terms, state, len(self.turns)),
        )

    def _items(self, terms: Terms, state: State, giver: int) -> tuple[Item, ...]:
        return tuple(
            self._item(terms, c, state.chosen[c])
            for c in range(terms.span[giver], terms.span[giver + 1])
            if state.chosen[c]
        )

    def _item(self, terms: Terms, c: int, units: int) -> Item:
        name = self.packed.concession_ids[c]
        return Item(
            name,
            self.scenario.concessions[name].label,
            KINDS[0 if terms.status[c] else 1],
            units,
            terms.units[c],
            units * (terms.value[c] / terms.units[c]),
        )

    def _aside(self, terms: Terms, state: State, i: int, t: int) -> Announcement | None:
        """What the other than the mover announced: only a history may have it move, too."""
        if t >= terms.handover[0] or state.aside[t] <= 0.0:
            return None
        other = self.scenario.side_ids[1 - i]
        return Announcement(other, self._items(terms, state, 1 - i), state.aside[t], state.aside_fraction[t])

    def _recorded(self, terms: Terms, state: State) -> tuple[Recorded, ...]:
        """The entries of the history that fell into this turn."""
        history = self.scenario.history
        if history is None:
            return ()
        found = []
        for s in range(self._entry, state.entry_next[0]):
            name = self.packed.entry_ids[s]
            entry = history.entries[name]
            what, kind = terms.entry_what[s], HISTORY[terms.entry_kind[s]]
            item, side, label = None, "", entry.label
            if kind == "gives":
                item = self._item(terms, what, terms.entry_units[s])
            if kind in ("gives", "corrects"):
                concession = self.scenario.concessions[self.packed.concession_ids[what]]
                side, label = concession.giver, label or concession.label
            elif kind == "demands":
                side = self.scenario.side_ids[what]
            elif kind == "notes":
                side = entry.note or ""
            elif kind == "happens":
                label = label or self.scenario.events[self.packed.event_ids[what]].label
            day = self.scenario.start_date + dt.timedelta(days=int(state.entry_drawn[s]))
            share = state.entry_delivered[s] if item is not None else None
            done = state.entry_done[s] != REFUSED
            found.append(Recorded(name, day, kind, side, label, item, share, done))
        return tuple(found)

    def _struck(self, terms: Terms, state: State) -> tuple[str, ...]:
        return tuple(
            name
            for c, name in enumerate(self.packed.concession_ids)
            if not state.package[c] and state.delivered[c] < 1.0 and not barred(terms, state, c)
        )

    @staticmethod
    def _flagged(flags: Any, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name, flag in zip(names, flags, strict=False) if flag)

    def _why(self, terms: Terms, state: State, i: int, t: int, draw: float) -> str:
        # What the side saw when it decided: since then only x, R and what it gave have moved.
        taken = state.announced[t]
        see = view_of(terms, state, i, t, draw)._replace(
            step=self._steps[i],
            readiness=self._saved[i],
            given=state.given[i] - taken * state.fraction[t],
        )
        strategy = STRATEGIES[self.scenario.sides[self.scenario.side_ids[i]].strategy]
        return explain(strategy, see, style_of(terms, i), state.step[i])


def summary_row(scenario: Scenario, terms: Terms, state: State, played: int) -> dict[str, Any]:
    """The row of results of a finished run, with its columns named and typed for people."""
    counters = list(scenario.counters)
    out = [0.0] * (len(COLUMNS) + len(counters))
    summarise(terms, state, played, out, 0)
    row: dict[str, Any] = {}
    names = result_columns(scenario.side_ids, counters)
    for raw, name, value in zip([*COLUMNS, *counters], names, out, strict=True):
        if name != raw or name == "exchanged":  # one of a side's own numbers, or points
            row[name] = value
        elif name == "outcome":
            row[name] = OUTCOMES[int(value)]
        elif name == "deal_turn":
            row[name] = None if value < 0 else int(value)
        else:
            row[name] = int(value)
    return row
