"""Changes as people read them: sentences, texts compared by word, lists and nested settings in lines."""

import json
from typing import Any

import pytest

from activity.diff import diff
from activity.sentences import sentences
from activity.shown_changes import Side, readable, shown_changes
from activity.text_diff import Part, text_diff


def said(changes: dict[str, Any]) -> list[str]:
    return ["".join(part.text for part in sentence) for sentence in sentences(changes)[0]]


def condition(line: str) -> dict[str, Any]:
    prop, operator, values = line.split(" ", 2)
    return {"property": prop, "operator": operator, "values": values.split(", ")}


def filter_set(match: str, *lines: str) -> dict[str, Any]:
    return {"match": match, "conditions": [condition(line) for line in lines]}


PHASE = "lead_time.phases[Review]"


@pytest.mark.parametrize(
    ("path", "change", "sentence"),
    [
        (
            f"{PHASE}.end_event",
            {"before": "pull_request_merged", "after": "pull_request_approved"},
            "End event of Review changed from Pull request merged to Pull request approved",
        ),
        (f"{PHASE}.enabled", {"before": True, "after": False}, "Review turned off"),
        ("Coding days", {"before": False, "after": True}, "Coding days turned on"),
        (PHASE, {"after": {"name": "Review"}}, "Added Review to phases"),
        (PHASE, {"before": {"name": "Review"}}, "Removed Review from phases"),
        ("Members", {"added": ["Ann", "Bob"], "removed": []}, "Added Ann and Bob to members"),
        ("Members", {"added": [], "removed": ["Ann"]}, "Removed Ann from members"),
        ("Members", {"added": ["Ann"], "removed": ["Bob"]}, "Added Ann to members and removed Bob"),
        ("CI tools", {"added": list("abcde"), "removed": []}, "Added a, b, c and 2 more to CI tools"),
        ("Site", {"before": None, "after": "Oslo"}, "Site set to Oslo"),
        ("Site", {"before": "Oslo", "after": ""}, "Site removed; it was Oslo"),
        ("Size", {"before": 0, "after": 10}, "Size changed from 0 to 10"),
        ("Description", {"before": "long " * 50, "after": "longer " * 50}, "Description changed"),
        ("Description", {"before": "", "after": "long " * 50}, "Description added"),
        ("custom_attributes.cost centre", {"after": "112"}, "Custom attributes › cost centre set to 112"),
        ('custom["a.b"]', {"before": 1, "after": 2}, "a.b changed from 1 to 2"),
        ("categories[Payments].conditions", {"added": ["x"], "removed": []}, "Added x to conditions of Payments"),
    ],
)
def test_a_change_is_a_sentence(path: str, change: dict[str, Any], sentence: str) -> None:
    assert said({path: change}) == [sentence]


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        ("bacd", "Moved b up in categories, from place 2 to 1"),
        ("dabc", "Moved d up in categories, from place 4 to 1"),
        ("bcda", "Moved a down in categories, from place 1 to 4"),
        ("dcba", "Categories put in another order: d, c, b and 1 more"),
    ],
)
def test_an_item_that_moved_is_named(order: str, sentence: str) -> None:
    before, after = ([{"name": letter} for letter in letters] for letters in ("abcd", order))
    assert said(diff({"categories": before}, {"categories": after})) == [sentence]


CATEGORIES = [{"name": letter, "conditions": [letter]} for letter in "abc"]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("a=a b=b x=c", ["Renamed c to x in categories"]),
        ("x=a b=b c=c", ["Renamed a to x in categories"]),
        ("b=b x=a c=c", ["Renamed a to x in categories", "Moved b up in categories, from place 2 to 1"]),
        ("a=a y=new x=b", ["Renamed b to x in categories", "Removed c from categories", "Added y to categories"]),
        ("x= a=a b=b c=c", ["Added x to categories", "x stands at place 1 of categories"]),
        ("a=a b=b c=c x=", ["Added x to categories"]),
        ("a=a c=c", ["Removed b from categories"]),
        ("a=a b=b x=y", ["Removed c from categories", "Added x to categories"]),
    ],
)
def test_a_rename_is_told_from_going_and_coming(after: str, expected: list[str]) -> None:
    pairs = (item.split("=") for item in after.split())
    new = [{"name": name, "conditions": [content]} for name, content in pairs]
    assert said(diff({"categories": CATEGORIES}, {"categories": new})) == expected


