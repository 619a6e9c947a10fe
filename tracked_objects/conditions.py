"""Conditions such as "labels is bug, incident": as they are stored, and as a line of text that people read."""

import csv
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tracked_objects.models.organisation import Match, Setting

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


def settings_words(settings: Mapping[str, Any]) -> list[tuple[Promise | str, list[str]]]:
    """A team's settings: the label of each category with its conditions as lines."""
    return [(label, list(map(words, settings[name]))) for name, label in Setting.choices if settings.get(name)]


def filters_words(filters: Mapping[str, Any]) -> list[tuple[str, list[tuple[Promise | str, list[str]]]]]:
    """A team's business alignment filters: each category with its sets, how they match and their conditions."""
    return [
        (category, [(Match(row["match"]).label, list(map(words, row["conditions"]))) for row in sets])
        for category, sets in sorted(filters.items())
    ]
