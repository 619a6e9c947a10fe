"""Programs that use the API with a key. What they are answered must be as the API's description says."""

import json
import re
from functools import cache
from typing import Any

from django.test import Client
from jsonschema import Draft202012Validator

from accounts.models import Account, ApiKey, User
from activity.actors import Actor
from activity.recording import recording
from sei_audit.api_docs import description

LOG = "/api/v1/activity/"
ENTRIES = f"{LOG}entries"
NDJSON = "application/x-ndjson"


def key(owner: User, role: str = "SEI Admin", name: str = "Jenkins", slug: str = "acme") -> ApiKey:
    """A new key, which knows its own text."""
    with recording(Actor.system("tests")):
        made = ApiKey.issue(Account.objects.get(slug=slug), owner)
        made.name, made.role = name, role
        made.save()
    return made


class Program(Client):
    """A client with a key, or with none, that looks at each answer."""

    def __init__(self, key: ApiKey | None = None, **options: Any) -> None:
        super().__init__(headers={"X-Api-Key": key.text} if key else {}, **options)

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        as_described(request["PATH_INFO"], request["REQUEST_METHOD"], response)
        return response

    def send(
        self,
        value: Any,
        path: str = ENTRIES,
        content_type: str = "application/json",
        method: str = "POST",
        **headers: Any,
    ) -> Any:
        """POST a value, or the very bytes."""
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        return self.generic(method, path, body, content_type, **headers)


def lines(*values: Any) -> bytes:
    """JSON Lines of values, or of the very bytes."""
    return b"\n".join(value if isinstance(value, bytes) else json.dumps(value).encode() for value in values)


def problem(response: Any, status: int = 400) -> dict[str, Any]:
    """The problem that an answer tells of."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = response.json()
    assert found["status"] == status
    return found


def errors(response: Any, status: int = 400) -> list[tuple[int | None, str | None, str]]:
    """What is wrong, as (index, field, message)."""
    return [(error.get("index"), error["field"], error["message"]) for error in problem(response, status)["errors"]]


def seqs(response: Any) -> list[int]:
    """The numbers of the entries of an answer."""
    assert response.status_code == 200, response.content
    return [entry["seq"] for entry in response.json()["results"]]


def as_described(path: str, method: str, response: Any) -> None:
    """Holds an answer against the description; HEAD is a GET, and what is described nowhere is an error of somebody."""
    found = next((said for pattern, said in _operations() if re.fullmatch(pattern, path)), None)
    said = (found or {}).get("get" if method == "HEAD" else method.lower())
    if said is None:
        assert response.status_code in {401, 404, 405, 403}, (path, method, response.status_code)
        return
    answer = said["responses"].get(str(response.status_code))
    assert answer is not None, f"{method} {path} answers {response.status_code}, which is not described"
    if response.streaming or method == "HEAD" or response.status_code in {204, 304}:
        return
    media = response["Content-Type"].partition(";")[0]
    assert media in answer["content"], f"{media} is not described"
    schema = {**answer["content"][media]["schema"], "components": description()["components"]}
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(response.json())


@cache
def _operations() -> list[tuple[str, dict[str, Any]]]:
    paths = description()["paths"].items()
    return [(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)), said) for path, said in paths]
