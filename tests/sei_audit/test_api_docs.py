"""The description of the API, for programs and for people."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from jsonschema import Draft202012Validator

from accounts.models import User
from sei_audit.api_docs import description, groups
from sei_audit.matrix import patterns
from tests.programs import ENTRIES, LOG, Program, key

COMPONENTS = {"components": description()["components"]}


def media() -> list[Any]:
    """Everything that is sent or answered: where, its shape and its examples."""
    return [
        pytest.param(content["schema"], content.get("examples", {}), id=f"{method} {path} {status} {kind}")
        for path, methods in description()["paths"].items()
        for method, said in methods.items()
        for status, body in {"sent": said.get("requestBody", {}), **said["responses"]}.items()
        for kind, content in body.get("content", {}).items()
    ]


def test_it_is_openapi_3_1(client: Client, db: None) -> None:
    response = client.get("/api/schema/")
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert response.json()["openapi"] == "3.1.0"
    for shape in response.json()["components"]["schemas"].values():
        Draft202012Validator.check_schema(shape)


def test_every_address_of_the_api_is_described() -> None:
    api = {
        re.sub(r"<\w+:(\w+)>", r"{\1}", route)
        for _name, route, pattern in patterns(get_resolver())
        if isinstance(getattr(pattern.callback, "needs", None), dict)
    }
    assert set(description()["paths"]) == api


@pytest.mark.parametrize(("schema", "examples"), media())
def test_every_example_is_what_it_is_an_example_of(schema: dict[str, Any], examples: dict[str, Any]) -> None:
    assert examples
    for example in examples.values():
        Draft202012Validator({**schema, **COMPONENTS}).validate(example["value"])


def test_every_error_is_described() -> None:
    for methods in description()["paths"].values():
        for said in methods.values():
            assert {"400", "401", "403", "404", "405", "429", "500", "503"} <= set(said["responses"])
            assert {"key": []} in said["security"] and {"session": []} in said["security"]


def test_the_examples_can_be_sent(sei_admin: User) -> None:
    service = Program(key(sei_admin, "SEI Ingestion"))
    body = description()["paths"][ENTRIES]["post"]["requestBody"]["content"]
    for kind, content in body.items():
        for example in content["examples"].values():
            assert service.send(example["value"], content_type=kind).status_code in {200, 201}


def test_the_page_tells_of_every_request(client: Client, db: None) -> None:
    page = client.get("/api/docs/").content.decode()
    assert page.count("<details id=") == sum(len(operations) for _title, operations in groups())
    for wanted in (ENTRIES, f"{LOG}export.jsonl", "after_seq", "idempotency_key", "429 Too Many Requests"):
        assert wanted in page
    assert "<script>" not in page and "style=" not in page


def test_the_page_is_in_the_language_of_the_reader(client: Client, db: None) -> None:
    page = client.get("/api/docs/", headers={"accept-language": "de"}).content.decode()
    assert "Zu senden" in page and "</span> List or follow the log" in page
