"""What a viewer may see of the log. Scope comes first, every filter after it."""

from django.db.models import QuerySet

from accounts.guard import Access
from activity.counts import Scope
from activity.models import Entry

VIEW, EXPORT, MANAGE = "activity.view", "activity.export", "activity.manage"
INGEST, IMPORT = "activity.ingest", "activity.import"


def entries_for(access: Access, capability: str = VIEW) -> QuerySet[Entry]:
    """The entries of the account, or those of the org trees that the capability is held for."""
    trees = trees_of(access, capability)
    entries = Entry.objects.filter(account_id=access.account.pk)
    return entries if trees is None else entries.filter(org_tree_id__in=sorted(trees))


def counts_for(access: Access, capability: str = VIEW) -> Scope:
    """The counts of exactly those entries."""
    return Scope(access.account.pk, trees_of(access, capability))


def trees_of(access: Access, capability: str) -> frozenset[int] | None:
    """The org trees that `capability` is held for, None for all; of those that the member may view, and no others."""
    held, seen = access.scope(capability), access.scope(VIEW)
    if held is None or seen is None:
        return seen if held is None else held
    return held & seen


def may_export(access: Access) -> bool:
    """Whether there is anything that the member may download."""
    return trees_of(access, EXPORT) != frozenset()