BUG, TEAM = "labels is bug", "team is a, b"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([], [filter_set("any", BUG, TEAM)], ["Added a filter set to category Quality: labels is bug OR team is a, b"]),
        (
            [filter_set("all", BUG, TEAM)],
            [],
            ["Removed a filter set from category Quality: labels is bug AND team is a, b"],
        ),
        (
            [filter_set("all", BUG, TEAM)],
            [filter_set("all", "labels is bug, incident", TEAM)],
            ["Changed labels is bug to labels is bug, incident in a filter set of category Quality"],
        ),
        (
            [filter_set("all", BUG)],
            [filter_set("any", BUG, TEAM)],
            [
                "A filter set of category Quality changed from All conditions (AND) to Any condition (OR)",
                "Added team is a, b to a filter set of category Quality",
            ],
        ),
        ([filter_set("all", BUG, TEAM)], [filter_set("all", TEAM, BUG)], ["A filter set of category Quality changed"]),
        (
            [],
            [filter_set("all", BUG), filter_set("all", TEAM)],
            ["Added labels is bug and team is a, b to the filter sets of category Quality"],
        ),
    ],
)
def test_filter_sets_are_told_by_their_conditions(before: list[Any], after: list[Any], expected: list[str]) -> None:
    sides = [{"alignment_filters": {"Quality": sets} if sets else {}} for sets in (before, after)]
    assert said(diff(*sides)) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([], [BUG], "Added labels is bug to settings › bug conditions"),
        ([BUG], [], "Removed labels is bug from settings › bug conditions"),
        ([BUG], [BUG, TEAM], "Added team is a, b to settings › bug conditions"),
        ([BUG], ["labels is_not bug"], "Changed labels is bug to labels is not bug in settings › bug conditions"),
    ],
)
def test_conditions_are_told_as_lines(before: list[str], after: list[str], expected: str) -> None:
    sides = [
        {"settings": {"bug_conditions": [condition(line) for line in lines]} if lines else {}}
        for lines in (before, after)
    ]
    assert said(diff(*sides)) == [expected]


@pytest.mark.parametrize(
    "value",
    [
        {"property": "a", "operator": "nope", "values": ["b"]},
        {"property": "a", "operator": "is", "values": "b"},
        {"property": 1, "operator": "is", "values": []},
        {"match": "any", "conditions": [{}]},
        {"match": [], "conditions": []},
    ],
)
def test_what_only_looks_like_a_condition_stays_as_it_is(value: dict[str, Any]) -> None:
    assert readable(value).startswith(f"{next(iter(value))}: ")
    for change in ({"after": [value]}, {"added": [value], "removed": [value]}):
        assert len(said({"settings.projects": change})) == 1


def test_the_first_six_changes_are_sentences() -> None:
    made, more = sentences({f"f{number}": {"after": number} for number in range(10)})
    assert (len(made), more) == (6, 4)


def _plain(parts: list[Part]) -> str:
    return "".join(f"[{part.mark}:{part.text}]" if part.mark else part.text for part in parts)


