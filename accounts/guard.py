"""The one guard: every request is denied unless the view says whom it is for and the member is one of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from accounts import unsent
from accounts.models import Account, RoleBinding
from accounts.permissions import BESIDE_SCOPE, CAPABILITIES, SCOPED

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

PUBLIC, SIGNED_IN, MEMBER = "public", "signed in", "member"


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
    """Mark a view with what it needs: PUBLIC, SIGNED_IN, MEMBER (of the account in the URL) or a capability."""
    if needs not in CAPABILITIES | {PUBLIC, SIGNED_IN, MEMBER}:
        raise ValueError(f"{needs!r} is not a capability: see accounts/permissions.py")

    def mark(view: View) -> View:
        view.needs = needs  # type: ignore[attr-defined]
        return view

    return mark


def access_of(user: Any, slug: str) -> Access:
    """What `user` may do in the account `slug`, by one query; Http404 for strangers and unknown accounts alike."""
    active = {"account__memberships__user": user, "account__memberships__is_active": True}
    found = RoleBinding.objects.filter(user=user, **active).select_related("account", "role")
    bindings = found.order_by("account__name", "pk")
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
        needs = getattr(view, "needs", None)
        # A view of the API says what each method needs, and answers programs for itself (accounts.api.base).
        if needs == PUBLIC or isinstance(needs, Mapping):
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
        if needs == SIGNED_IN:
            return None
        request.access = access_of(request.user, kwargs["account"])  # type: ignore[attr-defined]
        if needs != MEMBER and not request.access.can(needs):  # type: ignore[attr-defined]
            raise PermissionDenied(needs)
        return None
