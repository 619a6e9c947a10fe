"""The form of a team."""

from collections import Counter
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tracked_objects.forms.base import ObjectForm
from tracked_objects.forms.fields import PeopleField, PersonField
from tracked_objects.forms.team_parts import AlignmentFilters, Settings
from tracked_objects.models import Integration, Team
from tracked_objects.models.lead_time import Source


class GroupedByCategory(forms.models.ModelChoiceIterator):
    """Integrations as groups of choices, one for each category."""

    def __iter__(self) -> Any:
        found = list(self.queryset)
        for category, label in Source.choices:
            if group := [self.choice(item) for item in found if item.category == category]:
                yield label, group


class IntegrationsField(forms.ModelMultipleChoiceField):
    """Integrations of the account as boxes, by category."""

    iterator = GroupedByCategory
    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Integration.objects.none(), required=False, **kwargs)


class TeamForm(ObjectForm):
    part_types = (Settings, AlignmentFilters)

    manager = PersonField(
        label=_("Manager"), required=False, help_text=_("E-mail of a developer. Type to get suggestions.")
    )
    members = PeopleField(
        label=_("Members"),
        required=False,
        help_text=_("Untick to remove, type to add: one e-mail, or several with commas between them."),
    )
    shared_members = PeopleField(
        label=_("Shared members"), required=False, help_text=_("People of another team who also work for this one.")
    )
    integrations = IntegrationsField(
        label=_("Own integrations"),
        help_text=_("Instead of the org tree's integrations of the same category."),
    )

    class Meta:
        model = Team
        fields = ("name", "org_tree", "manager", "members", "shared_members", "integrations")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts[1].offered = self._categories()  # type: ignore[attr-defined]
        if self._grown:
            # What the developers' managers say.
            for name in ("org_tree", "manager", "members"):
                del self.fields[name]

    @property
    def _grown(self) -> bool:
        return bool(self.instance.pk and self.instance.org_tree.grown)

    def _categories(self) -> list[str]:
        """The investment categories of the chosen org tree's profile, for those who may see profiles."""
        try:
            tree = self.instance.org_tree if self._grown else self.fields["org_tree"].clean(self["org_tree"].value())
        except ValidationError:
            return []
        profile = tree.business_alignment_profile if self.access.can("profiles.view") else None
        return [row["name"] for row in profile.categories] if profile else []

    def _offer(self, name: str, field: forms.Field) -> None:
        super()._offer(name, field)
        if name == "org_tree":
            verb = "create" if self.instance.pk is None else "edit"
            scope = self.access.scope(f"teams.{verb}")
            field.queryset = field.queryset.filter(grown=False)  # type: ignore[attr-defined]
            if scope is not None:
                field.queryset = field.queryset.filter(pk__in=scope)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        members = cleaned.get("members") or [] if "members" in self.fields else self.instance.members.all()
        both = Counter([*members, *(cleaned.get("shared_members") or [])])
        if names := [developer.full_name for developer, count in both.items() if count > 1]:
            message = _("Either a member or a shared member, not both: %(names)s.")
            self.add_error("shared_members", ValidationError(message, params={"names": ", ".join(names[:10])}))
        return cleaned
