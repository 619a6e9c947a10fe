"""The last step of single sign-on, whatever the protocol: whom the provider has named, and whether they get in."""

from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import SsoConfig, User
from accounts.setup import add_member, find_user
from accounts.signals import DEACTIVATED, identified, sign_in_refused
from accounts.sso.rules import METHOD


@dataclass(frozen=True)
class Refusal:
    """Why somebody isn't let in: for the log, and for them."""

    reason: str
    words: Promise


NOT_UNDERSTOOD = Refusal(
    "single sign-on failed",
    _("The identity provider's answer can't be used. Try again; if that doesn't help, tell an Account Admin."),
)
CANCELLED = Refusal("single sign-on cancelled", _("You have not signed in at the identity provider."))
_OTHER_DOMAIN = Refusal(
    "single sign-on for another domain",
    _("The identity provider names an e-mail of a domain that is not this account's."),
)
_UNVERIFIED = Refusal(
    "single sign-on with an unconfirmed e-mail", _("The identity provider says that your e-mail is not confirmed.")
)
_STRANGER = Refusal(
    "single sign-on of no member", _("You are not a member of this account. Ask an Account Admin to invite you.")
)
_DEACTIVATED = Refusal(DEACTIVATED, _("You are deactivated in this account. Ask an Account Admin."))
_OFF = Refusal("single sign-on is off", _("Single sign-on is switched off for this account."))


@dataclass(frozen=True)
class Identity:
    """Whom an identity provider has named."""

    email: str
    name: str = ""
    # None when it doesn't say.
    verified: bool | None = None


def let_in(request: HttpRequest, config: SsoConfig, who: Identity, next_url: str | None) -> HttpResponse:
    """Sign the named member in, for this account alone; a page that says why not, else."""
    if problem := _problem(config, who):
        return refuse(request, config, problem, who.email)
    user = find_user(who.email)
    membership = config.account.memberships.filter(user=user).first() if user else None
    if membership and not membership.is_active:
        return refuse(request, config, _DEACTIVATED, who.email)
    if user is None or membership is None:
        user = _new_member(request, config, who)
        if user is None:
            return refuse(request, config, _STRANGER, who.email)
    if request.user.is_authenticated and request.user.pk != user.pk:
        get_adapter(request).logout(request)
    record_authentication(request, user, METHOD, account=config.account_id)
    login = Login(user=user, redirect_url=next_url or config.account.get_absolute_url())
    answer: HttpResponse = perform_login(request, login)
    return answer


def _problem(config: SsoConfig, who: Identity) -> Refusal | None:
    if not config.enabled:
        return _OFF
    if who.verified is False:
        return _UNVERIFIED
    return None if config.is_for(who.email) else _OTHER_DOMAIN


def _new_member(request: HttpRequest, config: SsoConfig, who: Identity) -> User | None:
    """Whoever may become a member by this sign-in; a user without a password, when there is none yet."""
    if config.new_member_role is None:
        return None
    try:
        user = add_member(config.account, who.email, config.new_member_role.name, name=who.name[:200])
    except ValidationError:
        return None
    identified.send(SsoConfig, request=request, user=user)
    return user


def refuse(request: HttpRequest, config: SsoConfig, why: Refusal, email: str = "") -> HttpResponse:
    """The page that says why nobody is signed in; the account's log says so too, when it is about a member."""
    sign_in_refused.send(SsoConfig, request=request, email=email, reason=why.reason, account=config.account)
    return render(request, "accounts/sso/refused.html", {"account": config.account, "why": why.words}, status=403)
