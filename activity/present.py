"""Entries as the strings that pages show, made in one place and beforehand: templates only loop."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Self
from urllib.parse import quote

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import ngettext

from activity.clock import ago, exact
from activity.models import ActorKind, Entry

# What an entry needs to be a row: not its changes, which can be long.
ROW_FIELDS = (
    "seq",
    "occurred_at",
    "type",
    "action",
    "actor_kind",
    "actor_email",
    "actor_name",
    "object_id",
    "object_name",
    "summary",
    "child_count",
)

# Control characters and everything that turns or hides text. Joiners stay where scripts and emoji need them: not
# beside ASCII, where they only hide.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
    "|(?<=[\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?=[\x00-\x7f])|[\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """The text with characters that would hide, turn or forge it shown as their code: [U+202E]."""
    return _HIDDEN.sub(_code, text)


def _code(match: re.Match[str]) -> str:
    code = ord(match[0])
    return chr(0x2400 + code) if code < 0x20 else f"[U+{code:04X}]"


def pretty_json(value: Any) -> str:
    """Indented JSON, in which everything that would hide, turn or forge text is an escape."""
    return _HIDDEN.sub(lambda match: json.dumps(match[0])[1:-1], json.dumps(value, indent=2, ensure_ascii=False))


def counted(count: int) -> str:
    """Such as: 1,204 entries."""
    return ngettext("%(n)s entry", "%(n)s entries", count) % {"n": number_format(count, force_grouping=True)}


@dataclass(frozen=True)
class Row:
    """An entry in a list."""

    seq: int
    url: str
    iso: str
    exact: str
    ago: str
    actor: str
    actor_email: str
    action: str
    badge: str
    type: str
    object: str
    object_url: str
    summary: str
    batch: str


@dataclass(frozen=True)
class Presenter:
    """Makes rows for one reader."""

    account: str
    zone: tzinfo
    now: datetime
    base: str

    @classmethod
    def of(cls, account: str, zone: tzinfo) -> Self:
        return cls(account, zone, timezone.now(), reverse("activity:list", args=[account]))

    def rows(self, entries: Iterable[Entry]) -> list[Row]:
        return [self.row(entry) for entry in entries]

    def row(self, entry: Entry) -> Row:
        email = visible(entry.actor_email)
        return Row(
            seq=entry.seq,
            url=f"{self.base}{entry.seq}/",
            iso=entry.occurred_at.isoformat(),
            exact=exact(entry.occurred_at, self.zone),
            ago=ago(entry.occurred_at, self.now, self.zone),
            actor=actor_name(entry),
            actor_email=email if entry.actor_name else "",
            action=entry.action_label,
            badge=entry.action.lower(),
            type=entry.type_label,
            object=visible(entry.object_name or entry.object_id),
            object_url=self.object_url(entry),
            summary=visible(entry.summary),
            batch=counted(entry.child_count) if entry.child_count else "",
        )

    def object_url(self, entry: Entry) -> str:
        """The page with all entries of the same object; '' when the entry names none."""
        if not entry.object_id:
            return ""
        return f"{self.base}object/{entry.type}/{quote(entry.object_id, safe='/:@~')}/"


def actor_name(entry: Entry) -> str:
    """Who did it, by name, else by e-mail, else by what kind of actor it was."""
    return visible(entry.actor_name or entry.actor_email) or kind_label(entry)


def kind_label(entry: Entry) -> str:
    return str(ActorKind(entry.actor_kind).label)
