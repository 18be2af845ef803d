"""What the rules read and write: `Terms` of the negotiation and its evolving `State`.

Every field is a flat sequence; its annotation says how long it is:

=================  ==========================================================================
size               length
=================  ==========================================================================
``one``            1 (a scalar that can be written to, or packed beside the others)
``side``           2, by side
``concession``     number of concessions (C)
``requirement``    number of `requires` entries over all concessions
``offset``         C + 1, where each concession's requirements begin
``event``          number of events (E)
``event_side``     2·E, event-major: ``2*e + side``
``event_cost``     E·C, event-major: ``C*e + c``
``strike``         number of scripted strikes
``counter``        number of counters times C, counter-major: ``C*k + c``
``turn``           number of turns (H)
``entry``          number of entries of the history
=================  ==========================================================================

Sizes that would be 0 are padded to 1.  Points are the unit of value and cost.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple, Protocol


class Floats(Protocol):
    """A mutable sequence of floats: a list, or a float64 array."""

    def __getitem__(self, index: int, /) -> float: ...
    def __setitem__(self, index: int, value: float, /) -> None: ...
    def __len__(self) -> int: ...


class Ints(Protocol):
    """A mutable sequence of whole numbers: a list, or an int64 array."""

    def __getitem__(self, index: int, /) -> int: ...
    def __setitem__(self, index: int, value: int, /) -> None: ...
    def __len__(self) -> int: ...


OneInt = Annotated[Ints, "one"]
SideFloats = Annotated[Floats, "side"]
SideInts = Annotated[Ints, "side"]
ConcessionFloats = Annotated[Floats, "concession"]
ConcessionInts = Annotated[Ints, "concession"]


class Terms(NamedTuple):
    """What the scenario says.  Side fields are named as in `scenario.side.Side`.

    Fields under "derived" are filled by `rules.begin.prepare` from the others.
    """

    # The clock.
    turns: OneInt
    first_mover: OneInt

    # One side's parameters.
    initial_trust: SideFloats
    prior_strength: SideFloats
    negativity: SideFloats
    evidence_kept: SideFloats
    full_weight: SideFloats
    lag: SideInts
    correction_credit: SideFloats
    slight: SideFloats
    caution: SideFloats
    reciprocity: SideFloats
    initiative: SideFloats
    trust_threshold: SideFloats
    opening: SideFloats
    max_step: SideFloats
    generosity: SideFloats
    inverse_response: SideFloats
    pace: SideFloats
    grit_turns: SideInts
    memory: SideFloats
    exposure: SideFloats
    max_readiness: SideFloats
    firmness: SideFloats
    reliability: SideFloats
    shortfall_floor: SideFloats
    sham: SideFloats
    correction: SideFloats
    tranche: SideFloats
    ambition: SideFloats
    outside_option: SideFloats
    bonus: SideFloats
    patience: SideInts
    doubt: SideFloats
    resume: SideFloats
    abandon: SideFloats
    break_trust: SideFloats
    break_turns: SideInts
    strategy: SideInts  # number in the strategy registry
    snapback: SideInts  # 1: takes back what is reversible

    # The catalogue.  Concessions of side 0 stand at 0 … span[1]-1, those of side 1 after them.
    span: Annotated[Ints, "span"]  # (0, number of side 0's, C)
    giver: ConcessionInts
    value: ConcessionFloats  # of the whole, to the receiver, points
    base_cost: ConcessionFloats  # of the whole, to the giver, points
    severity: ConcessionFloats  # summed over its soft red lines, before firmness, points
    units: ConcessionInts
    status: ConcessionInts  # 1: a status good
    reversible: ConcessionInts
    institution: ConcessionInts
    hard: ConcessionInts  # 1: behind a hard red line
    soft: ConcessionInts  # 1: behind a soft one
    requires_from: Annotated[Ints, "offset"]
    requires: Annotated[Ints, "requirement"]
    rotation: ConcessionFloats  # in [0, 1): where on the shared draw its hazard lies

    # Events.
    n_events: OneInt
    event_rate: Annotated[Floats, "event"]
    event_rotation: Annotated[Floats, "event"]
    event_pause: Annotated[Ints, "event"]
    event_evidence: Annotated[Floats, "event_side"]  # against that side
    event_factor: Annotated[Floats, "event_cost"]  # on the cost of a concession
    event_length: Annotated[Ints, "event_cost"]  # turns it lasts; 0: no effect
    n_strikes: OneInt
    strike_turn: Annotated[Ints, "strike"]
    strike_event: Annotated[Ints, "strike"]

    # The history: what is known to have happened before play begins, in its order.
    handover: OneInt  # turns 0 … handover-1 are scripted; 0: none are
    turn_days: OneInt
    n_entries: OneInt
    entry_kind: Annotated[Ints, "entry"]  # what it does: codes.HISTORY
    entry_what: Annotated[Ints, "entry"]  # a concession, an event or a side, by number
    entry_units: Annotated[Ints, "entry"]
    entry_day: Annotated[Floats, "entry"]  # days since the start
    entry_days: Annotated[Floats, "entry"]  # give or take so many
    entry_share: Annotated[Floats, "entry"]  # delivered on the day
    entry_shares: Annotated[Floats, "entry"]  # give or take so much
    entry_rotation: Annotated[Floats, "entry"]  # in [0, 1): where on the shared draws its own lie

    # What is counted.
    n_counters: OneInt
    counted: Annotated[Floats, "counter"]  # how many in the whole of a concession

    # Derived.
    closed: ConcessionInts  # 1: can never be given (barred, worthless, or needs one that is)
    total: SideFloats  # points a side can give in all
    demandable: SideInts  # 1: the other wants something behind this side's red lines
    sorted: ConcessionInts  # each side's concessions, most value per cost first
    unit: ConcessionFloats  # points in one unit of it
    prior_kept: SideFloats  # a₀
    prior_broken: SideFloats  # b₀
    n_institutions: OneInt
    n_movable: OneInt
    movable: ConcessionInts  # concessions whose cost an event can move; the first n_movable


class State(NamedTuple):
    """What has happened so far.  `rules.begin.begin` sets it to the start of a negotiation."""

    # Trust: i's evidence on the other's delivering, in full-weight moves.
    kept: SideFloats  # a
    broken: SideFloats  # b
    trust_before: SideFloats  # at its last own turn
    low_trust: SideInts  # own turns in a row under break_trust

    # Steps.
    step: SideFloats  # x, last desired step
    readiness: SideFloats  # R, saved up
    perceived: SideFloats  # ŷ, the other's last step as perceived
    last_delivered: SideFloats  # points the other delivered on its last turn seen
    unanswered: SideInts  # own turns in a row on which the other was seen silent
    ambition_left: SideFloats  # chance of a demand, halved by each rebuff

    # Points.
    given: SideFloats  # delivered by the side
    received: SideFloats  # delivered to the side, as far as it has seen
    paid: SideFloats  # cost of what it delivered
    retaken: SideFloats  # points it took back at the end (snapback)
    refunded: SideFloats  # cost that came back with them

    # The catalogue.
    announced_units: ConcessionInts
    delivered: ConcessionFloats  # fraction of the whole
    short: ConcessionFloats  # fraction announced but not delivered
    short_from: ConcessionInts  # turn in which it fell short; -1: never
    credit: ConcessionFloats  # evidence regained if the shortfall is made good, before η
    cost: ConcessionFloats  # of the whole, now
    paid_for: ConcessionFloats  # what its giver paid for it
    order: ConcessionInts  # each side's concessions, most value per cost first, now
    cost_until: Annotated[Ints, "event_cost"]  # turn before which the effect lasts; 0: none
    package: ConcessionInts  # 1: its remainder is in the package agreed
    package_total: SideFloats  # points in the package when it was agreed

    # The dialogue.
    mode: OneInt
    outcome: OneInt
    deal_turn: OneInt  # -1: no package yet
    idle: OneInt  # idle turns in a row
    quiet: OneInt  # turns in a row without an announcement
    pause_from: OneInt  # turn in which the present pause began
    status_acts: OneInt  # in the present pause
    costs_hold: OneInt  # turn in which the first effect on costs ends; 0: none is in force
    n_short: OneInt  # concessions announced but short
    n_standing: OneInt  # institutions delivered in full
    marked: OneInt  # 1: `chosen` or `corrected` hold something

    # This turn, overwritten by the next.
    act: OneInt
    chosen: ConcessionInts  # units announced
    corrected: ConcessionInts  # 1: shortfall made good
    struck: Annotated[Ints, "event"]
    pause_reason: OneInt

    # Each turn, for what is seen later.
    announced: Annotated[Floats, "turn"]  # points
    fraction: Annotated[Floats, "turn"]  # delivered of them, on the day
    forced: Annotated[Ints, "turn"]  # 1: the talks were paused, so that silence says nothing
    aside: Annotated[Floats, "turn"]  # points announced by the other than the mover (history only)
    aside_fraction: Annotated[Floats, "turn"]  # delivered of them, on the day

    # The history as this run draws it.
    entry_next: OneInt  # the next entry
    entry_due: OneInt  # the turn in which it falls
    entry_drawn: Annotated[Floats, "entry"]  # day on which it fell
    entry_delivered: Annotated[Floats, "entry"]  # share delivered on the day
    entry_done: Annotated[Ints, "entry"]  # what has become of it: codes.AHEAD, DONE, …
    refused: OneInt  # the first entry that the rules forbid; -1: none
    refusal: OneInt  # why

    # Counts.
    n_moves: OneInt
    n_shortfalls: OneInt
    n_corrections: OneInt
    n_pauses: OneInt
    n_paused_turns: OneInt
    n_slights: OneInt
    n_events: OneInt
