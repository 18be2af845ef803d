"""Whether a history may have happened: it is played once, by the rules of any move, before anything else.

What the rules forbid there is refused with its line; the rules themselves stand in `rules.history`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from bargain_sim.codes import (
    ALREADY_PAUSED,
    MATERIAL_IN_A_PAUSE,
    NOT_MET,
    NOTHING_BARRED,
    NOTHING_SHORT,
    RED_LINE,
    SLOTS,
    TOO_MANY,
)
from bargain_sim.rules.begin import begin, prepare
from bargain_sim.rules.state import State, Terms
from bargain_sim.rules.turn import turn
from bargain_sim.scenario.checks import nearest, red_line_on
from bargain_sim.scenario.history import Entry, History
from bargain_sim.scenario.pack import pack
from bargain_sim.scenario.quantity import fault
from bargain_sim.scenario.schema import Scenario

__all__ = ["check_history"]


def check_history(scenario: Scenario) -> None:
    """Raise the first thing that does not hang together in a scenario's history.

    That is asked where play begins at its end only: a scenario that extends one with a history may have
    other red lines, or do without an event.
    """
    history = scenario.history
    if history is None:
        if scenario.start == "record":
            raise fault("start", "there is no history whose end could be the start",
                        "Write a `history`, or `start: beginning`")  # fmt: skip
        return
    if scenario.start == "record":
        for name, entry in history.entries.items():
            _check_names(scenario, name, entry)
        _check_days(scenario, history)
        _recount(scenario, history)


def _check_days(scenario: Scenario, history: History) -> None:
    days = {f"entries.{name}.date": entry.date for name, entry in history.entries.items()}
    for key, day in (days | {"until": history.until}).items():
        if day < scenario.start_date:
            raise fault(
                f"history.{key}", f"{day} lies before the start, {scenario.start_date}",
                "Choose a later date, or let the scenario start earlier",
            )  # fmt: skip
    if scenario.handover >= int(scenario.turns):
        last = scenario.date_of(int(scenario.turns)) - dt.timedelta(days=1)
        raise fault(
            "history.until", f"nothing is left to be played: the negotiation ends on {last}",
            "Give it more `turns`, or let the history end earlier",
        )  # fmt: skip


def _check_names(scenario: Scenario, name: str, entry: Entry) -> None:
    where = f"history.entries.{name}"
    named: list[tuple[str, str, Mapping[str, object]]]
    named = [(f"gives.{concession}", concession, scenario.concessions) for concession in entry.gives]
    named += [
        (key, said, known)
        for key, said, known in (
            ("event", entry.event, scenario.events),
            ("corrects", entry.corrects, scenario.concessions),
            ("demands", entry.demands, scenario.sides),
            ("note", entry.note, scenario.sides),
        )
        if said is not None
    ]
    for key, said, known in named:
        if said not in known:
            what = {"demands": "side", "note": "side", "event": "event"}.get(key, "concession")
            raise fault(f"{where}.{key}", f"there is no {what} `{said}`", nearest(said, known))
    givers = {scenario.concessions[concession].giver for concession in entry.gives}
    if len(givers) > 1:
        raise fault(f"{where}.gives", "both sides give here", "Write an entry for each side")


def _recount(scenario: Scenario, history: History) -> None:
    """Play the scripted turns as stated, and with every uncertain share as low and as high as it may be.

    Refuses what the rules refuse; but that nothing is left to correct, where a share is as high as it may
    be, is no fault: the correction then has no effect.
    """
    _play(scenario, history, 0.0)
    if history.uncertain == "drawn":
        _play(scenario, history, -1.0)
        _play(scenario, history, 1.0)


def _play(scenario: Scenario, history: History, swing: float) -> None:
    """Play it with every uncertain share moved by `swing` of its `delivered_give_or_take`."""
    entries = {name: _moved(entry, swing) for name, entry in history.entries.items()}
    stated = history.model_copy(update={"uncertain": "stated", "entries": entries})
    packed = pack(scenario.model_copy(update={"history": stated}))
    terms, state = packed.lists()
    prepare(terms, state)
    begin(terms, state)
    draws = [0.0] * (SLOTS * packed.sizes.turns)
    for t in range(scenario.handover):
        turn(terms, state, draws, t)
        if state.refused[0] >= 0:
            if swing > 0.0 and state.refusal[0] == NOTHING_SHORT:
                state.refused[0] = -1
                continue
            name = packed.entry_ids[state.refused[0]]
            entry = history.entries[name]
            raise _refused(scenario, packed.concession_ids, terms, state, name, entry)


def _moved(entry: Entry, swing: float) -> Entry:
    if swing == 0.0 or entry.delivered is None or entry.delivered_give_or_take is None:
        return entry
    share = float(entry.delivered) + swing * float(entry.delivered_give_or_take)
    moved = entry.delivered.model_copy(update={"value": min(max(share, 0.0), 1.0)})
    return entry.model_copy(update={"delivered": moved})


def _refused(
    scenario: Scenario, names: tuple[str, ...], terms: Terms, state: State, name: str, entry: Entry
) -> Exception:
    s = state.refused[0]
    what = terms.entry_what[s]
    key = next(k for k in ("gives", "corrects", "demands", "dialogue", "event") if getattr(entry, k))
    path = f"history.entries.{name}.{key}"
    why = state.refusal[0]
    if key == "gives":
        path += f".{names[what]}"
    if why == RED_LINE:
        concession = scenario.concessions[names[what]]
        tag = red_line_on(scenario, concession)
        line = f"the red line `{tag}` of {concession.giver}" if tag else "what can never be given"
        return fault(path, f"`{names[what]}` lies behind {line}", "Take it out, or the red line")
    if why == NOT_MET:
        needed = [
            f"`{required}`"
            for required in scenario.concessions[names[what]].requires
            if state.delivered[names.index(required)] < 1.0
        ]
        drawn = " in every run" if scenario.history and scenario.history.uncertain == "drawn" else ""
        return fault(
            path, f"`{names[what]}` requires {', '.join(needed)}, not yet delivered in full{drawn}",
            "Let the history give that first, or take it out of `requires`",
        )  # fmt: skip
    if why == TOO_MANY:
        left = terms.units[what] - state.announced_units[what]
        problem = f"of `{names[what]}` only {left} units are left"
        return fault(path, problem, "Give fewer, or give it more `units`")
    if why == MATERIAL_IN_A_PAUSE:
        return fault(
            path, f"`{names[what]}` is material, and the talks are paused",
            "Let the dialogue resume first: in a pause only status goods may be given",
        )  # fmt: skip
    if why == NOTHING_SHORT:
        problem = f"nothing of `{names[what]}` is short"
        remedy = "Let it be given with `delivered` under 1 first, or write `occurs: false` here"
        return fault(path, problem, remedy)
    if why == NOTHING_BARRED:
        other = scenario.side_ids[1 - what]
        problem = f"there is nothing behind a red line of `{other}` to demand"
        return fault(path, problem, "Take the demand out")
    if why == ALREADY_PAUSED:
        return fault(
            path, "the talks are paused already", "Let the dialogue resume first, or take the entry out"
        )
    return fault(path, "the talks are not paused", "Take it out, or let them pause first")
