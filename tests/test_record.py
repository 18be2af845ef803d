"""The record is whole, hangs together, and every pointer into it can be followed."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from bargain_sim.errors import InputError
from bargain_sim.record import When, load_record, resolve, resting_on
from bargain_sim.record.entries import sentences_of
from bargain_sim.record.reading import SECTIONS
from bargain_sim.shipped import shipped_folder

FIRST_MATERIAL_RELIEF = 9


def test_nineteen_events_in_order() -> None:
    record = load_record()
    assert list(record.events) == [str(number) for number in range(19)]
    assert [event.people for event in record.events.values() if event.people] == [1, 1, 14, 52]


def test_the_correction_came_54_days_after_the_partial_delivery() -> None:
    record = load_record()
    short, corrected = record.event(FIRST_MATERIAL_RELIEF), record.event(16)
    assert short.delivery == "partial"
    assert corrected.corrects == FIRST_MATERIAL_RELIEF
    assert short.date.exact and corrected.date.exact
    assert short.date.earliest is not None and corrected.date.earliest is not None
    assert (corrected.date.earliest - short.date.earliest).days == 54


def test_nothing_is_later_than_the_record_ends() -> None:
    record = load_record()
    assert record.reference.record_ends == dt.date(2025, 12, 5)
    days = [day for e in record.events.values() for day in (e.date.earliest, e.date.latest) if day]
    assert max(days) <= record.reference.record_ends


def test_only_minsk_states_red_lines_and_distrust() -> None:
    record = load_record()
    assert {line.side for line in record.red_lines.values()} == {"minsk"}
    assert {doubt.side for doubt in record.distrust.values()} == {"minsk"}


@pytest.mark.parametrize("section", SECTIONS)
def test_every_entry_can_be_pointed_at(section: str) -> None:
    for key in load_record().section(section):
        assert resolve(f"seeds/{section}/{key}") == resolve(f"{section}/{key}") != ""


def test_every_entry_is_found_by_each_of_its_sentences() -> None:
    record = load_record()
    for section in SECTIONS:
        for key, entry in record.section(section).items():
            for place in sentences_of(getattr(entry, "source", "")):
                assert f"seeds/{section}/{key}" in resting_on(place)


def test_what_pointers_say() -> None:
    assert resolve("seeds/events/9").startswith("11 Sep 2025, Washington: ")
    assert "partly delivered" in resolve("seeds/events/9")
    assert resolve("seeds/red_lines/leave_russia").startswith("Red line of Minsk")
    assert resolve("seeds/literature/osgood_1962").startswith("Charles E. Osgood (1962). ")
    assert resolve("seeds/not_in_source/prisoners").startswith("Not in the commentary")
    assert resolve("S28").count("[S23; S28]") == 1
    assert "Receives the delisting" in resolve("fn2")
    assert "no entry" in resolve("S14")
    assert resolve("seeds/reference").startswith("Yauheni Preiherman")
    assert resolve("assumption: not in the record") == "assumption: not in the record"
    assert resolve(" S7-8 ") == resolve("S7-8")


@pytest.mark.parametrize(
    ("pointer", "hint"),
    [
        ("seeds/events/19", "seeds/events/18"),
        ("seeds/red_lines/leave_rusia", "seeds/red_lines/leave_russia"),
        ("seeds/literature/osgood_1963", "seeds/literature/osgood_1962"),
        ("seeds/redlines/leave_russia", "seeds/red_lines/"),
        ("seeds/events", "seeds/events/"),
        ("S47", "S46"),
        ("S0", "S1"),
        ("S9-8", "S9"),
        ("fn3", "fn2"),
        ("zzz", "Known are"),
    ],
)
def test_a_dangling_pointer_names_the_nearest(pointer: str, hint: str) -> None:
    with pytest.raises(InputError, match=hint):
        resolve(pointer)


def test_the_record_is_read_once_and_frozen() -> None:
    record = load_record()
    assert load_record() is record
    with pytest.raises(ValidationError):
        record.event(0).what = "something else"


@pytest.mark.parametrize(
    "date",
    [
        {},
        {"earliest": dt.date(2025, 2, 1)},
        {"day": dt.date(2025, 2, 1), "latest": dt.date(2025, 2, 2)},
        {"earliest": dt.date(2025, 2, 2), "latest": dt.date(2025, 2, 1), "text": "backwards"},
    ],
)
def test_dates_that_do_not_hang_together(date: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        When.model_validate(date)


def test_spread_of_a_date() -> None:
    record = load_record()
    assert record.event(5).date.spread_days == 0
    assert record.event(1).date.spread_days == 10
    assert record.event(6).date.spread_days is None


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("events", "people: 52", "people: none", "people"),
        ("events", "answers: [7]", "answers: [77]", "no event 77"),
        ("events", "  18:", "  20:", "without a gap"),
        ("events", "2025-11-09", "2025-12-06", "after the record ends"),
        ("red_lines", "source: S2; S44-45", "source: S2; S99", "no S99"),
        ("demands", "source: S30-31", "source: page 3", "no place"),
        ("literature", "year: 1962", "yaer: 1962", "yaer"),
        ("interests", "format_version: 1", "format_version: 2", "no file of entries"),
        ("conditions", "entries:", "entries: [", "not YAML"),
    ],
)
def test_broken_seeds_are_refused(tmp_path: Path, file: str, old: str, new: str, message: str) -> None:
    folder = tmp_path / "seeds"
    shutil.copytree(shipped_folder("seeds"), folder)
    path = folder / f"{file}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match="seeds") as caught:
        load_record(folder)
    assert any(message in str(error) for error in caught.value.all())


def test_no_key_is_written_twice() -> None:
    for path in shipped_folder("seeds").glob("*.yaml"):
        _no_twins(yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader), path.name)


def _no_twins(node: yaml.Node | None, name: str) -> None:
    if isinstance(node, yaml.MappingNode):
        keys = [key.value for key, _ in node.value]
        assert len(keys) == len(set(keys)), name
        for _, value in node.value:
            _no_twins(value, name)


SCENARIOS = sorted(shipped_folder("scenarios").rglob("*.yaml"))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_source_of_a_shipped_scenario_leads_somewhere(path: Path) -> None:
    for source in _sources(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)):
        for part in source.split(";"):
            assert resolve(part)


def _sources(tree: object) -> list[str]:
    if isinstance(tree, dict):
        own = [tree["source"]] if isinstance(tree.get("source"), str) else []
        return own + [source for value in tree.values() for source in _sources(value)]
    return []
