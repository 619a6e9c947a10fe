"""The one step that writes: a plan becomes one batch, with an entry for each developer that changes."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import ngettext

from accounts.batch import batch, save_batch
from accounts.models import Account
from tracked_objects.cloud_ids.planning import Sync
from tracked_objects.models import Developer


def apply(account: Account, sync: Sync, details: Mapping[str, Any]) -> None:
    """Write what a plan without problems says. Raises DoesNotExist when a developer is gone."""
    people = Developer.objects.in_bulk([person.pk for person, _identities in sync.changes])
    if len(people) < len(sync.changes):
        raise Developer.DoesNotExist
    for person, identities in sync.changes:
        people[person.pk].identities = identities
    facts = {**details, "unknown": sync.unknown.count}
    with batch(account, Developer, lambda: _summary(len(people)), facts) as current:
        current.unchanged += sync.unchanged
        save_batch(current, list(people.values()))


def _summary(count: int) -> str:
    words = ngettext("Synced cloud IDs of %(count)d developer", "Synced cloud IDs of %(count)d developers", count)
    return words % {"count": count}