@pytest.mark.parametrize(
    ("before", "after", "marked"),
    [
        ("the quick brown fox", "the slow brown fox", ("the [del:quick] brown fox", "the [ins:slow] brown fox")),
        ("a b", "a b c", ("a b", "a b[ins: c]")),
        ("x one two y", "x three, four y", ("x [del:one two] y", "x [ins:three, four] y")),
        ("keep a b keep c keep", "keep d e keep f keep", None),
        ("entirely different", "nothing alike here", ("[del:entirely different]", "[ins:nothing alike here]")),
        ("", "new", ("", "[ins:new]")),
        ("w " * 5000, "w " * 5001, None),
    ],
)
def test_long_text_is_compared_by_word(before: str, after: str, marked: tuple[str, str] | None) -> None:
    old, new = text_diff(before, after)
    if marked:
        assert (_plain(old), _plain(new)) == marked
    assert sum(part.mark in {"ins", "del"} for part in [*old, *new]) <= 4


def test_what_stayed_is_folded_where_it_is_long() -> None:
    same = "A sentence that nobody touched. " * 100
    old, _new = text_diff(f"{same}one {same}", f"{same}two {same}")
    assert [part.mark for part in old] == ["fold", "", "del", "", "fold"]
    assert old[0].text == "3,115 characters"
    assert sum(len(part.text) for part in old) < 300


def test_much_that_changed_is_compared_by_sentence() -> None:
    before = "".join(f"Sentence {number} has some words. " for number in range(200))
    old, new = text_diff(before, before.replace("0 has some", "0 has more"))
    assert {part.text for part in old if part.mark == "del"} >= {" Sentence 10 has some words."}
    assert sum(part.mark == "ins" for part in new) == 20


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        (True, "Yes"),
        (False, "No"),
        (3.5, "3.5"),
        (["a", 1, None], "a, 1, "),
        ({"start_event": "pr", "enabled": True}, "start event: pr; enabled: Yes"),
        ([{"a": [1, 2]}], "a: 1, 2"),
        ("\u202etxt", "[U+202E]txt"),
        ({"ticket_scope": "epic", "conditions": []}, "ticket scope: Epic and all descendants; conditions: "),
        ([condition("labels lacks a, b"), condition("team is c")], "labels does not contain a, b; team is c"),
    ],
)
def test_a_value_is_said_in_words(value: Any, words: str) -> None:
    assert readable(value) == words


def _side(change: dict[str, Any]) -> Side:
    return shown_changes({"field": change})[0][0].after


def test_nested_settings_are_lines_folded_when_there_are_many() -> None:
    phase = {"enabled": True, "start_event": "pull_request_created", "end_event": "pull_request_merged", "x": "y" * 40}
    side = _side({"after": {"phases": [{"name": "Review", **phase}, {"name": "Build", **phase}]}})
    assert [(line.depth, line.label) for line in side.lines[:4]] == [
        (0, "phases"),
        (1, "Review"),
        (2, "enabled"),
        (2, "start event"),
    ]
    assert side.title == "11 values"
    assert _side({"after": {"a": 1, "b": [1, 2]}}).title == ""


def test_only_lines_that_differ_are_marked() -> None:
    (shown,) = shown_changes({"field": {"before": ["a", "b", "b"], "after": ["b", "c", "b"]}})[0]
    assert [(line.text, line.mark) for line in shown.before.lines] == [("a", "del"), ("b", ""), ("b", "")]
    assert [(line.text, line.mark) for line in shown.after.lines] == [("b", ""), ("c", "ins"), ("b", "")]


@pytest.mark.parametrize("change", ["text", 7, None, [], {}, {"added": "no list"}, {"before": [1], "after": [2]}])
@pytest.mark.parametrize("path", ["", ".", "[", '["\\x"]', "a[" + "9" * 5000 + "]", "a.b[]", "\0"])
def test_changes_of_any_shape_can_be_shown(path: str, change: Any) -> None:
    assert len(shown_changes({path: change})[0]) == 1
    assert len(said({path: change})) == 1


def test_however_deep_the_settings_are() -> None:
    deep = json.loads("[" * 400 + "]" * 400)
    assert shown_changes({"field": {"before": 1, "after": {"a": deep}}})[0]
    assert said({"field": {"before": deep, "after": {"a": deep}}}) == ["Field changed"]
