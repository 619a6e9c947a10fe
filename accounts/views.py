"""Signing in and out, choosing an account, and the first page of one."""

from allauth.account.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.guard import MEMBER, PUBLIC, SIGNED_IN, Access, access
from accounts.labels import describe
from accounts.models import Account

# What a member lands on: the first of these that they may see.
FIRST_PAGES = (
    ("activity.view", "activity:list"),
    ("org_trees.view", "org-trees:list"),
    ("teams.view", "teams:list"),
    ("developers.view", "developers:list"),
    ("integrations.view", "integrations:list"),
    ("profiles.view", "efficiency-profiles:list"),
)

sign_in = access(PUBLIC)(LoginView.as_view())
sign_out = access(PUBLIC)(LogoutView.as_view())


@access(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Straight to the member's account; a page when they have none, or several to choose from."""
    accounts = Account.objects.filter(bindings__user=request.user.pk).distinct().order_by("name")
    if len(accounts) == 1:
        return redirect("account_home", accounts[0].slug)
    return render(request, "accounts/home.html", {"accounts": accounts})


@access(MEMBER)
def account_home(request: HttpRequest, account: str) -> HttpResponse:
    """The first page that the member may see, or what they may do when there is none."""
    granted: Access = request.access  # type: ignore[attr-defined]
    for capability, page in FIRST_PAGES:
        if granted.can(capability):
            return redirect(page, account)
    return render(request, "accounts/account_home.html", {"held": describe(granted.capabilities)})
