"""From the bytes of a file to its columns and rows, whatever program has written it."""

import codecs
import csv
import io
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from tracked_objects.upload.problems import Problems, ProblemType

SEPARATORS = ",;\t"
MAX_COLUMNS = 200
PREVIEW, MAX_PREVIEW = 3, 100
# What a download puts an apostrophe before, so that no spreadsheet takes it for a formula.
_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20\t\r\n")

# The number of a row as a spreadsheet shows it, and its cells.
Row = tuple[int, list[str]]


@dataclass
class Sheet:
    """A file as a table, and what is wrong with it as such."""

    columns: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    problems: Problems = field(default_factory=Problems)

    @property
    def preview(self) -> dict[str, Any]:
        """Its columns, how its first rows begin, and how many there are."""
        first = [[cell[:MAX_PREVIEW] for cell in cells] for _number, cells in self.rows[:PREVIEW]]
        return {"columns": self.columns, "rows": first, "count": len(self.rows)}


def read(content: bytes) -> Sheet:
    """The table in the bytes of a CSV file."""
    sheet = Sheet()
    try:
        text = decode(content)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        sheet.problems.add(ProblemType.INVALID_CSV, note=_("It isn't text. Save the table as CSV in UTF-8."))
        return sheet
    _parse(text, sheet)
    if not sheet.rows and not any(problem.type == ProblemType.INVALID_CSV for problem in sheet.problems):
        sheet.problems.add(ProblemType.EMPTY_CSV, note=_("There is nothing below the names of the columns."))
    _check_columns(sheet)
    return sheet


def decode(content: bytes) -> str:
    """UTF-8 or UTF-16, with a byte order mark or without; what is neither is taken for Windows-1252."""
    if content.startswith(codecs.BOM_UTF8):
        return content.decode("utf-8-sig")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16")
    # Half of the bytes of Western text in UTF-16 are zero; no other text has any.
    if 0 in content[:1:2] + content[1:2]:
        return content.decode("utf-16-be" if content[0] == 0 else "utf-16-le")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def separator_of(text: str) -> str:
    """The separator that makes most columns of the first line."""

    def columns(separator: str) -> int:
        try:
            return len(next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), []))
        except csv.Error:
            return 0

    return max(SEPARATORS, key=columns)


def _parse(text: str, sheet: Sheet) -> None:
    """Fill in columns and rows, up to the first place where quotes don't match; rows without any value are left out."""
    text = text.lstrip("\r\n")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text), strict=True)
    number = 1
    try:
        sheet.columns = [_unguarded(cell) for cell in next(reader, [])]
        for number, cells in enumerate(reader, 2):
            values = [_unguarded(cell) for cell in cells]
            if any(values):
                sheet.rows.append((number, values))
    except csv.Error as error:
        sheet.problems.add(ProblemType.INVALID_CSV, row=number + bool(sheet.columns), note=str(error))


def _unguarded(cell: str) -> str:
    """A cell without blanks around it, and without the apostrophe that a download puts before a formula."""
    text = cell.strip()
    return text[1:] if text[:1] == "'" and _like_formula(text) else text


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula, as a download has it; reading gives the cell back."""
    return f"'{cell}" if _like_formula(cell) else cell


def _like_formula(text: str) -> bool:
    return text.lstrip("'").startswith(_FORMULA)


def _check_columns(sheet: Sheet) -> None:
    seen: set[str] = set()
    for place, name in enumerate(sheet.columns, 1):
        if not name:
            sheet.problems.add(ProblemType.BLANK_CSV_COLUMN_NAME, row=1, note=_("Column %d") % place)
        elif name.lower() in seen:
            sheet.problems.add(ProblemType.INVALID_CSV, row=1, note=_("Two columns are called “%s”.") % name[:100])
        seen.add(name.lower())
    if len(sheet.columns) > MAX_COLUMNS:
        sheet.problems.add(ProblemType.INVALID_CSV, row=1, note=_("More than %d columns") % MAX_COLUMNS)
