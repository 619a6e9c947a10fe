"""From rows to records of developers, with everything that is wrong with them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from tracked_objects.models import Developer
from tracked_objects.upload.mapping import FIELDS, REQUIRED, Target, by_name
from tracked_objects.upload.problems import Problems, ProblemType
from tracked_objects.upload.reading import Row, Sheet

# What nearly all addresses look like; the validator would find them right too, in ten times the time.
_PLAIN_EMAIL = re.compile(r"[\w+-]+(\.[\w+-]+)*@([a-z\d]{1,63}\.)+[a-z]{2,63}", re.ASCII | re.IGNORECASE)
# As in the form of a developer.
MAX_ATTRIBUTE, MAX_ATTRIBUTE_NAME = 1000, 100


class Record(NamedTuple):
    """A developer as the file has them: `values` are those of `Checked.fields`, `manager` an e-mail in lower case."""

    row: int
    name: str
    email: str
    manager: str
    values: tuple[str, ...]
    attributes: dict[str, str]


@dataclass
class Checked:
    """The records by e-mail in lower case, the fields that the file fills, and what is wrong."""

    records: dict[str, Record]
    fields: tuple[str, ...]
    problems: Problems

    @property
    def packed(self) -> dict[str, Any]:
        """As JSON can hold it, when nothing is wrong."""
        return {"fields": self.fields, "records": list(self.records.values())}

    @classmethod
    def unpacked(cls, packed: Mapping[str, Any]) -> "Checked":
        rows = packed["records"]
        records = {
            email.lower(): Record(row, name, email, manager, tuple(values), attributes)
            for row, name, email, manager, values, attributes in rows
        }
        return cls(records, tuple(packed["fields"]), Problems())


def check(sheet: Sheet, mapping: Sequence[str], others: Mapping[str, str] | None = None) -> Checked:
    """Read the rows by the mapping: a target for each column. With problems, the records aren't whole.

    `others` are developers that stay beside those of the rows: e-mail → that of the manager, both in lower case.
    """
    reader = _Reader(sheet, mapping)
    records: dict[str, Record] = {}
    for record in reader.records():
        key = record.email.lower()
        if key in records:
            note = _("also in row %d") % records[key].row
            sheet.problems.add(ProblemType.DUPLICATE_EMAIL, Target.EMAIL, row=record.row, who=record.email, note=note)
        elif key:
            records[key] = record
    reader.check_managers(records, others or {})
    return Checked(records, reader.fields, sheet.problems)


class _Reader:
    """Reads one sheet by one mapping."""

    def __init__(self, sheet: Sheet, mapping: Sequence[str]) -> None:
        self.sheet = sheet
        self.problems = sheet.problems
        places = {Target(target): place for place, target in enumerate(mapping)}
        self.required = {target: places[target] for target in REQUIRED if target in places}
        self.simple = [(target, places[target]) for target in FIELDS if target in places]
        self.fields = tuple(FIELDS[target] for target, _place in self.simple)
        self.attributes = [
            (sheet.columns[place], place) for place, target in enumerate(mapping) if target == Target.ATTRIBUTE
        ]
        self.limits = [_limit(name) for name in self.fields]
        self.shortest = min(self.limits, default=0)
        self._check_mapping()

    def _check_mapping(self) -> None:
        rows = len(self.sheet.rows)
        there = {by_name(column) for column in self.sheet.columns}
        for target in (target for target in REQUIRED if target not in self.required):
            note = _("Choose the column that has it.")
            self.problems.add(ProblemType.MISSING_MAPPING, target, note=note, count=rows)
            if target not in there:
                note = _("The file seems to have no column for it.")
                self.problems.add(ProblemType.REQUIRED_FIELD_MISSING, target, note=note, count=rows)
        for name, _place in self.attributes:
            if len(name) > MAX_ATTRIBUTE_NAME:
                note = _("The name of a custom attribute has at most %d characters.") % MAX_ATTRIBUTE_NAME
                self.problems.add(ProblemType.INVALID_CSV, name[:100], row=1, note=note)

    def records(self) -> Iterator[Record]:
        """A record for each row; cells that a row hasn't are empty."""
        width = len(self.sheet.columns)
        for row in self.sheet.rows:
            number, cells = row
            if len(cells) != width:
                self._check_width(row, width)
                cells = [*cells, *[""] * (width - len(cells))]
            name, email, manager = (self._cell(cells, target) for target in REQUIRED)
            values = tuple(cells[place] for _target, place in self.simple)
            attributes = {name: cells[place] for name, place in self.attributes}
            record = Record(number, name, email, manager.lower(), values, attributes)
            self._check_values(record, len(row[1]))
            yield record

    def _cell(self, cells: list[str], target: Target) -> str:
        return cells[self.required[target]] if target in self.required else ""

    def _check_width(self, row: Row, width: int) -> None:
        number, cells = row
        who = " · ".join(filter(None, cells[:3]))
        if len(cells) > width:
            note = _("%(found)d cells, where there are %(expected)d columns") % {
                "found": len(cells),
                "expected": width,
            }
            self.problems.add(ProblemType.INVALID_CSV, row=number, who=who, note=note)
        for target, place in self.required.items():
            if place >= len(cells):
                note = _("The row ends before this column.")
                self.problems.add(ProblemType.REQUIRED_FIELD_MISSING, target, row=number, who=who, note=note)

    def _check_values(self, record: Record, width: int) -> None:
        for target, value in ((Target.NAME, record.name), (Target.EMAIL, record.email)):
            if not value and target in self.required and self.required[target] < width:
                who = record.email or record.name
                self.problems.add(ProblemType.REQUIRED_VALUE_MISSING, target, row=record.row, who=who)
        if record.email and not _is_email(record.email):
            note = _("“%s” is no e-mail address.") % record.email[:100]
            self.problems.add(ProblemType.INVALID_CSV, Target.EMAIL, row=record.row, who=record.name, note=note)
        if max(map(len, record.values), default=0) > self.shortest:
            for (target, _place), value, limit in zip(self.simple, record.values, self.limits, strict=True):
                if len(value) > limit:
                    self._too_long(target, record, limit)
        for name, value in record.attributes.items():
            if len(value) > MAX_ATTRIBUTE:
                self._too_long(name, record, MAX_ATTRIBUTE)

    def _too_long(self, field: str, record: Record, limit: int) -> None:
        note = _("longer than %d characters") % limit
        self.problems.add(ProblemType.INVALID_CSV, field, row=record.row, who=record.email, note=note)

    def check_managers(self, records: Mapping[str, Record], others: Mapping[str, str]) -> None:
        """Every manager is among all of them, and nobody reports to themselves, directly or through others."""
        if Target.EMAIL not in self.required:
            return
        for record in records.values():
            if record.manager and record.manager not in records and record.manager not in others:
                self.problems.add(
                    ProblemType.MANAGER_MISSING, Target.MANAGER, row=record.row, who=record.email, note=record.manager
                )
        for circle in circles({**others, **{email: record.manager for email, record in records.items()}}):
            note = " → ".join([*circle[:5], *["…"] * (len(circle) > 5), circle[0]])
            for record in (records[email] for email in circle if email in records):
                self.problems.add(
                    ProblemType.CIRCULAR_REFERENCE, Target.MANAGER, row=record.row, who=record.email, note=note
                )


def circles(managers: Mapping[str, str]) -> Iterator[list[str]]:
    """The circles among developers who each have one manager; every developer is looked at once."""
    seen: dict[str, str] = {}
    for start in managers:
        path: list[str] = []
        email = start
        while email in managers and email not in seen:
            seen[email] = start
            path.append(email)
            email = managers[email]
        if path and seen.get(email) == start:
            yield path[path.index(email) :]


def _limit(field: str) -> int:
    return Developer._meta.get_field(field).max_length or 0  # type: ignore[union-attr]


def _is_email(text: str) -> bool:
    try:
        if not _PLAIN_EMAIL.fullmatch(text):
            validate_email(text)
    except ValidationError:
        return False
    return len(text) <= _limit("email")
