"""Uploading developers: file, mapping, review, approve; and nothing is written before."""

import hashlib
import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Account, Role, User
from activity.actors import Actor
from activity.integrity import first_break
from activity.models import Entry
from activity.recording import recording
from tests.browsing import form_of
from tests.entries import entries_of, entry_of, last_entry
from tests.tracked_objects.conftest import developer
from tests.tracked_objects.uploading import (
    URL,
    approve,
    file_of,
    parent_of,
    people,
    review,
    send,
    state,
    stored,
    upload,
)
from tracked_objects.models import Developer, DeveloperUpload, FieldMapping, Team


def counts(page: object) -> dict[str, int]:
    return {name: count for name, _label, count in page.context["tabs"]}  # type: ignore[attr-defined]


def test_from_the_file_to_the_developers(admin: Client, account: Account, sei_admin: User) -> None:
    content = file_of(people("Ann", "Bob<Ann", "Cyd<Bob", role="Engineer", site="Rio"))
    before = state(account)
    page = review(admin, content, "hr.csv")
    assert counts(page) == {"created": 3, "edited": 0, "removed": 0, "unchanged": 0}
    assert state(account) == before
    assert approve(admin, page, reason="New year").url == "/a/acme/developers/"
    assert stored(account) == set(people("Ann", "Bob<Ann", "Cyd<Bob", role="Engineer", site="Rio"))
    parent = parent_of(account)
    assert (parent.type, parent.action, parent.child_count, parent.reason) == ("DEVELOPER", "CREATED", 3, "New year")
    digest = hashlib.sha256(content.encode()).hexdigest()
    facts = {"created": 3, "edited": 0, "deleted": 0, "unchanged": 0, "rows": 3}
    assert parent.details == {"file_name": "hr.csv", "sha256": digest, **facts}
    assert parent.actor_email == sei_admin.email
    assert first_break(account.pk) is None


def test_only_developers_that_changed_have_entries(admin: Client, account: Account) -> None:
    upload(admin, file_of(people("Ann", "Bob<Ann", "Cyd<Ann", "Dee")))
    page = review(admin, file_of(people("Ann", "Bob<Cyd", "Cyd<Ann", "Eve<Bob")))
    assert counts(page) == {"created": 1, "edited": 1, "removed": 1, "unchanged": 2}
    approve(admin, page)
    parent = parent_of(account)
    children = Entry.objects.filter(account=account, parent_seq=parent.seq).order_by("object_name")
    assert [(child.action, child.object_name) for child in children] == [
        ("EDITED", "Bob"),
        ("DELETED", "Dee"),
        ("CREATED", "Eve"),
    ]
    assert children[0].changes == {"Manager": {"before": "Ann", "after": "Cyd"}}
    assert children[2].changes["Manager"] == {"after": "Bob"}
    assert parent.details["unchanged"] == 2
    assert parent.details["deleted"] == 1


@pytest.mark.parametrize("seed", range(12))
def test_approved_the_account_has_the_rows_of_the_file(admin: Client, account: Account, seed: int) -> None:
    """Any organisation becomes any other, and the same file again changes nothing."""
    chance = random.Random(seed)
    for _ in range(2):
        names = chance.sample([f"P{number}" for number in range(30)], chance.randint(1, 20))
        order = [f"{name}<{chance.choice(['', *names[:place]])}" for place, name in enumerate(names)]
        rows = [(*row[:3], chance.choice(["", "QA"]), chance.choice(["", "Rio"])) for row in people(*order)]
        chance.shuffle(rows)
        before = stored(account)
        page = review(admin, file_of(rows))
        emails = {row[1] for row in before}
        assert counts(page) == {
            "created": len({row[1] for row in rows} - emails),
            "edited": len({row for row in rows if row[1] in emails} - before),
            "removed": len(emails - {row[1] for row in rows}),
            "unchanged": len(before & set(rows)),
        }
        if page.context["review"].changes:
            approve(admin, page)
        assert stored(account) == set(rows)
    again = review(admin, file_of(rows))
    assert counts(again) == {"created": 0, "edited": 0, "removed": 0, "unchanged": len(rows)}
    assert "nothing to approve" in again.content.decode()
    assert first_break(account.pk) is None


def test_what_the_file_doesnt_speak_of_stays(admin: Client, account: Account) -> None:
    identities = [{"application_type": "github", "cloud_id": "ann"}]
    ann = developer(account, "Ann", team="Red", custom_attributes={"Badge": "7", "Floor": "2"}, identities=identities)
    rows = [("Ann", "ANN@acme.example", "", "9", "", "")]
    head = ("Name", "Email", "Manager email", "badge", "floor", "Salary")
    upload(admin, file_of(rows, head))
    ann.refresh_from_db()
    assert (ann.email, ann.team, ann.identities) == ("ann@acme.example", "Red", identities)
    assert ann.custom_attributes == {"Badge": "9"}


