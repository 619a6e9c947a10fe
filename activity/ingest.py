"""Entries that come from outside as JSON: checked, diffed, and written once per idempotency key (SPEC §9)."""

import hashlib
import ipaddress
import json
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from activity.actors import Actor
from activity.canonical import canonical_json
from activity.catalog import UnknownEntry, check
from activity.diff import diff
from activity.models import ActorKind, Receipt
from activity.summary import summary
from activity.writer import Draft, lock_chain, write

_TEXTS = {
    "actor_email": 320,
    "actor_name": 200,
    "type": 30,
    "action": 30,
    "object_id": 200,
    "object_name": 500,
    "reason": 10_000,
    "request_id": 100,
    "user_agent": 1000,
    "idempotency_key": 180,
}
_OBJECTS = ("before", "after", "changes", "details")
_FIELDS = frozenset(_TEXTS) | frozenset(_OBJECTS) | {"occurred_at", "ip_address"}
_SIDES = ({"before", "after"}, {"before"}, {"after"}, {"added", "removed"}, {"added", "removed", "at"})
# How far ahead of ours another service's clock may be.
_AHEAD = timedelta(days=1)


class BadEntry(ValueError):
    """What is wrong with an entry from outside: field → message."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(f"{field}: {message}" for field, message in self.errors.items()))


def parse(text: str | bytes) -> Any:
    """The value of a JSON text. Raises BadEntry for what isn't JSON, or has a number that JSON can't hold."""
    try:
        # Decoded here: json would guess at UTF-16 too.
        text = text.decode() if isinstance(text, bytes) else text
        return json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except UnicodeDecodeError:
        raise BadEntry({"line": "is not UTF-8"}) from None
    except RecursionError:
        raise BadEntry({"line": "is nested too deeply"}) from None
    except ValueError as error:
        raise BadEntry({"line": f"is not JSON: {error}"}) from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large a number")
    return number


def draft_of(value: Any, account_id: int, source: str) -> Draft:
    """A draft from one entry in the shape of SPEC §9. Raises BadEntry with every field that is wrong.

    `before` and `after` become `changes`. A time without an offset is UTC; no time means now.
    """
    if not isinstance(value, Mapping):
        raise BadEntry({"entry": "must be a JSON object"})
    errors = _shape_errors(value)
    given = {field: value[field] for field in _FIELDS if value.get(field) is not None and field not in errors}
    occurred_at = _read(_moment, "occurred_at", given, errors)
    ip_address = _read(_address, "ip_address", given, errors)
    try:
        check(given.get("type", ""), given.get("action", ""))
    except UnknownEntry as error:
        errors.setdefault("type" if "not a type" in str(error) else "action", str(error))
    if errors:
        raise BadEntry(errors)
    texts = {name: given.get(name, "") for name in ("type", "action", "object_id", "object_name")}
    changes = given.get("changes") or diff(given.get("before"), given.get("after"))
    return Draft(
        **texts,
        account_id=account_id,
        actor=_actor(given),
        source=source,
        summary=summary(texts["type"], texts["action"], texts["object_name"] or texts["object_id"], changes),
        changes=changes,
        details=given.get("details", {}),
        occurred_at=occurred_at,
        ip_address=ip_address,
        **{name: given.get(name, "") for name in ("reason", "request_id", "user_agent")},
    )


def _actor(given: Mapping[str, Any]) -> Actor:
    email, name = given.get("actor_email", ""), given.get("actor_name", "")
    return Actor(ActorKind.USER if email else ActorKind.SYSTEM, email=email.strip(), name=name)


def _shape_errors(value: Mapping[str, Any]) -> dict[str, str]:
    errors = {str(field): "is not a field of an entry" for field in value if field not in _FIELDS}
    for field, limit in _TEXTS.items():
        text = value.get(field)
        if text is not None and not isinstance(text, str):
            errors[field] = "must be text"
        elif text is not None and len(text) > limit:
            errors[field] = f"is longer than {limit} characters"
        elif text and not _storable(text):
            errors[field] = "has a NUL or half of a surrogate pair, which can't be stored"
    for field in _OBJECTS:
        if value.get(field) is not None and not isinstance(value[field], dict):
            errors[field] = "must be an object"
    changes = value.get("changes")
    if isinstance(changes, dict):
        if value.get("before") is not None or value.get("after") is not None:
            errors["changes"] = "can't be given together with before or after"
        elif not all(isinstance(change, dict) and set(change) in _SIDES for change in changes.values()):
            errors["changes"] = "each must have before and after (or one of them), or added and removed"
    return errors


def _storable(text: str) -> bool:
    return text.isprintable() or ("\0" not in text and not any("\ud800" <= mark <= "\udfff" for mark in text))


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
    if moment > timezone.now() + _AHEAD:
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


def write_once(account_id: int, drafts: Sequence[tuple[str, Draft]]) -> int:
    """Write the drafts whose idempotency key the account has not seen, with a receipt each; how many that were.

    All or nothing. The chain's lock is taken first, so two writers can't both find a key unseen.
    """
    with transaction.atomic():
        lock_chain(account_id)
        keys = [key for key, _draft in drafts]
        seen = set(Receipt.objects.filter(account_id=account_id, key__in=keys).values_list("key", flat=True))
        fresh: dict[str, Draft] = {}
        for key, draft in drafts:
            if key not in seen:
                fresh.setdefault(key, draft)
        write(list(fresh.values()))
        Receipt.objects.bulk_create(
            [Receipt(account_id=account_id, key=key, seq=draft.seq) for key, draft in fresh.items()]
        )
        return len(fresh)
