"""Signing in, by a password or a passkey and then a second factor, and out."""

from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.account.views import LoginView, LogoutView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from accounts import unsent
from accounts.guard import PUBLIC, access
from accounts.pace import even_out
from accounts.passkeys import REFUSED
from accounts.signals import LOCKED, WRONG_CODE, WRONG_PASSKEY, sign_in_refused
from accounts.sso.rules import is_offered


class SignIn(LoginView):
    """The password; a form that came along is shown after the last step, ready to be sent."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {unsent.NAME: self.request.POST.get(unsent.NAME, ""), "has_sso": is_offered(), **context}

    def form_valid(self, form: Any) -> HttpResponseBase:
        unsent.keep(self.request)
        answer: HttpResponseBase = super().form_valid(form)
        return answer

    def form_invalid(self, form: Any) -> HttpResponseBase:
        even_out(self.request)
        answer: HttpResponseBase = super().form_invalid(form)
        return answer


class SecondStep(AuthenticateView):
    """The second factor of somebody whose password was right; until then nobody is signed in."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        factors = Authenticator.objects.filter(user=self.stage.login.user)
        return {**context, "types": set(factors.values_list("type", flat=True))}

    def form_invalid(self, form: Any) -> HttpResponseBase:
        codes = {error.code for errors in form.errors.as_data().values() for error in errors}
        reason = WRONG_CODE if form is self.auth_form else WRONG_PASSKEY
        if "too_many_login_attempts" in codes:
            reason = LOCKED
        if codes != {"required"}:
            email = self.stage.login.user.email
            sign_in_refused.send(type(self), request=self.request, email=email, reason=reason)
        answer: HttpResponseBase = super().form_invalid(form)
        return answer


class PasskeySignIn(LoginWebAuthnView):
    """A passkey alone, which is two factors in one: the device, and what unlocks it."""

    def form_valid(self, form: Any) -> HttpResponseBase:
        unsent.keep(self.request)
        answer: HttpResponseBase = super().form_valid(form)
        return answer

    def form_invalid(self, form: Any) -> HttpResponseBase:
        even_out(self.request)
        sign_in_refused.send(type(self), request=self.request, email=_claimed(form), reason=WRONG_PASSKEY)
        messages.error(self.request, REFUSED)
        return redirect("account_login")


def _claimed(form: Any) -> str:
    """The e-mail of whoever somebody says they are; unproven."""
    credential = form.cleaned_data.get("credential") if hasattr(form, "cleaned_data") else None
    return str(getattr(credential, "email", ""))


sign_in = access(PUBLIC)(SignIn.as_view())
sign_out = access(PUBLIC)(LogoutView.as_view())
second_step = access(PUBLIC)(
    login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")(SecondStep.as_view())
)
passkey_sign_in = access(PUBLIC)(PasskeySignIn.as_view())
