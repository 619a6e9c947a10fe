"""What SEI's published API calls things: fields, their types, and what is wrong with developers."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from rest_framework.response import Response

from tracked_objects.upload.mapping import FIELDS, REPEATABLE, Target
from tracked_objects.upload.problems import Problem, Sample
from tracked_objects.upload.reading import Sheet

_TYPES = {Target.MANAGER: "MANAGER_EMAIL", Target.ATTRIBUTE: "CUSTOM"}
TYPE_OF = {target: _TYPES.get(target, target.name) for target in Target}
TARGET_OF = {type: target for target, type in TYPE_OF.items()}
# What a record calls the fields that every developer has.
NAME_OF = {target: TYPE_OF[target].lower() for target in Target if target not in REPEATABLE}
TARGET_NAMED = {name: target for target, name in NAME_OF.items()}
# The same, as our model has them.
_PATHS = {**FIELDS, Target.EMAIL: "email", Target.MANAGER: "manager__email"}
PATHS = {target: _PATHS[target] for target in NAME_OF}

SUCCESS, FAILURE = "SUCCESS", "FAILURE"
# Of each kind, so many differences are told in a review; its counts tell of all.
MOST_SHOWN = 50
# Of a value that is wrong, so much is given back.
_MAX_SHOWN = 200
# Numbers a row of what was sent → the record in it.
Rows = Callable[[int | None], Mapping[str, str]]


def rows_of(sheet: Sheet) -> Rows:
    """The records of a sheet, under the names of its columns."""
    rows = dict(sheet.rows)
    return lambda number: dict(zip(sheet.columns, rows.get(number or 0, ()), strict=False))


def failure(problems: Iterable[Problem], rows: Rows) -> Response:
    """The answer to developers with something wrong: nothing was saved."""
    return Response({"status": FAILURE, "errors": errors_of(problems, rows)}, status=400)


def errors_of(problems: Iterable[Problem], rows: Rows, names: Mapping[Any, str] = NAME_OF) -> list[dict[str, Any]]:
    """What is wrong, in SEI's words. A sample has, beside the record, which row it is and a note for a person.

    `names` are those of fields, by what we call them.
    """
    return [
        {
            "errorType": problem.type.value,
            "fieldName": names.get(problem.field, str(problem.field)) or None,
            "errorDeveloperCount": problem.count,
            "sampleErrorDevelopers": [_sample(sample, rows) for sample in problem.samples],
        }
        for problem in problems
    ]


def _sample(sample: Sample, rows: Rows) -> dict[str, Any]:
    found = rows(sample.row) or {NAME_OF[Target.EMAIL]: sample.who}
    record: dict[str, Any] = {name: value[:_MAX_SHOWN] for name, value in found.items() if value}
    if sample.row:
        record["_row"] = sample.row
    if sample.note:
        record["_note"] = sample.note
    return record
