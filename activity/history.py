"""The History tab: all entries of one object, newest first, also when the object itself is gone."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.guard import access
from activity.catalog import TYPES
from activity.clock import reader_zone
from activity.objects import live_object
from activity.paging import BadCursor
from activity.present import ROW_FIELDS, Presenter
from activity.rows_page import bad_cursor, rows_page
from activity.scope import VIEW, entries_for
from activity.visible import visible
from tracked_objects.members.kinds import ALL_KINDS


@access(VIEW)
@require_safe
def object_history(request: HttpRequest, account: str, type: str, object_id: str) -> HttpResponse:
    viewer = request.access  # type: ignore[attr-defined]
    if type not in TYPES or "\0" in object_id:
        raise Http404
    presenter = Presenter.of(account, reader_zone(request))
    entries = entries_for(viewer).filter(type=type, object_id=object_id)
    try:
        context = rows_page(request, entries, presenter, f"{viewer.account.pk} object {type}:{object_id}")
    except BadCursor:
        return bad_cursor(request)
    live = live_object(viewer, type, object_id)
    if live is None and not context["rows"]:
        raise Http404
    if live is not None:
        context |= {"object": live, "kind": ALL_KINDS[live.slug], "tab": "history"}
    newest = entries.only(*ROW_FIELDS).order_by("-occurred_at", "-seq").first()
    named = {
        "type": TYPES[type].label,
        "object_id": visible(object_id),
        "name": visible((newest and newest.object_name) or object_id),
        "deleted": newest is not None and newest.action == "DELETED",
        "base": presenter.base,
    }
    return render(request, "activity/object.html", context | named)
