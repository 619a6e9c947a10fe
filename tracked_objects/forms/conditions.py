"""The form field for conditions: a row of property, operator and values for each, and as many rows as it takes."""

from itertools import zip_longest
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tracked_objects.conditions import Condition, Operator, join_values
from tracked_objects.forms.fields import WordsField, limit, sent

# A row as it is typed: text by the name of the cell.
Cells = dict[str, str]

CELLS: dict[str, forms.Field] = {
    "property": forms.CharField(label=_("Property"), max_length=100),
    "operator": forms.ChoiceField(label=_("Operator"), choices=Operator.choices),
    "values": WordsField(label=_("Values")),
}
# For those without JavaScript; with it, one of them is what a new row is copied from.
_BLANK_ROWS = 2


def _problems(name: str, text: str) -> list[str]:
    """What is wrong with a cell."""
    try:
        CELLS[name].clean(text)
    except ValidationError as error:
        return error.messages
    return []


class ConditionsWidget(forms.Widget):
    """A row of inputs for each condition, then blank ones. The inputs of a column have one name."""

    template_name = "tracked_objects/widgets/conditions.html"
    use_fieldset = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Cells]:
        columns = [sent(data, f"{name}-{cell}") for cell in CELLS]
        rows = [dict(zip(CELLS, cells, strict=True)) for cells in zip_longest(*columns, fillvalue="")]
        return [row for row in rows if row["property"].strip() or row["values"].strip()]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return ""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        check = bool(attrs and attrs.get("aria-invalid"))
        rows = [
            {cell: {"text": text, "wrong": check and _problems(cell, text)} for cell, text in row.items()}
            for row in value or []
        ]
        blank: list[Any] = [None] * _BLANK_ROWS
        return {**super().get_context(name, value, attrs), "rows": [*rows, *blank], "operators": Operator.choices}


class ConditionsField(forms.Field):
    """Conditions, as they are stored. What is wrong names the row and the cell."""

    widget = ConditionsWidget

    def prepare_value(self, value: Any) -> list[Cells]:
        return [
            {cell: row[cell] if isinstance(row[cell], str) else join_values(row[cell]) for cell in CELLS}
            for row in value or []
        ]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.prepare_value(initial) != list(data or [])

    def clean(self, value: list[Cells]) -> list[Condition]:
        limit(value)
        errors = [
            ValidationError(
                _("Condition %(number)s, %(cell)s: %(problem)s"),
                params={"number": number, "cell": CELLS[cell].label, "problem": problem},
            )
            for number, row in enumerate(value, start=1)
            for cell, text in row.items()
            for problem in _problems(cell, text)
        ]
        if errors:
            raise ValidationError(errors)
        return [{cell: CELLS[cell].clean(text) for cell, text in row.items()} for row in value]
