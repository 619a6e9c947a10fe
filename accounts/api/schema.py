"""How views say what they take and give, for the description of the API (OpenAPI 3.1) and its page."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Protocol, TypeVar

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiRequest, OpenApiResponse, extend_schema

from accounts.api.problems import PROBLEM_JSON

Method = TypeVar("Method", bound=Callable[..., Any])
Schema = dict[str, Any]


class Described(Protocol):
    """A decorator that leaves a method as it is."""

    def __call__(self, method: Method, /) -> Method: ...


# Every named shape; sei_audit.api_docs puts them into the description.
SHAPES: dict[str, Schema] = {}


def shape(name: str, schema: Schema) -> Schema:
    """A reference to a shape that is described once. Raises ValueError for a name that another has."""
    if SHAPES.setdefault(name, schema) != schema:
        raise ValueError(f"There are two shapes called {name}.")
    return {"$ref": f"#/components/schemas/{name}"}


def record(properties: Schema, required: Sequence[str] | None = None) -> Schema:
    """An object with exactly these properties; all of them are required unless said otherwise."""
    needed = list(properties) if required is None else list(required)
    return {"type": "object", "properties": properties, "additionalProperties": False} | (
        {"required": needed} if needed else {}
    )


def text(description: str = "", **more: Any) -> Schema:
    return {"type": "string"} | ({"description": description} if description else {}) | more


def or_null(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


PROBLEM = shape(
    "Problem",
    record(
        {
            "type": text("Always about:blank: the status says what kind of problem it is."),
            "title": text("The status in words."),
            "status": {"type": "integer"},
            "detail": text("What is wrong, for a person."),
            "errors": {
                "type": "array",
                "description": "Each thing that is wrong with what was sent.",
                "items": record(
                    {
                        "index": {"type": "integer", "description": "Which entry of those sent, from 0."},
                        "field": or_null(text("The parameter or field; null for the whole.")),
                        "message": text(),
                    },
                    ["field", "message"],
                ),
            },
        }
    ),
)
_PROBLEMS = {
    400: ("What was sent can't be understood; `errors` says where.", "The parameters can't be understood."),
    401: ("No key, or one that doesn't work.", "Authentication credentials were not provided."),
    403: ("The key, or its owner, may not do this.", "This takes the capability activity.view."),
    404: ("There is no such thing in an account of yours.", "Not found."),
    405: ("Not with this method.", 'Method "PUT" not allowed.'),
    409: ("Others have been quicker, or need it.", "Somebody has just changed what belongs to it."),
    412: ("Something else comes first: `detail` says what.", "There is no saved field mapping yet."),
    413: ("More than is taken at once.", "The body is larger than 10 MB. Send it in parts."),
    415: ("Not a content type that is understood here.", 'Unsupported media type "text/plain" in request.'),
    429: (
        "Too many requests in this minute. `Retry-After` says in how many seconds to go on.",
        "At most 600 requests in a minute. Go on in 12 seconds.",
    ),
    500: ("An error of ours. Nothing was changed.", "Something went wrong here. Nothing was changed."),
    503: (
        "The database took too long. `Retry-After` says in how many seconds to try again.",
        "That took too long. Ask for less at once, or try again.",
    ),
}
# What every request may be answered.
ALWAYS = (400, 401, 403, 404, 405, 429, 500, 503)
_RETRY_AFTER = OpenApiParameter(
    "Retry-After", int, OpenApiParameter.HEADER, description="Seconds to wait.", response=[429, 503]
)


def documented(
    name: str,
    summary: str,
    description: str,
    answers: Mapping[Any, tuple[str, Any, Any]],
    *,
    group: str,
    parameters: Sequence[OpenApiParameter] = (),
    request: Mapping[str, tuple[Schema, Mapping[str, Any]]] | None = None,
    problems: Sequence[int] = (),
    media_type: str = "application/json",
) -> Described:
    """A decorator that describes a method of a view.

    The page of the API shows requests by their `group`. `name` is what programs made from the description call it.
    `answers`: status, or status and media type → words, shape, example. `request`: media type → shape, and examples by
    their names. `problems`: statuses beside those that every request can get.
    """
    given: dict[Any, Any] = {
        status if isinstance(status, tuple) else (status, media_type): OpenApiResponse(
            schema, words, [OpenApiExample("Example", example)] if example is not None else []
        )
        for status, (words, schema, example) in answers.items()
    }
    given |= {(status, PROBLEM_JSON): _problem(status) for status in sorted({*ALWAYS, *problems})}
    bodies = {
        media: OpenApiRequest(schema, examples=[OpenApiExample(name, value) for name, value in examples.items()])
        for media, (schema, examples) in (request or {}).items()
    }
    return extend_schema(
        operation_id=name,
        tags=[group],
        summary=summary,
        description=description,
        parameters=[ACCOUNT, *parameters, _RETRY_AFTER],
        request=bodies or None,
        responses=given,
    )


def _problem(status: int) -> OpenApiResponse:
    words, detail = _PROBLEMS[status]
    errors = [{"field": "type", "message": "“TEEM” is not one of the values there are."}] if status == 400 else []
    example = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "errors": errors,
    }
    return OpenApiResponse(PROBLEM, words, [OpenApiExample("Problem", example)])


ACCOUNT = OpenApiParameter(
    "account",
    description="The account, as addresses have it. A key has one; a member of several says which.",
)


class AllBodies(AutoSchema):
    """Describes what is sent with a DELETE too, as SEI's API takes it."""

    def _get_request_body(self, direction: str = "request") -> Any:
        method, self.method = self.method, "PATCH" if self.method == "DELETE" else self.method
        try:
            return super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        finally:
            self.method = method


class KeyScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.api.authentication.KeyAuthentication"
    name = ["key", "keyInAuthorization"]

    def get_security_requirement(self, auto_schema: Any) -> Any:
        return [{name: []} for name in self.name]

    def get_security_definition(self, auto_schema: Any) -> Any:
        return [
            {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
            {"type": "apiKey", "in": "header", "name": "Authorization", "description": "ApiKey, a blank, and the key."},
        ]


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.api.authentication.MemberSession"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> Any:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "A member who is signed in. What changes something needs the header X-CSRFToken.",
        }
