"""The forms of the three kinds of profiles."""

from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tracked_objects.forms.base import ObjectForm
from tracked_objects.forms.fields import CONDITIONS_HELP, ConditionsField, WordsField
from tracked_objects.forms.parts import Part, Row, RowForm
from tracked_objects.models import BusinessAlignmentProfile, EfficiencyProfile, ProductivityProfile
from tracked_objects.models.lead_time import EVENTS, PHASES, Source, bounds_of, phase, problems
from tracked_objects.models.profiles import TicketScope

_DESCRIPTION = {"description": forms.Textarea({"rows": 3})}


def _event_choices() -> list[tuple[Promise | str, list[tuple[str, Promise]]]]:
    """The events of lead time in their order, grouped by where they come from."""
    groups = groupby(EVENTS.items(), key=lambda item: item[0][0])
    return [(Source(source).label, [(":".join(event), label) for event, label in group]) for source, group in groups]


def _event_field(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=_event_choices, coerce=lambda value: tuple(str(value).split(":"))
    )


class PhaseRow(RowForm):
    needs = ("start", "end")

    enabled = forms.BooleanField(label=_("Enabled"), required=False)
    start = _event_field(_("Starts with"))
    end = _event_field(_("Ends with"))


class LeadTime(Part):
    """The five phases, always all of them and in their order."""

    form = PhaseRow
    field = "lead_time"
    title = _("Lead time phases")
    help = _("In order: each enabled phase starts when the one before it ends, or later.")
    extra = 0
    can_delete = False
    max_num = absolute_max = len(PHASES)

    def rows(self, value: dict[str, Any]) -> list[Row]:
        bounds = [(stored["enabled"], *bounds_of(stored)) for stored in value["phases"]]
        return [{"enabled": on, "start": ":".join(start), "end": ":".join(end)} for on, start, end in bounds]

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["enabled"].label = str(list(PHASES.values())[index or 0])

    def value(self, rows: list[Row]) -> dict[str, Any]:
        if len(rows) != len(PHASES):
            raise ValidationError(_("All five phases are needed."))
        phases = [phase(name, row["enabled"], row["start"], row["end"]) for name, row in zip(PHASES, rows, strict=True)]
        if not any(stored["enabled"] for stored in phases):
            raise ValidationError(_("Enable at least one phase."))
        for position, field, message in problems(phases):
            self.forms[position].add_error(field, message)
        return {"phases": phases}


class EfficiencyProfileForm(ObjectForm):
    part_types = (LeadTime,)

    class Meta:
        model = EfficiencyProfile
        fields = (
            "name",
            "description",
            "deployment_frequency_source",
            "change_failure_rate_source",
            "time_to_restore_source",
        )
        widgets = _DESCRIPTION


class ProductivityProfileForm(ObjectForm):
    feature_issue_types = WordsField(
        label=_("Feature issue types"), required=False, help_text=_("With commas between them.")
    )
    bug_issue_types = WordsField(label=_("Bug issue types"), required=False, help_text=_("With commas between them."))
    active_statuses = WordsField(label=_("Active statuses"), required=False, help_text=_("With commas between them."))

    class Meta:
        model = ProductivityProfile
        fields = (
            "name",
            "description",
            *ProductivityProfile.METRICS,
            "pr_size_small",
            "pr_size_medium",
            "feature_issue_types",
            "bug_issue_types",
            "active_statuses",
        )
        widgets = _DESCRIPTION


class CategoryRow(RowForm):
    needs = ("rank", "name")

    rank = forms.IntegerField(label=_("Rank"), min_value=1, max_value=1000, required=False)
    name = forms.CharField(label=_("Name"), max_length=100, required=False)
    ticket_scope = forms.ChoiceField(label=_("Ticket scope"), choices=TicketScope.choices, required=False)
    conditions = ConditionsField(label=_("Conditions"), required=False)


class Categories(Part):
    """Investment categories; a ticket belongs to the first, by rank, that it matches."""

    form = CategoryRow
    field = "categories"
    title = _("Investment categories")
    help = CONDITIONS_HELP
    add_label = _("Add category")

    def rows(self, value: list[Row]) -> list[Row]:
        return [{**item, "rank": rank} for rank, item in enumerate(value, start=1)]

    def value(self, rows: list[Row]) -> list[Row]:
        self.refuse_repeats([row["name"] for row in rows], _("The category “%(value)s” is there twice."))
        self.refuse_repeats([str(row["rank"]) for row in rows], _("Two categories have the rank %(value)s."))
        return [
            {
                "name": row["name"],
                "ticket_scope": row["ticket_scope"] or TicketScope.MATCHING,
                "conditions": row["conditions"],
            }
            for row in sorted(rows, key=lambda row: row["rank"])
        ]


class BusinessAlignmentProfileForm(ObjectForm):
    part_types = (Categories,)

    class Meta:
        model = BusinessAlignmentProfile
        fields = ("name", "description")
        widgets = _DESCRIPTION
