"""The parts of a team: its settings, and which of its work belongs to which investment category."""

from collections import Counter
from collections.abc import Sequence

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tracked_objects.forms.conditions import ConditionsField
from tracked_objects.forms.parts import FixedPart, Part, Row, RowForm
from tracked_objects.models.organisation import Match, Setting

MAX_FILTER_SETS = 3


class SettingRow(RowForm):
    conditions = ConditionsField(required=False)


class Settings(FixedPart):
    """What counts as the team's work."""

    names = dict(Setting.choices)
    form = SettingRow
    field = "settings"
    title = _("Settings")
    help = _("Which projects, issues, repositories, branches, pipelines and environments are the team's.")

    def rows(self, value: dict[str, list[Row]]) -> list[Row]:
        return [{"conditions": value.get(name, [])} for name in self.names]

    def value(self, rows: list[Row]) -> dict[str, list[Row]]:
        pairs = zip(self.names, rows, strict=True)
        return {name: row["conditions"] for name, row in pairs if row["conditions"]}


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
    help = _("Which of the team's work belongs to which investment category: up to three filter sets for each.")
    add_label = _("Add filter set")
    # The categories of the org tree's business alignment profile; without any, a category is what somebody writes.
    offered: Sequence[str] = ()

    def rows(self, value: dict[str, list[Row]]) -> list[Row]:
        return [{**item, "category": category} for category in sorted(value) for item in value[category]]

    def _stored(self) -> list[str]:
        return list(dict.fromkeys(row["category"] for row in self.initial or ()))

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        if self.offered:
            typed = form["category"].value() or ""
            names = dict.fromkeys(["", *self.offered, *self._stored(), typed])
            form.fields["category"].widget = forms.Select(choices=[(name, name or "–") for name in names])

    def check(self, forms: list[RowForm]) -> None:
        counts: Counter[str] = Counter()
        for form in forms:
            category = form.cleaned_data["category"]
            counts[category] += 1
            params = {"category": category, "max": MAX_FILTER_SETS}
            if counts[category] > MAX_FILTER_SETS:
                message = _("“%(category)s” has more than %(max)s filter sets.")
                form.add_error("category", ValidationError(message, params=params))
            elif self.offered and category not in {*self.offered, *self._stored()}:
                message = _("The org tree's business alignment profile has no category “%(category)s”.")
                form.add_error("category", ValidationError(message, params=params))

    def value(self, rows: list[Row]) -> dict[str, list[Row]]:
        stored: dict[str, list[Row]] = {}
        for row in rows:
            filters = {"match": row["match"] or Match.ALL.value, "conditions": row["conditions"]}
            stored.setdefault(row["category"], []).append(filters)
        return stored
