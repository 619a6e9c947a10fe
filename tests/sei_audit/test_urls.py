"""Every URL and every role: who gets what. A URL without a row in this table fails."""

from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from accounts.guard import IN_PERSON, MEMBER, PUBLIC, SIGNED_IN
from accounts.models import Account, ApiKey, Invitation, Membership, Role, User
from accounts.permissions import CAPABILITIES
from activity.actors import Actor
from activity.models import SavedView
from activity.proof.models import Checkpoint, Manifest
from activity.proof.notes import configured_keys
from activity.recording import recording
from sei_audit.matrix import patterns
from tests.accounts.identity_providers import configure
from tracked_objects.kinds import KINDS
from tracked_objects.models import (
    BusinessAlignmentProfile,
    Developer,
    DeveloperUpload,
    EfficiencyProfile,
    Integration,
    OrgTree,
    ProductivityProfile,
    Team,
)

PEOPLE = ("visitor", "stranger", "sei_viewer", "collection_admin", "account_viewer", "sei_admin", "account_admin")

# What each of PEOPLE gets for a GET: ok, login (asked to sign in), on (redirected), no (403), 404.
EVERYBODY = "ok    on    on    on    on    on    on"
NOBODY_BUT_ADMINS = "login 404   no    no    no    ok    ok"
MEMBERS = "login 404   ok    ok    ok    ok    ok"
VIEWERS = "login 404   no    no    ok    ok    ok"
COLLECTIONS = "login 404   no    ok    ok    ok    ok"
COLLECTION_EDITORS = "login 404   no    ok    no    ok    ok"
# Back to the list.
NOTHING_SELECTED = "login 404   no    no    no    on    on"

TABLE = {
    "home": "login on    on    on    on    on    on",
    "unsent": "login on    on    on    on    on    on",
    "account_home": "login 404   on    on    on    on    on",
    "activity:list": VIEWERS,
    "activity:detail": VIEWERS,
    "activity:export_csv": NOBODY_BUT_ADMINS,
    "activity:export_jsonl": NOBODY_BUT_ADMINS,
    "activity:manifest": NOBODY_BUT_ADMINS,
    "activity:checkpoint": NOBODY_BUT_ADMINS,
    "activity:verify": NOBODY_BUT_ADMINS,
    "activity:reconcile": NOBODY_BUT_ADMINS,
    # Back to the page that has its form.
    "activity:catch_up": "login 404   no    no    no    on    on",
    "activity:keys": MEMBERS,
    "activity:keys_file": MEMBERS,
    "activity:verifier": MEMBERS,
    "activity:suggest": VIEWERS,
    # Without a place in the list there is nothing to tell.
    "activity:new": "login 404   no    no    400   400   400",
    "activity:object": VIEWERS,
    "activity:versions:list": VIEWERS,
    "activity:versions:at": VIEWERS,
    "activity:versions:compare": VIEWERS,
    "activity:versions:one": VIEWERS,
    "activity:versions:restore": NOBODY_BUT_ADMINS,
    "activity:views": VIEWERS,
    "activity:views_menu": VIEWERS,
    "activity:new_view": VIEWERS,
    "activity:edit_view": NOBODY_BUT_ADMINS,
    "activity:delete_view": NOBODY_BUT_ADMINS,
    "activity:export_developers": VIEWERS,
    "developers-suggest": COLLECTIONS,
    "activity:preferences": "login 405   405   405   405   405   405",
}
# Everybody's own pages. "on" leads to showing once more who they are.
SIGNED_IN_THEMSELVES = "login ok    ok    ok    ok    ok    ok"
CONFIRMED = "login on    on    on    on    on    on"
NOTHING_YET = "login 404   404   404   404   404   404"
OWN = {
    "profile": SIGNED_IN_THEMSELVES,
    "password": SIGNED_IN_THEMSELVES,
    "email": CONFIRMED,
    "confirm_email": SIGNED_IN_THEMSELVES,
    "sessions": SIGNED_IN_THEMSELVES,
    "mfa_index": SIGNED_IN_THEMSELVES,
    "mfa_activate_totp": CONFIRMED,
    "mfa_deactivate_totp": NOTHING_YET,
    "mfa_view_recovery_codes": NOTHING_YET,
    "mfa_generate_recovery_codes": CONFIRMED,
    "mfa_download_recovery_codes": NOTHING_YET,
    "mfa_add_webauthn": CONFIRMED,
    "mfa_edit_webauthn": CONFIRMED,
    "mfa_remove_webauthn": CONFIRMED,
    "account_reauthenticate": SIGNED_IN_THEMSELVES,
    "mfa_reauthenticate": CONFIRMED,
    "mfa_reauthenticate_webauthn": CONFIRMED,
}
PUBLIC_ONES = {
    "account_login": EVERYBODY,
    "mfa_login_webauthn": "on    on    on    on    on    on    on",
    "mfa_authenticate": "on    on    on    on    on    on    on",
    "account_logout": "on    ok    ok    ok    ok    ok    ok",
    "account_reset_password": "ok    ok    ok    ok    ok    ok    ok",
    "account_reset_password_done": "ok    ok    ok    ok    ok    ok    ok",
    "account_reset_password_from_key": "ok    ok    ok    ok    ok    ok    ok",
    "sso_start": "ok    ok    ok    ok    ok    ok    ok",
    # Acme's identity provider in this test can't be asked, and hasn't been: every answer is refused.
    "sso_go": "no    no    no    no    no    no    no",
    "openid_connect_callback": "no    no    no    no    no    no    no",
    "saml_acs": "405   405   405   405   405   405   405",
    "saml_finish_acs": "no    no    no    no    no    no    no",
    "saml_metadata": "ok    ok    ok    ok    ok    ok    ok",
    "account_reset_password_from_key_done": "ok    ok    ok    ok    ok    ok    ok",
}
# What belongs to no account.
OF_NO_ACCOUNT = {*OWN, *PUBLIC_ONES, "home", "unsent", "activity:preferences", "invitation", "join"}
TABLE |= OWN | PUBLIC_ONES
TABLE |= {
    "sso:edit": VIEWERS,
    "sso:test": "login 404   no    no    no    no    405",
    "sso:delete": "login 404   no    no    no    no    ok",
}
for _collection in ("org-trees", "teams"):
    TABLE |= {
        f"{_collection}:list": COLLECTIONS,
        f"{_collection}:create": NOBODY_BUT_ADMINS,
        f"{_collection}:detail": COLLECTIONS,
        f"{_collection}:edit": COLLECTION_EDITORS,
        f"{_collection}:delete": NOBODY_BUT_ADMINS,
        f"{_collection}:delete-selected": NOTHING_SELECTED,
    }
