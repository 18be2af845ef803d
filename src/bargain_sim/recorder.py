"""Writing a negotiation down while it is played: states before and after a turn become what people read."""

from __future__ import annotations

import datetime as dt
from typing import Any

from bargain_sim.codes import (
    ACTS,
    GRAND_BARGAIN,
    HISTORY,
    KINDS,
    MODES,
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
from bargain_sim.scenario.pack import Packed
from bargain_sim.scenario.schema import Scenario
from bargain_sim.strategies import STRATEGIES, explain
from bargain_sim.transcript import Announcement, Item, Recorded, Said, Transcript, Turn

__all__ = ["Recorder", "summary_row"]


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
