"""The description of the API: as OpenAPI 3.1 for programs, and the same as a page for people, without a script."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from accounts.api.problems import PROBLEM_JSON
from accounts.api.schema import ALWAYS, SHAPES
from accounts.guard import PUBLIC, access, access_of
from accounts.sso import rules

INTRODUCTION = """Programs read, follow and download the activity log, add to it, and write tracked
objects as their pages do.

Send an API key with each request, as `X-Api-Key: <key>` or as `Authorization: ApiKey <key>`. A key belongs to one
account and may do what both its role and its owner may at that moment. Every error is problem JSON (RFC 9457), but for
mistakes in developers sent to SEI's own addresses, which have SEI's shape."""
_EXAMPLE = "/api/v1/activity/entries?type=DASHBOARD&page_size=10"


@access(PUBLIC)
@require_safe
@cache_control(max_age=300)
def schema(request: HttpRequest) -> HttpResponse:
    return JsonResponse(description(), json_dumps_params={"ensure_ascii": False, "indent": 1})


@access(PUBLIC)
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """For anybody; a member has the navigation of their account beside it."""
    user: Any = request.user
    opened = rules.opened_accounts(request, user)[0] if user.is_authenticated else []
    if opened:
        request.access = access_of(user, opened[0].slug, rules.confined_to(request, user))  # type: ignore[attr-defined]
    context = {
        # For a visitor, too: with nothing in the navigation.
        "wide": True,
        "introduction": _paragraphs(INTRODUCTION),
        "groups": groups(),
        "errors": errors(),
        "curl": f'curl -H "X-Api-Key: sei_…" "{request.build_absolute_uri(_EXAMPLE)}"',
    }
    return render(request, "api/docs.html", context)


@cache
def description() -> dict[str, Any]:
    """The whole API as OpenAPI; the same for everybody."""
    with translation.override(settings.LANGUAGE_CODE):
        made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return made


def finish(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Adds what views can't say one by one: the shapes that they share, and that a body is never left out."""
    result["info"]["description"] = INTRODUCTION
    result["components"].setdefault("schemas", {}).update(SHAPES)
    for path in result["paths"].values():
        for operation in path.values():
            if "requestBody" in operation:
                operation["requestBody"]["required"] = True
    return result


@dataclass(frozen=True)
class Field:
    """A parameter, or a field of a body."""

    name: str
    type: str
    required: bool
    words: SafeString


@dataclass(frozen=True)
class Answer:
    status: int
    title: str
    words: SafeString


@dataclass(frozen=True)
class Operation:
    """One method of one address, as the page shows it. Its answers are without the errors that all have alike."""

    id: str
    method: str
    path: str
    summary: str
    words: list[SafeString]
    parameters: list[Field]
    fields: list[Field]
    sent: str
    answers: list[Answer]
    example: str


@cache
def groups() -> list[tuple[str, list[Operation]]]:
    """All requests by what they are about, the log first; in a group, in the order of their addresses."""
    paths = description()["paths"].items()
    found: dict[str, list[Operation]] = {"Activity log": []}
    for path, methods in paths:
        for method, said in methods.items():
            found.setdefault(said["tags"][0], []).append(_operation(path, method, said))
    return list(found.items())


def errors() -> list[Answer]:
    """What every request may be answered."""
    first = next(iter(next(iter(description()["paths"].values())).values()))
    return [_answer(status, first["responses"][str(status)]) for status in ALWAYS]


def _answer(status: int, said: Mapping[str, Any]) -> Answer:
    return Answer(status, HTTPStatus(status).phrase, _marked(said["description"]))


def _operation(path: str, method: str, said: Mapping[str, Any]) -> Operation:
    bodies = said.get("requestBody", {}).get("content", {})
    body: Mapping[str, Any] = bodies.get("application/json") or bodies.get("text/csv", {})
    good = [answer for status, answer in said["responses"].items() if status.startswith("2")]
    return Operation(
        id=said["operationId"],
        method=method.upper(),
        path=path,
        summary=said["summary"],
        words=_paragraphs(said["description"]),
        parameters=[
            Field(one["name"], _type(one["schema"]), one.get("required", False), _meaning(one["schema"] | one))
            for one in said.get("parameters", ())
        ],
        fields=list(_fields(body.get("schema", {}))),
        sent=_example(body),
        answers=[
            _answer(int(status), answer)
            for status, answer in sorted(said["responses"].items())
            if int(status) not in ALWAYS or set(answer.get("content", {})) - {PROBLEM_JSON}
        ],
        example=next((_example(media) for answer in good for media in answer.get("content", {}).values()), ""),
    )


def _paragraphs(words: str) -> list[SafeString]:
    return [_marked(paragraph) for paragraph in words.split("\n\n")]


def _marked(words: str) -> SafeString:
    """Text as the description has it, with code between backticks."""
    return format_html_join("", "{}{}{}", (_code(place, part) for place, part in enumerate(words.split("`"))))


def _code(place: int, part: str) -> tuple[str, str, str]:
    return (mark_safe("<code>"), part, mark_safe("</code>")) if place % 2 else ("", part, "")


def _fields(shape: Mapping[str, Any]) -> Iterator[Field]:
    """The fields of a shape, or of the first of several; of a list, those of what is in it."""
    found = _resolved(shape.get("anyOf", [shape])[0])
    found = _resolved(found.get("items", found))
    for name, field in found.get("properties", {}).items():
        if not field.get("readOnly"):
            yield Field(name, _type(field), name in found.get("required", ()), _meaning(field))


def _meaning(said: Mapping[str, Any]) -> SafeString:
    """What a parameter or field is for, and which values it takes if these are few."""
    values = said.get("enum") or _resolved(said.get("items", {})).get("enum") or []
    choices = f" One of {', '.join(f'`{value}`' for value in values)}." if values else ""
    return _marked((said.get("description", "") + choices).strip())


def _resolved(shape: Mapping[str, Any]) -> Mapping[str, Any]:
    return SHAPES[shape["$ref"].rpartition("/")[2]] if "$ref" in shape else shape


def _type(shape: Mapping[str, Any]) -> str:
    """The type of a value in a word or two."""
    shape = _resolved(shape)
    kind = shape.get("type", "string")
    kind = next(name for name in kind if name != "null") if isinstance(kind, list) else kind
    if kind == "array":
        return f"{_type(shape['items'])}, repeatable"
    return "time" if shape.get("format") == "date-time" else str(kind)


def _example(media: Mapping[str, Any]) -> str:
    for example in media.get("examples", {}).values():
        value = example["value"]
        return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
    return ""
