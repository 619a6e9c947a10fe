"""The way in for somebody who was invited: the link, and the page on which they accept."""

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guard import PUBLIC, access
from accounts.invitations import accept, usable
from accounts.models import Invitation, User
from accounts.secrets import token_hash
from accounts.setup import create_user, find_user
from accounts.sso.rules import confined_to

# In the session is the hash alone, so that the token is in no other address than that of the link.
_KEY = "invitation"


class JoinForm(forms.Form):
    """What a new person says of themselves."""

    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput({"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("At least eight characters, and nothing that is easily guessed."),
    )


@access(PUBLIC)
@require_safe
@never_cache
def invitation_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the mail. Opening it uses nothing up: mail scanners open links too."""
    hashed = token_hash(token)
    if usable(hashed) is None:
        return _gone(request)
    request.session[_KEY] = hashed
    response = redirect("join")
    response["Referrer-Policy"] = "no-referrer"
    return response


@access(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def join(request: HttpRequest) -> HttpResponse:
    """Who invites whom into what; a new person sets name and password, somebody known signs in first."""
    hashed = request.session.get(_KEY, "")
    invitation = usable(hashed)
    if invitation is None:
        return _gone(request)
    user = find_user(invitation.email)
    # Whoever another account's identity provider has let in accepts nothing beyond that account.
    confined = request.user.is_authenticated and confined_to(request, request.user) is not None
    if request.user.is_authenticated and (request.user != user or confined):
        return _page(request, invitation, "other")
    if user is None:
        return _new_person(request, invitation)
    if request.method != "POST" or request.user != user:
        return _page(request, invitation, "accept" if request.user == user else "sign in")
    if accept(hashed, lambda _invitation: user) is None:
        return _gone(request)
    return _inside(request, invitation)


def _new_person(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    form = JoinForm(request.POST or None, initial={"name": invitation.name})
    if not form.is_valid():
        return _page(request, invitation, "new", form=form)
    password = form.cleaned_data["password"]

    def create(found: Invitation) -> User:
        return create_user(found.email, password, form.cleaned_data["name"])

    try:
        user = accept(invitation.token_hash, create)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, invitation, "new", form=form)
    except IntegrityError:
        # Another invitation has just made a user of them, who signs in first.
        return redirect("join")
    if user is None:
        return _gone(request)
    login = Login(user=user, redirect_url=_inside(request, invitation)["Location"])
    answer: HttpResponse = perform_password_login(request, {"email": user.email, "password": password}, login)
    return answer


def _inside(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """On to the account, which the invitation has let them into."""
    del request.session[_KEY]
    return redirect("account_home", invitation.account.slug)


def _page(request: HttpRequest, invitation: Invitation, state: str, **context: object) -> HttpResponse:
    context |= {"invitation": invitation, "account": invitation.account, "state": state}
    return render(request, "accounts/join.html", context)


def _gone(request: HttpRequest) -> HttpResponse:
    """One answer, whether a link is used, expired, revoked or was never given out."""
    return render(request, "accounts/invitation_gone.html", status=410)
