"""What must hold between the parts of a scenario, each with the words that say how to mend it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from difflib import get_close_matches

from bargain_sim.scenario.quantity import fault
from bargain_sim.scenario.schema import Concession, Scenario
from bargain_sim.strategies import STRATEGIES

__all__ = ["check_scenario", "nearest", "red_line_on"]


def nearest(word: str, known: Iterable[str]) -> str:
    """`Did you mean …?` or the list of what is known."""
    names = list(known)
    close = get_close_matches(str(word), names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean `{close[0]}`?"
    return "Known are: " + ", ".join(f"`{name}`" for name in names)


def check_scenario(scenario: Scenario) -> None:
    """Raise the first thing that does not hang together, naming its path and remedy."""
    _check_sides(scenario)
    _check_concessions(scenario)
    _check_requires_has_no_cycle(scenario)
    _check_events_and_counters(scenario)
    _check_institutions(scenario)


def red_line_on(scenario: Scenario, concession: Concession) -> str | None:
    """The tag by which a hard red line of its giver (or a soft one that counts as hard) bars it."""
    giver = scenario.sides[concession.giver]
    extra = 0.0
    soft_tag: str | None = None
    for tag in concession.tags:
        line = giver.red_lines.get(tag)
        if line is None:
            continue
        if line.kind == "hard":
            return tag
        soft_tag = tag
        extra += float(line.severity or 0.0) * float(giver.firmness)
    if soft_tag is not None and float(concession.cost) + extra > float(concession.value):
        return soft_tag
    return None


def _check_sides(scenario: Scenario) -> None:
    if len(scenario.sides) != 2:
        raise fault(
            "sides", f"a negotiation has two sides, here are {len(scenario.sides)}",
            "Name exactly two",
        )  # fmt: skip
    if "both" in scenario.sides:
        raise fault("sides.both", "`both` is no side's id", "It stands for the two sides together")
    if scenario.first_mover not in scenario.sides:
        raise fault(
            "first_mover", f"there is no side `{scenario.first_mover}`",
            nearest(scenario.first_mover, scenario.sides),
        )  # fmt: skip
    for name, side in scenario.sides.items():
        if side.strategy not in STRATEGIES:
            raise fault(
                f"sides.{name}.strategy", f"there is no strategy `{side.strategy}`",
                nearest(side.strategy, STRATEGIES),
            )  # fmt: skip
        if side.strategy == "comparative" and float(side.reciprocity) == 0.0:
            raise fault(
                f"sides.{name}.reciprocity.value",
                "`comparative` needs a reciprocity above 0: without it the step only ever grows",
                "Choose a number above 0, or the strategy `proportional`",
            )  # fmt: skip


def _check_concessions(scenario: Scenario) -> None:
    if not scenario.concessions:
        raise fault("concessions", "there is nothing to give", "Add at least one concession")
    for name, concession in scenario.concessions.items():
        if concession.giver not in scenario.sides:
            raise fault(
                f"concessions.{name}.giver", f"there is no side `{concession.giver}`",
                nearest(concession.giver, scenario.sides),
            )  # fmt: skip
        if 0 < float(concession.value) < 1e-6:
            raise fault(
                f"concessions.{name}.value.value", "this is too little to be told from nothing",
                "Give it a value of at least 0.000001 points, or 0",
            )  # fmt: skip
        for required in concession.requires:
            if required not in scenario.concessions:
                raise fault(
                    f"concessions.{name}.requires", f"there is no concession `{required}`",
                    nearest(required, scenario.concessions),
                )  # fmt: skip
            if float(scenario.concessions[required].value) == 0.0:
                raise fault(
                    f"concessions.{name}.requires",
                    f"`{required}` is worth 0 points and so is never given",
                    f"Give `{required}` a value above 0, or do not require it",
                )  # fmt: skip


def _check_requires_has_no_cycle(scenario: Scenario) -> None:
    done: set[str] = set()
    for start in scenario.concessions:
        # Depth first, with the way back kept by hand: catalogues may be long chains.
        way = [start]
        pending = [list(scenario.concessions[start].requires)]
        while way:
            if not pending[-1]:
                done.add(way.pop())
                pending.pop()
                continue
            following = pending[-1].pop()
            if following in way:
                circle = [*way[way.index(following) :], following]
                raise fault(
                    f"concessions.{circle[0]}.requires",
                    "these concessions wait for each other: " + " → ".join(circle),
                    "Take one of them out of `requires`",
                )
            if following not in done:
                way.append(following)
                pending.append(list(scenario.concessions[following].requires))


def _check_events_and_counters(scenario: Scenario) -> None:
    days = int(scenario.turns) * int(scenario.turn_days)
    if scenario.start_date.toordinal() + days > dt.date.max.toordinal():
        raise fault(
            "turns", f"the negotiation would last {days:,} days, beyond the year 9999",
            "Make it shorter, or begin earlier",
        )  # fmt: skip
    last_day = scenario.date_of(int(scenario.turns)) - dt.timedelta(days=1)
    for name, event in scenario.events.items():
        for side in event.evidence:
            if side not in scenario.sides:
                raise fault(
                    f"events.{name}.evidence.{side}", f"there is no side `{side}`",
                    nearest(side, scenario.sides),
                )  # fmt: skip
        for concession_id, given in scenario.concessions.items():
            hit = [tag for tag in event.cost if tag in given.tags]
            if len(hit) > 1:
                raise fault(
                    f"events.{name}.cost",
                    f"it reaches `{concession_id}` through two tags, `{hit[0]}` and `{hit[1]}`",
                    "Give the concession a tag of its own for this event",
                )
        for when in event.at:
            early = when < 0 if isinstance(when, int) else when < scenario.start_date
            late = when >= int(scenario.turns) if isinstance(when, int) else when > last_day
            if early or late:
                raise fault(
                    f"events.{name}.at", f"{when} lies outside the negotiation",
                    f"Choose a turn from 0 to {int(scenario.turns) - 1}, or a date from "
                    f"{scenario.start_date} to {last_day}",
                )  # fmt: skip
    for name, counter in scenario.counters.items():
        for concession in counter.counts:
            if concession not in scenario.concessions:
                raise fault(
                    f"counters.{name}.counts.{concession}",
                    f"there is no concession `{concession}`",
                    nearest(concession, scenario.concessions),
                )


def _check_institutions(scenario: Scenario) -> None:
    """An institution that can never stand would rule out every grand bargain, silently."""
    for name, institution in scenario.concessions.items():
        if not institution.institution:
            continue
        if float(institution.value) == 0.0:
            raise fault(
                f"concessions.{name}.value", "an institution worth 0 points is never given",
                "Give it a value above 0",
            )  # fmt: skip
        needed = [name]
        for reached in needed:
            concession = scenario.concessions[reached]
            needed += [other for other in concession.requires if other not in needed]
            what = "the institution" if reached == name else f"`{reached}`, which it requires,"
            tag = red_line_on(scenario, concession)
            if tag is not None:
                raise fault(
                    f"concessions.{name}.institution",
                    f"{what} lies behind the red line `{tag}` of {concession.giver}, "
                    "so no grand bargain could ever be struck",
                    "Take the red line away, or `institution: true`",
                )
            unit = float(concession.value) / float(concession.units)
            room = float(scenario.sides[concession.giver].max_readiness)
            if unit > room:
                raise fault(
                    f"concessions.{name}.institution",
                    f"one unit of {what} is worth {unit:g} points, more than "
                    f"{concession.giver} can save up (max_readiness {room:g})",
                    "Split it into more units, or raise `max_readiness`",
                )
