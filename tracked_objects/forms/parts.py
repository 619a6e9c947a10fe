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
    """One row. One in which nothing is filled of what it `needs` or `may` have is no row; one that needs nothing is."""

    use_required_attribute = False
    needs: ClassVar[tuple[str, ...]] = ()
    may: ClassVar[tuple[str, ...]] = ()

    def clean(self) -> Row:
        row: Row = self.cleaned_data
        if not self.blank:
            for name in self.needs:
                if name not in self.errors and row.get(name) in forms.Field.empty_values:
                    self.add_error(name, _("This field is required."))
        return row

    @property
    def blank(self) -> bool:
        """Whether nobody has filled anything that makes it a row."""
        values = [self[name].value() for name in (*self.needs, *self.may)]
        return bool(self.needs) and not any(value.strip() if isinstance(value, str) else value for value in values)

    @property
    def set_aside(self) -> bool:
        """Whether the row is blank or marked for removal: with JavaScript it isn't shown."""
        removed = DELETION_FIELD_NAME in self.fields and bool(self[DELETION_FIELD_NAME].value())
        return removed or self.blank

    @property
    def row(self) -> Row | None:
        """What the row says; None when it is blank or marked for removal."""
        return None if self.blank or self.cleaned_data.get(DELETION_FIELD_NAME) else self.cleaned_data


class Part(forms.BaseFormSet):
    """The rows of one JSON field of an object; subclasses say how rows become a value and back."""

    form: type[RowForm] = RowForm
    field: str
    title: Promise
    help: Promise | str = ""
    add_label: Promise | str = ""
    # Rows have a name and a rank, and can be moved.
    movable = False

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

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        # Whether a row is blank is the row's to say, wherever it stands.
        return {"empty_permitted": False}

    def rows(self, value: Any) -> list[Row]:
        """The rows that show a stored value."""
        raise NotImplementedError

    def check(self, forms: list[RowForm]) -> None:
        """Add errors to filled rows that don't go together."""

    def value(self, rows: list[Row]) -> Any:
        """The value to store for the filled rows; a ValidationError when they make none."""
        raise NotImplementedError

    def in_order(self) -> list[RowForm]:
        """The rows as they are shown: by rank, if they have one."""
        return sorted(self.forms, key=_rank) if self.movable else list(self.forms)

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        if self.movable and index is None:
            # In the browser the number of a new row takes the place of this: it is above all ranks.
            form.initial["rank"] = "__prefix__"

    def has_changed(self) -> bool:
        """Whether the rows say something else than what is stored."""
        return len(self.forms) < len(self.initial or ()) or super().has_changed()

    def clean(self) -> None:
        """Keep the value of the rows, once each is valid on its own and beside the others."""
        if any(self.errors):
            return
        filled = [form for form in self.forms if form.row is not None]
        self.check(filled)
        if not any(self.errors):
            self.cleaned_value = self.value([form.cleaned_data for form in filled])


class FixedPart(Part):
    """A part with a row for each of `names`, always all of them and in their order."""

    names: ClassVar[dict[str, Any]]

    extra = 0
    can_delete = False

    def __init__(self, instance: models.Model, data: Any = None) -> None:
        self.max_num = self.absolute_max = len(self.names)
        super().__init__(instance, data)

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        next(iter(form.fields.values())).label = str(list(self.names.values())[index or 0])

    def clean(self) -> None:
        if len(self.forms) != len(self.names):
            raise ValidationError(_("Some rows are missing. Open the form again."))
        super().clean()


def refuse_repeats(forms: list[RowForm], names: tuple[str, ...], message: Any) -> None:
    """Refuse each row that says what one before it says in the fields `names`, whatever the case."""
    seen: set[str] = set()
    for form in forms:
        value = " ".join(str(form.cleaned_data[name]) for name in names)
        if value.casefold() in seen:
            form.add_error(names[0], ValidationError(message, params={"value": value}))
        seen.add(value.casefold())


def _rank(form: RowForm) -> tuple[bool, int]:
    rank = str(form["rank"].value() or "")[:9]
    return (False, int(rank)) if rank.isdecimal() else (True, 0)
