"""Reconciliations are kept; one that finds something new becomes an entry of the log and a line of the server's log."""

import logging
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import ngettext

from accounts.models import Account
from activity.proof.models import Reconciliation
from activity.proof.reconciling import Comparison, Unlogged
from activity.recording import recording

logger = logging.getLogger(__name__)

# So many are named in the entry.
_NAMED = 20


def newest(account: Account) -> Reconciliation | None:
    return Reconciliation.objects.filter(account=account).order_by("id").last()


@transaction.atomic
def keep(account: Account, found: Comparison, context: dict[str, Any]) -> Reconciliation:
    """Keep what was found; `context` says who asked for it, as a recording's does."""
    last, actor = newest(account), context["actor"]
    if found.digest and (last is None or last.digest != found.digest):
        _tell(account, found, context)
    return Reconciliation.objects.create(
        account=account, by=actor.email or actor.name, found=found.kept, digest=found.digest
    )


def _tell(account: Account, found: Comparison, context: dict[str, Any]) -> None:
    named = [_named(one) for one in found.unlogged[:_NAMED]]
    with translation.override(settings.LANGUAGE_CODE):
        summary = sentence(found.differing.total())
    logger.error("Of %s: %s %s", account.slug, summary, "; ".join(named))
    details = {"differing": dict(found.differing), "objects": named}
    with recording(**context) as rec:
        rec.add(account, "ACTIVITY_LOG", "FAIL", summary=summary, details=details)


def sentence(count: int) -> str:
    """How many objects are not as the log says."""
    said = ngettext(
        "%(count)s object was changed without an entry in the log.",
        "%(count)s objects were changed without an entry in the log.",
        count,
    )
    return said % {"count": count}


def _named(one: Unlogged) -> str:
    """An object, and which fields of it were edited. Values are told of on the page."""
    fields = f" ({', '.join(one.changes)})" if one.action == "EDITED" else ""
    return f"{one.type} {one.object_id} {one.name}: {one.action}{fields}"
