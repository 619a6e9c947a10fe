"""The form of an integration: credentials go in and never come out, tags are words."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tracked_objects.forms.base import ObjectForm
from tracked_objects.forms.fields import WordsField
from tracked_objects.models import Integration, Tag


class IntegrationForm(ObjectForm):
    url = forms.URLField(label=_("URL"), required=False, max_length=500, assume_scheme="https")
    new_credentials = forms.CharField(
        label=_("Credentials"),
        required=False,
        max_length=10_000,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("A token or password. It is encrypted and never shown again."),
    )
    clear_credentials = forms.BooleanField(label=_("Remove the stored credentials"), required=False)
    tag_words = WordsField(
        label=_("Tags"), required=False, max_word=60, help_text=_("With commas between them. New ones are made.")
    )

    class Meta:
        model = Integration
        fields = ("name", "description", "category", "application_type", "url", "status")
        widgets = {
            "description": forms.Textarea({"rows": 3}),
            "application_type": forms.TextInput({"placeholder": _("for example github")}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.credentials_fingerprint:
            self.fields["new_credentials"].help_text = _("Stored. Leave this empty to keep them.")
        else:
            del self.fields["clear_credentials"]
        if self.instance.pk:
            self.initial["tag_words"] = [tag.name for tag in self.instance.tags.order_by("name")]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        new, clear = cleaned.get("new_credentials"), cleaned.get("clear_credentials")
        if new and clear:
            raise ValidationError({"clear_credentials": _("Either new credentials or none, not both.")})
        if new or clear:
            self.instance.credentials = new or ""
        return cleaned

    def _save_m2m(self) -> None:
        super()._save_m2m()  # type: ignore[misc]
        self.instance.tags.set([self._tag(word) for word in self.cleaned_data["tag_words"]])

    def _tag(self, word: str) -> Tag:
        """The account's tag of that name, whatever the case; a new one when there is none."""
        account = self.access.account
        found = Tag.objects.filter(account=account, name__iexact=word).first()
        return found or Tag.objects.create(account=account, name=word)
