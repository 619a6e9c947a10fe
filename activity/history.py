"""The History tab: all entries of one object, newest first, also when the object itself is gone."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.guard import access
from activity.catalog import TYPES
from activity.clock import reader_zone
from activity.objects import head
from activity.paging import BadCursor
from activity.present import Presenter
from activity.rows_page import bad_cursor, rows_page
from activity.scope import VIEW, entries_for


@access(VIEW)
@require_safe
def object_history(request: HttpRequest, account: str, type: str, object_id: str) -> HttpResponse:
    viewer = request.access  # type: ignore[attr-defined]
    if type not in TYPES or "\0" in object_id:
        raise Http404
    presenter = Presenter.of(account, reader_zone(request))
    entries = entries_for(viewer).filter(type=type, object_id=object_id)
    context = head(viewer, entries, type, object_id, "history")
    try:
        context |= rows_page(request, entries, presenter, f"{viewer.account.pk} object {type}:{object_id}")
    except BadCursor:
        return bad_cursor(request)
    return render(request, "activity/object.html", context)
