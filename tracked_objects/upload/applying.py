"""The one step that writes: an approved review becomes one batch, and the mapping is remembered."""

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.batch import batch, delete_batch, save_batch
from accounts.keys import check_keys
from accounts.models import Account
from tracked_objects.models import Developer, FieldMapping
from tracked_objects.models.growing import regrown
from tracked_objects.models.organisation import leave_teams
from tracked_objects.upload.checking import Record
from tracked_objects.upload.comparing import Review, merge


def apply(account: Account, review: Review, details: Mapping[str, Any]) -> None:
    """Write what the review says, and let trees follow. Raises IntegrityError or DoesNotExist for who is late."""
    with regrown(account), batch(account, Developer, details=details) as current:
        current.unchanged += len(review.unchanged)
        gone = {stored.pk for stored in review.removed}
        # Teams are locked before developers, as everywhere.
        leave_teams(gone)
        save_batch(current, _written(account, review))
        delete_batch(current, list(Developer.objects.filter(pk__in=gone).order_by("pk")))
        # Keys to what others are deleting just now fail here, not at the commit.
        check_keys()


def remember(account: Account, columns: Mapping[str, str]) -> None:
    """Keep which column is which field, for the next file."""
    mapping = FieldMapping.objects.filter(account=account).first() or FieldMapping(account=account)
    if mapping.columns != columns:
        mapping.columns = dict(columns)
        mapping.save()


def _written(account: Account, review: Review) -> list[Developer]:
    """The new and the edited developers, as they are to be stored."""
    blank = {field.attname: field.get_default() for field in Developer._meta.concrete_fields}
    blank["account_id"] = account.pk
    new = {record.email.lower(): _new(blank, record, review.fields) for record in review.created}
    found = Developer.objects.in_bulk([stored.pk for stored, _record in review.edited])
    if len(found) < len(review.edited):
        raise Developer.DoesNotExist
    for stored, record in review.edited:
        developer = found[stored.pk]
        for name, value in zip(review.fields, record.values, strict=True):
            setattr(developer, name, value)
        developer.custom_attributes = merge(developer.custom_attributes, record.attributes)
    pairs = [(new[record.email.lower()], record) for record in review.created]
    pairs += [(found[stored.pk], record) for stored, record in review.edited]
    for developer, record in pairs:
        if record.manager in new:
            developer.manager = new[record.manager]
        else:
            developer.manager_id = review.pks.get(record.manager)
    return [developer for developer, _record in pairs]


def _new(blank: Mapping[str, Any], record: Record, fields: Sequence[str]) -> Developer:
    """Made by position: by name, Django takes twice as long."""
    said = {"email": record.email, "custom_attributes": merge({}, record.attributes), "identities": []}
    # Whose types the checker can't tell by position.
    make: type[Any] = Developer
    made: Developer = make(*{**blank, **said, **dict(zip(fields, record.values, strict=True))}.values())
    return made
