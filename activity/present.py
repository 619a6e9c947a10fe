"""Entries as the strings that pages show, made in one place and beforehand: templates only loop."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Self
from urllib.parse import quote

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity.clock import ago, clock_time, exact
from activity.marks import avatar, badge, icon, type_icon
from activity.models import ActorKind, Entry
from activity.visible import visible
from activity.wording import wording

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
    "source",
    "ip_address",
)


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
    clock: str
    avatar: SafeString
    actor: str
    actor_email: str
    sentence: SafeString
    rest: str
    action: str
    badge: SafeString
    type_icon: SafeString
    type: str
    object: str
    object_url: str
    past: SafeString | str
    summary: str
    batch: str
    source: str
    ip: str


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
        url, email = f"{self.base}{entry.seq}/", visible(entry.actor_email)
        actor = format_html('<b title="{}"><bdi>{}</bdi></b>', email, actor_name(entry))
        words = wording(entry, actor, url)
        name, history = visible(entry.object_name or entry.object_id), self.object_url(entry)
        return Row(
            seq=entry.seq,
            url=url,
            iso=entry.occurred_at.isoformat(),
            exact=exact(entry.occurred_at, self.zone),
            ago=ago(entry.occurred_at, self.now, self.zone),
            clock=clock_time(entry.occurred_at, self.zone),
            avatar=avatar(entry.actor_kind, entry.actor_email, entry.actor_name),
            actor=actor_name(entry),
            actor_email=email if entry.actor_name and entry.object_name != entry.actor_email else "",
            sentence=words.sentence,
            rest=words.rest,
            action=entry.action_label,
            badge=badge(entry.action.lower(), entry.action_label),
            type_icon=type_icon(entry.type),
            type=entry.type_label,
            object=name,
            object_url=history,
            past=_past(history, name) if history else "",
            summary=visible(entry.summary),
            batch=counted(entry.child_count) if entry.child_count else "",
            source=entry.get_source_display(),
            ip=entry.ip_address or "",
        )

    def object_url(self, entry: Entry) -> str:
        """The page with all entries of the same object; '' when the entry names none."""
        if not entry.object_id:
            return ""
        return f"{self.base}object/{entry.type}/{quote(entry.object_id, safe='/:@~')}/"


def _past(url: str, name: str) -> SafeString:
    """A link to all entries of an object, as an icon."""
    words = _("All entries of %(name)s") % {"name": name}
    return format_html(
        '<a class="past" href="{}" title="{}" aria-label="{}">{}</a>', url, words, words, icon("history")
    )


def actor_name(entry: Entry) -> str:
    """Who did it, by name, else by e-mail, else by what kind of actor it was."""
    return visible(entry.actor_name or entry.actor_email) or kind_label(entry)


def kind_label(entry: Entry) -> str:
    return str(ActorKind(entry.actor_kind).label)
