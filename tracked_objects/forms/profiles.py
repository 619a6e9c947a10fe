"""The forms of the three kinds of profiles."""

from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tracked_objects.forms.base import Group, ObjectForm
from tracked_objects.forms.conditions import ConditionsField
from tracked_objects.forms.fields import WordsField
from tracked_objects.forms.parts import FixedPart, Part, Row, RowForm, refuse_repeats
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


class LeadTime(FixedPart):
    """The five phases of lead time."""

    names = PHASES
    form = PhaseRow
    field = "lead_time"
    title = _("Lead time phases")
    help = _("In order: each enabled phase starts when the one before it ends, or later.")

    def rows(self, value: dict[str, Any]) -> list[Row]:
        phases = {stored["name"]: stored for stored in value["phases"]}
        found = [phases[name] for name in PHASES if name in phases]
        bounds = [(stored["enabled"], *bounds_of(stored)) for stored in found]
        return [{"enabled": on, "start": ":".join(start), "end": ":".join(end)} for on, start, end in bounds]

    def check(self, forms: list[RowForm]) -> None:
        phases = self.value([form.cleaned_data for form in forms])["phases"]
        if not any(stored["enabled"] for stored in phases):
            raise ValidationError(_("Enable at least one phase."))
        for position, field, message in problems(phases):
            forms[position].add_error(field, str(message))

    def value(self, rows: list[Row]) -> dict[str, Any]:
        pairs = zip(PHASES, rows, strict=True)
        return {"phases": [phase(name, row["enabled"], row["start"], row["end"]) for name, row in pairs]}


class EfficiencyProfileForm(ObjectForm):
    part_types = (LeadTime,)
    groups = (
        Group(
            _("Delivery metrics"),
            ("deployment_frequency_source", "change_failure_rate_source", "time_to_restore_source"),
            _("Where their numbers come from. Lead time has its own events, below."),
        ),
    )

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
        label=_("Feature issue types"), required=False, help_text=_("For example: Story, Epic")
    )
    bug_issue_types = WordsField(label=_("Bug issue types"), required=False, help_text=_("For example: Bug, Defect"))
    active_statuses = WordsField(
        label=_("Active statuses"), required=False, help_text=_("For example: In progress, In review")
    )
    groups = (
        Group(_("Metrics"), ProductivityProfile.METRICS, _("What is off is neither measured nor shown."), "boxes"),
        Group(
            _("Size of pull requests"),
            ("pr_size_small", "pr_size_medium"),
            _("By changed lines; whatever is larger than medium is large."),
        ),
        Group(
            _("Issues"),
            ("feature_issue_types", "bug_issue_types", "active_statuses"),
            _("The words of your issue tracker, with commas between them."),
        ),
    )

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
    may = ("conditions",)

    rank = forms.IntegerField(label=_("Rank"), min_value=1, max_value=1000, required=False)
    name = forms.CharField(label=_("Name"), max_length=100, required=False)
    ticket_scope = forms.ChoiceField(label=_("Ticket scope"), choices=TicketScope.choices, required=False)
    conditions = ConditionsField(label=_("Conditions"), required=False)


class Categories(Part):
    """Investment categories; a ticket belongs to the first, by rank, that it matches."""

    form = CategoryRow
    field = "categories"
    title = _("Investment categories")
    help = _(
        "In order: a ticket belongs to the first category that it matches. A condition is a property, an operator and "
        "values, such as labels is bug, incident."
    )
    add_label = _("Add category")
    movable = True

    def rows(self, value: list[Row]) -> list[Row]:
        return [{**item, "rank": rank} for rank, item in enumerate(value, start=1)]

    def check(self, forms: list[RowForm]) -> None:
        refuse_repeats(forms, ("name",), _("The category “%(value)s” is there twice."))
        refuse_repeats(forms, ("rank",), _("Two categories have the rank %(value)s."))

    def value(self, rows: list[Row]) -> list[Row]:
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
