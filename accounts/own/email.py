"""A new e-mail: it counts once its mailbox has confirmed it, and the old one is told."""

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.decorators import rate_limit
from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.guard import IN_PERSON, access
from accounts.models import User
from accounts.own.forms import EmailForm
from accounts.own.pages import locked
from accounts.setup import find_user

SALT = "accounts.own.email"
VALID_FOR = 24 * 3600  # seconds


@access(IN_PERSON)
@rate_limit(action="manage_email")  # type: ignore[untyped-decorator]
@reauthentication_required(app="allauth.account")  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "POST"])
def email(request: HttpRequest) -> HttpResponse:
    """Ask for a new e-mail. Whether somebody else has it already is said to nobody but its mailbox's owner."""
    user = locked(request)
    form = EmailForm(request.POST or None, user=user)
    if request.method == "POST" and settings.MAIL and form.is_valid():
        new = form.cleaned_data["email"]
        if find_user(new) is None:
            token = signing.dumps({"user": user.pk, "old": user.email, "new": new}, salt=SALT)
            url = request.build_absolute_uri(reverse("confirm_email", args=[token]))
            get_adapter().send_mail("account/email/confirm_email", new, {"url": url, "old": user.email})
        messages.success(request, _("A link is on its way to %(email)s. It works for a day.") % {"email": new})
        return redirect("profile")
    return render(request, "accounts/own/email.html", {"form": form, "can_mail": settings.MAIL})


@access(IN_PERSON)
@require_http_methods(["GET", "POST"])
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link leads: one button, so that a program which follows links in mails changes nothing."""
    user = locked(request)
    new = _asked(token, user)
    if request.method == "GET" or new is None:
        context = {"new": new, "old": user.email}
        return render(request, "accounts/own/email_confirm.html", context)
    old, user.email = user.email, new
    user.save()
    get_adapter().send_notification_mail("account/email/email_changed", user, {"new": new}, old)
    messages.success(request, _("Your e-mail is changed."))
    return redirect("profile")


def _asked(token: str, user: User) -> str | None:
    """The e-mail that this user has asked for; None when the link isn't theirs, is too old, or somebody has it now."""
    try:
        asked = signing.loads(token, salt=SALT, max_age=VALID_FOR)
    except signing.BadSignature:
        return None
    mine = (asked["user"], asked["old"]) == (user.pk, user.email)
    return asked["new"] if mine and find_user(asked["new"]) is None else None
