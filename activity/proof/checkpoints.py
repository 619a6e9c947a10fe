"""Makes signed checkpoints: by command, and after a commit when enough entries or minutes have gone by."""

import logging
import time
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from threading import Thread
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Account
from activity.models import Chain
from activity.proof import hook, notes
from activity.proof.models import Checkpoint
from activity.signals import written
from activity.writer import Draft

logger = logging.getLogger(__name__)

# Of each account, as far as this process knows: the number of the last checkpoint, and when it was looked at. A guess
# that saves a query for each save; whether one is due is decided in the database.
_known: dict[int, tuple[int, float]] = {}
_HASHES = "SELECT seq, hash FROM activity_entry WHERE account_id = %s AND seq IN (%s, %s)"


class Contradiction(RuntimeError):
    """The log no longer has what was signed."""


def connect() -> None:
    """Listen to the writer; called once, when the app is ready."""
    written.connect(_written)


def _written(drafts: Sequence[Draft], **_: Any) -> None:
    """What is due is made once the transaction is committed."""
    # The last one of each account.
    for account_id, seq in {draft.account_id: draft.seq for draft in drafts}.items():
        _look(account_id, seq)


def _look(account_id: int, seq: int) -> None:
    last, looked = _known.get(account_id, (0, 0.0))
    late = settings.CHECKPOINT_MINUTES and time.monotonic() - looked >= settings.CHECKPOINT_MINUTES * 60
    many = settings.CHECKPOINT_ENTRIES and seq - last >= settings.CHECKPOINT_ENTRIES
    if settings.CHECKPOINT_KEYS and (late or many):
        transaction.on_commit(partial(_make_due, account_id), robust=True)


def _make_due(account_id: int) -> None:
    account = Account.objects.get(pk=account_id)
    try:
        with translation.override(settings.LANGUAGE_CODE):
            made = make(account)
    except Contradiction as error:
        logger.error("%s", error)
        return
    if made and settings.CHECKPOINT_HOOK:
        # Nobody's save waits for a mail server.
        Thread(target=hook.send, args=(account.slug, made.note)).start()


def newest(account: Account) -> Checkpoint | None:
    return Checkpoint.objects.filter(account=account).select_related("account").order_by("seq").last()


def make(account: Account, due_or_not: bool = False) -> Checkpoint | None:
    """Sign the log as it is now. None when there is nothing new, or when none is due yet.

    Never signs a log that doesn't have what the last checkpoint says: raises Contradiction. LookupError without a key.
    """
    last = newest(account)
    chain = Chain.objects.filter(account=account).first()
    seq = last.seq if last else 0
    _known[account.pk] = (seq, time.monotonic())
    if chain is None or chain.seq <= seq or not (due_or_not or _is_due(last, chain)):
        return None
    _refuse_contradiction(account, chain, last)
    made_at = timezone.now()
    key, signature = notes.sign(notes.text(account.slug, chain.seq, chain.head, made_at))
    row = Checkpoint(account=account, seq=chain.seq, head=chain.head, made_at=made_at, key=key, signature=signature)
    # Another process may have been faster: its checkpoint of the same entry is as good.
    Checkpoint.objects.bulk_create([row], ignore_conflicts=True)
    _known[account.pk] = (chain.seq, time.monotonic())
    return Checkpoint.objects.select_related("account").get(account=account, seq=chain.seq)


def _is_due(last: Checkpoint | None, chain: Chain) -> bool:
    if last is None:
        return True
    minutes, entries = settings.CHECKPOINT_MINUTES, settings.CHECKPOINT_ENTRIES
    late = minutes and timezone.now() - last.made_at >= timedelta(minutes=minutes)
    return bool(late or (entries and chain.seq - last.seq >= entries))


def _refuse_contradiction(account: Account, chain: Chain, last: Checkpoint | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_HASHES, [account.pk, chain.seq, last.seq if last else 0])
        stored = dict(cursor.fetchall())
    for seq, head in ((last.seq, last.head) if last else (0, None), (chain.seq, chain.head)):
        if stored.get(seq) != head:
            said = _("No checkpoint of %(account)s: entry #%(seq)s is not what was signed. Verify the log.")
            raise Contradiction(said % {"account": account.slug, "seq": seq})
