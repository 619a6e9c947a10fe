"""What can be wrong with an upload: gathered, counted, a few samples of each kept, so that all is reported at once."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

MAX_SAMPLES = 10


class ProblemType(TextChoices):
    """The kinds of problems; the first nine codes are those of SEI's API. The others are about cloud IDs."""

    EMPTY_CSV = "EMPTY_CSV", _("The file has no rows")
    INVALID_CSV = "INVALID_CSV", _("The file can't be understood")
    BLANK_CSV_COLUMN_NAME = "BLANK_CSV_COLUMN_NAME", _("A column has no name")
    MISSING_MAPPING = (
        "MISSING_NAME_OR_EMAIL_OR_MANAGER_EMAIL_FIELD_MAPPING",
        _("Display name, Email or Manager email is mapped to no column"),
    )
    REQUIRED_FIELD_MISSING = "REQUIRED_FIELD_MISSING", _("A required field is missing")
    REQUIRED_VALUE_MISSING = "REQUIRED_VALUE_MISSING", _("A required value is empty")
    DUPLICATE_EMAIL = "DUPLICATE_EMAIL", _("An e-mail is there more than once")
    MANAGER_MISSING = "MANAGER_EMAIL_MISSING_IN_DEVELOPER_EMAILS", _("A manager isn't among the developers of the file")
    CIRCULAR_REFERENCE = "CIRCULAR_REFERENCE", _("Developers report to each other in a circle")
    CLOUD_ID_TAKEN = "DUPLICATE_CLOUD_ID", _("A cloud ID belongs to two developers")
    CONFLICTING_CLOUD_IDS = "CONFLICTING_CLOUD_IDS", _("A developer has two cloud IDs in one application")
    UNKNOWN_EMAIL = "UNKNOWN_EMAIL", _("No developer has this e-mail")


@dataclass(frozen=True)
class Sample:
    """One place where a problem is: the number of the row in the file, who it is about, and what is wrong."""

    row: int | None
    who: str
    note: str


@dataclass
class Problem:
    """All that is wrong in one way with one field."""

    type: ProblemType
    field: str
    count: int = 0
    samples: list[Sample] = dataclasses.field(default_factory=list)


class Problems:
    """The problems found so far, in the order of their types."""

    def __init__(self) -> None:
        self._found: dict[tuple[ProblemType, str], Problem] = {}

    def add(
        self,
        type: ProblemType,
        field: str = "",
        *,
        row: int | None = None,
        who: str = "",
        note: str = "",
        count: int = 1,
    ) -> None:
        """Count a problem of so many rows, and keep it as a sample while there are few."""
        problem = self._found.setdefault((type, field), Problem(type, field))
        problem.count += count
        if len(problem.samples) < MAX_SAMPLES and (row or note):
            problem.samples.append(Sample(row, who[:200], note[:300]))

    def __iter__(self) -> Iterator[Problem]:
        order = list(ProblemType)
        return iter(sorted(self._found.values(), key=lambda problem: order.index(problem.type)))

    def __len__(self) -> int:
        return len(self._found)
