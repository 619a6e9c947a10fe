"""How allauth behaves here: members come by invitation, and a sign-in leads nowhere but into this site."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts import mail, unsent
from accounts.models import User
from accounts.notices import MESSAGES, NOTICES
from accounts.signals import DEACTIVATED, LOCKED, SSO_REQUIRED, password_reset_started, sign_in_refused
from accounts.sso import rules


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": _("This code is wrong, or was used already."),
        "incorrect_password": _("This password is wrong."),
        "enter_current_password": _("This is not your current password."),
        "rate_limited": _("Too many tries. Wait a few minutes."),
        "too_many_login_attempts": _("Too many failed login attempts. Try again in a few minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Only this site, and never from https to http; allauth would accept every allowed host."""
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        )

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Failures count per address and client: whoever tries passwords elsewhere locks no member out."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{ratelimit.get_ip(request)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            sign_in_refused.send(self, request=request, email=credentials.get("email", ""), reason=LOCKED)
            raise

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Nobody whose accounts all ask for single sign-on gets in without it."""
        answer: HttpResponse | None = super().pre_login(request, user, **kwargs)
        if answer:
            return answer
        opened, closed = rules.opened_accounts(request, user)
        if closed and not opened:
            clear_login(request)
            sign_in_refused.send(self, request=request, email=user.email, reason=SSO_REQUIRED)
            messages.error(request, _("Your account asks for single sign-on. Use “Continue with SSO”."))
            return redirect("account_login")
        return None

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Back to the sign-in page, saying why; reached only with the right password or passkey."""
        if not any(record["method"] == "password" for record in get_authentication_records(request, user)):
            # Of a password, Django has told the log already.
            sign_in_refused.send(self, request=request, email=user.email, reason=DEACTIVATED)
        messages.error(request, self.error_messages["account_inactive"])
        return redirect("account_login")

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """What was typed before the session ended comes first."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return redirect("unsent") if request.session.get(unsent.NAME) else response

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        words = {
            "reauthenticate": _("Use your password"),
            "mfa_reauthenticate": _("Use a code"),
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
        }
        return [{**method, "description": words[method["id"]]} for method in super().get_reauthentication_methods(user)]

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("profile")

    def add_message(
        self, request: HttpRequest, level: int, message_template: str = "", *args: Any, message: str = "", **kwargs: Any
    ) -> None:
        """Ours, for what the page itself doesn't show: not that somebody has signed in or out."""
        if text := message or str(MESSAGES.get(message_template, "")):
            messages.add_message(request, level, text)

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        if settings.MAIL:
            # To the address as it is stored: another that only looks like it may belong to somebody else.
            super().send_password_reset_mail(user, user.email, context)
            password_reset_started.send(self, request=self.request, user=user)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell somebody what was changed about their sign-in, in case it wasn't them."""
        facts = {
            "what": NOTICES[template_prefix],
            "when": timezone.now(),
            "ip": self.get_client_ip(self.request),
            "user_agent": self.get_http_user_agent(self.request)[:200],
        }
        self.send_mail("account/email/notice", email or user.email, {**facts, **(context or {})})

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        if settings.MAIL:
            message: EmailMessage = self.render_mail(template_prefix, email, {"request": self.request, **context})
            mail.post(message)
