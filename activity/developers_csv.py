"""The download of developers: what an upload reads, written by PostgreSQL and passed through in blocks."""

import csv
import io
from collections.abc import Generator, Sequence

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.guard import access
from accounts.models import Account
from activity.copying import copy_blocks, never
from activity.export_columns import FORMULA
from activity.recording import recording
from activity.requests import context_of
from tracked_objects.models import Developer
from tracked_objects.upload.mapping import Target, by_name
from tracked_objects.upload.reading import guarded

# In the order of the file, each with what it is in the query below.
_COLUMNS = {
    Target.NAME: "developer.full_name",
    Target.EMAIL: "developer.email",
    Target.MANAGER: "manager.email",
    Target.ROLE: "developer.role",
    Target.SUB_ROLE: "developer.sub_role",
    Target.TEAM: "developer.team",
    Target.DEPARTMENT: "developer.department",
    Target.SITE: "developer.site",
}
_ATTRIBUTE = (
    "(SELECT value FROM jsonb_each_text(developer.custom_attributes) WHERE lower(key) = lower(%s) ORDER BY key LIMIT 1)"
)

# As upload.reading.guarded does it, so that an upload gets back what was downloaded.
_GUARDED = (
    f"coalesce(CASE WHEN ascii(ltrim({{cell}}, '''')) IN ({FORMULA}) THEN '''' END, '') || coalesce({{cell}}, '')"
)


@access("developers.view")
@require_GET
def export_developers(request: HttpRequest, account: str) -> StreamingHttpResponse:
    return exported_developers(request, request.access.account)  # type: ignore[attr-defined]


def exported_developers(request: HttpRequest, owner: Account) -> StreamingHttpResponse:
    """All developers of the account, a column for each custom attribute; recorded before the first byte."""
    names = Developer.attribute_names(owner)
    details = {"format": "csv", "developers": Developer.objects.filter(account=owner).count()}
    with recording(**context_of(request)) as rec:
        rec.add(owner, "DEVELOPER", "EXPORTED", summary=_("Downloaded developers as CSV"), details=details)
    response = StreamingHttpResponse(_lines(request, names, owner.pk), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="developers-{owner.slug}-{timezone.now():%Y-%m-%d}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _lines(request: HttpRequest, names: Sequence[str], account_id: int) -> Generator[bytes]:
    gone = request.META.get("waitress.client_disconnected", never)
    yield _head(names)
    yield from copy_blocks(_copy(len(names)), (*names, account_id), b"\r\n", gone)


def _head(names: Sequence[str]) -> bytes:
    """The names of the columns; an attribute that would be taken for one of our fields says that it is none."""
    line = io.StringIO()
    own = [f"{name} ({Target.ATTRIBUTE.value})" if by_name(name) else name for name in names]
    csv.writer(line).writerow([guarded(name) for name in (*_COLUMNS, *own)])
    return line.getvalue().encode()


def _copy(attributes: int) -> str:
    """COPY with a place for the name of each attribute, and one for the account."""
    values = [*_COLUMNS.values(), *[_ATTRIBUTE] * attributes]
    cells = [f"c{number}" for number in range(len(values))]
    shown = ", ".join(_GUARDED.format(cell=cell) for cell in cells)
    return (
        f"COPY (SELECT {shown} FROM (SELECT {', '.join(values)} FROM tracked_objects_developer AS developer"
        " LEFT JOIN tracked_objects_developer AS manager ON manager.id = developer.manager_id"
        " WHERE developer.account_id = %s ORDER BY lower(developer.email))"
        f" AS row ({', '.join(cells)})) TO STDOUT (FORMAT csv, NULL '\\N')"
    )
