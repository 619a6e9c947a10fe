"""Syncing cloud IDs: a file of e-mail, application type and cloud ID becomes one batch of those who change."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Account, User
from activity.actors import Actor
from activity.integrity import first_break
from activity.models import Entry
from activity.recording import recording
from tests.browsing import form_of
from tests.tracked_objects.conftest import developer
from tests.tracked_objects.uploading import Found, file_of, parent_of, problems, state
from tracked_objects.models import Developer, DeveloperUpload

URL = "/a/acme/developers/cloud-ids/"
HEAD = ("Email", "Application type", "Cloud ID")
Rows = Sequence[Sequence[str]]


def github(cloud_id: str) -> dict[str, str]:
    return {"application_type": "github", "cloud_id": cloud_id}


@pytest.fixture
def ann(account: Account) -> Developer:
    """Has a GitHub and a Jira account."""
    return developer(account, "Ann", identities=[github("ann"), {"application_type": "jira", "cloud_id": "j-1"}])


@pytest.fixture
def bob(account: Account) -> Developer:
    return developer(account, "Bob", identities=[github("bob")])


@pytest.fixture
def cyd(account: Account) -> Developer:
    """Has no accounts."""
    return developer(account, "Cyd")


def send(client: Client, content: Rows | bytes, name: str = "ids.csv", head: Sequence[str] = HEAD) -> Any:
    """Send the file; the review, or the page that says what is wrong."""
    data = content if isinstance(content, bytes) else file_of(content, head).encode()
    return client.post(URL, {"file": SimpleUploadedFile(name, data)}, follow=True)


def approve(client: Client, page: Any, **fields: str) -> Any:
    return client.post(page.request["PATH_INFO"], form_of(page) | fields)


def identities(person: Developer) -> list[dict[str, str]]:
    person.refresh_from_db()
    return person.identities


def test_from_the_file_to_one_batch(admin: Client, account: Account, ann: Developer, cyd: Developer) -> None:
    rows = [("ANN@acme.example", "GitHub", "ann-2"), ("cyd@acme.example", "github", "cyd")]
    before = state(account)
    page = send(admin, rows, "may.csv")
    assert state(account) == before
    assert approve(admin, page, reason="Renamed").url == "/a/acme/developers/"
    assert identities(ann) == [github("ann-2"), {"application_type": "jira", "cloud_id": "j-1"}]
    assert identities(cyd) == [github("cyd")]
    parent = parent_of(account)
    assert (parent.summary, parent.reason) == ("Synced cloud IDs of 2 developers", "Renamed")
    digest = hashlib.sha256(file_of(rows, HEAD).encode()).hexdigest()
    counts = {"rows": 2, "unknown": 0, "created": 0, "edited": 2, "deleted": 0, "unchanged": 0}
    assert parent.details == {"file_name": "may.csv", "sha256": digest, **counts}
    assert first_break(account.pk) is None


def test_only_who_changes_has_an_entry(
    admin: Client, account: Account, ann: Developer, bob: Developer, cyd: Developer
) -> None:
    rows = [(ann.email, "github", "ann"), (bob.email, "github", "bobby"), (ann.email, "jira", "j-1")]
    approve(admin, send(admin, rows))
    parent = parent_of(account)
    (child,) = Entry.objects.filter(account=account, parent_seq=parent.seq)
    assert (child.object_name, child.action, parent.details["unchanged"]) == ("Bob", "EDITED", 1)
    assert parent.summary == "Synced cloud IDs of 1 developer"


def test_unknown_emails_are_said_and_the_others_can_be_approved(
    admin: Client, account: Account, bob: Developer
) -> None:
    rows = [(f"nobody{number}@acme.example", "github", f"x{number}") for number in range(12)]
    page = send(admin, [*rows, (bob.email, "github", "bobby")])
    unknown = page.context["sync"].unknown
    assert (unknown.count, [sample.row for sample in unknown.samples]) == (12, list(range(2, 12)))
    assert "12 e-mails belong to no developer" in page.content.decode()
    approve(admin, page)
    assert identities(bob) == [github("bobby")]
    assert parent_of(account).details["unknown"] == 12


def test_two_can_swap_and_the_same_row_twice_is_fine(admin: Client, ann: Developer, bob: Developer) -> None:
    rows = [(ann.email, "github", "bob"), (bob.email, "github", "ann"), (bob.email, "GITHUB", "ann")]
    approve(admin, send(admin, rows))
    assert (identities(ann)[0], identities(bob)) == (github("bob"), [github("ann")])


def test_several_ids_of_one_application_become_the_one_of_the_file(admin: Client, account: Account) -> None:
    dee = developer(account, "Dee", identities=[github("dee"), github("dee-old")])
    page = send(admin, [(dee.email, "github", "dee-2")])
    assert "<del>dee, dee-old</del> <ins>dee-2</ins>" in page.content.decode()
    approve(admin, page)
    assert identities(dee) == [github("dee-2")]


BAD: dict[str, tuple[Rows, Sequence[str], Found]] = {
    "no such columns": (
        [("ann@acme.example", "1", "2")],
        ("Email", "Product", "Number"),
        {
            ("REQUIRED_FIELD_MISSING", "Application type"): (1, [None]),
            ("REQUIRED_FIELD_MISSING", "Cloud ID"): (1, [None]),
        },
    ),
    "values missing or too long": (
        [("ann@acme.example", "", "1"), ("", "github", "2"), ("bob@acme.example", "x" * 61, "3")],
        HEAD,
        {
            ("REQUIRED_VALUE_MISSING", "Application type"): (1, [2]),
            ("REQUIRED_VALUE_MISSING", "Email"): (1, [3]),
            ("INVALID_CSV", "Application type"): (1, [4]),
        },
    ),
    "two for one": (
        [("ann@acme.example", "github", "a"), ("ANN@acme.example", "GitHub", "b")],
        HEAD,
        {("CONFLICTING_CLOUD_IDS", "Cloud ID"): (1, [3])},
    ),
    "taken": ([("bob@acme.example", "GitHub", "ann")], HEAD, {("DUPLICATE_CLOUD_ID", "Cloud ID"): (1, [2])}),
    "one for two": (
        [("ann@acme.example", "x", "1"), ("bob@acme.example", "x", "1")],
        HEAD,
        {("DUPLICATE_CLOUD_ID", "Cloud ID"): (2, [2, 3])},
    ),
    "empty": ([], HEAD, {("EMPTY_CSV", ""): (1, [None])}),
    "a column without a name": (
        [("ann@acme.example", "x", "1", "")],
        (*HEAD, ""),
        {("BLANK_CSV_COLUMN_NAME", ""): (1, [1])},
    ),
}


@pytest.mark.parametrize(("rows", "head", "expected"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_counted_and_nothing_is_kept(
    admin: Client, account: Account, ann: Developer, bob: Developer, rows: Rows, head: Sequence[str], expected: Found
) -> None:
    before = state(account)
    answer = send(admin, rows, head=head)
    assert problems(answer) == expected
    assert (state(account), DeveloperUpload.objects.count()) == (before, 0)


def test_an_id_of_another_developer_is_an_error_with_both_names(admin: Client, ann: Developer, bob: Developer) -> None:
    page = send(admin, [(bob.email, "github", "ann")]).content.decode()
    assert "Bob (bob@acme.example)" in page and "github “ann” already belongs to Ann (ann@acme.example)." in page


def test_any_encoding_and_separator_and_more_columns(admin: Client, ann: Developer) -> None:
    head = ("Notes", "cloud_id", "E-Mail", "applicationType")
    text = file_of([("é", "ann;9", ann.email, "github")], head, ";")
    approve(admin, send(admin, text.encode("utf-16")))
    assert identities(ann)[0] == github("ann;9")


def test_approved_twice_it_happens_once(admin: Client, account: Account, bob: Developer) -> None:
    page = send(admin, [(bob.email, "github", "bobby")])
    approve(admin, page)
    before = state(account)
    assert (approve(admin, page).status_code, state(account)) == (409, before)
    assert admin.get(page.request["PATH_INFO"]).status_code == 409


def test_what_has_changed_since_the_review_is_shown_first(admin: Client, account: Account, bob: Developer) -> None:
    page = send(admin, [(bob.email, "github", "bobby")])
    with recording(Actor.system("tests")):
        bob.identities = [github("robert")]
        bob.save()
    answer = approve(admin, page)
    assert (answer.status_code, identities(bob)) == (409, [github("robert")])
    assert "Developers have changed since" in answer.content.decode()
    assert approve(admin, answer).status_code == 302
    assert identities(bob) == [github("bobby")]


def test_taken_by_somebody_else_since_the_review_it_cant_be_approved(
    admin: Client, account: Account, bob: Developer
) -> None:
    page = send(admin, [(bob.email, "github", "new")])
    developer(account, "Eve", identities=[github("new")])
    answer = approve(admin, page)
    assert (answer.status_code, identities(bob)) == (409, [github("bob")])
    assert "already belongs to Eve" in answer.content.decode() and "token" not in form_of(answer)


def test_without_a_change_there_is_nothing_to_approve(admin: Client, account: Account, bob: Developer) -> None:
    page = send(admin, [(bob.email, "github", "bob")])
    before = state(account)
    assert "nothing to approve" in page.content.decode()
    assert (approve(admin, page).status_code, state(account)) == (409, before)


def test_cancelled_it_leaves_nothing_behind(admin: Client, account: Account, bob: Developer) -> None:
    page = send(admin, [(bob.email, "github", "bobby")])
    before = state(account)
    pk = DeveloperUpload.objects.get().pk
    assert admin.post(f"/a/acme/developers/upload/{pk}/cancel/").url == "/a/acme/developers/"
    assert (state(account), DeveloperUpload.objects.count()) == (before, 0)
    assert approve(admin, page).status_code == 404


def test_a_file_is_its_owners_and_for_this_alone(
    admin: Client, account_admin: User, client_of: Callable[[User], Client], bob: Developer
) -> None:
    page = send(admin, [(bob.email, "github", "bobby")])
    assert client_of(account_admin).get(page.request["PATH_INFO"]).status_code == 404
    pk = DeveloperUpload.objects.get().pk
    for path in (f"{pk}/", f"{pk}/review/"):
        assert admin.get(f"/a/acme/developers/upload/{path}").status_code == 404


def test_developers_of_other_accounts_are_unknown(admin: Client, outsider: Developer, bob: Developer) -> None:
    page = send(admin, [(outsider.email, "github", "otto")])
    assert page.context["sync"].unknown.count == 1 and "token" not in form_of(page)


def test_whatever_is_in_the_file_is_only_text(admin: Client, bob: Developer) -> None:
    evil = "<script>alert(1)</script>"
    pages = [send(admin, [(bob.email, evil, evil), (evil, evil, evil)], f"{evil}.csv")]
    pages.append(send(admin, [(bob.email, evil, evil), (bob.email, evil, "x")]))
    assert all("&lt;script&gt;" in page.content.decode() for page in pages)
    assert not any(evil in page.content.decode() for page in pages)


def test_it_is_reached_from_the_list_by_who_may(admin: Client, viewer: Client, bob: Developer) -> None:
    assert f'href="{URL}"' in admin.get("/a/acme/developers/").content.decode()
    assert f'href="{URL}"' not in viewer.get("/a/acme/developers/").content.decode()
    assert (viewer.get(URL).status_code, send(viewer, b"x").status_code) == (403, 403)
