"""Making accounts and members."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from accounts.guard import access_of
from accounts.models import Account, Role, RoleBinding, User
from accounts.permissions import BUILT_IN, CAPABILITIES
from accounts.setup import add_member, complete_built_in_roles, create_account
from accounts.tracking import NotRecorded
from activity.actors import Actor
from activity.models import Entry
from activity.recording import Recording, recording
from tests.entries import entry_of, last_entry
from tracked_objects.models import OrgTree


def test_an_account_starts_with_the_built_in_roles(account: Account) -> None:
    roles = {role.name: frozenset(role.capabilities) for role in Role.objects.filter(account=account)}
    assert roles == BUILT_IN


def test_its_admin_may_do_everything(account: Account, account_admin: User) -> None:
    assert access_of(account_admin, account.slug).capabilities == dict.fromkeys(CAPABILITIES)


def test_the_log_begins_with_how_the_account_was_made(account: Account, account_admin: User) -> None:
    last_entry(
        account, type="ROLE", action="CREATED", actor_name="tests", object_id=f"binding-{RoleBinding.objects.get().pk}"
    )


def test_somebody_known_becomes_admin_of_another_account_and_keeps_the_password(
    recorded: Recording, stranger: User
) -> None:
    create_account("initech", "Initech", "ADMIN@globex.example", "another password 1")
    assert {binding.account.slug for binding in stranger.bindings.all()} == {"globex", "initech"}
    assert User.objects.get(pk=stranger.pk).password == stranger.password


@pytest.mark.parametrize(
    ("slug", "email", "password", "field"),
    [
        ("no spaces", "a@b.example", "correct horse", "slug"),
        ("globex", "a@b.example", "correct horse", "slug"),
        ("initech", "nobody", "correct horse", "email"),
        ("initech", "a@b.example", "short", "password"),
        ("initech", "a@b.example", "1234567890", "password"),
    ],
)
def test_what_is_not_well_formed_is_refused_by_field(
    recorded: Recording, other_account: Account, slug: str, email: str, password: str, field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        create_account(slug, "Initech", email, password)
    assert field in refused.value.message_dict


def test_an_account_is_not_made_outside_a_recording(db: None) -> None:
    with pytest.raises(NotRecorded):
        create_account("initech", "Initech", "a@b.example", "correct horse")


def test_a_member_of_one_org_tree_holds_nothing_elsewhere(
    account: Account, collection_admin: User, org_tree: OrgTree, other_org_tree: OrgTree
) -> None:
    access = access_of(collection_admin, account.slug)
    assert access.can("teams.edit", org_tree.pk)
    assert not access.can("teams.edit", other_org_tree.pk)


def test_a_member_without_a_password_cannot_sign_in(recorded: Recording, account: Account) -> None:
    member = add_member(account, "New@Acme.example", "SEI Viewer")
    assert member.email == "new@acme.example"
    assert not member.has_usable_password()


def capabilities_of(account: Account, role: str) -> set[str]:
    return set(account.roles.get(name=role).capabilities)


def take(account: Account, role: str, *capabilities: str) -> None:
    with recording(Actor.system("tests")):
        found = account.roles.get(name=role)
        found.capabilities = sorted({*found.capabilities} - {*capabilities})
        found.save()


def test_what_a_new_version_adds_to_built_in_roles_is_given_and_recorded(account: Account) -> None:
    take(account, "SEI Admin", "activity.ingest")
    call_command("migrate", verbosity=0)
    assert capabilities_of(account, "SEI Admin") == BUILT_IN["SEI Admin"]
    made = entry_of(account.roles.get(name="SEI Admin"), action="EDITED", actor_name="migrate", source="COMMAND")
    assert made.changes == {"Capabilities": {"added": ["activity.ingest"], "at": [1], "removed": []}}
    count = Entry.objects.count()
    call_command("migrate", verbosity=0)
    assert Entry.objects.count() == count


def test_what_an_admin_has_switched_off_stays_off(recorded: Recording, account: Account) -> None:
    take(account, "Account Viewer", "activity.view")
    complete_built_in_roles()
    assert "activity.view" not in capabilities_of(account, "Account Viewer")
