"""Forms of passkeys: what browsers never send is refused like a wrong passkey, and names have an end."""

from typing import Any

from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LONGEST_NAME = 60
REFUSED = _("This passkey was not accepted.")
# What the library lets through when it is given something that no browser makes.
_CLUMSY = (AttributeError, IndexError, KeyError, TypeError, ValueError)


class _Checked:
    """Checks a credential that may be anything."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except ValidationError as error:
            if error.code == "too_many_login_attempts":
                raise
            raise ValidationError(REFUSED, code="refused") from None
        except _CLUMSY:
            raise ValidationError(REFUSED, code="refused") from None


class SecondStep(_Checked, AuthenticateWebAuthnForm):
    pass


class SignIn(_Checked, LoginWebAuthnForm):
    pass


class Reauthenticate(_Checked, ReauthenticateWebAuthnForm):
    pass


class Add(AddWebAuthnForm):
    """A new passkey; with `passwordless` it needs no password beside it."""

    name = forms.CharField(label=_("Name"), required=False, max_length=LONGEST_NAME)
    passwordless = forms.BooleanField(
        label=_("Sign in with this passkey alone"),
        required=False,
        help_text=_("Without a password. The device then always asks for a PIN, a finger or a face."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = _("So that you can tell it from others, such as: Laptop.")
        self.initial.setdefault("passwordless", True)

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except (ValidationError, *_CLUMSY):
            raise ValidationError(REFUSED, code="refused") from None
        return cleaned


class Rename(EditWebAuthnForm):
    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
