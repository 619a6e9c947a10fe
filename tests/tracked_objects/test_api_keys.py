"""The pages of API keys: made and shown once, found again, revoked, deleted; each with its entry."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.api_keys import authenticate
from accounts.models import Account, ApiKey, Role, RoleBinding, User
from activity.actors import Actor
from activity.models import Entry
from activity.recording import recording
from tests.browsing import fill, form_of
from tests.entries import entries_of, entry_of, last_entry

URL = "/a/acme/api-keys/"
TODAY = timezone.now().date()


def create(client: Client, **values: Any) -> Any:
    return fill(client, f"{URL}new/", **{"name": "Jenkins", **values})


def text_of(page: Any) -> str:
    """The key on the page that shows it."""
    found = re.search(r"sei_[a-z0-9]{8}_[A-Za-z0-9]{40}", page.content.decode())
    assert found, "The page shows no key"
    return found[0]


def saved(**fields: Any) -> ApiKey:
    """A key of the account's admin that was made before."""
    owner = User.objects.get(email="admin@acme.example")
    with recording(Actor.system("tests")):
        key = ApiKey.issue(Account.objects.get(slug="acme"), owner)
        for name, value in {"name": "Old", "role": "Read only", **fields}.items():
            setattr(key, name, value)
        key.save()
    return key


def names(client: Client, **query: str) -> list[str]:
    return [str(row.record) for row in client.get(URL, query).context["page"].object_list]


def test_a_new_key_is_shown_once_and_works(admin: Client, sei_admin: User) -> None:
    page = create(admin)
    text = text_of(page)
    assert page["Cache-Control"] == "private, no-store"
    assert authenticate({"X-Api-Key": text}) is not None
    key = ApiKey.objects.get()
    assert (key.owner, key.role, key.valid_until) == (sei_admin, "Read only", TODAY + timedelta(days=90))
    entry_of(key, action="CREATED", summary="Created API key “Jenkins”", actor_email=sei_admin.email)
    for url in (URL, f"{URL}{key.pk}/", f"{URL}{key.pk}/revoke/", f"/a/acme/activity/object/API_ACCESS_KEY/{key.pk}/"):
        html = admin.get(url).content.decode()
        assert text not in html and text.rpartition("_")[2] not in html


def test_its_entry_says_what_it_may_and_nothing_of_the_secret(admin: Client) -> None:
    text = text_of(create(admin, role="SEI Ingestion", lifetime="never"))
    made = entry_of(ApiKey.objects.get())
    assert {name: change["after"] for name, change in made.changes.items()} == {
        "Name": "Jenkins",
        "Prefix": text.split("_")[1],
        "Owner": "SEI Admin (sei-admin@acme.example)",
        "Role": "SEI Ingestion",
    }


@pytest.mark.parametrize(
    ("lifetime", "days"), [("7", 7), ("30", 30), ("365", 365), ("never", None), ("date", 0), ("date", 3)]
)
def test_it_is_valid_for_as_long_as_was_chosen(admin: Client, lifetime: str, days: int | None) -> None:
    day = None if days is None else TODAY + timedelta(days=days)
    create(admin, lifetime=lifetime, valid_until=day.isoformat() if lifetime == "date" and day else "")
    assert ApiKey.objects.get().valid_until == day


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"role": "Account Admin"}, "role"),
        ({"role": ""}, "role"),
        ({"lifetime": "36500"}, "lifetime"),
        ({"lifetime": "date"}, "valid_until"),
        ({"lifetime": "date", "valid_until": "2020-01-01"}, "valid_until"),
        ({"lifetime": "date", "valid_until": "soon"}, "valid_until"),
        ({"lifetime": "7", "valid_until": "2090-01-01"}, "valid_until"),
    ],
)
def test_what_cant_be_is_said_beside_the_field_and_nothing_is_made(
    admin: Client, values: dict[str, str], field: str
) -> None:
    answer = create(admin, **values)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert not ApiKey.objects.exists()
    assert "sei_" not in answer.content.decode()


def test_a_form_sent_twice_makes_one_key(admin: Client) -> None:
    create(admin)
    assert "name" in create(admin, name="JENKINS").context["form"].errors
    assert ApiKey.objects.count() == 1


def test_a_revoked_key_gives_its_name_back(admin: Client) -> None:
    saved(name="Jenkins", revoked_at=timezone.now())
    text_of(create(admin))


def test_nobody_makes_a_key_that_may_more_than_they(
    client_of: Any, account: Account, sei_viewer: User, sei_admin: User
) -> None:
    held = ["api_keys.view", "api_keys.create", "activity.ingest"]
    with recording(Actor.system("tests")):
        role = Role.objects.create(account=account, name="Sender", capabilities=held)
        RoleBinding.objects.create(account=account, user=sei_viewer, role=role)
    client = client_of(sei_viewer)
    assert "Read only" not in client.get(f"{URL}new/").content.decode()
    assert "role" in create(client, role="Read only").context["form"].errors
    text_of(create(client, role="SEI Ingestion"))
    assert set(form_of(client_of(sei_admin).get(f"{URL}new/"))) >= {"name", "role", "lifetime"}


