"""A new password for those who forgot theirs, by a link that is mailed to them."""

import logging
from typing import Any

from allauth.account.views import (
    PasswordResetDoneView,
    PasswordResetFromKeyDoneView,
    PasswordResetFromKeyView,
    PasswordResetView,
)
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http.response import HttpResponseBase

from accounts.guard import PUBLIC, access
from accounts.own.forms import NewPasswordForm
from accounts.pace import even_out
from accounts.signals import identified

logger = logging.getLogger(__name__)


class AskForLink(PasswordResetView):
    """Whether or not there is such a member: the same page, the same words, after the same time."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "can_mail": settings.MAIL}

    def form_valid(self, form: Any) -> HttpResponseBase:
        even_out(self.request)
        if not form.users:
            # %r, so that nothing in an address can start a line of its own.
            logger.warning("Password reset asked for: no member has the address %r", form.cleaned_data["email"])
        answer: HttpResponseBase = super().form_valid(form)
        return answer


class SetPassword(PasswordResetFromKeyView):
    """Where the link leads; it works once, and no longer when the password or the e-mail has changed meanwhile."""

    form_class = NewPasswordForm

    def get_form_class(self) -> type[NewPasswordForm]:
        return self.form_class

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()
        kwargs.pop("temp_key")
        return kwargs

    def form_valid(self, form: Any) -> HttpResponseBase:
        identified.send(type(self), request=self.request, user=self.reset_user)
        self.reset_user.entry_action = "PASSWORD_RESET_FINISHED"
        answer: HttpResponseBase = super().form_valid(form)
        for session in UserSession.objects.filter(user=self.reset_user):
            session.end()
        return answer


ask_for_link = access(PUBLIC)(AskForLink.as_view())
link_sent = access(PUBLIC)(PasswordResetDoneView.as_view())
set_password = access(PUBLIC)(SetPassword.as_view())
password_set = access(PUBLIC)(PasswordResetFromKeyDoneView.as_view())
