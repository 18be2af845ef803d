"""An override written as text reads back as itself: a recorded command can be given again."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bargain_sim.scenario.overrides import Override, as_overrides, parse_set

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**15) + 1, 10**15 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"))
    | st.dates(dt.date(1000, 1, 1))
)
VALUES = st.recursive(
    SCALARS,
    lambda inside: st.lists(inside) | st.dictionaries(st.text("abc", min_size=1), inside),
    max_leaves=5,
)


def types_in(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: types_in(each) for key, each in value.items()}
    return [types_in(each) for each in value] if isinstance(value, list) else type(value)


@given(VALUES)
def test_any_value_reads_back_as_itself(value: Any) -> None:
    path, again = parse_set(Override("sides.minsk.label", value).text)
    assert (path, again, types_in(again)) == ("sides.minsk.label", value, types_in(value))


@pytest.mark.parametrize(
    "text",
    [
        *("label='no'", "label='010'", 'label="1e3"', "label='12:30'", "label='~'", "label=''"),
        *("label='a=b'", "label='a: b # c'", "label=' two '", "rate=0.0000001", "rate=1.0e+300"),
        *("event=~", "snapback=true", "start=2025-01-14", "label='2025-01-14'", "label=Minsk"),
        *("trust={value: 0.5, source: assumption}", "tags=[a, 'no']"),
    ],
)
def test_what_was_given_by_hand_reads_back(text: str) -> None:
    (override,) = as_overrides([text])
    assert as_overrides([override.text]) == (override,)


def test_it_is_as_plain_as_it_can_be() -> None:
    values: list[tuple[Any, str]] = [
        *((0.5, "0.5"), (3, "3"), ("grit", "grit"), (True, "true"), ("no", '"no"')),
        ({"value": 0.5, "source": "assumption"}, "{value: 0.5, source: assumption}"),
    ]
    assert [Override("p", value).text for value, _ in values] == [f"p={text}" for _, text in values]


def test_a_very_large_whole_number_keeps_its_value() -> None:
    assert parse_set(Override("p", 10**18).text) == ("p", 10**18)
