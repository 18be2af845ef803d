"""What one side may see: its confidential score sheet, and what has happened at the table.

Never in here: the other's costs, red lines, outside option, bonus, trust and parameters, what its own
gifts are worth to the other, the draws, and what the other delivered before this side has verified it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from bargain_sim.codes import (
    GRAND_BARGAIN,
    MODES,
    OUTCOME_LABEL,
    OUTCOME_TEXT,
    OUTCOMES,
    PAUSE_REASONS,
    RUNNING,
)
from bargain_sim.narrate import CAVEAT
from bargain_sim.rules.delivery import utility
from bargain_sim.rules.trust import cautious_trust, trust
from bargain_sim.rules.turn import mover_of
from bargain_sim.table.applying import Position
from bargain_sim.table.story import Opening, Seen, Told, what_is_seen
from bargain_sim.transcript import Turn

_NOTHING = 1e-9  # of a concession: less is rounding

__all__ = ["Mine", "OnTheTable", "Theirs", "View", "view_for"]


@dataclass(frozen=True)
class Mine:
    """One line of the own sheet: what this side can give, and what it costs.

    `cost` is that of the whole, at today's prices, in points; `announced` counts units, `short` is the
    share of the whole that was announced and is not delivered.  `red_line` is `hard`, `soft` (given
    only while its cost is under its worth) or empty, and `barred` says whether it holds now.
    """

    concession: str
    label: str
    kind: str
    cost: float
    units: int
    announced: int
    short: float
    red_line: str
    barred: bool
    requires: tuple[str, ...]
    institution: bool
    reversible: bool


@dataclass(frozen=True)
class Theirs:
    """What the other can give, and the worth of the whole of it to this side, in points.

    `announced` counts units, `delivered` those seen to be delivered, `unseen` those of which that is not
    known yet.  `refused`: this side has demanded it, and it lies across a red line.
    """

    concession: str
    label: str
    kind: str
    value: float
    units: int
    announced: int
    delivered: float
    unseen: int
    requires: tuple[str, ...]
    institution: bool
    refused: bool


@dataclass(frozen=True)
class OnTheTable:
    """A package that is proposed (`by` you or they) or agreed (`both`): what is still to come by it.

    `cost` and `worth` are those of the rest, in this side's points.
    """

    by: str
    yours: tuple[str, ...]
    theirs: tuple[str, ...]
    cost: float
    worth: float


@dataclass(frozen=True)
class View:
    """All that one side may see.

    `score` is what it has: received (as far as seen) minus paid, and at the end its payoff by the rules.
    `trust` is its own in the other, from 0 to 1; `trust_by_turn` the same after each turn.  Of the other's
    announcements it has seen the outcome of `promises`, and `kept` of them were delivered in full.
    """

    note: str
    title: str
    side: str
    label: str
    other: str
    other_label: str
    turn: int
    turns: int
    turn_days: int
    date: dt.date
    mode: str
    over: bool
    your_turn: bool
    outcome: str
    ending: str
    score: float
    received: float
    paid: float
    outside_option: float
    bonus: float
    trust: float
    cautious_trust: float
    trust_by_turn: tuple[float, ...]
    promises: int
    kept: int
    gives: tuple[Mine, ...]
    receives: tuple[Theirs, ...]
    package: OnTheTable | None
    offer: OnTheTable | None
    story: tuple[Told, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as JSON knows it."""
        # By hand: `asdict` copies every line of a long story three times over, for each player and turn.
        plain = dict(vars(self)) | {"date": self.date.isoformat()}
        plain |= {name: tuple(map(_plain, plain[name])) for name in ("gives", "receives")}
        plain |= {name: plain[name] and _plain(plain[name]) for name in ("package", "offer")}
        plain["story"] = tuple(vars(line) | {"date": line.date.isoformat()} for line in self.story)
        return plain


def _plain(line: Mine | Theirs | OnTheTable) -> dict[str, Any]:
    return dict(vars(line))


