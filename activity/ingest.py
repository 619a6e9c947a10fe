"""Entries that come from outside as JSON: checked, and diffed where they say what was before and after (SPEC §9)."""

import hashlib
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.json_text import is_deeper, is_storable, read_json
from activity.actors import Actor
from activity.canonical import canonical_json
from activity.catalog import TYPES, Origin, UnknownEntry, check
from activity.diff import diff
from activity.models import ActorKind, Source
from activity.patch import steps
from activity.summary import summary
from activity.writer import Draft

# Fields of an entry and the most characters that each may have.
TEXTS = {
    "type": 30,
    "action": 30,
    "actor_email": 320,
    "actor_name": 200,
    "object_id": 200,
    "object_name": 500,
    "reason": 10_000,
    "request_id": 100,
    "user_agent": 1000,
    "idempotency_key": 180,
}
OBJECTS = ("before", "after", "changes", "details")
_FIELDS = frozenset(TEXTS) | frozenset(OBJECTS) | {"occurred_at", "ip_address"}
_SIDES = ({"before", "after"}, {"before"}, {"after"}, {"added", "removed"}, {"added", "removed", "at"})
# How far ahead of ours another clock may be, and how old what happened may be unless it is imported.
AHEAD, OLDEST = timedelta(minutes=5), timedelta(days=3653)
# How many values inside each other: pages and programs must be able to walk through all of them.
DEEPEST = 30
# Where an entry that came over HTTP says who has sent it.
SENT_BY = "ingested_by"
_ERRORS_SHOWN, _LONGEST_PATH = 20, 1000


# Of a file that names nobody, there is nobody to name.
_NOBODY = Actor(ActorKind.SYSTEM)


@dataclass(frozen=True)
class Sender:
    """Who sends entries. `actor` did what an entry names nobody for; `noted` stands on each, beyond their reach."""

    account_id: int
    source: str
    actor: Actor = _NOBODY
    noted: str = ""

    @property
    def is_service(self) -> bool:
        """Another service, that tells of its own doings and of the present; an import tells of anything."""
        return self.source == Source.INGEST


class BadEntry(ValueError):
    """What is wrong with an entry from outside: field → message."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(f"{field}: {message}" for field, message in self.errors.items()))


def parse(text: str | bytes) -> Any:
    """The value of a JSON text. Raises BadEntry for what isn't JSON, or has a number that JSON can't hold."""
    try:
        return read_json(text)
    except ValueError as error:
        raise BadEntry({"line": str(error)}) from None


def draft_of(value: Any, sender: Sender) -> Draft:
    """A draft from one entry in the shape of SPEC §9. Raises BadEntry with every field that is wrong.

    `before` and `after` become `changes`. A time without an offset is UTC; no time means now.
    """
    if not isinstance(value, Mapping):
        raise BadEntry({"entry": "must be a JSON object"})
    errors = _shape_errors(value)
    given = {field: value[field] for field in _FIELDS if value.get(field) is not None and field not in errors}
    occurred_at = _read(_moment, "occurred_at", given, errors)
    ip_address = _read(_address, "ip_address", given, errors)
    _check_catalog(given, sender, errors)
    if sender.is_service and occurred_at and occurred_at < timezone.now() - OLDEST:
        errors["occurred_at"] = "is more than ten years ago; an import may be older"
    if sender.noted and SENT_BY in given.get("details", ()):
        errors["details"] = f"{SENT_BY} is not yours to say"
    if errors:
        raise BadEntry(errors)
    texts = {name: given.get(name, "") for name in ("type", "action", "object_id", "object_name")}
    changes = given.get("changes") or diff(given.get("before"), given.get("after"))
    return Draft(
        **texts,
        account_id=sender.account_id,
        actor=_actor(given, sender),
        source=sender.source,
        summary=summary(texts["type"], texts["action"], texts["object_name"] or texts["object_id"], changes),
        changes=changes,
        details=given.get("details", {}) | ({SENT_BY: sender.noted} if sender.noted else {}),
        occurred_at=occurred_at,
        ip_address=ip_address,
        **{name: given.get(name, "") for name in ("reason", "request_id", "user_agent")},
    )


def _actor(given: Mapping[str, Any], sender: Sender) -> Actor:
    email, name = given.get("actor_email", "").strip(), given.get("actor_name", "")
    if not email and not name:
        return sender.actor
    return Actor(ActorKind.USER if email else ActorKind.SYSTEM, email=email, name=name)


def _check_catalog(given: Mapping[str, Any], sender: Sender, errors: dict[str, str]) -> None:
    kind, action = given.get("type", ""), given.get("action", "")
    try:
        row = check(kind, action)
    except UnknownEntry as error:
        if kind not in TYPES:
            errors.setdefault("type", str(error) if kind else "is missing")
        if not action or kind in TYPES:
            errors.setdefault("action", str(error) if action else "is missing")
        return
    if sender.is_service and row.origin == Origin.APP:
        errors["type"] = f"{row.code} is recorded by this app itself, so nobody else may"


def _shape_errors(value: Mapping[str, Any]) -> dict[str, str]:
    unknown = [str(field)[:100] for field in value if field not in _FIELDS]
    errors = dict.fromkeys(unknown[:_ERRORS_SHOWN], "is not a field of an entry")
    for field, limit in TEXTS.items():
        text = value.get(field)
        if text is not None and not isinstance(text, str):
            errors[field] = "must be text"
        elif text is not None and len(text) > limit:
            errors[field] = f"is longer than {limit} characters"
        elif text and not is_storable(text):
            errors[field] = "has a NUL or half of a surrogate pair, which can't be stored"
    for field in OBJECTS:
        if value.get(field) is not None and not isinstance(value[field], dict):
            errors[field] = "must be an object"
        elif is_deeper(value.get(field), DEEPEST):
            errors[field] = f"has more than {DEEPEST} values inside each other"
    changes = value.get("changes")
    if isinstance(changes, dict):
        if value.get("before") is not None or value.get("after") is not None:
            errors["changes"] = "can't be given together with before or after"
        elif not all(map(_is_change, changes.values())):
            errors["changes"] = "each must have before and after (or one of them), or the lists added and removed"
        elif not all(map(_is_path, changes)):
            errors["changes"] = "has a name that is no path, such as name, settings.limit or phases[Review].end"
    return errors


def _is_change(change: Any) -> bool:
    if not isinstance(change, dict) or set(change) not in _SIDES:
        return False
    lists = [change[name] for name in ("added", "removed", "at") if name in change]
    return all(isinstance(found, list) for found in lists) and all(type(place) is int for place in change.get("at", ()))


def _is_path(path: str) -> bool:
    try:
        return len(path) <= _LONGEST_PATH and bool(steps(path))
    except ValueError:
        return False


def _read(reader: Callable[[Any], Any], field: str, given: Mapping[str, Any], errors: dict[str, str]) -> Any:
    if field not in given:
        return None
    try:
        return reader(given[field])
    except (TypeError, ValueError, OverflowError) as error:
        errors[field] = str(error)
        return None


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(f"{value!r} is not an ISO 8601 time, such as 2026-01-31T09:30:00Z") from None
    moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    if moment > timezone.now() + AHEAD:
        raise ValueError("is in the future")
    return moment


def _address(value: Any) -> str:
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        raise ValueError(f"{value!r} is not an IP address") from None


def content_key(value: Any) -> str:
    """The idempotency key of an entry that has none: a hash of what it says, whatever the order of its fields."""
    return "content:" + hashlib.sha256(canonical_json(value).encode()).hexdigest()
