"""The two arms of a fork: the history up to a day as it was, and with something changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bargain_sim.errors import InputError
from bargain_sim.futures.handing_over import Source, beginning_after
from bargain_sim.scenario.checks import nearest
from bargain_sim.scenario.history import Entry, History
from bargain_sim.scenario.loader import Overrides, Resolved
from bargain_sim.scenario.overrides import Override, as_overrides, targets
from bargain_sim.scenario.schema import Scenario

__all__ = ["Arms", "arms_of"]

CHANGE, WITHOUT, IN_FULL = "--change", "--without", "--in-full"
_SAME_IN_BOTH = ("start", "history.until", "start_date", "turns", "turn_days")


@dataclass(frozen=True)
class Arms:
    """A scenario `as_it_was` and `changed`, which are played from the same turn on.

    `changes` says in words what was changed, `notes` what else follows from it.
    """

    as_it_was: Scenario
    changed: Scenario
    changes: tuple[str, ...]
    notes: tuple[str, ...]


def arms_of(
    source: Source, at: dt.date, changes: Overrides, without: Sequence[str], in_full: Sequence[str],
    overrides: Overrides,
) -> Arms:  # fmt: skip
    """Both arms, told up to and including the day `at`.  Raises InputError."""
    first = beginning_after(source, at, overrides, "--at")
    given = as_overrides(changes, CHANGE)
    history = first.scenario.history
    assert history is not None  # or there would be no beginning after a day
    _check(first, given, at)
    _check_each_once(given, without, in_full)
    made, words, notes = [*given], [f"{each.path} = {each.value}" for each in given], []
    for name in without:
        entry = _entry(history, name, at, WITHOUT)
        made.append(Override(f"history.entries.{name}.occurs", False, WITHOUT))
        words.append(f"without “{_words(first.scenario, entry)}”")
    for name in in_full:
        entry = _entry(history, name, at, IN_FULL)
        made += _in_full(history, name, entry)
        words.append(f"“{_words(first.scenario, entry)}” delivered in full")
    for name in _nothing_left_to_correct(history, in_full, without, at):
        if name not in without:
            made.append(Override(f"history.entries.{name}.occurs", False, IN_FULL))
            notes.append(f"`{name}` is left out too: nothing is left for it to correct")
    second = _laid(source, first, at, overrides, made)
    _check_days(second.scenario, made, at)
    # Both are played from the same turn on, also where the last thing told is taken out of one of them.
    start = max(first.scenario.handover, second.scenario.handover)
    if first.scenario.handover < start:
        first = beginning_after(source, at, overrides, "--at", _silent_until(first.scenario, start, at))
    if second.scenario.handover < start:
        silent = _silent_until(second.scenario, start, at)
        second = beginning_after(source, at, overrides, "--at", [*made, *silent])
    return Arms(first.scenario, second.scenario, tuple(words), tuple(notes))


def _check(first: Resolved, given: Iterable[Override], at: dt.date) -> None:
    """Refuse changes to what both arms share, and to what has not happened yet."""
    for change in given:
        if change.path in _SAME_IN_BOTH or change.path.removesuffix(".value") in _SAME_IN_BOTH:
            raise InputError(
                f"`{change.path}` must be the same with and without the change", place=change.place,
                remedy="Set it for both with `--set`; where play begins is what `--at` says",
            )  # fmt: skip
        history = first.scenario.history
        for way in targets(change.path, first.base, change.place):
            if way[:2] == ("history", "entries") and len(way) > 2 and history is not None:
                _entry(history, str(way[2]), at, str(change.place))


def _check_each_once(given: Iterable[Override], without: Sequence[str], in_full: Sequence[str]) -> None:
    """Refuse to change what happens to an entry in two ways: one of them would win in silence."""
    ways = [(name, WITHOUT) for name in without] + [(name, IN_FULL) for name in in_full]
    for name, way in ways:
        parts = [f"history.entries.{name}.{key}" for key in ("occurs", "delivered", "delivered_give_or_take")]
        other = next((CHANGE for each in given if each.path.removesuffix(".value") in parts), None)
        if other is None and ways.count((name, WITHOUT)) and ways.count((name, IN_FULL)):
            other = WITHOUT if way == IN_FULL else IN_FULL
        if other is not None:
            raise InputError(
                f"`{name}` is changed by `{way}` and by `{other}`", place=way, remedy="Give one of them"
            )


def _check_days(changed: Scenario, made: Iterable[Override], at: dt.date) -> None:
    """Refuse to move an entry behind the day of the fork: it would silently fall out."""
    entries = changed.history.entries if changed.history is not None else {}
    for change in made:
        keys = change.path.split(".")
        if keys[:2] == ["history", "entries"] and keys[-1] == "date":
            for name, entry in entries.items():
                if keys[2] in (name, "*") and entry.date > at:
                    raise InputError(
                        f"`{name}` would lie after {at}, where history ends", place=change.place,
                        remedy=f"Leave it out with `--without {name}`, or fork at {entry.date} or later",
                    )  # fmt: skip


def _entry(history: History, name: str, at: dt.date, place: str) -> Entry:
    if name not in history.entries:
        raise InputError(
            f"the history has no entry `{name}`", place=place, remedy=nearest(name, history.entries)
        )
    entry = history.entries[name]
    if entry.date > at:
        raise InputError(
            f"`{name}` lies on {entry.date}, after {at}, and has not happened yet", place=place,
            remedy=f"Fork at {entry.date} or later",
        )  # fmt: skip
    return entry


def _in_full(history: History, name: str, entry: Entry) -> list[Override]:
    if entry.delivered is None or (float(entry.delivered) == 1.0 and entry.delivered_give_or_take is None):
        partial = [f"`{n}`" for n, each in history.entries.items() if each.delivered is not None]
        raise InputError(
            f"`{name}` " + ("was delivered in full" if entry.gives else "gives nothing"), place=IN_FULL,
            remedy=f"Delivered in part was {' and '.join(partial) or 'nothing'}",
        )  # fmt: skip
    path = f"history.entries.{name}.delivered"
    made = [Override(path, 1, IN_FULL)]
    if entry.delivered_give_or_take is not None:
        made.append(Override(f"{path}_give_or_take", 0, IN_FULL))
    return made


def _nothing_left_to_correct(
    history: History, in_full: Sequence[str], without: Sequence[str], at: dt.date
) -> list[str]:
    """Corrections up to the day `at` before which nothing falls short any more."""
    whole = {concession for name in in_full for concession in history.entries[name].gives}

    def still_short(concession: str, day: dt.date) -> bool:
        return any(
            concession in entry.gives
            and entry.delivered is not None
            and float(entry.delivered) < 1.0
            and entry.occurs
            and entry.date <= day
            for name, entry in history.entries.items()
            if name not in in_full and name not in without
        )

    return [
        name
        for name, entry in history.entries.items()
        if entry.corrects in whole
        and entry.occurs
        and entry.date <= at
        and not still_short(entry.corrects, entry.date)
    ]


def _laid(
    source: Source, first: Resolved, at: dt.date, overrides: Overrides, made: Sequence[Override]
) -> Resolved:
    """The changed arm.  A later entry that this makes impossible is told as such."""
    try:
        return beginning_after(source, at, overrides, "--at", made)
    except InputError as error:
        told = [
            path[2]
            for path, place in first.positions.items()
            if place == error.place and path[:2] == ("history", "entries") and len(path) > 2
        ]
        if not told:
            raise
        raise InputError(
            f"with this change `{told[0]}` could not have happened: {error.problem}", place=error.place,
            remedy=f"Leave it out too with `--without {told[0]}`, or fork at an earlier day",
        ) from error  # fmt: skip


def _silent_until(scenario: Scenario, start: int, at: dt.date) -> list[Override]:
    """What lets play begin in turn `start` only, with nothing told after the day `at`."""
    until = scenario.date_of(start)
    entries = scenario.history.entries if scenario.history is not None else {}
    later = [name for name, entry in entries.items() if at < entry.date <= until]
    return [
        Override("history.until", until, "--at"),
        *(Override(f"history.entries.{name}.occurs", False, "--at") for name in later),
    ]


def _words(scenario: Scenario, entry: Entry) -> str:
    if entry.label:
        return entry.label
    if entry.event is not None:
        return scenario.events[entry.event].label
    return ", ".join(scenario.concessions[name].label for name in entry.gives) or "what it tells"
