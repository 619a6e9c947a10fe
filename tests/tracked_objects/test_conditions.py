"""Conditions as lines of text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracked_objects.conditions import Operator, join_values, parse, split_values, words


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("labels is bug", ("labels", "is", ["bug"])),
        ("labels is not bug", ("labels", "is_not", ["bug"])),
        ("Issue Type  IS  Bug,  Story", ("Issue Type", "is", ["Bug", "Story"])),
        ('branch does not contain "a, b", c', ("branch", "lacks", ["a, b", "c"])),
        ("path starts with /srv", ("path", "starts_with", ["/srv"])),
        ('name matches ^a"b$', ("name", "matches", ['^a"b$'])),
    ],
)
def test_a_line_is_property_operator_and_values(line: str, expected: tuple[str, str, list[str]]) -> None:
    assert parse(line) == dict(zip(("property", "operator", "values"), expected, strict=True))


@pytest.mark.parametrize("line", ["", "labels", "labels is", "is bug", "labels bug", "labels is ,", "labels isnt x"])
def test_a_line_that_says_less_is_none(line: str) -> None:
    assert parse(line) is None


text = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Z"), exclude_characters=" "), min_size=1)


@given(st.lists(text, min_size=1, unique=True))
def test_values_survive_being_written_and_read(values: list[str]) -> None:
    assert split_values(join_values(values)) == values


@given(text, st.sampled_from(Operator.values), st.lists(text, min_size=1, unique=True))
def test_conditions_survive_being_written_and_read(prop: str, operator: str, values: list[str]) -> None:
    condition = {"property": prop, "operator": operator, "values": values}
    assert parse(words(condition)) == condition
