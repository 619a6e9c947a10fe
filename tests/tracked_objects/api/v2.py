"""Calling SEI's developer API in tests, as scripts do."""

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.programs import Program

DEVELOPERS = "/v2/developers"
SCHEMA, IDS = f"{DEVELOPERS}/schema", f"{DEVELOPERS}/cloud-ids"
Wrong = list[tuple[str, str | None, int]]


def version_url(version: int, rest: str = "") -> str:
    return f"{DEVELOPERS}/versions/{version}{rest}"


def send(program: Program, method: str, path: str, value: Any, content_type: str = "application/json") -> Any:
    """Send a value as JSON, or the very bytes."""
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return program.generic(method, path, body, content_type=content_type)


def upload(
    program: Program, content: str | bytes, method: str = "POST", path: str = DEVELOPERS, name: str = "people.csv"
) -> Any:
    """Send a file as a form does."""
    data = content.encode() if isinstance(content, str) else content
    form = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile(name, data, "text/csv")})
    return send(program, method, path, form, MULTIPART_CONTENT)


def save(program: Program, uploaded: Any, **more: Any) -> Any:
    """Send the field mappings that an upload has answered, but for those in `more`: column → type."""
    mappings = [
        {**row, "fieldType": more.get(row["csvColumn"], row["fieldType"])} for row in body(uploaded)["fieldMappings"]
    ]
    sent = {"fieldMappings": mappings} | ({"active": more["active"]} if "active" in more else {})
    return send(program, "PUT", version_url(body(uploaded)["versionId"], "/fieldMappings"), sent)


def approve(program: Program, answer: Any) -> Any:
    return send(program, "PATCH", version_url(body(answer)["versionId"]), {"active": True})


def body(response: Any) -> dict[str, Any]:
    """The answer to what went well."""
    assert response.status_code == 200, response.content
    found: dict[str, Any] = response.json()
    return found


def wrong(response: Any) -> Wrong:
    """What is wrong with developers, as (type, field, how many)."""
    assert response.status_code == 400, response.content
    assert response.json()["status"] in {"FAILURE", "error"}
    return [(one["errorType"], one["fieldName"], one["errorDeveloperCount"]) for one in response.json()["errors"]]


def samples(response: Any) -> list[dict[str, Any]]:
    """The samples of the first thing that is wrong."""
    found: list[dict[str, Any]] = response.json()["errors"][0]["sampleErrorDevelopers"]
    return found
