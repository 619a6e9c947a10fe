"""What is wrong with a file: all of it at once, counted, with samples, and nothing is saved."""

import pytest
from django.core.validators import validate_email
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Account
from tests.tracked_objects.uploading import HEAD, Found, file_of, people, problems, review, send, state
from tracked_objects.models import Developer, DeveloperUpload
from tracked_objects.upload.checking import _PLAIN_EMAIL, circles
from tracked_objects.upload.mapping import Target

GOOD = people("Ann", "Bob<Ann", "Cyd<Bob")


# A bad file for each of the nine, what of its mapping isn't as guessed, and what is found.
BAD: dict[str, tuple[str | bytes, dict[str, str], Found]] = {
    "REQUIRED_FIELD_MISSING": (
        file_of(people("Ann", "Bob<Ann")) + "Cyd\r\nDee,dee@acme.example\r\n",
        {},
        {
            ("REQUIRED_FIELD_MISSING", "Email"): (1, [4]),
            ("REQUIRED_FIELD_MISSING", "Manager email"): (2, [4, 5]),
        },
    ),
    "REQUIRED_VALUE_MISSING": (
        file_of([*GOOD, ("", "dee@acme.example", "", "", ""), ("Eve", "", "", "", ""), ("", "", "", "QA", "")]),
        {},
        {
            ("REQUIRED_VALUE_MISSING", "Display name"): (2, [5, 7]),
            ("REQUIRED_VALUE_MISSING", "Email"): (2, [6, 7]),
        },
    ),
    "DUPLICATE_EMAIL": (
        file_of([*GOOD, ("Ann too", "ANN@acme.example", "", "", ""), ("Ann 3", " ann@acme.example", "", "", "")]),
        {},
        {("DUPLICATE_EMAIL", "Email"): (2, [5, 6])},
    ),
    "CIRCULAR_REFERENCE": (
        file_of(people("Ann", "Bob<Dee", "Cyd<Bob", "Dee<Cyd", "Eve<Dee", "Flo<Flo")),
        {},
        {("CIRCULAR_REFERENCE", "Manager email"): (4, [3, 5, 4, 7])},
    ),
    "MANAGER_EMAIL_MISSING_IN_DEVELOPER_EMAILS": (
        file_of([*GOOD, *people("Dee<Zoe", "Eve<ANN")]),
        {},
        {("MANAGER_EMAIL_MISSING_IN_DEVELOPER_EMAILS", "Manager email"): (1, [5])},
    ),
    "MISSING_NAME_OR_EMAIL_OR_MANAGER_EMAIL_FIELD_MAPPING": (
        file_of(GOOD),
        {"column-0": Target.IGNORED, "column-2": Target.ATTRIBUTE},
        {
            ("MISSING_NAME_OR_EMAIL_OR_MANAGER_EMAIL_FIELD_MAPPING", "Display name"): (3, [None]),
            ("MISSING_NAME_OR_EMAIL_OR_MANAGER_EMAIL_FIELD_MAPPING", "Manager email"): (3, [None]),
        },
    ),
    "INVALID_CSV": (
        file_of([*GOOD, ("Dee", "dee@acme", "", "x" * 101, ""), (*GOOD[0][:1], "eve@acme.example", "", "", "", "6")]),
        {},
        {("INVALID_CSV", "Email"): (1, [5]), ("INVALID_CSV", "Role"): (1, [5]), ("INVALID_CSV", ""): (1, [6])},
    ),
    "BLANK_CSV_COLUMN_NAME": (
        file_of(GOOD, ("Name", "Email", "Manager email", " ", "")),
        {},
        {("BLANK_CSV_COLUMN_NAME", ""): (2, [1, 1])},
    ),
    "EMPTY_CSV": (file_of([]), {}, {("EMPTY_CSV", ""): (1, [None])}),
}
# All that can be wrong with one file; an empty one has nothing else to be wrong with.
ALL = (
    file_of(
        [
            ("Ann", "ann@acme.example", "bob@acme.example", "", "", ""),
            ("Bob", "bob@acme.example", "ann@acme.example", "", "", ""),
            ("Cyd", "", "", "", "", ""),
            ("Dee", "BOB@acme.example", "", "", "", ""),
            ("Eve", "eve@acme.example", "zoe@acme.example", "", "", ""),
            ("Flo", "flo@acme.example", "", "", "", "", "7"),
        ],
        ("Who", "Email", "Manager email", "Role", "Site", ""),
    )
    + "Gus\r\n",
    {},
    {
        ("INVALID_CSV", ""): (1, [7]),
        ("BLANK_CSV_COLUMN_NAME", ""): (1, [1]),
        ("MISSING_NAME_OR_EMAIL_OR_MANAGER_EMAIL_FIELD_MAPPING", "Display name"): (7, [None]),
        ("REQUIRED_FIELD_MISSING", "Display name"): (7, [None]),
        ("REQUIRED_FIELD_MISSING", "Email"): (1, [8]),
        ("REQUIRED_FIELD_MISSING", "Manager email"): (1, [8]),
        ("REQUIRED_VALUE_MISSING", "Email"): (1, [4]),
        ("DUPLICATE_EMAIL", "Email"): (1, [5]),
        ("MANAGER_EMAIL_MISSING_IN_DEVELOPER_EMAILS", "Manager email"): (1, [6]),
        ("CIRCULAR_REFERENCE", "Manager email"): (2, [2, 3]),
    },
)


