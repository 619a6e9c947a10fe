"""Choosing an account, and the first page of one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import unsent
from accounts.guard import MEMBER, SIGNED_IN, Access, access
from accounts.labels import describe
from accounts.models import Account
from accounts.sso.rules import confined_to

# What a member lands on: the first of these that they may see.
FIRST_PAGES = (
    ("activity.view", "activity:list"),
    ("org_trees.view", "org-trees:list"),
    ("teams.view", "teams:list"),
    ("developers.view", "developers:list"),
    ("integrations.view", "integrations:list"),
    ("profiles.view", "efficiency-profiles:list"),
    ("members.view", "members:list"),
)


@access(SIGNED_IN)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Straight to the member's account; a page when they have none, or several to choose from."""
    theirs = {"memberships__user": request.user.pk, "memberships__is_active": True}
    accounts = Account.objects.filter(**theirs).order_by("name")
    within = confined_to(request, request.user)
    if within is not None:
        accounts = accounts.filter(pk__in=within)
    if len(accounts) == 1:
        return redirect("account_home", accounts[0].slug)
    return render(request, "accounts/home.html", {"accounts": accounts})


@access(MEMBER)
@require_safe
def account_home(request: HttpRequest, account: str) -> HttpResponse:
    """The first page that the member may see, or what they may do when there is none."""
    granted: Access = request.access  # type: ignore[attr-defined]
    for capability, page in FIRST_PAGES:
        if granted.can(capability):
            return redirect(page, account)
    return render(request, "accounts/account_home.html", {"held": describe(granted.capabilities)})


@access(SIGNED_IN)
@require_http_methods(["GET", "POST"])
@never_cache
def unsent_form(request: HttpRequest) -> HttpResponse:
    """The form that was kept, to be sent by one button; a POST drops it, as the guard does after any."""
    kept = None if request.method == "POST" else unsent.opened(request.session.get(unsent.NAME, ""))
    if kept is None:
        return redirect("home")
    return render(request, "accounts/unsent.html", {"unsent": kept, "files": ", ".join(kept.files)})
