"""Integrations: credentials go in and never come out; tags are words."""

import pytest
from django.test import Client

from activity.models import Entry
from activity.proof.reconciling import compare
from tests.browsing import fill
from tests.entries import entry_of
from tests.tampering import tamper
from tracked_objects.models import Integration, Tag

NEW = "/a/acme/integrations/new/"
FIRST, SECOND = "first-token-4711", "second-token-0815"


def edit(item: Integration) -> str:
    return f"/a/acme/integrations/{item.pk}/edit/"


def credentials(item: Integration) -> str:
    return Integration.objects.get(pk=item.pk).credentials


def test_a_new_integration_keeps_its_credentials_to_itself(admin: Client) -> None:
    sent = {"name": "Jira", "category": "issue_management", "application_type": "jira", "new_credentials": SECOND}
    answer = fill(admin, NEW, **sent, url="https://jira.example/path")
    jira = Integration.objects.get(name="Jira")
    assert jira.credentials == SECOND
    pages = [admin.get(url).content.decode() for url in (answer.url, edit(jira), "/a/acme/integrations/")]
    assert not any(SECOND in page for page in pages)
    assert "Stored, encrypted" in pages[0]
    assert SECOND not in str(Entry.objects.filter(type="INTEGRATION").values_list("changes", "details", "summary"))


def test_blank_credentials_keep_what_is_stored(admin: Client, github: Integration) -> None:
    fill(admin, edit(github), description="Code")
    assert credentials(github) == FIRST
    assert list(entry_of(github).changes) == ["Description"]


def test_new_credentials_replace_the_old_and_the_log_says_only_that(admin: Client, github: Integration) -> None:
    fill(admin, edit(github), new_credentials=SECOND)
    assert credentials(github) == SECOND
    changes = entry_of(github).changes
    assert list(changes) == ["Credentials"] and SECOND not in str(changes) and FIRST not in str(changes)


def test_ticking_the_box_removes_the_credentials(admin: Client, github: Integration) -> None:
    fill(admin, edit(github), clear_credentials="on")
    assert credentials(github) == ""
    assert "clear_credentials" not in admin.get(edit(github)).content.decode()


def test_new_credentials_and_none_at_once_is_refused(admin: Client, github: Integration) -> None:
    answer = fill(admin, edit(github), clear_credentials="on", new_credentials=SECOND)
    assert "clear_credentials" in answer.context["form"].errors
    assert credentials(github) == FIRST
    assert SECOND not in answer.content.decode()


@pytest.mark.parametrize(
    "url",
    [
        "https://ada:secret@git.example",
        "https://ada@git.example",
        "https://git.example/?token=1",
        "https://git.example/#t",
        "ftp://git.example",
        "javascript:alert(1)",
        "https://[oops",
        "nonsense",
        "https://git.example/\0",
    ],
)
def test_a_url_is_plain(admin: Client, github: Integration, url: str) -> None:
    assert "url" in fill(admin, edit(github), url=url).context["form"].errors


def test_tags_are_words_and_new_ones_are_made(admin: Client, github: Integration) -> None:
    assert 'value="production"' in admin.get(edit(github)).content.decode()
    fill(admin, edit(github), tag_words='Production, new, "with, comma", NEW')
    assert sorted(tag.name for tag in github.tags.all()) == ["new", "production", "with, comma"]
    assert entry_of(Tag.objects.get(name="new"), action="CREATED")
    assert entry_of(github).changes == {"Tags": {"added": ["new", "with, comma"], "removed": []}}


def test_a_tag_that_is_too_long_is_refused(admin: Client, github: Integration) -> None:
    assert "tag_words" in fill(admin, edit(github), tag_words="x" * 61).context["form"].errors


@pytest.mark.parametrize("field", ["name", "category", "application_type", "status"])
def test_what_an_integration_must_have(admin: Client, github: Integration, field: str) -> None:
    assert field in fill(admin, edit(github), **{field: ""}).context["form"].errors


def test_credentials_that_cannot_be_decrypted_any_more_are_in_nobodys_way(admin: Client, github: Integration) -> None:
    tamper("UPDATE tracked_objects_integration SET credentials = 'x' WHERE id = %s", github.pk)
    assert admin.get("/a/acme/integrations/").status_code == admin.get(github.get_absolute_url()).status_code == 200
    fill(admin, edit(github), description="Ours")
    with pytest.raises(ValueError, match="can't be decrypted"):
        credentials(github)
    assert compare(github.account).differing == {"INTEGRATION": 1}
    fill(admin, edit(github), new_credentials=SECOND)
    assert credentials(github) == SECOND
    assert compare(github.account).differing == {}