@pytest.mark.parametrize(("content", "mapping", "expected"), [*BAD.values(), ALL], ids=[*BAD, "all at once"])
def test_what_is_wrong_is_counted_and_nothing_is_saved(
    admin: Client, account: Account, ada: Developer, content: str, mapping: dict[str, str], expected: Found
) -> None:
    before = state(account)
    answer = send(admin, content) if content == file_of([]) else review(admin, content, **mapping)
    assert problems(answer) == expected
    assert state(account) == before
    assert all(kind in answer.content.decode() for kind, _field in expected)


def test_samples_say_who_it_is_and_what_is_wrong(admin: Client, account: Account) -> None:
    content, _mapping, _expected = ALL
    found = {
        problem.type.value: [(sample.who, sample.note) for sample in problem.samples]
        for problem in review(admin, content).context["problems"]
        if problem.field != "Display name"
    }
    circle = "ann@acme.example → bob@acme.example → ann@acme.example"
    assert found == {
        "INVALID_CSV": [("Flo · flo@acme.example", "7 cells, where there are 6 columns")],
        "BLANK_CSV_COLUMN_NAME": [("", "Column 6")],
        "REQUIRED_FIELD_MISSING": [("Gus", "The row ends before this column.")],
        "REQUIRED_VALUE_MISSING": [("", "")],
        "DUPLICATE_EMAIL": [("BOB@acme.example", "also in row 3")],
        "MANAGER_EMAIL_MISSING_IN_DEVELOPER_EMAILS": [("eve@acme.example", "zoe@acme.example")],
        "CIRCULAR_REFERENCE": [("ann@acme.example", circle), ("bob@acme.example", circle)],
    }


def test_an_empty_file_leaves_nothing_behind(admin: Client, account: Account) -> None:
    assert problems(send(admin, b"")) == {("EMPTY_CSV", ""): (1, [None])}
    assert not DeveloperUpload.objects.exists()


def test_at_most_ten_samples_are_shown_of_any_number(admin: Client, account: Account) -> None:
    rows = [("Nobody", "", "", "", "")] * 2500
    page = review(admin, file_of(rows))
    assert problems(page) == {("REQUIRED_VALUE_MISSING", "Email"): (2500, list(range(2, 12)))}
    assert "2,500" in page.content.decode()


def test_quotes_that_dont_match_end_the_file(admin: Client, account: Account) -> None:
    page = review(admin, file_of(GOOD) + '"Dee,dee@acme.example\r\n')
    assert problems(page) == {("INVALID_CSV", ""): (1, [5])}


def test_a_file_with_problems_can_be_mapped_again(admin: Client, account: Account) -> None:
    page = review(admin, file_of(GOOD, ("Who", *HEAD[1:])))
    assert ("MISSING_NAME_OR_EMAIL_OR_MANAGER_EMAIL_FIELD_MAPPING", "Display name") in problems(page)
    sent = {f"column-{place}": value for place, value in enumerate(("Display name", "Email", "Manager email"))}
    answer = admin.post(page.request["PATH_INFO"], {**sent, "column-3": "Role", "column-4": "Ignored"})
    assert answer.url.endswith("/review/")


def test_no_field_is_mapped_twice(admin: Client, account: Account) -> None:
    page = review(admin, file_of(GOOD), **{"column-4": "Role"})
    assert page.context["form"].errors == {"column-4": ["Another column is already mapped to Role."]}
    assert 'aria-invalid="true"' in page.content.decode()


@given(st.from_regex(_PLAIN_EMAIL, fullmatch=True).filter(lambda address: len(address) < 255))
def test_an_address_that_looks_plain_is_valid(address: str) -> None:
    validate_email(address)


@pytest.mark.parametrize("depth", [1, 2, 50_000])
def test_circles_of_any_size_are_found_once(depth: int) -> None:
    managers = {str(number): str((number + 1) % depth) for number in range(depth)} | {"in": "0", "out": "nobody"}
    (circle,) = circles(managers)
    assert sorted(circle) == sorted(managers.keys() - {"in", "out"})
