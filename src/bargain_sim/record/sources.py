"""Follows a pointer such as `seeds/events/9`, `literature/osgood_1962` or `S28` to what it says."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from bargain_sim.errors import InputError
from bargain_sim.record.entries import SENTENCE, sentences_of
from bargain_sim.record.reading import SECTIONS, Record, load_record

__all__ = ["resolve", "resting_on"]


def resolve(pointer: str, record: Record | None = None) -> str:
    """What one part of a source says, in words for people.

    `seeds/<file>/<id>` (or `<file>/<id>`) gives that entry; `S28`, `S7-8`, `fn1` give the entries that
    rest on those sentences; `assumption…` and `override…` are returned as they are.  Raises
    `InputError` naming the nearest id where a pointer leads nowhere.
    """
    record = record if record is not None else load_record()
    pointer = pointer.strip()
    if pointer.partition(":")[0].strip() in ("assumption", "override"):
        return pointer
    if SENTENCE.match(pointer):
        return _sentences(pointer, record)
    path = pointer.removeprefix("seeds/")
    if path == "reference":
        return record.reference.text()
    section, _, key = path.partition("/")
    if section not in SECTIONS or not key:
        raise InputError(
            f"`{pointer}` points to no part of the record",
            remedy=_nearest(section, SECTIONS, "seeds/{}/…"),
        )
    entries = record.section(section)
    if key not in entries:
        raise InputError(
            f"the record has no `seeds/{section}/{key}`",
            remedy=_nearest(key, entries, f"seeds/{section}/{{}}"),
        )
    text: str = entries[key].text()
    return text


def resting_on(pointer: str, record: Record | None = None) -> tuple[str, ...]:
    """Pointers of all entries that rest on a sentence (`S28`), some (`S7-8`) or a footnote (`fn1`)."""
    record = record if record is not None else load_record()
    wanted = set(sentences_of(pointer))
    return tuple(
        f"seeds/{name}/{key}"
        for name in SECTIONS
        for key, entry in record.section(name).items()
        if wanted.intersection(sentences_of(getattr(entry, "source", "")))
    )


def _sentences(pointer: str, record: Record) -> str:
    places = sentences_of(pointer)
    known = [f"S{k}" for k in range(1, record.reference.sentences + 1)]
    known += [f"fn{k}" for k in range(1, record.reference.footnotes + 1)]
    missing = [place for place in places if place not in known]
    if missing or not places:
        wrong = missing[0] if missing else pointer
        raise InputError(
            f"the commentary has no `{wrong}`",
            remedy=f"Its sentences are S1 to S{record.reference.sentences}, its footnotes fn1 and "
            f"fn{record.reference.footnotes}; the nearest is `{_closest_place(wrong, record)}`",
        )
    found = resting_on(pointer, record)
    if not found:
        return f"{pointer} of the commentary; no entry of the record rests on it"
    return " | ".join(resolve(entry, record) for entry in found)


def _closest_place(wrong: str, record: Record) -> str:
    if wrong.startswith("fn"):
        return f"fn{record.reference.footnotes}"
    number = int("".join(ch for ch in wrong.partition("-")[0] if ch.isdigit()))
    return f"S{min(max(number, 1), record.reference.sentences)}"


def _nearest(word: str, known: Iterable[str], form: str) -> str:
    names = list(known)
    if word.isdigit() and all(name.isdigit() for name in names):
        return f"Did you mean `{form.format(min(names, key=lambda name: abs(int(name) - int(word))))}`?"
    close = get_close_matches(word, names, n=1, cutoff=0.4)
    if close:
        return f"Did you mean `{form.format(close[0])}`?"
    return "Known are: " + ", ".join(f"`{form.format(name)}`" for name in names)