def test_a_column_that_is_there_but_empty_empties_the_field(admin: Client, account: Account) -> None:
    ann = developer(account, "Ann", role="QA", site="Rio")
    upload(admin, file_of(people("Ann", role="QA")))
    ann.refresh_from_db()
    assert (ann.role, ann.site) == ("QA", "")


def test_who_is_removed_leaves_their_teams(admin: Client, account: Account, team: Team) -> None:
    page = review(admin, file_of(people("Zoe")))
    assert "Payments" in page.client.get(page.request["PATH_INFO"], {"show": "removed"}).content.decode()
    approve(admin, page, reason="Left")
    team.refresh_from_db()
    assert (team.manager, list(team.members.all())) == (None, [])
    entry = entry_of(team, action="EDITED", reason="Left")
    assert entry.changes["Members"] == {"added": [], "removed": ["Ben Ito"]}
    assert stored(account) == set(people("Zoe"))


def test_the_mapping_is_remembered_and_its_changes_are_entries(admin: Client, account: Account) -> None:
    head = ("Who", "Mail", "Boss", "Shoe size", "Site")
    names = {"column-0": "Display name", "column-2": "Manager email", "column-3": "Custom attribute"}
    rows = [("Ann", "ann@acme.example", "", "38", "Rio")]
    upload(admin, file_of(rows, head), **names)
    mapping = FieldMapping.objects.get(account=account)
    entry_of(mapping, action="CREATED", summary="Saved the field mapping of developer uploads")
    assert Developer.objects.get(account=account).custom_attributes == {"Shoe size": "38"}
    page = review(admin, file_of([("Ann", "ann@acme.example", "", "39", "Rio")], head))
    assert counts(page)["edited"] == 1
    approve(admin, page)
    assert len(entries_of(mapping)) == 1
    upload(admin, file_of([("Ann", "ann@acme.example", "", "40", "Rio")], head), **{"column-3": "Role"})
    entry = entry_of(mapping, action="EDITED", summary="Changed the field mapping of developer uploads")
    assert entry.changes == {"columns.Shoe size": {"before": "Custom attribute", "after": "Role"}}


def test_an_entry_of_the_mapping_is_shown(admin: Client, account: Account) -> None:
    upload(admin, file_of(people("Ann")))
    entry = entry_of(FieldMapping.objects.get(account=account))
    assert "Display name" in admin.get(f"/a/acme/activity/{entry.seq}/").content.decode()


def test_approved_twice_it_happens_once(admin: Client, account: Account) -> None:
    page = review(admin, file_of(people("Ann")))
    approve(admin, page)
    before = state(account)
    again = approve(admin, page)
    assert (again.status_code, state(account)) == (409, before)
    assert "This upload has been approved" in again.content.decode()
    for url in (page.request["PATH_INFO"], page.request["PATH_INFO"].replace("review/", "")):
        assert admin.get(url).status_code == 409
        assert admin.post(url).status_code == 409
    assert admin.post(page.request["PATH_INFO"].replace("review", "cancel")).status_code == 409


def test_what_has_changed_since_the_review_is_shown_first(admin: Client, account: Account) -> None:
    page = review(admin, file_of(people("Ann", "Bob<Ann")))
    developer(account, "Cyd")
    before = state(account)
    answer = approve(admin, page)
    assert (answer.status_code, state(account)) == (409, before)
    assert "Developers have changed since" in answer.content.decode()
    assert counts(answer) == {"created": 2, "edited": 0, "removed": 1, "unchanged": 0}
    assert approve(admin, answer).status_code == 302
    assert stored(account) == set(people("Ann", "Bob<Ann"))


def test_another_mapping_in_another_tab_is_reviewed_again(admin: Client, account: Account) -> None:
    page = review(admin, file_of(people("Ann", role="QA")))
    path = page.request["PATH_INFO"].replace("review/", "")
    admin.post(path, form_of(admin.get(path)) | {"column-3": "Ignored"})
    assert approve(admin, page).status_code == 409


def test_a_review_without_a_mapping_asks_for_it(admin: Client, account: Account) -> None:
    page = send(admin, file_of(people("Ann")))
    assert admin.get(f"{page.url}review/").url == page.url
    assert admin.post(f"{page.url}review/").url == page.url