def test_who_holds_nothing_of_any_role_makes_none(client_of: Any, account: Account, sei_viewer: User) -> None:
    with recording(Actor.system("tests")):
        role = Role.objects.create(account=account, name="Odd", capabilities=["api_keys.view", "api_keys.create"])
        RoleBinding.objects.create(account=account, user=sei_viewer, role=role)
    assert client_of(sei_viewer).get(f"{URL}new/").status_code == 403


def test_a_key_is_revoked_with_a_reason(admin: Client) -> None:
    key = saved()
    assert fill(admin, f"{URL}{key.pk}/revoke/", reason="Leaked").status_code == 302
    assert authenticate({"X-Api-Key": key.text}) is None
    made = entry_of(key, action="EDITED", summary="Revoked API key “Old”", reason="Leaked")
    assert list(made.changes) == ["Revoked at"]


def test_it_is_revoked_once_also_in_two_tabs(admin: Client) -> None:
    key = saved()
    for _tab in range(2):
        answer = admin.post(f"{URL}{key.pk}/revoke/", follow=True)
    assert "there is nothing to revoke" in answer.content.decode()
    assert len(entries_of(key)) == 2


def test_what_works_is_not_deleted(admin: Client) -> None:
    key = saved()
    for send in (admin.get, admin.post):
        assert "Revoke it first" in send(f"{URL}{key.pk}/delete/", follow=True).content.decode()
    assert ApiKey.objects.exists()
    assert f"{URL}{key.pk}/delete/" not in admin.get(f"{URL}{key.pk}/").content.decode()


@pytest.mark.parametrize("over", [{"revoked_at": timezone.now()}, {"valid_until": TODAY - timedelta(days=1)}])
def test_what_is_over_is_deleted(admin: Client, account: Account, over: dict[str, Any]) -> None:
    key = saved(**over)
    assert f"{URL}{key.pk}/delete/" in admin.get(f"{URL}{key.pk}/").content.decode()
    fill(admin, f"{URL}{key.pk}/delete/", reason="Tidy")
    assert not ApiKey.objects.exists()
    last_entry(account, type="API_ACCESS_KEY", action="DELETED", object_id=str(key.pk), reason="Tidy")


def test_the_list_finds_keys_by_what_they_are(admin: Client) -> None:
    saved(name="Alpha", role="SEI Ingestion")
    saved(name="beta", valid_until=TODAY - timedelta(days=1))
    gone = saved(name="Gamma", revoked_at=timezone.now(), valid_until=TODAY - timedelta(days=1))
    assert names(admin) == ["Alpha", "beta", "Gamma"]
    assert names(admin, status="active") == ["Alpha"]
    assert names(admin, status="expired") == ["beta"]
    assert names(admin, status="revoked") == names(admin, q=gone.prefix) == ["Gamma"]
    assert names(admin, role="SEI Ingestion", q="admin@acme") == ["Alpha"]
    assert admin.get(URL, {"status": "lost"}).status_code == 400


@pytest.mark.parametrize("sort", ["name", "-prefix", "owner", "role", "valid_until", "-last_used"])
def test_the_list_is_sorted(admin: Client, sort: str) -> None:
    for name in ("One", "Two"):
        saved(name=name)
    assert len(names(admin, sort=sort)) == 2


def test_a_key_says_what_it_may_do_now_and_when_it_was_used(admin: Client) -> None:
    key = saved(role="SEI Ingestion")
    page = admin.get(f"{URL}{key.pk}/").content.decode()
    assert "send entries" in page and "Never" in page
    authenticate({"X-Api-Key": key.text})
    assert "Never" not in admin.get(f"{URL}{key.pk}/").content.decode()
    assert "now" in admin.get(URL).content.decode()


def test_a_viewer_sees_keys_and_changes_none(client_of: Any, account_viewer: User) -> None:
    key, client = saved(), client_of(account_viewer)
    page = client.get(f"{URL}{key.pk}/").content.decode()
    assert key.prefix in page and "revoke/" not in page
    for url in ("new/", f"{key.pk}/revoke/", f"{key.pk}/delete/"):
        assert client.get(URL + url).status_code == client.post(URL + url).status_code == 403


def test_keys_of_another_account_arent_there(client_of: Any, stranger: User, account: Account) -> None:
    key, client = saved(), client_of(stranger)
    assert client.get(URL).status_code == 404
    for page in ("", "revoke/", "delete/"):
        assert client.get(f"/a/globex/api-keys/{key.pk}/{page}").status_code == 404
    assert key.prefix not in client.get("/a/globex/api-keys/").content.decode()


def test_an_entry_leads_to_its_key_and_back(admin: Client, account: Account) -> None:
    key = saved()
    seq = Entry.objects.get(type="API_ACCESS_KEY").seq
    assert f"{URL}{key.pk}/" in admin.get(f"/a/acme/activity/{seq}/").content.decode()
    assert f"/a/acme/activity/object/API_ACCESS_KEY/{key.pk}/" in admin.get(f"{URL}{key.pk}/").content.decode()


def test_a_name_with_markup_stays_text(admin: Client) -> None:
    page = create(admin, name="<b>&\u202eevil").content.decode()
    assert "<b>&" not in page and "&lt;b&gt;" in page
