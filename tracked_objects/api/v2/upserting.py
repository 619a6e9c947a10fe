"""Developers as JSON records: whoever is new is added, the others are edited, nobody is removed."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.db import connection

from accounts.api.problems import Problem
from accounts.models import Account
from tracked_objects.api.v2.received import NO_FIELD, Errors, text_of
from tracked_objects.api.v2.words import NAME_OF, TARGET_NAMED
from tracked_objects.models import Developer, FieldMapping
from tracked_objects.upload.checking import Checked, check
from tracked_objects.upload.comparing import Review, Stored, compare, stored_in
from tracked_objects.upload.mapping import FIELDS, REQUIRED, Target, target_of
from tracked_objects.upload.reading import MAX_COLUMNS, Sheet

ATTRIBUTES = "customAttributes"

# Some developers, and all to whom they report directly or through others.
_UP = """
WITH RECURSIVE up AS (
    SELECT id, manager_id FROM tracked_objects_developer
    WHERE account_id = %s AND lower(email) IN (SELECT lower(sent) FROM unnest(%s::text[]) AS sent)
    UNION SELECT above.id, above.manager_id FROM tracked_objects_developer AS above JOIN up ON above.id = up.manager_id
) SELECT id FROM up
"""


class Column(NamedTuple):
    """A field of all records: of every developer, or a custom attribute, whose name is in lower case."""

    target: Target
    name: str = ""


Values = dict[Column, str]


def sheet_of(account: Account, records: list[Any]) -> tuple[Sheet, list[Target], list[Stored]]:
    """What was sent as a table, as if it were a file; what a record doesn't speak of is as it is stored.

    With it, what each column is, and the developers that are named, with those above them: all that can be in a circle.
    Raises Problem for what has no place in it.
    """
    reader = _Reader(account)
    sent = reader.read(records)
    columns = list(dict.fromkeys([*map(Column, REQUIRED), *reader.shown]))
    if len(columns) > MAX_COLUMNS:
        raise Problem(f"More than {MAX_COLUMNS} different fields are too many for one request.")
    targets = [column.target for column in columns]
    fields = tuple(FIELDS[target] for target in FIELDS if target in targets)
    people = stored_in(account, fields, _named(account, sent))
    known = {person.email.lower(): person for person in people}
    sheet = Sheet([reader.shown.get(column) or NAME_OF[column.target] for column in columns])
    for number, values in enumerate(sent, 1):
        person = known.get(values.get(Column(Target.EMAIL), "").lower())
        whole = {**(_stored_values(person, fields) if person else {}), **values}
        sheet.rows.append((number, [whole.get(column, "") for column in columns]))
    return sheet, targets, people


def _named(account: Account, sent: Iterable[Values]) -> list[int]:
    """The primary keys of the developers who are in the records or above somebody in them."""
    named = (Column(Target.EMAIL), Column(Target.MANAGER))
    with connection.cursor() as cursor:
        cursor.execute(_UP, [account.pk, list({values[one] for values in sent for one in named if one in values})])
        return [pk for (pk,) in cursor.fetchall()]


def reviewed(sheet: Sheet, targets: list[Target], people: list[Stored]) -> tuple[Checked, Review]:
    """What the records would do, checked together with the developers above them."""
    others = {person.email.lower(): person.manager for person in people}
    checked = check(sheet, targets, others)
    review = compare(people, checked)
    # Who isn't spoken of stays.
    review.removed = []
    return checked, review


def _stored_values(person: Stored, fields: tuple[str, ...]) -> Values:
    own = {Column(Target.EMAIL): person.email, Column(Target.MANAGER): person.manager}
    values = dict(zip(fields, person.values, strict=True))
    own |= {Column(target): values[path] for target, path in FIELDS.items() if path in values}
    return own | {Column(Target.ATTRIBUTE, name.lower()): value for name, value in person.attributes.items()}


class _Reader:
    """Finds what each name in a record stands for."""

    def __init__(self, account: Account) -> None:
        saved = FieldMapping.objects.filter(account=account).first()
        self.saved = {name.lower(): target for name, target in (saved.columns if saved else {}).items()}
        self.attributes = {name.lower() for name in Developer.attribute_names(account)}
        # Each column, with its name as it was first written.
        self.shown: dict[Column, str] = {}
        self.errors = Errors()

    def read(self, records: list[Any]) -> list[Values]:
        found = [self._record(index, record) for index, record in enumerate(records)]
        self.errors.refuse()
        return found

    def _record(self, index: int, record: Any) -> Values:
        values: Values = {}
        if not isinstance(record, dict):
            self.errors.add(index, None, "This must be an object.")
            return values
        for name, column, value in self._pairs(index, record):
            if column in values:
                self.errors.add(index, name, "This is there twice, under two names.")
                continue
            try:
                values[column] = text_of(value)
            except ValueError as error:
                self.errors.add(index, name, str(error))
        return values

    def _pairs(self, index: int, record: Mapping[str, Any]) -> Iterator[tuple[str, Column, Any]]:
        for name, value in record.items():
            if name == ATTRIBUTES and isinstance(value, dict):
                yield from ((inner, self._attribute(index, inner), value[inner]) for inner in value)
            elif column := self._column(index, name):
                self.shown.setdefault(column, name)
                yield name, column, value
            else:
                self.errors.add(index, name, NO_FIELD)

    def _column(self, index: int, name: str) -> Column | None:
        """A field by its own name, else as the last saved file had it; what that ignored isn't one."""
        target = TARGET_NAMED.get(name) or target_of(name, self.saved, self.attributes)
        if target == Target.ATTRIBUTE:
            return self._attribute(index, name)
        return None if target in (None, Target.IGNORED) else Column(Target(target))

    def _attribute(self, index: int, name: str) -> Column:
        """A custom attribute, which may be new."""
        column = Column(Target.ATTRIBUTE, name.lower())
        try:
            if not text_of(name) or name != name.strip():
                self.errors.add(index, ATTRIBUTES, "A name must not be empty, nor have blanks around it.")
        except ValueError as error:
            self.errors.add(index, ATTRIBUTES, str(error))
        self.shown.setdefault(column, name)
        return column
