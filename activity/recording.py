"""The context in which tracked writes are allowed: one transaction, a buffer, and one flush at its end (SPEC §6)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise

from accounts.batch import Batch
from accounts.bulk import no_collector
from accounts.models import Account
from accounts.tracking import TrackedModel
from activity.actors import Actor
from activity.describe import drafts_of
from activity.models import Source
from activity.summary import summary
from activity.touched import Key, Touched
from activity.writer import Draft, write

_current: ContextVar["Recording | None"] = ContextVar("recording", default=None)


@dataclass
class Context:
    """What all entries of one recording share. Without `occurred_at`, they occur when they are recorded."""

    actor: Actor
    source: str
    request_id: str = ""
    ip_address: str | None = None
    user_agent: str = ""
    reason: str = ""
    occurred_at: datetime | None = None


class Recording:
    """Collects what happens; `write` turns it into entries."""

    def __init__(self, context: Context, outer: "Recording | None" = None) -> None:
        self.context = context
        self.touched: dict[Key, Touched] = {}
        self.batches: list[Batch] = []
        self.drafts: list[Draft] = []
        self.inner: list[Recording] = []
        self.depth: int = outer.depth if outer else _savepoints()

    def add(self, account: Account, type: str, action: str, **fields: Any) -> Draft:
        """Record what is no change of a tracked object (a sign-in, an export).

        `fields` are those of Draft: object_id, object_name, summary, changes, details … Raises UnknownEntry for what
        the catalog doesn't have.
        """
        with translation.override(settings.LANGUAGE_CODE):
            made = fields.get("summary") or summary(
                type, action, fields.get("object_name", ""), fields.get("changes", {})
            )
            # Text that is still to be translated is so here: the log has one language.
            fields["summary"] = str(made)
        draft = Draft(account_id=account.pk, type=type, action=action, **{**vars(self.context), **fields})
        self.drafts.append(draft)
        return draft

    def say(self, instance: TrackedModel, sentence: Promise | str, details: Mapping[str, Any]) -> None:
        """Give the entry of an object that was written in this recording a sentence of its own, and extra facts.

        The sentence is still to be translated; it has places for `name` and for the facts.
        """
        touched = self.touched[(type(instance), instance.pk)]
        touched.sentence, touched.details = sentence, details

    @property
    def batch(self) -> Batch | None:
        """The innermost batch that is running."""
        return next((batch for batch in reversed(self.batches) if batch.open), None)

    @property
    def in_savepoint(self) -> bool:
        """Whether a write now could be undone without undoing the recording or a batch, which tells if it was."""
        return _savepoints() > self.depth + sum(batch.open for batch in self.batches)

    @no_collector()
    def flush(self) -> None:
        """Write the entries of this recording and of those inside it, in the language of the log."""
        with translation.override(settings.LANGUAGE_CODE):
            write([draft for part in self._parts() for draft in part.all_drafts()])

    def all_drafts(self) -> list[Draft]:
        """The entries of changed objects first, then those that were added."""
        if any(batch.undone for batch in self.batches):
            for item in self.touched.values():
                item.in_savepoint = True
        return [*drafts_of(vars(self.context), self.touched, self.batches), *self.drafts]

    def _parts(self) -> Iterator["Recording"]:
        yield self
        for part in self.inner:
            yield from part._parts()


def _savepoints() -> int:
    return sum(1 for name in transaction.get_connection().savepoint_ids if name)


def current() -> Recording | None:
    """The recording that is open here, if any."""
    return _current.get()


@contextmanager
def recording(actor: Actor, source: str = Source.SYSTEM, **context: Any) -> Iterator[Recording]:
    """Allow tracked writes, and write their entries when the block ends, in the same transaction.

    `context` are the other fields of Context: request_id, ip_address, user_agent, reason, occurred_at. Any exception
    rolls back both changes and entries. A recording inside another has its own actor and is flushed with the outer.
    """
    outer = _current.get()
    with transaction.atomic():
        inner = Recording(Context(actor, Source(source).value, **context), outer)
        token = _current.set(inner)
        try:
            yield inner
        finally:
            _current.reset(token)
        if transaction.get_rollback():
            return
        if outer is not None:
            outer.inner.append(inner)
        else:
            inner.flush()
