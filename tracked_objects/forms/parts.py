"""Parts of an object: rows of plain inputs that read and write one JSON field."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Row = dict[str, Any]


class RowForm(forms.Form):
    """One row. A row in which none of the fields in `needs` is filled is no row."""

    use_required_attribute = False
    needs: ClassVar[tuple[str, ...]] = ()

    def clean(self) -> Row:
        row: Row = self.cleaned_data
        if any(self.data.get(self.add_prefix(name), "").strip() for name in self.needs):
            for name in self.needs:
                if name not in self.errors and row.get(name) in forms.Field.empty_values:
                    self.add_error(name, _("This field is required."))
        return row

    @property
    def row(self) -> Row | None:
        """What the row says; None when it is empty or marked for removal."""
        if self.cleaned_data.get(DELETION_FIELD_NAME):
            return None
        return self.cleaned_data if any(self.cleaned_data.get(name) for name in self.needs) else None


class Part(forms.BaseFormSet):
    """The rows of one JSON field of an object; subclasses say how rows become a value and back."""

    form: type[RowForm] = RowForm
    field: str
    title: Promise
    help: Promise | str = ""
    add_label: Promise | str = ""

    extra = 2
    can_order = False
    can_delete = True
    can_delete_extra = True
    min_num = 0
    max_num = 100
    absolute_max = 120
    validate_min = False
    validate_max = True

    def __init__(self, instance: models.Model, data: Any = None) -> None:
        # What isn't sent is left as it is.
        if data is not None and f"{self.field}-TOTAL_FORMS" not in data:
            data = None
        self.renderer = forms.renderers.get_default_renderer()
        super().__init__(data, prefix=self.field, initial=self.rows(getattr(instance, self.field)))

    def rows(self, value: Any) -> list[Row]:
        """The rows that show a stored value."""
        raise NotImplementedError

    def value(self, rows: list[Row]) -> Any:
        """The value to store for the filled rows; a ValidationError when they don't go together."""
        raise NotImplementedError

    def clean(self) -> None:
        """Keep the value of the rows, once each is valid on its own."""
        if not any(self.errors):
            self.cleaned_value = self.value([form.row for form in self.forms if form.row is not None])

    @staticmethod
    def refuse_repeats(values: list[str], message: Any) -> None:
        """Raise a ValidationError that names the first of `values` which is there twice, whatever the case."""
        seen: set[str] = set()
        for value in values:
            if value.casefold() in seen:
                raise ValidationError(message, params={"value": value})
            seen.add(value.casefold())
