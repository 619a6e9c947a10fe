"""Looking at the log in tests."""

from typing import Any

from accounts.models import Account
from accounts.tracking import TrackedModel
from activity.models import Entry


def last_entry(account: Account, **expected: Any) -> Entry:
    """The newest entry of the account, whose fields must be as `expected`."""
    entry = Entry.objects.filter(account=account).order_by("seq").last()
    assert entry is not None, f"The log of {account} is empty"
    found = {name: getattr(entry, name) for name in expected}
    assert found == expected
    return entry


def entries_of(thing: TrackedModel) -> list[Entry]:
    """All entries about an object, oldest first."""
    about = Entry.objects.filter(type=thing.entry_type, object_id=thing.entry_id % vars(thing))
    return list(about.order_by("seq"))


def entry_of(thing: TrackedModel, **expected: Any) -> Entry:
    """The newest entry about an object, whose fields must be as `expected`."""
    entries = entries_of(thing)
    assert entries, f"The log says nothing about {thing!r}"
    found = {name: getattr(entries[-1], name) for name in expected}
    assert found == expected
    return entries[-1]
