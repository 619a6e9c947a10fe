"""The indexes of the log: one for each way of filtering, each in the order of the list."""

from django.contrib.postgres.indexes import GinIndex
from django.db.models import Index, Q

from activity.search import SEARCHED, Words

_ORDER = ("occurred_at", "seq")
# What the list shows while it folds batches: entries that are not part of one. Without indexes of their own, a page
# would have to step over all entries of each batch.
_HEADS = Q(parent_seq__isnull=True)


def _index(name: str, *fields: str, condition: Q | None = None) -> Index:
    return Index(name=name, fields=["account", *fields, *_ORDER], condition=condition)


ENTRY_INDEXES: list[Index] = [
    _index("entry_time"),
    _index("entry_email", "actor_email"),
    _index("entry_action", "action"),
    _index("entry_type_action", "type", "action"),
    _index("entry_object", "type", "object_id"),
    _index("entry_head_time", condition=_HEADS),
    _index("entry_head_email", "actor_email", condition=_HEADS),
    _index("entry_head_type", "type", condition=_HEADS),
    _index("entry_head_source", "source", condition=_HEADS),
    _index("entry_head_ip", "ip_address", condition=_HEADS & Q(ip_address__isnull=False)),
    _index("entry_head_request", "request_id", condition=_HEADS & ~Q(request_id="")),
    _index("entry_batch", "parent_seq", condition=Q(parent_seq__isnull=False)),
    _index("entry_tree", "org_tree_id", condition=Q(org_tree_id__isnull=False)),
    _index("entry_ip", "ip_address", condition=Q(ip_address__isnull=False)),
    _index("entry_request", "request_id", condition=~Q(request_id="")),
    GinIndex(Words(*SEARCHED), name="entry_words"),
]