for _kind in (
    "developers",
    "efficiency-profiles",
    "productivity-profiles",
    "business-alignment-profiles",
    "integrations",
):
    TABLE |= {
        f"{_kind}:list": VIEWERS,
        f"{_kind}:create": NOBODY_BUT_ADMINS,
        f"{_kind}:detail": VIEWERS,
        f"{_kind}:edit": NOBODY_BUT_ADMINS,
        f"{_kind}:delete": NOBODY_BUT_ADMINS,
        f"{_kind}:delete-selected": NOTHING_SELECTED,
    }

TABLE |= {
    "org-trees:preview-nodes": NOBODY_BUT_ADMINS,
    "org-trees:tree": COLLECTIONS,
    "org-trees:nodes": COLLECTIONS,
    "org-trees:table": COLLECTIONS,
    "api-keys:list": VIEWERS,
    "api-keys:create": NOBODY_BUT_ADMINS,
    "api-keys:detail": VIEWERS,
    "api-keys:edit": NOBODY_BUT_ADMINS,
    # What still works is to be revoked first.
    "api-keys:delete": "login 404   no    no    no    on    on",
}

SENT_BY_ADMINS = "login 404   no    no    no    405   405"
# Of the API, the members of an account by their session; a visitor is asked for a key.
TABLE |= {
    "activity-api:entries": VIEWERS,
    "activity-api:entry": VIEWERS,
    "activity-api:export_csv": NOBODY_BUT_ADMINS,
    "activity-api:export_jsonl": NOBODY_BUT_ADMINS,
    "activity-api:manifest": NOBODY_BUT_ADMINS,
    "activity-api:catalog": "login 404   ok    ok    ok    ok    ok",
    # Only to be sent to.
    "activity-api:import": "login 404   no    no    no    no    405",
    # SEI's own: who may not upload may not send, and nobody gets what is only sent to.
    "v2-developers": VIEWERS,
    "v2:schema": VIEWERS,
    "v2:version": SENT_BY_ADMINS,
    "v2:field-mappings": SENT_BY_ADMINS,
    "v2:cloud-ids": SENT_BY_ADMINS,
    "v2:cloud-ids-upload": SENT_BY_ADMINS,
    "api-schema": "ok    ok    ok    ok    ok    ok    ok",
    "api-docs": "ok    ok    ok    ok    ok    ok    ok",
    "healthz": "ok    ok    ok    ok    ok    ok    ok",
    "readyz": "ok    ok    ok    ok    ok    ok    ok",
    # There is none without a token in the settings.
    "metrics": "404   404   404   404   404   404   404",
}
OF_NO_ACCOUNT |= {"api-schema", "api-docs", "healthz", "readyz", "metrics"}
OF_NO_ACCOUNT |= {"api-schema", "api-docs"}
# What a page shows, the API tells.
for _kind in KINDS:
    TABLE |= {f"{_kind}-api:list": TABLE[f"{_kind}:list"], f"{_kind}-api:one": TABLE[f"{_kind}:detail"]}

