"""Conditions as lines of text, and lists of values as they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracked_objects.conditions import join_values, split_values, words


@pytest.mark.parametrize(
    ("condition", "line"),
    [
        (("labels", "is", ["bug"]), "labels is bug"),
        (("Issue Type", "is_not", ["Bug", "Story"]), "Issue Type is not Bug, Story"),
        (("branch", "lacks", ["a, b", "c"]), 'branch does not contain "a, b", c'),
        (("name", "matches", ['^a"b$']), 'name matches "^a""b$"'),
    ],
)
def test_a_condition_is_a_line(condition: tuple[str, str, list[str]], line: str) -> None:
    assert words(dict(zip(("property", "operator", "values"), condition, strict=True))) == line


text = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Z"), exclude_characters=" "), min_size=1)


@given(st.lists(text, min_size=1, unique=True))
def test_values_survive_being_written_and_read(values: list[str]) -> None:
    assert split_values(join_values(values)) == values
