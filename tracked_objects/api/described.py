"""What the requests about tracked objects are for, what they take and what they answer, for the API's description."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.forms import Field, ModelChoiceField
from django.utils.text import capfirst
from drf_spectacular.utils import OpenApiParameter

from accounts.api.bodies import JSON
from accounts.api.schema import Described, Schema, or_null, record, shape, text
from accounts.api.schema import documented as documented_in
from tracked_objects.api.examples import EXAMPLES
from tracked_objects.api.fields import CREDENTIALS, names_of, shape_of
from tracked_objects.api.objects import LARGEST_PAGE, PAGE_SIZE
from tracked_objects.api.parts import PARTS
from tracked_objects.kinds import Kind

_PAGING = [
    OpenApiParameter("after", {"type": "integer", "minimum": 0}, description="The last id that you have."),
    OpenApiParameter(
        "page_size",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE_SIZE},
        description="How many at once.",
    ),
]
_ID = OpenApiParameter("id", int, OpenApiParameter.PATH, description="Its id.")
_IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The ETag that you have read: others' changes stay."
)
_REASON = OpenApiParameter("reason", description="Why, for the log.")
_SAID = {
    "manager": "E-mail of a developer.",
    "root": "E-mail of who the tree grows from; null for everybody.",
    "members": "E-mails of developers.",
    "shared_members": "E-mails of developers of other teams.",
    "integrations": "Ids of integrations.",
    "grown": "Whether teams follow the developers' managers. Then org_tree, manager and members of teams can't be set.",
    "confirmed": "What an answer asked for that names the teams which would go.",
    "credentials": "Stored encrypted and never shown. Null takes them away; what isn't sent stays.",
    "tags": "Words; new ones are made.",
}


@dataclass(frozen=True)
class Descriptions:
    """The decorators of one kind's methods."""

    list: Described
    create: Described
    read: Described
    replace: Described
    edit: Described
    remove: Described


@dataclass(frozen=True)
class Shapes:
    """What of a kind is sent and answered, with an example of each."""

    new: Schema
    changes: Schema
    whole: Schema
    sent: dict[str, Any]
    example: dict[str, Any]


def _shapes(kind: Kind) -> Shapes:
    """Made of the kind's own form, so that they say what it takes."""
    name, inputs = kind.model.__name__, names_of(kind.form.base_fields)
    fields = {key: _said(key, field) for key, field in inputs.items()}
    fields |= {part.field: PARTS[part.field] for part in kind.form.part_types}
    needed = [key for key, field in inputs.items() if _is_needed(kind, key, field)]
    extra: Schema = {"has_credentials": {"type": "boolean", "readOnly": True}} if CREDENTIALS in fields else {}
    extra |= {"id": {"type": "integer", "readOnly": True}}
    writable = fields | {"reason": text("Why, for the log.", maxLength=500)} | extra
    shown = {key: value for key, value in fields.items() if key not in (CREDENTIALS, "confirmed")}
    sent: dict[str, Any] = EXAMPLES[kind.slug]
    return Shapes(
        shape(f"New{name}", record(writable, needed)),
        shape(f"{name}Changes", record(writable, [])),
        shape(name, record({**extra, **shown})),
        sent,
        dict.fromkeys(extra, True) | {"id": 17} | {key: value for key, value in sent.items() if key in shown},
    )


def descriptions(kind: Kind) -> Descriptions:
    documented = partial(documented_in, group=capfirst(kind.plural))
    name, one, shapes = kind.model.__name__, str(kind.model._meta.verbose_name), _shapes(kind)
    an = f"{'an' if one[0] in 'aeio' else 'a'} {one}"
    first_name, value = next(iter(shapes.sent.items()))
    answers = {200: (f"The {one}.", shapes.whole, shapes.example)}
    return Descriptions(
        _listing(kind, shapes),
        documented(
            f"create{name}",
            f"Create {an}",
            "What isn't sent is as the page's form has it when it opens. The log has the same entry as from there.",
            {201: (f"The new {one}.", shapes.whole, shapes.example)},
            request={JSON: (shapes.new, {"Example": shapes.sent})},
            problems=(413, 415),
        ),
        documented(
            f"read{name}", f"Read {an}", "With an ETag, to send as If-Match.", answers, parameters=[_ID], problems=()
        ),
        documented(
            f"replace{name}",
            f"Replace {an}",
            "What isn't sent becomes as in a new one, but for credentials.",
            answers,
            parameters=[_ID, _IF_MATCH],
            request={JSON: (shapes.new, {"Example": shapes.sent})},
            problems=(412, 413, 415),
        ),
        documented(
            f"edit{name}",
            f"Edit {an}",
            "What isn't sent stays.",
            answers,
            parameters=[_ID, _IF_MATCH],
            request={JSON: (shapes.changes, {"Example": {first_name: value, "reason": "As agreed with HR"}})},
            problems=(412, 413, 415),
        ),
        documented(
            f"delete{name}",
            f"Delete {an}",
            "It goes away for good. One that is in use stays; `errors` says by what it is used.",
            {204: ("It is deleted.", None, None)},
            parameters=[_ID, _IF_MATCH, _REASON],
            problems=(409, 412),
        ),
    )


def _is_needed(kind: Kind, key: str, field: Any) -> bool:
    """Whether there is no default for a field that can't be left empty."""
    if not field.required:
        return False
    stored: Any = kind.model._meta.get_field(key)
    return stored.get_default() in (None, "")


def _said(key: str, field: Field) -> Schema:
    schema = or_null(shape_of(field)) if key == CREDENTIALS else shape_of(field)
    chosen = f"Id of an object: {field.label}." if isinstance(field, ModelChoiceField) else ""
    words = _SAID.get(key) or chosen or str(field.help_text)
    return {**schema, "description": words} if words else schema


def _listing(kind: Kind, shapes: Shapes) -> Described:
    name = kind.model.__name__
    filters = [
        OpenApiParameter(key, description=f"{found.label}.")
        for key, found in kind.filters.base_filters.items()
        if key != "sort"
    ]
    page = record(
        {
            "count": {"type": "integer", "description": "How many there are, on all pages."},
            "next": or_null(text("Where the next ones are.", format="uri")),
            "results": {"type": "array", "items": shapes.whole},
        }
    )
    return documented_in(
        f"list{name}s",
        f"List {kind.plural}",
        "In the order in which they were made, with the filters of the page's list. `q` searches all columns.",
        {200: ("A page.", shape(f"{name}Page", page), {"count": 1, "next": None, "results": [shapes.example]})},
        group=capfirst(kind.plural),
        parameters=[*filters, *_PAGING],
    )
