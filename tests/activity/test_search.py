"""Search: whole words, every character literal, wherever in an entry they stand."""

import re

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Account
from activity.models import Entry
from activity.search import has_words
from tests.log import draft, entry, shown, write

URL = "/a/acme/activity/"


@pytest.fixture
def made(account: Account) -> int:
    return entry(
        account,
        email="ada.lovelace@mail.acme.example",
        actor_name="Ada Lovelace",
        object_id="kubernetes/sig-contributor-experience_bugs",
        object_name="Contributor <Experience> & Über",
        summary="Edited team “Contributor-Experience”: 3.14 +49-30 d89f8e22cfd2",
        changes={
            "lead_time.phases[Review].end_event": {"before": "pr_merged", "after": "first\ncommit\\branch"},
            "Members": {"added": ["m3486750d9", "Jörg Ärmel"], "removed": ["日本語"]},
        },
    ).seq


@pytest.mark.parametrize(
    "words",
    [
        "ada",
        "LOVELACE",
        "ada.lovelace@mail.acme.example",
        "lovelace@mail",
        "lovelace@mail.acme",
        "sig-contributor",
        "kubernetes/sig",
        "bugs",
        "experience über",
        "<Experience>",
        "d89f8e22cfd2",
        "3.14",
        "+49-30",
        "phases[Review].end_event",
        "merged",
        "first commit branch",
        "m3486750d9",
        "jörg ärmel",
        "日本語",
        "review ada kubernetes",
        "& | ! <-> :* contributor ' ( )",
    ],
)
def test_found_by(admin: Client, made: int, words: str) -> None:
    assert shown(admin.get(URL, {"q": words})) == [made]


@pytest.mark.parametrize(
    "words",
    [
        "love",
        "lovelac*",
        "love:*",
        "contrib.*",
        "c%r",
        "ada & nobody",
        "ada | nobody",
        "!nobody",
        "nobody <-> ada",
        "ncommit",
        "before",
        "after",
        "added",
        "removed",
        "@1",
        "e'; DROP TABLE",
    ],
)
def test_not_found_by(admin: Client, made: int, words: str) -> None:
    assert made not in shown(admin.get(URL, {"q": words}))


def test_words_of_other_accounts_stay_theirs(admin: Client, made: int, other_account: Account) -> None:
    entry(other_account, summary="lovelace")
    assert shown(admin.get(URL, {"q": "lovelace"})) == [made]


def test_changes_too_long_to_index_can_be_written_and_read(admin: Client, account: Account) -> None:
    words = " ".join(f"w{n}" for n in range(400_000))
    made = entry(account, summary="findme", changes={"Text": {"after": f"{words} {'x' * 5000}"}})
    assert shown(admin.get(URL, {"q": "findme w77"})) == [made.seq]
    assert admin.get(f"{URL}{made.seq}/").status_code == 200


WORDS = st.text(st.characters(categories=["Lu", "Ll", "Nd"], max_codepoint=0x24F), min_size=1, max_size=8)
TEXT = st.lists(st.tuples(WORDS, st.text(st.sampled_from(" !\"#$%&'()*+,-./:;<=>?@[]^_`{|}~"), min_size=1, max_size=3)))


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.lower()))


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(summary=TEXT, query=TEXT.filter(bool))
def test_an_entry_is_found_by_exactly_the_words_it_has(
    account: Account, summary: list[tuple[str, str]], query: list[tuple[str, str]]
) -> None:
    text, asked = ("".join(map("".join, parts)) for parts in (summary, query))
    (seq,) = write(draft(account, email="", summary=text))
    found = Entry.objects.filter(has_words(account.pk, asked), account=account, seq=seq).exists()
    # "edited" and the like are no words of this entry: it has no name, no e-mail and no changes.
    assert found == (_words(asked) <= _words(text))
    if _words(text):
        assert Entry.objects.filter(has_words(account.pk, text), account=account, seq=seq).exists()


@pytest.fixture
def known_words(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log of which PostgreSQL has statistics, with a bound that makes its words common."""
    write(*(draft(account, summary=f"Everywhere, {'here' if number else 'rarely'}") for number in range(150)))
    write(*(draft(account, type="TAG", summary="Everywhere") for _ in range(3)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE activity_entry")
    monkeypatch.setattr("activity.search.COMMON", 100)


@pytest.mark.parametrize("query", [{"q": "everywhere"}, {"q": "Everywhere: here"}, {"q": "everywhere", "type": "TEAM"}])
def test_common_words_are_not_counted(known_words: None, admin: Client, query: dict[str, str]) -> None:
    page = admin.get(URL, query)
    counts = page.context["counts"]
    assert (counts.total, counts.more, counts.common) == (100, True, True)
    assert len(shown(page)) == 50


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ({"q": "rarely"}, 1),
        ({"q": "everywhere rarely"}, 1),
        ({"q": "everywhere", "type": "TAG"}, 3),
        ({"q": "everywhere", "type": "ROLE"}, 0),
    ],
)
def test_what_has_few_entries_is_counted(known_words: None, admin: Client, query: dict[str, str], total: int) -> None:
    page = admin.get(URL, query)
    counts = page.context["counts"]
    assert (counts.total, counts.more, counts.common) == (total, False, False)
    assert len(shown(page)) == total


def test_words_common_only_long_ago_are_found(
    known_words: None, admin: Client, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("activity.counts.LOOKED_AT", 10)
    write(*(draft(account, summary="Quiet") for _ in range(10)))
    counts = admin.get(URL, {"q": "everywhere"}).context["counts"]
    assert (counts.total, counts.common) == (153, False)
