"""The form of a developer."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tracked_objects.forms.base import ObjectForm
from tracked_objects.forms.fields import PersonField
from tracked_objects.forms.parts import Part, Row, RowForm, refuse_repeats
from tracked_objects.models import Developer
from tracked_objects.models.growing import regrown
from tracked_objects.models.organisation import lock_developers


class AttributeRow(RowForm):
    needs = ("name",)
    may = ("value",)

    name = forms.CharField(label=_("Name"), max_length=100, required=False)
    value = forms.CharField(label=_("Value"), max_length=1000, required=False)


class Attributes(Part):
    """Whatever else the HR system knows of somebody."""

    form = AttributeRow
    field = "custom_attributes"
    title = _("Custom attributes")
    add_label = _("Add attribute")

    def rows(self, value: dict[str, str]) -> list[Row]:
        return [{"name": name, "value": text} for name, text in value.items()]

    def check(self, forms: list[RowForm]) -> None:
        refuse_repeats(forms, ("name",), _("The attribute “%(value)s” is there twice."))

    def value(self, rows: list[Row]) -> dict[str, str]:
        return {row["name"]: row["value"] for row in rows}


class IdentityRow(RowForm):
    needs = ("application_type", "cloud_id")

    application_type = forms.CharField(
        label=_("Application type"),
        max_length=60,
        required=False,
        widget=forms.TextInput({"placeholder": _("for example github")}),
    )
    cloud_id = forms.CharField(label=_("Cloud ID"), max_length=200, required=False)

    def clean_application_type(self) -> str:
        return str(self.cleaned_data["application_type"]).lower()


class Identities(Part):
    """Who somebody is in the tools: one account of one tool a row."""

    form = IdentityRow
    field = "identities"
    title = _("Identities")
    help = _("The same person in your tools, so that their work is counted as theirs.")
    add_label = _("Add identity")

    def rows(self, value: list[Row]) -> list[Row]:
        return value

    def check(self, forms: list[RowForm]) -> None:
        refuse_repeats(forms, IdentityRow.needs, _("The identity “%(value)s” is there twice."))

    def value(self, rows: list[Row]) -> list[Row]:
        return [{name: row[name] for name in IdentityRow.needs} for row in rows]


class DeveloperForm(ObjectForm):
    part_types = (Identities, Attributes)

    manager = PersonField(
        label=_("Manager"), required=False, help_text=_("E-mail of another developer. Type to get suggestions.")
    )

    class Meta:
        model = Developer
        fields = ("full_name", "email", "manager", "role", "sub_role", "team", "department", "site")

    def clean(self) -> dict[str, Any]:
        lock_developers(self.access.account.pk)
        return super().clean()

    def _post_clean(self) -> None:
        super()._post_clean()
        try:
            self._check_identities()
        except ValidationError as error:
            self.add_error(None, error)

    def try_save(self) -> bool:
        """Save the developer, and let the trees follow when that moves anybody."""
        if "manager" not in self.changed_data:
            return super().try_save()
        with regrown(self.access.account):
            return super().try_save()

    def _check_identities(self) -> None:
        others = Developer.objects.filter(account=self.access.account).exclude(pk=self.instance.pk)
        for identity in self.instance.identities:
            if owner := others.filter(identities__contains=[identity]).first():
                raise ValidationError(
                    _("%(type)s “%(id)s” already belongs to %(owner)s (%(email)s)."),
                    params={
                        "type": identity["application_type"],
                        "id": identity["cloud_id"],
                        "owner": owner.full_name,
                        "email": owner.email,
                    },
                )
