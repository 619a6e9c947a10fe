"""API keys as programs use them: which work, and what each may do at this moment."""

from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.api_keys import access_of_key, authenticate, key_in
from accounts.models import Account, ApiKey, Role, RoleBinding, User
from accounts.permissions import BUILT_IN, KEY_ROLES
from activity.actors import Actor
from activity.models import ActorKind, Entry
from activity.recording import Recording, recording
from tests.entries import last_entry
from tracked_objects.models import OrgTree

TESTS = Actor.system("tests")


def make(owner: User, role: str = "Read only", **fields: Any) -> ApiKey:
    with recording(TESTS):
        key = ApiKey.issue(Account.objects.get(slug="acme"), owner)
        key.name, key.role = fields.pop("name", "Jenkins"), role
        for name, value in fields.items():
            setattr(key, name, value)
        key.save()
    return key


@pytest.fixture
def key(sei_admin: User) -> ApiKey:
    return make(sei_admin)


def works(text: str) -> bool:
    return authenticate({"Authorization": f"ApiKey {text}"}) is not None


def test_a_key_is_recognised_and_knows_its_account_and_owner(key: ApiKey, sei_admin: User) -> None:
    found = authenticate({"X-Api-Key": key.text})
    assert found is not None
    assert (found[0].account.slug, found[0].owner, found[1].account) == ("acme", sei_admin, key.account)


LIKE_A_KEY = f"sei_{'a' * 8}_{'B' * 40}"


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({"Authorization": "ApiKey K"}, "K"),
        ({"Authorization": "apikey  K "}, "K"),
        ({"X-Api-Key": " K"}, "K"),
        ({"X-Api-Key": "K", "Authorization": "ApiKey K"}, "K"),
        ({"X-Api-Key": "K", "Authorization": "Bearer J"}, "K"),
        ({"X-Api-Key": "K", "Authorization": "ApiKey J"}, ""),
        ({"Authorization": "Bearer K"}, ""),
        ({"Authorization": f"Bearer {LIKE_A_KEY}"}, LIKE_A_KEY),
        ({"Authorization": LIKE_A_KEY}, LIKE_A_KEY),
        ({"Authorization": f"Basic {LIKE_A_KEY}"}, ""),
        ({"X-Api-Key": "K", "Authorization": f"Bearer {LIKE_A_KEY}"}, "K"),
        ({"Authorization": "ApiKey"}, ""),
        ({}, ""),
    ],
)
def test_either_header_brings_it(headers: dict[str, str], found: str) -> None:
    assert key_in(headers) == found


def test_what_is_nearly_a_key_is_none(key: ApiKey) -> None:
    text = key.text
    other = "a" if text[-1] != "a" else "b"
    wrong = (text[:-1], text[:-1] + other, text + "a", text.upper(), text.replace(key.prefix, "0" * 8), "")
    assert works(text)
    assert [bad for bad in (*wrong, "sei_", "é" * 53, "x" * 10_000, "\0") if works(bad)] == []


def test_a_revoked_key_is_refused(sei_admin: User) -> None:
    assert not works(make(sei_admin, revoked_at=timezone.now()).text)


@pytest.mark.parametrize(("days", "is_in"), [(-1, False), (0, True), (1, True)])
def test_a_key_works_up_to_its_last_day(sei_admin: User, days: int, is_in: bool) -> None:
    assert works(make(sei_admin, valid_until=timezone.now().date() + timedelta(days=days)).text) is is_in


def test_who_is_deactivated_takes_their_keys_along(key: ApiKey, sei_admin: User) -> None:
    with recording(TESTS):
        sei_admin.is_active = False
        sei_admin.save()
    assert not works(key.text)


def test_who_leaves_the_account_takes_their_keys_along(key: ApiKey, sei_admin: User, other_account: Account) -> None:
    role = other_account.roles.get(name="SEI Admin")
    with recording(TESTS):
        RoleBinding.objects.create(account=other_account, user=sei_admin, role=role)
        for binding in sei_admin.bindings.filter(account=key.account):
            binding.delete()
    assert not works(key.text)
    assert access_of_key(ApiKey.objects.get(pk=key.pk)) is None


