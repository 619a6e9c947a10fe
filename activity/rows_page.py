"""Pages of rows outside of the list: the entries of a batch, and those of one object."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from activity.models import Entry
from activity.paging import Position, page_of
from activity.present import ROW_FIELDS, Presenter

_SIZE = 50


def rows_page(request: HttpRequest, entries: QuerySet[Entry], presenter: Presenter, binding: str) -> dict[str, Any]:
    """The page of `entries` that the cursor of the URL asks for; BadCursor when it isn't one of theirs."""
    cursor = request.GET.get("cursor", "")
    position = Position.read(cursor, binding) if cursor else None
    entries = entries.only(*ROW_FIELDS)
    page = page_of(entries, _SIZE, position)
    if position and position.newer and page.newer is None:
        position, page = None, page_of(entries, _SIZE)
    urls = {
        f"{name}_url": f"?{urlencode({'cursor': other.write(binding)})}" if other else None
        for name, other in (("newer", page.newer), ("older", page.older))
    }
    return {"rows": presenter.rows(page.entries), "paged": position is not None, "newest_url": request.path, **urls}


def bad_cursor(request: HttpRequest) -> HttpResponse:
    """The answer to a cursor that the page never gave out."""
    return render(request, "activity/bad_cursor.html", {"url": request.path}, status=400)
