"""What proves the log: verifications, signed checkpoints, and manifests of downloads. Rows are only ever added."""

from django.db import models
from django.urls import reverse

from accounts.models import Account
from activity.proof import notes


class Verification(models.Model):
    """A walk along the chain of an account: from where to where, and the first thing that was wrong."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=320)
    from_seq = models.BigIntegerField()
    # The last entry that holds, and its hash; 0 for none.
    to_seq = models.BigIntegerField()
    head = models.CharField(max_length=64)
    # The newest entry that there was.
    newest = models.BigIntegerField()
    # Whether this walk, and the good ones that it goes on from, cover the log from its first entry.
    whole = models.BooleanField()
    # As activity.proof.problem.Problem has it.
    problem = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "id"], name="verification_newest")]


class Reconciliation(models.Model):
    """What is stored of an account's tracked objects, held against what was recorded of them."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=320)
    # As activity.proof.reconciling.Comparison has it, and what is the same for the same differences: "" for none.
    found = models.JSONField()
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [models.Index(fields=["account", "id"], name="reconciliation_newest")]


class Checkpoint(models.Model):
    """A signed statement of how long the log was and what its last hash was: who keeps it can't be fooled later."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    seq = models.BigIntegerField()
    head = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    # The public key, as notes have it, and the signature of the note's text.
    key = models.CharField(max_length=200)
    signature = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "seq"], name="one_checkpoint_per_seq")]

    def get_absolute_url(self) -> str:
        return reverse("activity:checkpoint", args=[self.account.slug, self.seq])

    @property
    def note(self) -> str:
        """The checkpoint as others keep it."""
        text = notes.text(self.account.slug, self.seq, self.head, self.made_at)
        return notes.note(text, self.key, self.signature)


class Manifest(models.Model):
    """What a download was, told when it has run to its end; by the number of its entry."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    seq = models.BigIntegerField()
    # JSON, byte for byte as it is handed out.
    body = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "seq"], name="one_manifest_per_export")]

    def get_absolute_url(self) -> str:
        return reverse("activity:manifest", args=[self.account.slug, self.seq])