@pytest.mark.parametrize("role", KEY_ROLES)
@pytest.mark.parametrize("owner", ["account_admin", "sei_admin", "account_viewer", "sei_viewer"])
def test_a_key_may_what_both_its_role_and_its_owner_may(
    request: pytest.FixtureRequest, account: Account, owner: str, role: str
) -> None:
    user: User = request.getfixturevalue(owner)
    (held,) = (frozenset(binding.role.capabilities) for binding in user.bindings.all())
    access = access_of_key(make(user, role))
    assert access is not None
    assert frozenset(access.capabilities) == held & KEY_ROLES[role]


def test_a_key_of_who_has_one_tree_has_no_other(
    account: Account, collection_admin: User, org_tree: OrgTree, recorded: Recording
) -> None:
    role = Role.objects.create(account=account, name="Auditor", capabilities=["activity.view"])
    RoleBinding.objects.create(account=account, user=collection_admin, role=role, org_tree=org_tree)
    access = access_of_key(make(collection_admin))
    assert access is not None
    assert access.scope("activity.view") == {org_tree.pk}
    assert not access.can("teams.edit", org_tree.pk)


def test_no_key_makes_keys_or_gives_roles() -> None:
    dangerous = {"api_keys.create", "api_keys.edit", "members.create", "members.assign", "roles.edit", "sso.edit"}
    assert not dangerous & frozenset().union(*KEY_ROLES.values())


def test_of_the_secret_only_a_hash_is_kept(key: ApiKey, account: Account) -> None:
    secret = key.text.rpartition("_")[2]
    with connection.cursor() as cursor:
        for table in ("accounts_apikey", "accounts_historicalapikey", "activity_entry"):
            cursor.execute(f"SELECT string_agg(row::text, ' ') FROM {table} AS row")
            (text,) = cursor.fetchone()
            assert secret not in text
            assert (ApiKey.objects.get().secret_hash in text) is (table == "accounts_apikey")
    last_entry(account, type="API_ACCESS_KEY", action="CREATED", object_name="Jenkins")


def test_keys_and_secrets_are_never_the_same(account: Account, sei_admin: User) -> None:
    texts = {ApiKey.issue(account, sei_admin).text for _ in range(200)}
    assert len({text.split("_")[1] for text in texts}) == len({text.split("_")[2] for text in texts}) == 200
    assert all(len(text) == 53 for text in texts)


def test_its_last_use_is_kept_once_a_minute_without_an_entry(key: ApiKey, account: Account) -> None:
    before = Entry.objects.count()
    assert works(key.text)
    first = ApiKey.objects.get().last_used_at
    assert first is not None and timezone.now() - first < timedelta(seconds=30)
    assert works(key.text)
    assert ApiKey.objects.get().last_used_at == first
    assert (Entry.objects.count(), key.history.count()) == (before, 1)


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_to_note_a_use(key: ApiKey) -> None:
    """Another request, which takes long, has just noted its own and not committed yet."""
    with closing(connection.copy()) as apart, apart.cursor() as other:
        other.execute("BEGIN; UPDATE accounts_apikey SET last_used_at = now()")
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1s'")
        assert works(key.text)
        other.execute("ROLLBACK")
    assert ApiKey.objects.get().last_used_at is None


def test_a_key_that_is_refused_was_not_used(key: ApiKey) -> None:
    works(key.text[:-1] + "!")
    assert ApiKey.objects.get().last_used_at is None


def test_it_takes_one_query_for_the_key_and_one_for_its_rights(key: ApiKey) -> None:
    works(key.text)
    with CaptureQueriesContext(connection) as queries:
        assert works(key.text)
    assert len(queries) == 2


def test_what_a_key_does_is_told_of_it_and_its_owner(key: ApiKey, account: Account, sei_admin: User) -> None:
    with recording(Actor.api_key(key), "API") as rec:
        rec.add(account, "ACTIVITY_LOG", "EXPORTED")
    last_entry(
        account,
        actor_kind=ActorKind.API_KEY,
        actor_id=str(key.pk),
        actor_email=sei_admin.email,
        actor_name="Jenkins",
    )


def test_ingestion_is_for_admins_and_their_keys() -> None:
    assert {role for role, held in BUILT_IN.items() if "activity.ingest" in held} == {"SEI Admin", "Account Admin"}
    assert KEY_ROLES["SEI Ingestion"] == {"activity.ingest"}
