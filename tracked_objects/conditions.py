"""Conditions such as "labels is bug, incident": as they are stored, and as a line of text that people read."""

import csv
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

Condition = dict[str, Any]


class Operator(models.TextChoices):
    IS = "is", _("is")
    IS_NOT = "is_not", _("is not")
    CONTAINS = "contains", _("contains")
    LACKS = "lacks", _("does not contain")
    STARTS = "starts_with", _("starts with")
    MATCHES = "matches", _("matches")


def split_values(text: str) -> list[str]:
    """The values of a comma-separated line, each once; one that holds a comma stands in double quotes."""
    cells: list[str] = next(csv.reader([" ".join(text.split())], skipinitialspace=True), [])
    return list(dict.fromkeys(cell.strip() for cell in cells if cell.strip()))


def join_values(values: Iterable[str]) -> str:
    """The line that `split_values` reads back."""
    cells = [f'"{value.replace(chr(34), chr(34) * 2)}"' if re.search('[,"]', value) else value for value in values]
    return ", ".join(cells)


def words(condition: Mapping[str, Any]) -> str:
    """A condition as a line of text, in the language of the reader."""
    operator = Operator(condition["operator"]).label
    return f"{condition['property']} {operator} {join_values(condition['values'])}"
