"""Your account: the authenticator app, passkeys and recovery codes, and showing again that it is you."""

from collections.abc import Callable
from typing import Any

from allauth.account.views import ReauthenticateView
from allauth.mfa.base.views import IndexView
from allauth.mfa.base.views import ReauthenticateView as CodeReauthenticateView
from allauth.mfa.recovery_codes.views import DownloadRecoveryCodesView, GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, EditWebAuthnView, ReauthenticateWebAuthnView, RemoveWebAuthnView
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.guard import IN_PERSON, SIGNED_IN, access
from accounts.signals import LOCKED, WRONG_CODE, WRONG_PASSKEY, sign_in_refused

SECURITY = reverse_lazy("mfa_index")


def _own(view: type[Any], **initial: Any) -> Callable[..., HttpResponseBase]:
    """A page of the library for whoever is signed in by themselves; what it shows is kept by no browser."""
    page: Callable[..., HttpResponseBase] = never_cache(view.as_view(**initial))
    return access(IN_PERSON)(page)


class ByCode(CodeReauthenticateView):
    """Showing again who you are by a code; a wrong one is in the log like a wrong password."""

    def form_invalid(self, form: Any) -> HttpResponse:
        locked = form.has_error("code", "too_many_login_attempts")
        _refused(self, LOCKED if locked else WRONG_CODE)
        answer: HttpResponse = super().form_invalid(form)
        return answer


class ByPasskey(ReauthenticateWebAuthnView):
    def form_invalid(self, form: Any) -> HttpResponse:
        locked = form.has_error("credential", "too_many_login_attempts")
        _refused(self, LOCKED if locked else WRONG_PASSKEY)
        answer: HttpResponse = self.render_to_response(self.get_context_data(form=form))
        return answer


def _refused(view: Any, reason: str) -> None:
    sign_in_refused.send(type(view), request=view.request, email=view.request.user.email, reason=reason)


security = _own(IndexView)
add_app = _own(ActivateTOTPView)
remove_app = _own(DeactivateTOTPView)
recovery_codes = _own(ViewRecoveryCodesView)
new_recovery_codes = _own(GenerateRecoveryCodesView)
download_recovery_codes = access(IN_PERSON)(require_safe(_own(DownloadRecoveryCodesView)))
add_passkey = _own(AddWebAuthnView)
rename_passkey = _own(EditWebAuthnView, success_url=SECURITY)
remove_passkey = _own(RemoveWebAuthnView, success_url=SECURITY)
# Not of those signed in by themselves alone: this is how they become it.
by_password = access(SIGNED_IN)(ReauthenticateView.as_view())
by_code = _own(ByCode)
by_passkey = _own(ByPasskey)
