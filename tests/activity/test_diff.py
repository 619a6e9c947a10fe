"""The diff says what changed, in few words, and nothing gets lost: applied to the before, it gives the after."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from activity.canonical import canonical_json
from activity.diff import count, diff
from activity.patch import apply

MARKS = 'ab.[]"\\1 é'
scalars = st.none() | st.booleans() | st.integers(-3, 3) | st.text(MARKS, max_size=3)
keys = st.text(MARKS, max_size=2) | st.sampled_from(["name", "id"])


def _containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    named = st.fixed_dictionaries({"name": st.text(MARKS, max_size=2) | st.integers(0, 3), "value": inner})
    return st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4) | st.lists(named, max_size=4)


values = st.recursive(scalars, _containers, max_leaves=10)
objects = st.dictionaries(keys, values, max_size=4)
# Objects of one shape, so that most differences are deep inside.
alike = st.fixed_dictionaries(
    {
        "team": st.lists(st.sampled_from("abcdef"), max_size=5),
        "phases": st.lists(
            st.fixed_dictionaries({"name": st.sampled_from(["Plan", "7", "a]b", ""]), "on": st.booleans()}), max_size=4
        ),
        "nested": st.dictionaries(st.sampled_from(["a", "a.b", ""]), st.integers(0, 1)),
    }
)


@given(objects, objects)
def test_the_changes_lead_from_before_to_after(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert canonical_json(apply(before, diff(before, after))) == canonical_json(after)


@given(alike, alike)
def test_deep_changes_lead_from_before_to_after(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert canonical_json(apply(before, diff(before, after))) == canonical_json(after)


@given(objects)
def test_nothing_changed_is_no_change(value: dict[str, Any]) -> None:
    assert diff(value, value) == {}


@given(objects)
def test_a_new_object_has_only_afters_and_a_gone_one_only_befores(value: dict[str, Any]) -> None:
    assert all(set(change) == {"after"} for change in diff(None, value).values())
    assert all(set(change) == {"before"} for change in diff(value, None).values())


def test_a_nested_value_is_named_by_its_path() -> None:
    before = {"lead_time": {"phases": [{"name": "Review", "end_event": "merged"}, {"name": "Build", "end_event": "x"}]}}
    after = {
        "lead_time": {"phases": [{"name": "Review", "end_event": "approved"}, {"name": "Build", "end_event": "x"}]}
    }
    assert diff(before, after) == {"lead_time.phases[Review].end_event": {"before": "merged", "after": "approved"}}


def test_items_are_matched_by_identity_and_not_by_position() -> None:
    first, second = {"name": "A", "scope": 1}, {"name": "B", "scope": 2}
    assert diff({"c": [first, second]}, {"c": [second, first]}) == {"c[]": {"before": ["A", "B"], "after": ["B", "A"]}}
    assert diff({"c": [first, second]}, {"c": [second]}) == {"c[A]": {"before": first}}
    assert diff({"c": [second]}, {"c": [second, first]}) == {"c[A]": {"after": first}}


def test_lists_of_values_tell_added_and_removed() -> None:
    assert diff({"m": ["a", "b"]}, {"m": ["b", "c"]}) == {"m": {"added": ["c"], "removed": ["a"]}}
    assert diff({"m": ["b"]}, {"m": ["a", "b"]}) == {"m": {"added": ["a"], "removed": [], "at": [0]}}


def test_a_list_in_another_order_is_shown_whole() -> None:
    assert diff({"m": ["a", "b"]}, {"m": ["b", "a"]}) == {"m": {"before": ["a", "b"], "after": ["b", "a"]}}


def test_true_is_not_one() -> None:
    assert diff({"a": 1}, {"a": True}) == {"a": {"before": 1, "after": True}}


def test_a_person_counts_each_member_and_each_field() -> None:
    assert count({"Members": {"added": ["a"], "removed": ["b"]}, "Name": {"before": "x", "after": "y"}}) == 3
