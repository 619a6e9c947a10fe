"""Entries for tests of the log's pages: written by the writer, with just the facts that a test is about."""

import csv
import io
import re
from datetime import UTC, datetime
from typing import Any

from django.http.response import HttpResponseBase
from django.test import Client

from accounts.models import Account
from activity.actors import Actor
from activity.models import ActorKind, Entry, Source
from activity.recording import recording
from activity.summary import summary
from activity.writer import Draft

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def draft(account: Account, **facts: Any) -> Draft:
    """An edit of a team by Ada, unless the facts say otherwise; `email` and `actor_name` are the actor's."""
    email, name = facts.pop("email", "ada@acme.example"), facts.pop("actor_name", "")
    facts.setdefault("actor", Actor(ActorKind.USER, id="1", email=email, name=name))
    facts = {"type": "TEAM", "action": "EDITED", "source": Source.UI.value, "occurred_at": NOON} | facts
    facts.setdefault("summary", summary(facts["type"], facts["action"], facts.get("object_name", ""), {}))
    return Draft(account_id=account.pk, **facts)


def write(*drafts: Draft) -> list[int]:
    """Write entries, in one recording, and return their numbers."""
    with recording(Actor.system("tests")) as rec:
        rec.drafts.extend(drafts)
    return [made.seq for made in drafts]


def entry(account: Account, **facts: Any) -> Entry:
    (seq,) = write(draft(account, **facts))
    return Entry.objects.get(account=account, seq=seq)


def batch(account: Account, children: list[dict[str, Any]], **facts: Any) -> int:
    """A batch with children that have the parent's facts and their own; returns the parent's number."""
    parent = draft(account, **facts)
    parent.children = [draft(account, **{**facts, **child}) for child in children]
    return write(parent)[0]


def shown(response: HttpResponseBase) -> list[int]:
    """The numbers of the entries that a list page shows, in order."""
    assert response.status_code == 200, response.status_code
    return [row.seq for row in response.context["rows"]]  # type: ignore[attr-defined]


def link(response: HttpResponseBase, words: str) -> str | None:
    """Where the link with these words goes; None when there is none."""
    html = response.content.decode()  # type: ignore[attr-defined]
    for href, text in re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', html, re.DOTALL):
        if re.sub(r"<[^>]+>", "", text).strip() == words:
            return str(href).replace("&amp;", "&")
    return None


def follow(client: Client, response: HttpResponseBase, words: str) -> HttpResponseBase:
    href = link(response, words)
    assert href is not None, f"No link {words!r}"
    path = response.request["PATH_INFO"]  # type: ignore[attr-defined]
    return client.get(f"{path}{href}" if href.startswith("?") else href)


def downloaded(response: HttpResponseBase) -> list[dict[str, str]]:
    """The rows of a CSV export."""
    assert response.status_code == 200, response.status_code
    text = response.getvalue().decode()  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