def view_for(here: Position, turns: tuple[Turn, ...], i: int, *, opened: bool) -> View:
    """What side i may see of a position and of the turns before it; `opened`: the turn's news are out."""
    scenario, terms, state = here.scenario, here.terms, here.state
    side, other = scenario.side_ids[i], scenario.side_ids[1 - i]
    own = scenario.sides[side]
    outcome = state.outcome[0]
    over = outcome != RUNNING
    seen = what_is_seen(scenario, turns, side, _opening(here) if opened else None)
    paid = state.paid[i]
    score = state.received[i] - paid
    if over:
        score = utility(terms, state, i, outcome == GRAND_BARGAIN)
    return View(
        note=CAVEAT,
        title=scenario.title,
        side=side,
        label=own.label,
        other=other,
        other_label=scenario.sides[other].label,
        turn=here.t,
        turns=terms.turns[0],
        turn_days=terms.turn_days[0],
        date=scenario.date_of(here.t),
        mode=MODES[state.mode[0]],
        over=over,
        your_turn=False,
        outcome=OUTCOMES[outcome] if over else "",
        ending=f"{OUTCOME_LABEL[OUTCOMES[outcome]]}. {OUTCOME_TEXT[OUTCOMES[outcome]]}" if over else "",
        score=score,
        received=state.received[i],
        paid=paid,
        outside_option=terms.outside_option[i],
        bonus=terms.bonus[i],
        trust=trust(state, i),
        cautious_trust=cautious_trust(terms, state, i),
        trust_by_turn=tuple(turn.trust[side] for turn in turns),
        promises=seen.promises,
        kept=seen.kept,
        gives=tuple(_mine(here, c) for c in range(terms.span[i], terms.span[i + 1])),
        receives=tuple(_theirs(here, c, seen) for c in range(terms.span[1 - i], terms.span[2 - i])),
        package=_on_table(here, i, "both", state.package, seen) if state.deal_turn[0] >= 0 else None,
        offer=None
        if here.offer.by[0] < 0 or over
        else _on_table(here, i, "you" if here.offer.by[0] == i else "they", here.offer.inside, seen),
        story=tuple(seen.story),
    )


def _opening(here: Position) -> Opening:
    names, events = here.packed.concession_ids, here.packed.event_ids
    return Opening(
        turn=here.t,
        date=here.scenario.date_of(here.t),
        mover=here.scenario.side_ids[mover_of(here.terms, here.t)],
        events=tuple(name for e, name in enumerate(events) if here.state.struck[e]),
        corrections=tuple(name for c, name in enumerate(names) if here.state.corrected[c]),
        paused_by=PAUSE_REASONS[here.state.pause_reason[0]],
    )


def _mine(here: Position, c: int) -> Mine:
    terms, state = here.terms, here.state
    name = here.packed.concession_ids[c]
    concession = here.scenario.concessions[name]
    hard, soft = terms.hard[c] == 1, terms.soft[c] == 1
    return Mine(
        concession=name,
        label=concession.label,
        kind=concession.kind,
        cost=state.cost[c],
        units=terms.units[c],
        announced=state.announced_units[c],
        short=state.short[c],
        red_line="hard" if hard else "soft" if soft else "",
        barred=hard or (soft and state.cost[c] > terms.value[c]),
        requires=concession.requires,
        institution=concession.institution,
        reversible=concession.reversible,
    )


def _theirs(here: Position, c: int, seen: Seen) -> Theirs:
    name = here.packed.concession_ids[c]
    concession = here.scenario.concessions[name]
    return Theirs(
        concession=name,
        label=concession.label,
        kind=concession.kind,
        value=here.terms.value[c],
        units=here.terms.units[c],
        announced=here.state.announced_units[c],
        delivered=seen.delivered.get(name, 0.0),
        unseen=seen.unseen.get(name, 0),
        requires=concession.requires,
        institution=concession.institution,
        refused=name in seen.refused,
    )


def _on_table(here: Position, i: int, by: str, inside: Any, seen: Seen) -> OnTheTable:
    """A package as side i reckons it: what the rest of its part costs, what the rest of theirs is worth."""
    terms, state, names = here.terms, here.state, here.packed.concession_ids
    yours: list[str] = []
    theirs: list[str] = []
    cost = worth = 0.0
    for c in range(terms.span[2]):
        if not inside[c]:
            continue
        if terms.giver[c] == i:
            rest = 1.0 - state.delivered[c]
            cost += rest * state.cost[c]
        else:
            # What is announced and not seen yet counts as delivered: to see more would be to know it.
            had = seen.delivered.get(names[c], 0.0) + seen.unseen.get(names[c], 0)
            rest = 1.0 - had / terms.units[c]
            worth += max(0.0, rest) * terms.value[c]
        if rest > _NOTHING:
            (yours if terms.giver[c] == i else theirs).append(names[c])
    return OnTheTable(by, tuple(yours), tuple(theirs), cost, worth)
