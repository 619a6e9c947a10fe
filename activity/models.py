"""The log itself: entries, the head of each account's chain, counts per day, receipts; and views saved by members."""

import json
from typing import Any, NoReturn

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from activity.canonical import GENESIS, canonical_json
from activity.catalog import ACTIONS, TYPES
from activity.indexes import ENTRY_INDEXES
from activity.proof.models import Checkpoint, Manifest, Reconciliation, Verification  # noqa: F401 - tables


class ActorKind(models.TextChoices):
    USER = "user", _("User")
    API_KEY = "api_key", _("API key")
    SYSTEM = "system", _("System")


class Source(models.TextChoices):
    UI = "UI", _("UI")
    API = "API", _("API")
    INGEST = "INGEST", _("Ingest")
    IMPORT = "IMPORT", _("Import")
    COMMAND = "COMMAND", _("Command")
    SYSTEM = "SYSTEM", _("System")


class CanonicalJSONField(models.TextField):
    """JSON kept as its canonical text, byte for byte; Python sees the decoded value."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def get_prep_value(self, value: Any) -> str:
        return value if isinstance(value, str) else canonical_json(value)

    def from_db_value(self, value: str, expression: object, connection: BaseDatabaseWrapper) -> Any:
        return json.loads(value)


class AppendOnly(RuntimeError):
    """An attempt to change or delete an entry."""


def _refuse() -> NoReturn:
    raise AppendOnly("Entries are never changed or deleted. Change the object itself; that makes a new entry.")


class EntryQuerySet(models.QuerySet["Entry"]):
    """Entries can be read. They are written by activity.writer alone."""

    def update(self, **kwargs: Any) -> NoReturn:
        _refuse()

    def delete(self) -> NoReturn:
        _refuse()

    def bulk_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse()

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse()


class Entry(models.Model):
    """One row of the activity log (SPEC §5). Everything it says about others is a copy, frozen when written."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    seq = models.BigIntegerField(_("number"))
    occurred_at = models.DateTimeField(_("when"))
    recorded_at = models.DateTimeField(_("recorded at"))
    type = models.CharField(_("type"), max_length=30)
    action = models.CharField(_("action"), max_length=30)
    actor_kind = models.CharField(_("actor kind"), max_length=10, choices=ActorKind.choices)
    actor_id = models.CharField(_("actor id"), max_length=40, blank=True)
    actor_email = models.CharField(_("actor e-mail"), max_length=320, blank=True)
    actor_name = models.CharField(_("actor name"), max_length=200, blank=True)
    object_id = models.CharField(_("object id"), max_length=200, blank=True)
    object_name = models.CharField(_("object"), max_length=500, blank=True)
    summary = models.TextField(_("summary"))
    changes = CanonicalJSONField(_("changes"), default=dict)
    details = CanonicalJSONField(_("details"), default=dict)
    reason = models.TextField(_("reason"), blank=True)
    source = models.CharField(_("source"), max_length=10, choices=Source.choices)
    request_id = models.CharField(_("request"), max_length=100, blank=True)
    ip_address = models.GenericIPAddressField(_("IP address"), null=True, blank=True)
    user_agent = models.TextField(_("user agent"), blank=True)
    org_tree_id = models.BigIntegerField(_("org tree"), null=True, blank=True)
    parent_seq = models.BigIntegerField(_("batch"), null=True, blank=True)
    child_count = models.PositiveIntegerField(_("entries in the batch"), default=0)
    history_model = models.CharField(max_length=60, blank=True)
    history_id = models.BigIntegerField(null=True, blank=True)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(_("hash"), max_length=64)

    parent = models.ForeignObject(
        "self",
        models.DO_NOTHING,
        from_fields=["account", "parent_seq"],
        to_fields=["account", "seq"],
        related_name="children",
        null=True,
    )

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        indexes = ENTRY_INDEXES
        constraints = [
            models.UniqueConstraint(fields=["account", "seq"], name="entry_seq"),
            # A function, which is read once per session: as an expression it was read anew for each insert.
            models.CheckConstraint(
                name="entry_in_catalog",
                condition=models.Func(
                    "type", "action", function="activity_in_catalog", output_field=models.BooleanField()
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.seq} {self.summary}"

    def get_absolute_url(self) -> str:
        return reverse("activity:detail", args=[self.account.slug, self.seq])

    def save(self, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse()

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse()

    @property
    def type_label(self) -> str:
        return str(TYPES[self.type].label) if self.type in TYPES else self.type

    @property
    def action_label(self) -> str:
        return str(ACTIONS.get(self.action, self.action))


class Chain(models.Model):
    """The head of an account's chain. Its row is the lock that gives out `seq`."""

    account = models.OneToOneField(Account, models.PROTECT, primary_key=True, related_name="+")
    seq = models.BigIntegerField(default=0)
    head = models.CharField(max_length=64, default=GENESIS)
    recorded_at = models.DateTimeField(null=True)
    # Kept by a trigger: the last transaction that wrote entries, and its first. Who else says so isn't believed.
    xid = models.BigIntegerField(db_default=0, editable=False)
    since = models.BigIntegerField(db_default=1, editable=False)


class Count(models.Model):
    """How many entries there are, by what the list can be filtered on, in several grains; kept by the writer.

    A grain (activity.counting) says whether `start` is a day or the Monday of a week, in UTC, and whether the row is of
    one actor; those of everybody have no e-mail. Without an org tree, its id is 0. Of an actor over all time there is
    only a number for each org tree, without type and action.
    """

    pk = models.CompositePrimaryKey("account", "grain", "actor_email", "start", "type", "action", "org_tree_id")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    grain = models.CharField(max_length=10)
    actor_email = models.CharField(max_length=320)
    start = models.DateField()
    type = models.CharField(max_length=30)
    action = models.CharField(max_length=30)
    org_tree_id = models.BigIntegerField()
    # All entries, and those that are not children of a batch.
    entries = models.BigIntegerField()
    heads = models.BigIntegerField()


class Receipt(models.Model):
    """Remembers an ingested entry by its idempotency key, for ever."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=200)
    seq = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="one_receipt_per_key")]


class SavedView(models.Model):
    """A filter of the list, kept by a member under a name: for themselves, or shared with the account.

    It is no more than a link to the list: what the reader finds there is what the reader may see.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("owner"))
    name = models.CharField(_("name"), max_length=80)
    # As EntryFilter.query spells it, without the "?".
    query = models.TextField(_("filter"), blank=True)
    shared = models.BooleanField(_("shared"), default=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("saved view")
        constraints = [models.UniqueConstraint("account", "owner", Lower("name"), name="one_view_per_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('activity:list', args=[self.account.slug])}?{self.query}"
