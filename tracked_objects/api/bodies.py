"""What a program sends about an object, brought into a form: the form checks it, as it checks what a page sends."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import QueryDict
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError as Mismatch

from accounts.api.problems import Error, not_written
from accounts.api.schema import SHAPES, Schema
from accounts.guard import Access
from accounts.json_text import is_storable
from tracked_objects.api.fields import CREDENTIALS, NAMES, form_name, names_of, posted, shape_of, stored
from tracked_objects.api.parts import PARTS
from tracked_objects.forms import ObjectForm
from tracked_objects.forms.base import IN_PART
from tracked_objects.forms.parts import FixedPart, Part
from tracked_objects.kinds import Kind
from tracked_objects.models.base import AccountObject

# What a form can't see any more, once a value is text. The rest is the form's to say, in its own words.
_SHAPE = {"type", "additionalProperties", "required", "minLength", "minItems", "maxItems"}


def represent(kind: Kind, item: Any) -> dict[str, Any]:
    """An object as JSON. All of it can be sent back."""
    shown = {"id": item.pk, **stored(kind.form, item)}
    # Of credentials, it is their fingerprint that tells whether there are any.
    kept = getattr(item, f"{CREDENTIALS}_fingerprint", None)
    return shown | ({} if kept is None else {"has_credentials": bool(kept)})


def filled(
    kind: Kind, access: Access, item: AccountObject, sent: Mapping[str, Any], base: AccountObject | None = None
) -> ObjectForm:
    """The form of `item` with what was sent, over what `base` has, the item itself unless it is given.

    Raises Problem for what has no place in the form.
    """
    form = kind.form(access, instance=item)
    fields, shown = names_of(form.fields), represent(kind, item)
    parts = {part.field: part for part in form.parts}
    errors = list(_misplaced(sent, {*fields, *parts}, {*names_of(kind.form.base_fields), *shown}, shown))
    sent = {name: value for name, value in sent.items() if name in fields or name in parts}
    for name, value in sent.items():
        errors += _mismatches(name, value, PARTS[name] if name in parts else _loose(name, shape_of(fields[name])))
    if errors:
        raise not_written(errors)
    values = (stored(kind.form, base) if base else shown) | sent
    data = QueryDict(mutable=True)
    for name, field in fields.items():
        for key, texts in posted(form_name(name), field, values.get(name)):
            data.setlist(key, texts)
    for name, part in parts.items():
        _post_part(data, part, values[name])
    if CREDENTIALS in sent and not sent[CREDENTIALS] and "clear_credentials" in form.fields:
        data["clear_credentials"] = "on"
    return kind.form(access, data, instance=item)


def _loose(name: str, shape: Schema) -> Schema:
    """No credentials is null as well."""
    return {**shape, "type": ["string", "null"]} if name == CREDENTIALS else shape


def _misplaced(sent: Mapping[str, Any], open_: set[str], known: set[str], shown: Mapping[str, Any]) -> Iterator[Error]:
    for name, value in sent.items():
        if name in open_ or (name in shown and shown[name] == value):
            continue
        message = "This can't be changed here." if name in known else "There is no such field."
        yield {"field": name[:100], "message": message}


def _mismatches(name: str, value: Any, shape: Schema) -> Iterator[Error]:
    checker = Draft202012Validator({**shape, "components": {"schemas": SHAPES}})
    for mismatch in checker.iter_errors(value):
        if mismatch.validator in _SHAPE:
            yield {"field": name + _place(mismatch.absolute_path), "message": _words(mismatch)}
    if not all(map(is_storable, _texts(value))):
        yield {"field": name, "message": "This has a NUL or half of a surrogate pair, which can't be stored."}


def _place(path: Any) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}"[:100] for step in path)


def _words(mismatch: Mismatch) -> str:
    wanted = mismatch.validator_value
    if mismatch.validator == "type":
        return f"This must be of the type {' or '.join([wanted] if isinstance(wanted, str) else wanted)}."
    return f"{mismatch.message[:300]}."


def _texts(value: Any) -> Iterator[str]:
    """All texts inside a value, the names in it included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _post_part(data: QueryDict, part: Part, value: Any) -> None:
    rows = part.rows(value)
    data[f"{part.prefix}-TOTAL_FORMS"] = str(len(rows))
    data[f"{part.prefix}-INITIAL_FORMS"] = str(min(len(rows), len(part.initial or ())))
    for place, row in enumerate(rows):
        for cell, field in part.form.base_fields.items():
            for key, texts in posted(f"{part.prefix}-{place}-{cell}", field, row.get(cell)):
                data.setlist(key, texts)


def errors_of(form: ObjectForm) -> list[Error]:
    """What a form says is wrong, in its words, by the names that programs use."""
    own = [
        {"field": None if name == "__all__" else NAMES.get(name, name), "message": message}
        for name, found in form.errors.as_data().items()
        for error in found
        if error.code != IN_PART
        for message in error.messages
    ]
    return [*own, *_asked(form), *(error for part in form.parts if part.is_bound for error in _part_errors(part))]


def _asked(form: ObjectForm) -> Iterator[Error]:
    """What to send along to whom a form asks whether they mean it."""
    token = form.data.get("confirmed", "")
    if token != form.cleaned_data.get("confirmed", ""):
        yield {"field": "confirmed", "message": f"To do it, send the same again with confirmed “{token}”."}


def _part_errors(part: Part) -> Iterator[Error]:
    for message in part.non_form_errors():
        yield {"field": part.field, "message": message}
    for place, row in enumerate(part.forms):
        where = f"[{list(part.names)[place]}]" if isinstance(part, FixedPart) else f"[{place}]"
        for cell, messages in row.errors.items():
            for message in messages:
                yield {"field": f"{part.field}{where}" + (f".{cell}" if cell != "__all__" else ""), "message": message}
