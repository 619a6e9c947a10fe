"""The one guard: every request is denied unless the view says whom it is for and the member is one of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render

from accounts import unsent
from accounts.models import Account, RoleBinding
from accounts.permissions import BESIDE_SCOPE, CAPABILITIES, SCOPED
from accounts.sso import rules

# What pages take. A view may take less; libraries give theirs PUT and DELETE, which no form of ours sends.
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST"})

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

PUBLIC, SIGNED_IN, MEMBER = "public", "signed in", "member"
# Signed in by something of their own, and not only because an account's single sign-on says who they are.
IN_PERSON = "signed in in person"


@dataclass(frozen=True)
class Access:
    """What a user may do in one account: capability → None for the whole account, or the ids of org trees."""

    account: Account
    capabilities: dict[str, frozenset[int] | None] = field(default_factory=dict)
    accounts: tuple[Account, ...] = ()

    def can(self, capability: str, org_tree_id: int | None = None) -> bool:
        """Whether `capability` is held for the whole account or, given an org tree, for that tree.

        Without an org tree a scoped holder counts too: what they then see is narrowed with `scope`.
        """
        if capability not in self.capabilities:
            return False
        trees = self.capabilities[capability]
        return trees is None or org_tree_id is None or org_tree_id in trees

    def scope(self, capability: str) -> frozenset[int] | None:
        """None for the whole account, else the ids of the org trees (none at all without the capability)."""
        return self.capabilities.get(capability, frozenset())

    def whole(self, capability: str) -> bool:
        """Whether `capability` is held for the whole account."""
        return self.scope(capability) is None


def access(needs: str) -> Callable[[View], View]:
    """Mark a view with what it needs: PUBLIC, SIGNED_IN, IN_PERSON, MEMBER (of the URL's account) or a capability."""
    if needs not in CAPABILITIES | {PUBLIC, SIGNED_IN, IN_PERSON, MEMBER}:
        raise ValueError(f"{needs!r} is not a capability: see accounts/permissions.py")

    def mark(view: View) -> View:
        view.needs = needs  # type: ignore[attr-defined]
        return view

    return mark


def access_of(user: Any, slug: str, within: frozenset[int] | None = None) -> Access:
    """What `user` may do in the account `slug`, by one query; Http404 for strangers and unknown accounts alike.

    `within` are the ids of the only accounts that count, for a session that is confined to some.
    """
    active = {"account__memberships__user": user, "account__memberships__is_active": True}
    found = RoleBinding.objects.filter(user=user, **active, **({} if within is None else {"account__in": within}))
    related = found.select_related("account__sso", "role").defer("account__sso__metadata")
    bindings = related.order_by("account__name", "pk")
    accounts = {binding.account.slug: binding.account for binding in bindings}
    if slug not in accounts:
        raise Http404
    held: dict[str, frozenset[int] | None] = {}
    for binding in bindings:
        if binding.account.slug == slug:
            for capability in binding.role.capabilities:
                hold(held, capability, binding.org_tree_id)
    return Access(accounts[slug], held, tuple(accounts.values()))


def hold(held: dict[str, frozenset[int] | None], capability: str, tree: int | None) -> None:
    """Add a capability to those held: the whole account wins over trees, trees add up."""
    if tree is None or capability in BESIDE_SCOPE:
        held[capability] = None
    elif capability in SCOPED and (trees := held.get(capability, frozenset())) is not None:
        held[capability] = trees | {tree}


class GuardMiddleware:
    """Checks every view before it runs; a view without `@access` is denied."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        # A view of the API says what each method needs, and answers programs for itself (accounts.api.allowed).
        if isinstance(getattr(view, "needs", None), Mapping):
            return None
        answer = self._refuse(request, view, kwargs)
        # After the rest: who may not open a page is not told what it takes.
        return answer or (None if request.method in METHODS else HttpResponseNotAllowed(sorted(METHODS)))

    def _refuse(self, request: HttpRequest, view: Any, kwargs: dict[str, Any]) -> HttpResponseBase | None:
        needs = getattr(view, "needs", None)
        if needs == PUBLIC:
            return None
        if needs is None:
            raise PermissionDenied(f"{view!r} says no @access, so it is denied.")
        if not request.user.is_authenticated:
            if request.method == "POST":
                return unsent.sign_in_again(request)
            return redirect_to_login(request.get_full_path())
        if request.method == "POST":
            # What was kept for sending has been sent, or given up for something else.
            request.session.pop(unsent.NAME, None)
        within = rules.confined_to(request, request.user)
        if needs == IN_PERSON and within is not None:
            return render(request, "accounts/sso/confined.html", status=403)
        return None if needs in {SIGNED_IN, IN_PERSON} else _enter(request, needs, kwargs["account"], within)


def _enter(request: HttpRequest, needs: str, slug: str, within: frozenset[int] | None) -> HttpResponse | None:
    """Into an account, with what the member may do there; a page for those of whom it asks single sign-on."""
    granted = access_of(request.user, slug, within)
    if rules.is_closed(request, granted.account, granted.capabilities):
        return render(request, "accounts/sso/required.html", {"account": granted.account}, status=403)
    request.access = granted  # type: ignore[attr-defined]
    if needs != MEMBER and not granted.can(needs):
        raise PermissionDenied(needs)
    return None
