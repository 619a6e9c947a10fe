"""What members type about themselves."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.password_change import change_password
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.sso.rules import demanded_accounts


def _password(autocomplete: str) -> forms.PasswordInput:
    return forms.PasswordInput({"autocomplete": autocomplete})


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("name",)
        widgets = {"name": forms.TextInput({"autocomplete": "name"})}


class NewPasswordForm(forms.Form):
    """A new password, typed twice."""

    password1 = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=1000,
        widget=_password("new-password"),
        help_text=_("At least 8 characters: not only digits, no common password, nothing like your name or e-mail."),
    )
    password2 = forms.CharField(
        label=_("New password again"), strip=False, max_length=1000, widget=_password("new-password")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            raise ValidationError({"password2": _("This is not the same as above.")})
        return cleaned

    def save(self) -> None:
        change_password(self.user, self.cleaned_data["password1"])


class ChangePasswordForm(NewPasswordForm):
    """The current password, and a new one."""

    current = forms.CharField(
        label=_("Current password"), strip=False, max_length=1000, widget=_password("current-password")
    )
    field_order = ["current", "password1", "password2"]

    def clean_current(self) -> str:
        """Counted and logged like a sign-in: this page is no other way of guessing."""
        password: str = self.cleaned_data["current"]
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("enter_current_password")
        return password


class EmailForm(forms.Form):
    email = forms.EmailField(label=_("New e-mail"), widget=forms.EmailInput({"autocomplete": "email"}))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if email == self.user.email.lower():
            raise ValidationError(_("This is your e-mail already."))
        closed, _others = demanded_accounts(self.user)
        if bound := next((account for account in closed if not account.sso.is_for(email)), None):
            raise ValidationError(
                _("%(account)s signs you in by your e-mail, which must stay one of: %(domains)s."),
                params={"account": bound, "domains": ", ".join(bound.sso.domains)},
            )
        return email
