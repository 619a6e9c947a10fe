"""Signing in and out, choosing an account, and the first page of one."""

from typing import Any

from allauth.account.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import unsent
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
    ("members.view", "members:list"),
)


class SignIn(LoginView):
    """Signing in; a form that came along is shown next, ready to be sent."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {unsent.NAME: self.request.POST.get(unsent.NAME, ""), **context}

    def form_valid(self, form: Any) -> HttpResponseBase:
        answer: HttpResponseBase = super().form_valid(form)
        token = self.request.POST.get(unsent.NAME, "")
        if self.request.user.is_authenticated and unsent.opened(token):
            self.request.session[unsent.NAME] = token
            return redirect("unsent")
        return answer


sign_in = access(PUBLIC)(require_http_methods(["GET", "HEAD", "POST"])(SignIn.as_view()))
sign_out = access(PUBLIC)(LogoutView.as_view())


@access(SIGNED_IN)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Straight to the member's account; a page when they have none, or several to choose from."""
    theirs = {"memberships__user": request.user.pk, "memberships__is_active": True}
    accounts = Account.objects.filter(**theirs).order_by("name")
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
