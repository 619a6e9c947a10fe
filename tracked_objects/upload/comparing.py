"""What an upload would do: the records of a file against the developers of the account."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import Account
from tracked_objects.models import Developer
from tracked_objects.upload.checking import Checked, Record


class Stored(NamedTuple):
    """A developer as they are in the database, in the same shape as a record of the file."""

    pk: int
    name: str
    email: str
    manager: str
    values: tuple[str, ...]
    attributes: dict[str, str]


class Change(NamedTuple):
    """One field of a developer, before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """One developer of the review."""

    pk: int | None
    name: str
    email: str
    changes: list[Change]


@dataclass
class Review:
    """Every difference between a file and the account. `pks` are those of stored developers by e-mail in lower case."""

    fields: tuple[str, ...]
    created: list[Record] = field(default_factory=list)
    edited: list[tuple[Stored, Record]] = field(default_factory=list)
    unchanged: list[Stored] = field(default_factory=list)
    removed: list[Stored] = field(default_factory=list)
    pks: dict[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many developers the file has."""
        return len(self.created) + len(self.edited) + len(self.unchanged)

    @property
    def changes(self) -> int:
        return len(self.created) + len(self.edited) + len(self.removed)

    def token(self, checked: str) -> str:
        """What stands for all that approving would do: somebody approves just what they have seen.

        `checked` stands for the file: with it, who is created and what the others are now, all is said.
        """
        digest = hashlib.sha256(checked.encode())
        for part in (
            [record.email for record in self.created],
            [stored for stored, _record in self.edited],
            self.removed,
        ):
            digest.update(repr(part).encode())
        return digest.hexdigest()

    def differences(self, items: Iterable[Any]) -> list[Difference]:
        """What people read of some of the created, edited, unchanged or removed."""
        return [self._difference(item) for item in items]

    def _difference(self, item: Any) -> Difference:
        if isinstance(item, Record):
            return Difference(None, item.name, item.email, self._changes(NOBODY, item))
        if isinstance(item, Stored):
            return Difference(item.pk, item.name, item.email, [])
        stored, record = item
        return Difference(stored.pk, stored.name, stored.email, self._changes(stored, record))

    def _changes(self, stored: Stored, record: Record) -> list[Change]:
        old = dict(zip(self.fields, stored.values, strict=False))
        changes = [
            Change(label_of(name), old.get(name, ""), value)
            for name, value in zip(self.fields, record.values, strict=True)
        ]
        changes.append(Change(_("Manager"), stored.manager, record.manager))
        merged = merge(stored.attributes, record.attributes)
        names = dict.fromkeys([*stored.attributes, *merged])
        changes += [Change(name, stored.attributes.get(name, ""), merged.get(name, "")) for name in names]
        return [change for change in changes if change.before != change.after]


NOBODY = Stored(0, "", "", "", (), {})


def compare(people: Iterable[Stored], checked: Checked) -> Review:
    """The differences. What the file doesn't speak of stays: fields that it hasn't, other attributes, identities.

    `people` are all developers of the account, with the fields of the file.
    """
    review = Review(checked.fields)
    for stored in people:
        key = stored.email.lower()
        review.pks[key] = stored.pk
        record = checked.records.get(key)
        if record is None:
            review.removed.append(stored)
        elif _same(stored, record):
            review.unchanged.append(stored)
        else:
            review.edited.append((stored, record))
    review.created = [record for key, record in checked.records.items() if key not in review.pks]
    return review


def stored_in(account: Account, fields: Iterable[str], only: Collection[int] | None = None) -> list[Stored]:
    """The developers of the account, by name, with these fields.

    With `only`, those with these primary keys: the managers of others are left out unless they are among them.
    """
    columns = ("pk", "full_name", "email", "manager_id", "custom_attributes", *fields)
    people = Developer.objects.filter(account=account).order_by("full_name", "pk")
    rows = list((people if only is None else people.filter(pk__in=only)).values_list(*columns))
    emails = {row[0]: row[2].lower() for row in rows}
    return [
        Stored(pk, name, email, emails.get(manager, ""), tuple(values), attributes)
        for pk, name, email, manager, attributes, *values in rows
    ]


def _same(stored: Stored, record: Record) -> bool:
    return (
        stored.values == record.values
        and stored.manager == record.manager
        and merge(stored.attributes, record.attributes) == stored.attributes
    )


def merge(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """Attributes with those of the file put in; an empty value takes one out. The case of a name doesn't matter."""
    merged = dict(old)
    names = {name.lower(): name for name in old}
    for column, value in new.items():
        name = names.get(column.lower(), column)
        if value:
            merged[name] = value
        elif merged.get(name):
            del merged[name]
    return merged


def label_of(name: str) -> str:
    return str(capfirst(str(Developer._meta.get_field(name).verbose_name)))  # type: ignore[union-attr]
