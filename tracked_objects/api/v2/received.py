"""What scripts send: a CSV file, as a form or as it is, or JSON."""

from collections.abc import Sequence
from typing import Any

from accounts.api.bodies import expect, json_value, read_body
from accounts.api.problems import Error, Problem, form_errors, not_written
from accounts.json_text import is_storable
from tracked_objects.upload import forms

CSV, MULTIPART = "text/csv", "multipart/form-data"
# What a file is called that comes without a name.
NAMELESS = "developers.csv"
# The parts of a form have heads, beside the file.
_HEADS = 100_000
MOST_JSON, MOST_ITEMS = 10_000_000, 100_000
_MOST_ERRORS = 100
NO_FIELD = "There is no such field."


class Errors:
    """What is wrong with a list that was sent: where, and in which field. The first hundred are told."""

    def __init__(self) -> None:
        self.found: list[Error] = []

    def add(self, index: int, field: str | None, message: str) -> None:
        if len(self.found) < _MOST_ERRORS:
            self.found.append({"index": index, "field": field and field[:100], "message": message})

    def refuse(self) -> None:
        """Nothing is done if anything is wrong."""
        if self.found:
            raise not_written(self.found)


def file_of(request: Any) -> tuple[str, bytes]:
    """The name and the bytes of the CSV file that was sent: the part `file` of a form, or all of the body."""
    if expect(request, MULTIPART, CSV) == CSV:
        return NAMELESS, read_body(request._request, forms.MAX_MEGABYTES * 1_000_000)
    if int(request.META.get("CONTENT_LENGTH") or 0) > forms.MAX_MEGABYTES * 1024 * 1024 + _HEADS:
        raise Problem(f"The file is larger than {forms.MAX_MEGABYTES} MB.", status=413)
    if sum(len(files) for _part, files in request.FILES.lists()) > 1:
        raise Problem("Send one file at once.")
    form = forms.FileForm({}, request.FILES)
    if not form.is_valid():
        status = 413 if form.has_error("file", forms.TOO_LARGE) else 400
        raise Problem("The file can't be taken.", form_errors(form), status)
    file = form.cleaned_data["file"]
    return file.name, file.read()


def json_of(request: Any) -> Any:
    """The JSON value that was sent."""
    return json_value(request, MOST_JSON)


def list_of(value: Any, name: str | None = None) -> list[Any]:
    """A list that isn't empty; with a name, the one under that name in an object that has nothing else."""
    found = value.get(name) if name and isinstance(value, dict) and value.keys() == {name} else value
    if not isinstance(found, list):
        raise Problem(f"The body must be {f'an object with the list “{name}”' if name else 'a list of objects'}.")
    if not found:
        raise Problem("The list is empty.")
    if len(found) > MOST_ITEMS:
        raise Problem(f"At most {MOST_ITEMS:,} at once, not {len(found):,}.")
    return found


def text_of(value: Any) -> str:
    """A text without blanks around it; null is an empty one. Raises ValueError, which says what it must be."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError("This must be text.")
    if not is_storable(value):
        raise ValueError("This has a NUL or half of a surrogate pair, which can't be stored.")
    return value.strip()


def texts_of(items: list[Any], names: Sequence[str]) -> list[tuple[str, ...]]:
    """The texts under `names` of each object in a list, which has nothing else; "" for what it hasn't."""
    errors = Errors()
    found = []
    for index, item in enumerate(items):
        if not isinstance(item, dict):
            errors.add(index, None, "This must be an object.")
            continue
        for name in item:
            if name not in names:
                errors.add(index, name, NO_FIELD)
        texts = []
        for name in names:
            try:
                texts.append(text_of(item.get(name)))
            except ValueError as error:
                errors.add(index, name, str(error))
        found.append(tuple(texts))
    errors.refuse()
    return found
