"""Every URL and every role: who gets what. A URL without a row in this table fails."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.guard import MEMBER, PUBLIC, SIGNED_IN
from accounts.models import Account, User
from accounts.permissions import CAPABILITIES
from activity.actors import Actor
from activity.models import SavedView
from activity.proof.models import Checkpoint, Manifest
from activity.proof.notes import configured_keys
from activity.recording import recording
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

TABLE = {
    "home": "login on    on    on    on    on    on",
    "account_login": EVERYBODY,
    "account_logout": "on    ok    ok    ok    ok    ok    ok",
    "unsent": "login on    on    on    on    on    on",
    "account_home": "login 404   ok    on    on    on    on",
    "activity:list": VIEWERS,
    "activity:detail": VIEWERS,
    "activity:export_csv": NOBODY_BUT_ADMINS,
    "activity:export_jsonl": NOBODY_BUT_ADMINS,
    "activity:manifest": NOBODY_BUT_ADMINS,
    "activity:checkpoint": NOBODY_BUT_ADMINS,
    "activity:verify": NOBODY_BUT_ADMINS,
    "activity:keys": MEMBERS,
    "activity:keys_file": MEMBERS,
    "activity:verifier": MEMBERS,
    "activity:suggest": VIEWERS,
    # Without a place in the list there is nothing to tell.
    "activity:new": "login 404   no    no    400   400   400",
    "activity:object": VIEWERS,
    "activity:views": VIEWERS,
    "activity:views_menu": VIEWERS,
    "activity:new_view": VIEWERS,
    "activity:edit_view": NOBODY_BUT_ADMINS,
    "activity:delete_view": NOBODY_BUT_ADMINS,
    "activity:export_developers": VIEWERS,
    "developers-suggest": COLLECTIONS,
    "activity:preferences": "login 405   405   405   405   405   405",
}
for _collection in ("org-trees", "teams"):
    TABLE |= {
        f"{_collection}:list": COLLECTIONS,
        f"{_collection}:create": NOBODY_BUT_ADMINS,
        f"{_collection}:detail": COLLECTIONS,
        f"{_collection}:edit": COLLECTION_EDITORS,
        f"{_collection}:delete": NOBODY_BUT_ADMINS,
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
    }

TABLE |= {
    "org-trees:preview-nodes": NOBODY_BUT_ADMINS,
    "org-trees:tree": COLLECTIONS,
    "org-trees:nodes": COLLECTIONS,
    "org-trees:table": COLLECTIONS,
}

# An upload belongs to the one who has sent the file: here, the SEI Admin.
TABLE |= {
    "developers:upload": NOBODY_BUT_ADMINS,
    "developers:upload-map": "login 404   no    no    no    ok    404",
    "developers:upload-review": "login 404   no    no    no    on    404",
    "developers:upload-cancel": "login 404   no    no    no    405   405",
}


def patterns(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every URL pattern, by its full name."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from patterns(pattern, inner)
        else:
            yield f"{namespace}{pattern.name}", pattern


PATTERNS = dict(patterns(get_resolver()))


@pytest.fixture
def objects(account: Account, org_tree: OrgTree, account_admin: User, sei_admin: User) -> dict[str, Any]:
    """One object of each kind, in the org tree that the collection admin has, a shared view, an upload and proofs."""
    key = str(configured_keys()[0])
    Checkpoint.objects.create(account=account, seq=1, head="0" * 64, made_at=timezone.now(), key=key, signature="AA==")
    Manifest.objects.create(account=account, seq=1, body="{}")
    upload = DeveloperUpload.keep(b"Email\ndana@acme.example", account=account, owner=sei_admin)
    with recording(Actor.system("tests")):
        made: list[Any] = [
            Team(account=account, name="Payments", org_tree=org_tree),
            Developer(account=account, full_name="Dana", email="dana@acme.example"),
            EfficiencyProfile(account=account, name="Fast"),
            ProductivityProfile(account=account, name="Steady"),
            BusinessAlignmentProfile(account=account, name="Aligned"),
            Integration(account=account, name="Git", category="source_code", application_type="github"),
        ]
        org_tree.grown = True
        for thing in (*made, org_tree):
            thing.save()
    view = SavedView.objects.create(account=account, owner=account_admin, name="Ours", shared=True)
    return {thing.slug: thing for thing in (org_tree, *made)} | {"activity": view, "upload": upload}


@pytest.fixture
def person(request: pytest.FixtureRequest, client_of: Any) -> Client:
    """A client of whom the test is parametrized with."""
    return Client() if request.param == "visitor" else client_of(request.getfixturevalue(request.param))


def url_of(name: str, objects: dict[str, Any]) -> str:
    """The URL of a pattern, about one of the objects."""
    kind = name.rpartition(":")[0]
    given = {
        "account": "acme",
        "pk": objects[kind].pk if kind in objects else 0,
        "upload": objects["upload"].pk,
        "developer": objects["developers"].pk,
        "seq": 1,
        "type": "TEAM",
        "object_id": objects["teams"].pk,
    }
    wanted = PATTERNS[name].pattern.regex.groupindex
    inherited = (
        {"account"}
        if name not in {"home", "account_login", "account_logout", "unsent", "activity:preferences"}
        else set()
    )
    return reverse(name, kwargs={key: given[key] for key in {*wanted, *inherited}})


def answer(response: Any) -> str:
    """An HTTP response in the words of the table."""
    if response.status_code in {301, 302}:
        return "login" if response["Location"].startswith("/accounts/login/?") else "on"
    return {200: "ok", 401: "login", 403: "no"}.get(response.status_code, str(response.status_code))


def test_every_url_is_in_the_table_and_says_whom_it_is_for() -> None:
    assert set(PATTERNS) == set(TABLE)
    marks = {name: getattr(pattern.callback, "needs", None) for name, pattern in PATTERNS.items()}
    assert set(marks.values()) <= CAPABILITIES | {PUBLIC, SIGNED_IN, MEMBER}


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
    assert {name: answer(person.post(url_of(name, objects))) for name in denied} == denied


@pytest.mark.parametrize("view", ["detail", "edit", "delete"])
@pytest.mark.parametrize("kind", ["org-trees", "teams", "developers", "integrations", "efficiency-profiles"])
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