# An upload belongs to the one who has sent the file: here, the SEI Admin.
TABLE |= {
    "developers:upload": NOBODY_BUT_ADMINS,
    "developers:upload-map": "login 404   no    no    no    ok    404",
    "developers:upload-review": "login 404   no    no    no    on    404",
    "developers:upload-cancel": "login 404   no    no    no    405   405",
    "developers:cloud-ids": NOBODY_BUT_ADMINS,
    # It is a file of records.
    "developers:cloud-ids-review": "login 404   no    no    no    404   404",
}

# An SEI Admin gives roles, but only looks at what they include. What a button does takes a POST.
MEMBERS = "login 404   ok    ok    ok    ok    ok"
BUTTONS_OF_ADMINS = "login 404   no    no    no    405   405"
ROLE_MAKERS = "login 404   no    no    no    no    ok"
TABLE |= {
    "members:list": MEMBERS,
    "members:detail": MEMBERS,
    "members:delete": NOBODY_BUT_ADMINS,
    "members:give": NOBODY_BUT_ADMINS,
    "members:active": BUTTONS_OF_ADMINS,
    "members:take": BUTTONS_OF_ADMINS,
    "invitations:list": MEMBERS,
    "invitations:detail": MEMBERS,
    "invitations:create": NOBODY_BUT_ADMINS,
    "invitations:delete": NOBODY_BUT_ADMINS,
    "invitations:resend": BUTTONS_OF_ADMINS,
    "roles:list": VIEWERS,
    "roles:detail": VIEWERS,
    "roles:create": ROLE_MAKERS,
    "roles:edit": ROLE_MAKERS,
    "roles:delete": ROLE_MAKERS,
    # Without a link that was mailed to them, nobody is invited.
    "invitation": "410   410   410   410   410   410   410",
    "join": "410   410   410   410   410   410   410",
}

PATTERNS = {name: pattern for name, _route, pattern in patterns(get_resolver())}


@pytest.fixture
def objects(account: Account, org_tree: OrgTree, account_admin: User, sei_admin: User) -> dict[str, Any]:
    """One object of each kind, in the org tree that the collection admin has, a shared view, an upload and proofs."""
    key = str(configured_keys()[0])
    Checkpoint.objects.create(account=account, seq=1, head="0" * 64, made_at=timezone.now(), key=key, signature="AA==")
    Manifest.objects.create(account=account, seq=1, body="{}")
    preview = {"columns": ["Email"], "rows": [["dana@acme.example"]], "count": 1}
    upload = DeveloperUpload.keep(b"Email\ndana@acme.example", account=account, owner=sei_admin, preview=preview)
    with recording(Actor.system("tests")):
        made: list[Any] = [
            Team(account=account, name="Payments", org_tree=org_tree),
            Developer(account=account, full_name="Dana", email="dana@acme.example"),
            EfficiencyProfile(account=account, name="Fast"),
            ProductivityProfile(account=account, name="Steady"),
            BusinessAlignmentProfile(account=account, name="Aligned"),
            Integration(account=account, name="Git", category="source_code", application_type="github"),
            ApiKey.issue(account, sei_admin),
        ]
        org_tree.grown = True
        for thing in (*made, org_tree):
            thing.save()
        made += [
            Role.objects.create(account=account, name="Auditor", capabilities=["activity.view"]),
            Membership.objects.get(account=account, user=account_admin),
            Invitation.objects.create(account=account, email="new@acme.example", invited_by=account_admin),
        ]
    configure(account, server_url="http://localhost:9", client_id="x")
    view = SavedView.objects.create(account=account, owner=account_admin, name="Ours", shared=True)
    return {thing.slug: thing for thing in (org_tree, *made)} | {
        "activity": view,
        "activity:versions": made[0],
        "upload": upload,
    }


