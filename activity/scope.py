"""What a viewer may see of the log. Scope comes first, every filter after it."""

from django.db.models import QuerySet

from accounts.guard import Access
from activity.counts import Scope
from activity.models import Entry

VIEW, EXPORT, MANAGE = "activity.view", "activity.export", "activity.manage"
INGEST, IMPORT = "activity.ingest", "activity.import"


def entries_for(access: Access, capability: str = VIEW) -> QuerySet[Entry]:
    """The entries of the account, or those of the org trees that the capability is held for."""
    trees = access.scope(capability)
    entries = Entry.objects.filter(account_id=access.account.pk)
    return entries if trees is None else entries.filter(org_tree_id__in=sorted(trees))


def counts_for(access: Access, capability: str = VIEW) -> Scope:
    """The counts of exactly those entries."""
    return Scope(access.account.pk, access.scope(capability))
