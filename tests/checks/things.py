"""One object of each tracked model, and what can be changed of it."""

from typing import Any

from accounts.models import Account, ApiKey, Invitation, Membership, Role, RoleBinding, SsoConfig, User
from accounts.tracking import TrackedModel
from activity.recording import recording
from tests.conftest import TESTS
from tracked_objects.models import (
    BusinessAlignmentProfile,
    Developer,
    EfficiencyProfile,
    FieldMapping,
    Integration,
    OrgTree,
    ProductivityProfile,
    Tag,
    Team,
)

# A field of each, and another value of it.
CHANGES: dict[type[TrackedModel], tuple[str, Any]] = {
    OrgTree: ("name", "Changed"),
    Team: ("name", "Changed"),
    Developer: ("full_name", "Changed"),
    FieldMapping: ("columns", {"Changed": "role"}),
    EfficiencyProfile: ("name", "Changed"),
    ProductivityProfile: ("name", "Changed"),
    BusinessAlignmentProfile: ("name", "Changed"),
    Integration: ("name", "Changed"),
    Tag: ("name", "changed"),
    User: ("name", "Changed"),
    Membership: ("is_active", False),
    Invitation: ("name", "Changed"),
    Role: ("name", "Changed"),
    RoleBinding: ("role", None),
    ApiKey: ("name", "Changed"),
    SsoConfig: ("client_id", "changed"),
}


def unsaved(model: type[TrackedModel], account: Account) -> TrackedModel:
    """A new object, with what it needs."""
    admin = User.objects.get(email=f"admin@{account.slug}.example")
    if model is User:
        return User(email="new@acme.example", name="New")
    if model in {Membership, RoleBinding}:
        with recording(TESTS):
            user = User.objects.create_user("other@acme.example", None)
        if model is Membership:
            return Membership(account=account, user=user)
        return RoleBinding(account=account, user=user, role=account.roles.get(name="SEI Viewer"))
    if model is ApiKey:
        made = ApiKey.issue(account, admin)
        made.name, made.role = "New", "SEI Admin"
        return made
    fields: dict[type[TrackedModel], dict[str, Any]] = {
        Team: {"name": "New", "org_tree": tree_of(account) if model is Team else None},
        Developer: {"full_name": "New", "email": "new@acme.example"},
        FieldMapping: {"columns": {"Name": "full_name"}},
        Integration: {"name": "New", "category": "ci", "application_type": "jenkins"},
        Tag: {"name": "new"},
        Invitation: {"email": "new@acme.example", "invited_by": admin},
        Role: {"name": "New", "capabilities": ["activity.view"]},
        SsoConfig: {"domains": ["acme.example"], "client_id": "new"},
    }
    return model(account=account, **fields.get(model, {"name": "New"}))


def tree_of(account: Account) -> OrgTree:
    """The org tree of the teams."""
    with recording(TESTS):
        return OrgTree.objects.get_or_create(account=account, name="Tree")[0]


def saved(model: type[TrackedModel], account: Account) -> Any:
    """A stored object."""
    thing = unsaved(model, account)
    with recording(TESTS):
        thing.save()
    return thing


def change(thing: Any) -> tuple[str, Any]:
    """A field of the object, and another value of it."""
    name, value = CHANGES[type(thing)]
    if isinstance(thing, RoleBinding):
        value = thing.account.roles.get(name="Account Viewer")
    return name, value
