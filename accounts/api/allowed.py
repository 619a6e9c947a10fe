"""The guard of the API: whose request it is, for which account, and whether they may."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest
from rest_framework.permissions import BasePermission

from accounts.api.authentication import key_of
from accounts.api.problems import Problem, wrong_parameters
from accounts.guard import MEMBER, Access, access_of
from accounts.models import User
from accounts.sso import rules


class Allowed(BasePermission):
    """Denies what no view has said a need for, and everybody who hasn't said who they are."""

    def has_permission(self, request: Any, view: Any) -> bool:
        needs: Mapping[str, str] = getattr(view, "needs", {})
        if not request.user.is_authenticated or not needs:
            return False
        access = _access(request._request, request.user)
        request._request.access = access
        method = reading(request.method)
        # A method that isn't there is refused as such only to those who may use another.
        wanted = {needs[method]} if method in needs else set(needs.values())
        if any(need == MEMBER or access.can(need) for need in wanted):
            return True
        raise Problem(f"This takes the capability {' or '.join(sorted(wanted))}.", status=403)


def reading(method: str) -> str:
    """The method that a view has for a request's: HEAD is a GET without its content."""
    return "GET" if method == "HEAD" else method


def _access(request: HttpRequest, user: User) -> Access:
    """A key has one account. A member says which, unless they have only one."""
    asked = request.GET.getlist("account")
    if len(asked) > 1:
        raise wrong_parameters([{"field": "account", "message": "This can be given once only."}])
    if key_of(request):
        access: Access = request.access  # type: ignore[attr-defined]
        if asked and asked != [access.account.slug]:
            raise Http404
        return access
    return _by_session(request, user, asked[0] if asked else _only_account(request, user))


def _by_session(request: HttpRequest, user: User, slug: str) -> Access:
    """As the guard lets into pages, an account's single sign-on included."""
    granted = access_of(user, slug, rules.confined_to(request, user))
    if rules.is_closed(request, granted.account, granted.capabilities):
        raise Problem("This account asks its members to sign in by single sign-on.", status=403)
    return granted


def _only_account(request: HttpRequest, user: User) -> str:
    opened, shut = rules.opened_accounts(request, user)
    if len(opened) > 1:
        raise wrong_parameters([{"field": "account", "message": "You have several accounts: say which."}])
    if not opened and not shut:
        raise Http404
    return [*opened, *shut][0].slug
