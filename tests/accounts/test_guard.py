"""Deny by default."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from accounts.guard import MEMBER, PUBLIC, SIGNED_IN, Access, GuardMiddleware, access
from accounts.models import Account, Role, RoleBinding, User
from activity.actors import Actor
from activity.recording import recording
from tracked_objects.models import OrgTree


def view(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse("in")


def guarded(needs: str | None, user: Any, account: str = "acme") -> Any:
    """What the guard says to `user` before a view with `needs` runs; None lets them in."""
    return check(needs, user, account)[1]


def check(needs: str | None, user: Any, account: str = "acme") -> tuple[Any, Any]:
    """The request afterwards, and the guard's answer."""
    request: Any = RequestFactory().get("/a/acme/")
    request.user = user
    target = access(needs)(lambda request, **kwargs: view(request)) if needs else view
    return request, GuardMiddleware(view).process_view(request, target, (), {"account": account})


def test_a_view_without_a_mark_is_denied_even_to_an_admin(account_admin: User) -> None:
    with pytest.raises(PermissionDenied):
        guarded(None, account_admin)


def test_a_capability_that_does_not_exist_cannot_be_asked_for() -> None:
    with pytest.raises(ValueError, match=r"teams\.paint"):
        access("teams.paint")


def test_a_visitor_is_asked_to_sign_in() -> None:
    assert guarded(MEMBER, AnonymousUser()).status_code == 302
    assert guarded(SIGNED_IN, AnonymousUser()).status_code == 302
    assert guarded(PUBLIC, AnonymousUser()) is None


def test_a_stranger_finds_nothing(stranger: User, account: Account) -> None:
    with pytest.raises(Http404):
        guarded("teams.view", stranger)


def test_a_member_without_the_capability_is_refused(sei_viewer: User) -> None:
    assert guarded(MEMBER, sei_viewer) is None
    with pytest.raises(PermissionDenied):
        guarded("teams.view", sei_viewer)


def test_a_member_with_it_is_let_in(account_viewer: User) -> None:
    assert guarded("teams.view", account_viewer) is None


def test_roles_in_one_account_give_nothing_in_another(account_admin: User, other_account: Account) -> None:
    with pytest.raises(Http404):
        guarded("teams.view", account_admin, "globex")


def test_several_roles_add_up(
    account: Account, collection_admin: User, org_tree: OrgTree, other_org_tree: OrgTree
) -> None:
    with recording(Actor.system("tests")):
        role = Role.objects.get(account=account, name="Account Viewer")
        RoleBinding(account=account, user=collection_admin, role=role, org_tree=other_org_tree).save()
    held: Access = check(MEMBER, collection_admin)[0].access
    assert held.scope("teams.view") == {org_tree.pk, other_org_tree.pk}
    assert held.scope("teams.edit") == {org_tree.pk}
    assert not held.can("developers.view")
    assert held.can("activity.view", other_org_tree.pk)
    assert not held.can("activity.view", org_tree.pk)
    assert not held.whole("activity.view")
