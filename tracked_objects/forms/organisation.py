"""The form of a team."""

from collections import Counter
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tracked_objects.conditions import Operator
from tracked_objects.forms.base import ObjectForm
from tracked_objects.forms.fields import CONDITIONS_HELP, ConditionsField, PeopleField, PersonField, WordsField
from tracked_objects.forms.parts import Part, Row, RowForm
from tracked_objects.models import Integration, Team
from tracked_objects.models.lead_time import Source
from tracked_objects.models.organisation import Match, Setting

MAX_FILTER_SETS = 3


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


class SettingRow(RowForm):
    needs = ("property", "values")

    category = forms.ChoiceField(label=_("Setting"), choices=Setting.choices, required=False)
    property = forms.CharField(label=_("Property"), max_length=100, required=False)
    operator = forms.ChoiceField(label=_("Operator"), choices=Operator.choices, required=False)
    values = WordsField(label=_("Values"), required=False)


class Settings(Part):
    """What counts as the team's work."""

    form = SettingRow
    field = "settings"
    title = _("Settings")
    help = _("Which projects, issues, repositories, branches, pipelines and environments are the team's.")
    add_label = _("Add condition")

    def rows(self, value: dict[str, list[Row]]) -> list[Row]:
        return [{**item, "category": name} for name in Setting.values for item in value.get(name, [])]

    def value(self, rows: list[Row]) -> dict[str, list[Row]]:
        stored: dict[str, list[Row]] = {}
        for row in rows:
            condition = {name: row[name] for name in ("property", "operator", "values")}
            stored.setdefault(row["category"] or Setting.PROJECTS, []).append(condition)
        return stored


class FilterSetRow(RowForm):
    needs = ("category", "conditions")

    category = forms.CharField(label=_("Investment category"), max_length=100, required=False)
    match = forms.ChoiceField(label=_("Match"), choices=Match.choices, required=False)
    conditions = ConditionsField(label=_("Conditions"), required=False)


class AlignmentFilters(Part):
    """Which of the team's work belongs to which investment category."""

    form = FilterSetRow
    field = "alignment_filters"
    title = _("Business alignment filters")
    help = CONDITIONS_HELP
    add_label = _("Add filter set")

    def rows(self, value: dict[str, list[Row]]) -> list[Row]:
        return [{**item, "category": category} for category in sorted(value) for item in value[category]]

    def value(self, rows: list[Row]) -> dict[str, list[Row]]:
        stored: dict[str, list[Row]] = {}
        for row in rows:
            filters = {"match": row["match"] or Match.ALL, "conditions": row["conditions"]}
            stored.setdefault(row["category"], []).append(filters)
        for category, sets in stored.items():
            if len(sets) > MAX_FILTER_SETS:
                raise ValidationError(
                    _("“%(category)s” has %(count)s filter sets; at most %(max)s are allowed."),
                    params={"category": category, "count": len(sets), "max": MAX_FILTER_SETS},
                )
        return stored


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
        if self.instance.pk and self.instance.org_tree.grown:
            # What the developers' managers say.
            for name in ("org_tree", "manager", "members"):
                del self.fields[name]

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