@pytest.fixture
def person(request: pytest.FixtureRequest, client_of: Any) -> Client:
    """A client of whom the test is parametrized with."""
    return Client() if request.param == "visitor" else client_of(request.getfixturevalue(request.param))


def url_of(name: str, objects: dict[str, Any]) -> str:
    """The URL of a pattern, about one of the objects."""
    namespace = name.rpartition(":")[0]
    api, kind = namespace.endswith("-api") or name.startswith("v2"), namespace.removesuffix("-api")
    given = {
        "account": "acme",
        **dict.fromkeys(("pk", "id"), objects[kind].pk if kind in objects else 0),
        "upload": objects["upload"].pk,
        "developer": objects["developers"].pk,
        "seq": 1,
        "number": 1,
        "type": "TEAM",
        "object_id": objects["teams"].pk,
        "binding": 0,
        "version": objects["upload"].pk,
        **dict.fromkeys(("slug", "provider_id", "organization_slug"), "acme"),
        "uidb36": "1",
        "key": "made-up",
        "token": "made-up",
    }
    wanted = PATTERNS[name].pattern.regex.groupindex
    inherited = set() if api or name in OF_NO_ACCOUNT else {"account"}
    return reverse(name, kwargs={key: given[key] for key in {*wanted, *inherited}}) + ("?account=acme" if api else "")


def answer(response: Any) -> str:
    """An HTTP response in the words of the table."""
    if response.status_code in {301, 302}:
        return "login" if response["Location"].startswith("/accounts/login/?") else "on"
    return {200: "ok", 401: "login", 403: "no"}.get(response.status_code, str(response.status_code))


def test_every_url_is_in_the_table_and_says_whom_it_is_for() -> None:
    assert set(PATTERNS) == set(TABLE)
    marks = [getattr(pattern.callback, "needs", None) for pattern in PATTERNS.values()]
    # A view of the API says it for each method.
    needs = {need for mark in marks for need in (mark.values() if isinstance(mark, dict) else [mark])}
    assert needs <= CAPABILITIES | {PUBLIC, SIGNED_IN, IN_PERSON, MEMBER}


@pytest.mark.parametrize("person", PEOPLE, indirect=True)
def test_who_gets_what(person: Client, objects: dict[str, Any], request: pytest.FixtureRequest) -> None:
    column = PEOPLE.index(request.node.callspec.params["person"])
    expected = {name: row.split()[column] for name, row in TABLE.items()}
    assert {name: answer(person.get(url_of(name, objects))) for name in TABLE} == expected


@pytest.mark.parametrize("person", PEOPLE, indirect=True)
def test_who_may_not_look_may_not_send_either(
    person: Client, objects: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    column = PEOPLE.index(request.node.callspec.params["person"])
    denied = {name: row.split()[column] for name, row in TABLE.items() if row.split()[column] in {"login", "404", "no"}}
    answers = {name: answer(person.post(url_of(name, objects))) for name in denied}
    # A page that takes no POST from anybody may say so first.
    assert {name: said for name, said in answers.items() if said != "405"}.items() <= denied.items()


@pytest.mark.parametrize("view", ["detail", "edit", "delete"])
@pytest.mark.parametrize("kind", ["org-trees", "teams", "developers", "integrations", "efficiency-profiles", "roles"])
def test_ids_of_another_account_are_not_found(
    objects: dict[str, Any], stranger: User, client_of: Any, kind: str, view: str
) -> None:
    url = reverse(f"{kind}:{view}", args=["globex", objects[kind].pk])
    assert client_of(stranger).get(url).status_code == 404
    assert client_of(stranger).post(url).status_code == (405 if view == "detail" else 404)


def test_other_org_trees_are_not_found_by_a_collection_admin(
    account: Account, collection_admin: User, other_org_tree: OrgTree, client_of: Any
) -> None:
    with recording(Actor.system("tests")):
        team = Team(account=account, name="Labs", org_tree=other_org_tree)
        team.save()
    client = client_of(collection_admin)
    for url in (reverse("org-trees:detail", args=["acme", other_org_tree.pk]), team.get_absolute_url()):
        assert client.get(url).status_code == 404
    assert "Labs" not in client.get(reverse("teams:list", args=["acme"])).content.decode()
