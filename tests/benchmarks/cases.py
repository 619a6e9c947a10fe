"""The requests that the list is measured by: whose they are, their URL, and what they want, in plain values."""

from dataclasses import dataclass

from django.http import QueryDict
from django.test import Client

from accounts.models import Account
from activity.filters import PAGE_SIZE, EntryFilter
from activity.models import Chain, Entry
from activity.paging import Position
from activity.views import binding
from tests.benchmarks.by_hand import Wanted
from tests.benchmarks.mixes import DEEP, DEPTH, MIXES, SCOPED
from tests.benchmarks.reader import ACCOUNT, auditor, scoped_viewer


@dataclass(frozen=True)
class Case:
    name: str
    client: Client
    url: str
    wanted: Wanted


def cases() -> list[Case]:
    whole = auditor()
    scoped, tree = scoped_viewer()
    position = _deep()
    return [
        *(_case(name, query, whole) for name, query in MIXES.items()),
        *(_case(name, query, whole, position=position) for name, query in DEEP.items()),
        *(_case(name, query, scoped, tree=tree) for name, query in SCOPED.items()),
    ]


def _deep() -> Position:
    """The entry at DEPTH, or at half of a log that is shorter. Filtered, it is deep in proportion."""
    newest = Chain.objects.get(account__slug=ACCOUNT).seq
    entry = Entry.objects.get(account__slug=ACCOUNT, seq=newest - min(DEPTH, newest // 2))
    return Position.of(entry)


def _case(name: str, query: str, client: Client, position: Position | None = None, tree: int | None = None) -> Case:
    account = Account.objects.get(slug=ACCOUNT)
    entry_filter = EntryFilter(QueryDict(query), Entry.objects.none(), account.pk)
    if not entry_filter.is_valid():
        raise ValueError(f"{name}: {entry_filter.errors}")
    cursor = position.write(binding(entry_filter)) if position else ""
    url = f"/a/{ACCOUNT}/activity/{entry_filter.query(cursor=cursor)}"
    return Case(name, client, url, _wanted(entry_filter, account.pk, position, tree))


def _wanted(entry_filter: EntryFilter, account_id: int, position: Position | None, tree: int | None) -> Wanted:
    chosen = entry_filter.form.cleaned_data
    return Wanted(
        account_id=account_id,
        any_of={
            "actor_email": chosen["email"],
            "type": chosen["type"],
            "action": chosen["action"],
            "ip_address": chosen["ip"],
            "request_id": chosen["request"],
            "source": chosen["source"],
            "org_tree_id": [] if tree is None else [tree],
        },
        objects=chosen["object"],
        since=chosen["from"],
        until=chosen["to"],
        words=chosen["q"],
        heads=entry_filter.folds and tree is None,
        below=(position.occurred_at, position.seq) if position else None,
        limit=PAGE_SIZE + 1,
    )
