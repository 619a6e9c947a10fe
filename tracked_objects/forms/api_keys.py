"""The form of a new API key: its name, its role, and for how long it works."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.api_keys import roles_for
from accounts.models import ApiKey
from tracked_objects.forms.base import ObjectForm

_ROLES = {
    "SEI Admin": _("SEI Admin: all that an SEI Admin may, but nothing with keys and members"),
    "SEI Ingestion": _("SEI Ingestion: send entries to the log, and read nothing"),
    "SEI Import": _("SEI Import: bring in older entries, also of what this app records itself, and read nothing"),
    "Read only": _("Read only: see everything, and download the log"),
}
_ON_A_DATE, _WITHOUT_END = "date", "never"
_LIFETIMES = {
    "7": _("7 days"),
    "30": _("30 days"),
    "90": _("90 days"),
    "365": _("365 days"),
    _ON_A_DATE: _("Until the date below"),
    _WITHOUT_END: _("Without end"),
}


class ApiKeyForm(ObjectForm):
    role = forms.ChoiceField(
        label=_("Role"),
        widget=forms.RadioSelect({"class": "stack-s"}),
        help_text=_("A key never does more than you may at that moment. It stops when you leave the account."),
    )
    lifetime = forms.ChoiceField(label=_("Valid for"), choices=list(_LIFETIMES.items()), initial="90")

    field_order = ("name", "role", "lifetime", "valid_until")

    class Meta:
        model = ApiKey
        fields = ("name", "role", "valid_until")
        widgets = {"valid_until": forms.DateInput({"type": "date"}, format="%Y-%m-%d")}
        help_texts = {
            "name": _("Where it is used, such as “Jenkins”. It stands in the log beside your e-mail."),
            "valid_until": _("The last day on which it works (UTC)."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = roles_for(self.access)
        self.fields["role"].choices = [(role, _ROLES[role]) for role in roles]  # type: ignore[attr-defined]
        # The one that may least is the last.
        self.initial["role"] = next(reversed(roles), "")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        lifetime, day, today = cleaned.get("lifetime"), cleaned.get("valid_until"), timezone.now().date()
        if lifetime == _ON_A_DATE and "valid_until" not in self.errors:
            if day is None or day < today:
                raise ValidationError({"valid_until": _("Choose today or a later day.")})
        elif day is not None:
            raise ValidationError({"valid_until": _("Choose “Until the date below” too, or leave this empty.")})
        elif lifetime and lifetime.isdigit():
            cleaned["valid_until"] = today + timedelta(days=int(lifetime))
        return cleaned
