"""The fields of forms as JSON: their shapes, what an object has in them, and how a form would send a value."""

from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.db import models
from django.forms.models import ModelChoiceField, ModelMultipleChoiceField

from accounts.api.schema import Schema, or_null, text
from tracked_objects.forms import ObjectForm
from tracked_objects.forms.conditions import CELLS, ConditionsField
from tracked_objects.forms.fields import PeopleField, PersonField, WordsField
from tracked_objects.models import Developer
from tracked_objects.models.base import AccountObject

# What programs call the fields that forms call something else.
NAMES = {"new_credentials": "credentials", "tag_words": "tags"}
# A program says by If-Match what it has seen, and takes credentials away by sending none.
_OF_PAGES = {"version", "clear_credentials"}
CREDENTIALS = "credentials"


def names_of(fields: dict[str, forms.Field]) -> dict[str, forms.Field]:
    """The fields of a form that programs have, by the names that they use."""
    return {NAMES.get(name, name): field for name, field in fields.items() if name not in _OF_PAGES}


def form_name(name: str) -> str:
    """What a form calls the field `name`."""
    return next((ours for ours, theirs in NAMES.items() if theirs == name), name)


def shape_of(field: forms.Field) -> Schema:
    """The JSON that a field takes."""
    shape: Schema = {"type": "string"}
    if isinstance(field, (PeopleField, WordsField)):
        shape = {"type": "array", "items": text()}
    elif isinstance(field, ModelMultipleChoiceField):
        shape = {"type": "array", "items": {"type": "integer"}}
    elif isinstance(field, (ModelChoiceField, forms.IntegerField)):
        shape = {"type": "integer"}
    elif isinstance(field, forms.BooleanField):
        shape = {"type": "boolean"}
    elif isinstance(field, forms.ChoiceField):
        shape = text(enum=[value for value, _label in cast(Any, field.choices) if value])
    elif isinstance(field, forms.CharField) and field.max_length:
        shape = text(maxLength=field.max_length) | ({"format": "email"} if isinstance(field, forms.EmailField) else {})
    if isinstance(field, (PersonField, ModelChoiceField)) and not field.required and shape["type"] != "array":
        return or_null(shape)
    return shape


def stored(form: type[ObjectForm], item: AccountObject) -> dict[str, Any]:
    """What an object has in all that programs may write; of credentials nothing."""
    known = {field.name for field in item._meta.get_fields()} - {CREDENTIALS}
    names = [name for name in names_of(form.base_fields) if name in known]
    return {name: _value(item, name) for name in (*names, *(part.field for part in form.part_types))}


def _value(item: AccountObject, name: str) -> Any:
    field = item._meta.get_field(name)
    if isinstance(field, models.ManyToManyField):
        related = list(getattr(item, name).all()) if item.pk else []
        return sorted(one.pk if name == "integrations" else _word(one) for one in related)
    if isinstance(field, models.ForeignKey):
        if field.related_model is Developer:
            person = getattr(item, name)
            return person.email if person else None
        return getattr(item, field.attname)
    return getattr(item, name)


def _word(one: Any) -> str:
    return str(one.email if isinstance(one, Developer) else one.name)


def posted(name: str, field: forms.Field, value: Any) -> Iterator[tuple[str, list[str]]]:
    """What a page's form would send for a value: names with their texts."""
    if isinstance(field, ConditionsField):
        rows = field.prepare_value(value)
        yield from ((f"{name}-{cell}", [row[cell] for row in rows]) for cell in CELLS)
    elif isinstance(field, forms.BooleanField):
        yield name, ["on"] * bool(value)
    elif isinstance(field, WordsField):
        yield name, [str(field.prepare_value(value) or "")]
    elif isinstance(value, list):
        yield name, [str(one) for one in value]
    else:
        yield name, ["" if value is None else str(value)]
