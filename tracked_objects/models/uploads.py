"""Uploads of developers: the file that somebody is about to approve, and which column was which field the last time."""

import hashlib
import json
import uuid
import zlib
from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.tracking import TrackedModel, history


class FieldMapping(TrackedModel):
    """Which column of a file is which field of a developer, as the account's last approved upload had it.

    Its entries are of the type of developers, so its key must never be one of theirs.
    """

    entry_type = "DEVELOPER"
    entry_sentences = {
        "CREATED": "Saved the field mapping of developer uploads",
        "EDITED": "Changed the field mapping of developer uploads",
        "DELETED": "Deleted the field mapping of developer uploads",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.OneToOneField(Account, models.PROTECT, related_name="+", verbose_name=_("account"))
    # {name of the column: value of upload.mapping.Target}
    columns = models.JSONField(_("columns"), default=dict)

    history = history()

    class Meta(TrackedModel.Meta):
        verbose_name = _("field mapping")

    def __str__(self) -> str:
        return "Field mapping"


class DeveloperUpload(models.Model):
    """A file that somebody has uploaded and may yet approve. It isn't tracked: nothing has happened so far."""

    LIFETIME = timedelta(days=1)

    class Purpose(models.TextChoices):
        """What the file says about developers."""

        RECORDS = "records"
        CLOUD_IDS = "cloud ids"

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.RECORDS)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    # Compressed; empty once it is approved.
    content = models.BinaryField()
    # {"columns": …, "rows": the first few, "count": how many there are}
    preview = models.JSONField(default=dict)
    # [[column, target], …] in the order of the file, once they are chosen.
    mapping = models.JSONField(default=list)
    # Its records, compressed; empty until there is nothing wrong with them.
    checked = models.BinaryField(default=b"")
    approved_at = models.DateTimeField(null=True)

    objects: ClassVar = models.Manager["DeveloperUpload"]()

    def __str__(self) -> str:
        return self.file_name

    @property
    def file(self) -> bytes:
        return zlib.decompress(self.content)

    @property
    def records(self) -> Any:
        """What the file says, once it is checked."""
        return json.loads(zlib.decompress(self.checked))

    @records.setter
    def records(self, value: Any) -> None:
        """Keep it, so that no page reads the file again; None while something is wrong."""
        self.checked = b"" if value is None else zlib.compress(json.dumps(value).encode(), 1)

    @property
    def digest(self) -> str:
        """What stands for the records."""
        return hashlib.sha256(self.checked).hexdigest()

    @classmethod
    def keep(cls, content: bytes, **fields: Any) -> "DeveloperUpload":
        """Store a file; those that nobody came back for, in any account, go away."""
        cls.objects.filter(created_at__lt=timezone.now() - cls.LIFETIME).delete()
        sha256 = hashlib.sha256(content).hexdigest()
        return cls.objects.create(content=zlib.compress(content, 1), sha256=sha256, **fields)

    def close(self) -> None:
        """Keep no more than that it was approved, for whoever sends it again."""
        self.content, self.preview, self.mapping, self.checked = b"", {}, [], b""
        self.approved_at = timezone.now()
        self.save()
