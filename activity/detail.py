"""The page of one entry: who, what, when, where from; what changed; what belongs to it; whether it is genuine."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from accounts.guard import access
from activity.canonical import plain, utc_text
from activity.clock import reader_zone
from activity.integrity import verifies
from activity.models import Entry
from activity.objects import live_object
from activity.paging import BadCursor, page_of
from activity.present import ROW_FIELDS, Presenter, actor_name, kind_label
from activity.proof.pages import manifest_url
from activity.rows_page import bad_cursor, rows_page
from activity.scope import MANAGE, VIEW, entries_for
from activity.sentences import told
from activity.shown_changes import readable
from activity.timeline import timeline
from activity.visible import pretty_json, visible

_OTHERS = 10


@access(VIEW)
@require_safe
def entry_detail(request: HttpRequest, account: str, seq: int) -> HttpResponse:
    """The entry as a page, or alone, for the drawer beside the list; with ?tab=json its raw JSON."""
    viewer = request.access  # type: ignore[attr-defined]
    entries = entries_for(viewer)
    entry = entries.filter(seq=seq).first()
    if entry is None:
        raise Http404
    presenter = Presenter.of(account, reader_zone(request))
    stored: Any = entry
    context = _facts(entry, presenter) | _around(entries, entry, presenter, viewer.whole(VIEW))
    context |= (
        {"raw": pretty_json(plain(entry))}
        if request.GET.get("tab") == "json"
        else told(stored.changes, entry.action == "EDITED")
    )
    context["manifest_url"] = manifest_url(request, entry)
    context["manages"] = viewer.can(MANAGE)
    context["live"] = live_object(viewer, entry.type, entry.object_id)
    if entry.child_count:
        children = entries.filter(parent_seq=entry.seq)
        try:
            context |= rows_page(request, children, presenter, f"{entry.account_id} batch {seq}")
        except BadCursor:
            return bad_cursor(request)
    return _answer(request, context)


def _answer(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    htmx = request.htmx  # type: ignore[attr-defined]
    drawer = bool(htmx) and htmx.target in {"drawer", "entry"}
    template = "activity/entry.html" if drawer else "activity/detail.html"
    response = render(request, template, context | {"drawer": drawer})
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    if drawer:
        # The address stays the list's; of a boosted link, htmx believes only this.
        response["HX-Push-Url"] = "false"
    return response


def _facts(entry: Entry, presenter: Presenter) -> dict[str, Any]:
    stored: Any = entry
    row = presenter.row(entry)
    return {
        "entry": entry,
        "row": row,
        # The fields of an edit are named below.
        "title": row.summary.removesuffix(f": {row.rest}")
        if entry.action == "EDITED" and not entry.child_count
        else row.summary,
        "base": presenter.base,
        "actor": actor_name(entry),
        "actor_email": visible(entry.actor_email),
        "actor_kind": kind_label(entry),
        "actor_id": visible(entry.actor_id),
        "object_id": visible(entry.object_id),
        "utc": utc_text(entry.occurred_at),
        "recorded": utc_text(entry.recorded_at),
        "request_id": visible(entry.request_id),
        "user_agent": visible(entry.user_agent),
        "reason": visible(entry.reason),
        "details": [
            (capfirst(visible(name).replace("_", " ")), readable(value)) for name, value in stored.details.items()
        ],
        "verifies": verifies(entry),
    }


def _around(entries: QuerySet[Entry], entry: Entry, presenter: Presenter, whole: bool) -> dict[str, Any]:
    """The history of the same object around the entry, others of the same request, and the batch it is part of."""
    parent = entries.filter(seq=entry.parent_seq).only(*ROW_FIELDS).first() if entry.parent_seq else None
    same_request = _same_request(entries, entry, whole)
    return {
        "timeline": timeline(entries, entry, presenter),
        "parent": presenter.row(parent) if parent else None,
        "same_request": presenter.rows(same_request[:_OTHERS]),
        "more_of_request": len(same_request) > _OTHERS,
    }


def _same_request(entries: QuerySet[Entry], entry: Entry, whole: bool) -> list[Entry]:
    """Other entries of the request, newest first; those of batches are seen in their parent, if that can be seen."""
    if not entry.request_id:
        return []
    others = entries.filter(request_id=entry.request_id).exclude(seq__in=[entry.seq, entry.parent_seq or 0])
    others = others.filter(parent_seq=None) if whole else others.exclude(parent_seq=entry.seq)
    return page_of(others.only(*ROW_FIELDS), _OTHERS + 1).entries