def test_a_cancelled_upload_leaves_nothing_behind(admin: Client, account: Account) -> None:
    before = state(account)
    page = review(admin, file_of(people("Ann")))
    assert admin.post(page.request["PATH_INFO"].replace("review", "cancel")).url == "/a/acme/developers/"
    assert (state(account), DeveloperUpload.objects.count()) == (before, 0)
    assert approve(admin, page).status_code == 404


def test_an_abandoned_upload_goes_away(admin: Client, account: Account) -> None:
    send(admin, file_of(people("Ann")))
    DeveloperUpload.objects.update(created_at=timezone.now() - timedelta(days=2))
    send(admin, file_of(people("Bob")), "second.csv")
    assert [found.file_name for found in DeveloperUpload.objects.all()] == ["second.csv"]


def test_an_approved_file_isnt_kept(admin: Client, account: Account) -> None:
    upload(admin, file_of(people("Ann")))
    kept = DeveloperUpload.objects.get()
    assert (bytes(kept.content), kept.mapping) == (b"", [])


def test_an_upload_is_its_owners(
    admin: Client, account_admin: User, stranger: User, client_of: Callable[[User], Client], account: Account
) -> None:
    page = review(admin, file_of(people("Ann")))
    other = client_of(account_admin)
    for path in ("", "review/", "cancel/"):
        url = page.request["PATH_INFO"].replace("review/", path)
        assert other.post(url).status_code == 404
        assert client_of(stranger).post(url.replace("acme", "globex")).status_code == 404


@pytest.mark.parametrize("missing", ["create", "edit", "delete"])
def test_an_upload_takes_all_three_capabilities(
    client_of: Callable[[User], Client], account: Account, sei_admin: User, missing: str
) -> None:
    with recording(Actor.system("tests")):
        role = Role.objects.get(account=account, name="SEI Admin")
        role.capabilities = [item for item in role.capabilities if item != f"developers.{missing}"]
        role.save()
    client = client_of(sei_admin)
    assert (client.get(URL).status_code, send(client, "x").status_code) == (403, 403)
    assert "Upload CSV" not in client.get("/a/acme/developers/").content.decode()


def test_whatever_is_in_the_file_is_only_text(admin: Client, account: Account) -> None:
    evil = '<script>alert("x")</script>'
    rows = [(evil, "ann@acme.example", "", f"=1+1{evil}", evil)]
    head = ("Name", "Email", "Manager email", "Role", evil)
    sent = send(admin, file_of(rows, head), f"{evil}.csv")
    pages = [admin.get(sent.url), review(admin, file_of(rows, head), **{"column-4": "Custom attribute"})]
    approve(admin, pages[1])
    pages += [admin.get("/a/acme/developers/"), review(admin, file_of([("", evil, evil, evil, evil)], head))]
    pages += [review(admin, file_of(people("Bob")), f"{evil}.csv")]
    pages += [admin.get(pages[-1].request["PATH_INFO"], {"show": "removed"})]
    assert all("&lt;script&gt;" in page.content.decode() for page in pages[:4])
    assert not any("<script>alert" in page.content.decode() for page in pages)


def test_a_page_shows_fifty_and_leads_to_the_others(admin: Client, account: Account) -> None:
    page = review(admin, file_of(people(*(f"P{number}" for number in range(120)))))
    assert len(page.context["rows"]) == 50
    third = admin.get(page.request["PATH_INFO"], {"show": "created", "page": 3})
    assert "101–120 of 120" in third.content.decode()
    assert admin.get(page.request["PATH_INFO"], {"show": "nonsense"}).status_code == 404


def test_a_file_that_is_too_large_or_no_file_is_refused(
    admin: Client, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracked_objects.upload.forms.MAX_MEGABYTES", 0)
    assert "larger than 0 MB" in send(admin, "a,b").content.decode()
    assert "This field is required" in admin.post(URL).content.decode()


def test_the_first_thing_to_do_is_to_upload(admin: Client, viewer: Client, account: Account) -> None:
    assert f'href="{URL}"' in admin.get("/a/acme/developers/").content.decode()
    assert f'href="{URL}"' not in viewer.get("/a/acme/developers/").content.decode()


def test_the_last_entry_says_what_came_of_the_file(admin: Client, account: Account) -> None:
    upload(admin, file_of(people("Ann", "Bob")))
    upload(admin, file_of(people("Bob<Cyd", "Cyd")))
    last_entry(account, parent_seq=parent_of(account).seq)
    assert parent_of(account).summary == "Developer batch of 3: 1 created, 1 edited, 1 deleted"
