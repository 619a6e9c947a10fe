"""From the rows of a file to cloud IDs: its columns are known by their names."""

import re
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracked_objects.upload.problems import ProblemType
from tracked_objects.upload.reading import Sheet


class Column(TextChoices):
    """What every row has to say."""

    EMAIL = "Email", gettext_lazy("Email")
    APPLICATION_TYPE = "Application type", gettext_lazy("Application type")
    CLOUD_ID = "Cloud ID", gettext_lazy("Cloud ID")


class CloudId(NamedTuple):
    """Who somebody is in one tool. `row` is the number of the row in a file, or the place in a list."""

    row: int
    email: str
    application_type: str
    cloud_id: str


_WORDS = {
    Column.EMAIL: "email emailaddress mail workemail developeremail",
    Column.APPLICATION_TYPE: "applicationtype application apptype app tool integrationtype",
    Column.CLOUD_ID: "cloudid cloudids applicationid toolid userid accountid username login",
}


def rows_of(sheet: Sheet) -> list[CloudId]:
    """The cloud IDs in a sheet, whatever else it has; what is wrong with columns and rows is added to its problems."""
    names = [re.sub(r"[\W_]+", "", name.lower()) for name in sheet.columns]
    places = {
        column: next((place for place, name in enumerate(names) if name in _WORDS[column].split()), None)
        for column in Column
    }
    for column in (column for column, place in places.items() if place is None):
        note = _("The file seems to have no column for it.")
        sheet.problems.add(ProblemType.REQUIRED_FIELD_MISSING, column, note=note, count=len(sheet.rows) or 1)
    if sheet.problems:
        return []
    return [CloudId(number, *(_cell(cells, places[column]) for column in Column)) for number, cells in sheet.rows]


def _cell(cells: list[str], place: int | None) -> str:
    return cells[place] if place is not None and place < len(cells) else ""
