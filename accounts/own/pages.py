"""Your account: who you are, where you are a member, and your password."""

from typing import Any

from allauth.account.internal.flows.password_change import finalize_password_change
from allauth.decorators import rate_limit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.guard import IN_PERSON, access
from accounts.models import User
from accounts.own.forms import ChangePasswordForm, ProfileForm
from accounts.own.sessions import end_others


@access(IN_PERSON)
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    user = locked(request)
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your name is saved."))
        return redirect("profile")
    bindings = user.bindings.select_related("account", "role", "org_tree").order_by("account__name", "role__name")
    return render(request, "accounts/own/profile.html", {"form": form, "bindings": bindings})


@access(IN_PERSON)
@rate_limit(action="change_password")  # type: ignore[untyped-decorator]
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    user = locked(request)
    form = ChangePasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        finalize_password_change(request, user)
        # The others are told from this one by what is stored.
        request.session.save()
        end_others(request, tell=False)
        return redirect("profile")
    return render(request, "accounts/own/password.html", {"form": form})


def locked(request: HttpRequest) -> Any:
    """The user as they are stored, kept so until the end of a POST."""
    users = User.objects.all()
    return (users.select_for_update() if request.method == "POST" else users).get(pk=request.user.pk)
