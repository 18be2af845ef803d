"""Why a run ended as it did, in plain words with the numbers that decided it."""

from __future__ import annotations

from bargain_sim.codes import (
    BARGAIN_UNDER_WAY,
    GIVE_UP,
    GRAND_BARGAIN,
    PIECEMEAL,
    RENEGE,
    STALL,
    WALK_OUT,
)
from bargain_sim.rules.dialogue import STALL_SHARE, STALL_TURNS
from bargain_sim.rules.package import (
    delivered_share,
    institutions_stand,
    net_worth,
    propose_everything,
)
from bargain_sim.rules.state import State, Terms
from bargain_sim.rules.turn import mover_of
from bargain_sim.scenario.pack import Packed, as_copy
from bargain_sim.scenario.schema import Scenario

__all__ = ["cause_of"]


def cause_of(scenario: Scenario, packed: Packed, terms: Terms, state: State, played: int) -> str:
    """The cause of the ending of a finished run of `played` turns; empty while it runs."""
    outcome = state.outcome[0]
    if state.act[0] in (WALK_OUT, GIVE_UP, RENEGE):
        return _who_left(scenario, terms, state, played)
    if outcome == GRAND_BARGAIN:
        took = played - state.deal_turn[0]
        agreed = scenario.date_of(state.deal_turn[0])
        return f"The package was agreed on {agreed} and carried out within {_turns(took)}."
    if outcome == BARGAIN_UNDER_WAY:
        shares = _both(scenario, [f"{100 * delivered_share(terms, state, i):.0f} %" for i in range(2)])
        agreed = scenario.date_of(state.deal_turn[0])
        return f"The package was agreed on {agreed}; of its part, {shares} had been delivered."
    if outcome in (STALL, PIECEMEAL):
        return f"{_how_little(terms, state)} {_why_no_package(scenario, packed, terms, state)}"
    return ""


def _who_left(scenario: Scenario, terms: Terms, state: State, played: int) -> str:
    name = scenario.side_ids[mover_of(terms, played - 1)]
    side = scenario.sides[name]
    if state.act[0] == WALK_OUT:
        return (
            f"{side.label} walked out: its trust had stayed below {float(side.break_trust):g} for "
            f"{int(side.break_turns)} of its own turns in a row."
        )
    if state.act[0] == GIVE_UP:
        return f"{side.label} gave the paused talks up."
    return f"{side.label} reneged: what was still to come seemed worth less to it than what it still owed."


def _how_little(terms: Terms, state: State) -> str:
    possible = terms.total[0] + terms.total[1]
    share = (state.given[0] + state.given[1]) / possible if possible > 0 else 0.0
    given = f"{100 * share:.0f} % of all that both could give was given"
    if state.outcome[0] == STALL and state.quiet[0] >= STALL_TURNS:
        return f"{given}, but nothing was announced in the last {_turns(state.quiet[0])}."
    if state.outcome[0] == STALL:
        return f"Only {given}, less than {100 * STALL_SHARE:.0f} %."
    return f"{given}."


def _why_no_package(scenario: Scenario, packed: Packed, terms: Terms, state: State) -> str:
    if not institutions_stand(terms, state):
        missing = [
            scenario.concessions[name].label
            for c, name in enumerate(packed.concession_ids)
            if terms.institution[c] == 1 and state.delivered[c] < 1.0
        ]
        return f"A package could not be struck: still missing was {', '.join(missing)}."
    whole = as_copy(state)
    propose_everything(terms, whole)
    worth = _both(scenario, [f"{net_worth(terms, whole, i):.1f}".replace("-", "−") for i in range(2)])
    wanted = _both(scenario, [f"{terms.outside_option[i]:.4g}" for i in range(2)])
    return (
        "No package suited both: all that was left to give was worth, net of its cost and at cautious "
        f"trust, {worth} points; wanted were at least {wanted}."
    )


def _both(scenario: Scenario, values: list[str]) -> str:
    """`9.3 to Washington and 12.0 to Minsk`, said once where both are the same."""
    if values[0] == values[1]:
        return values[0]
    labels = [side.label for side in scenario.sides.values()]
    return " and ".join(f"{value} ({label})" for value, label in zip(values, labels, strict=True))


def _turns(n: int) -> str:
    return "1 turn" if n == 1 else f"{n} turns"
