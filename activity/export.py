"""The export: what the list's filter finds, written by PostgreSQL itself and passed through in blocks."""

from collections.abc import Callable, Generator
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.api.authentication import is_api
from accounts.guard import Access, access
from activity.copying import copy_blocks, never
from activity.counts import first_and_last
from activity.export_columns import COLUMNS, csv_copy, jsonl_copy
from activity.filters import EntryFilter
from activity.gzipped import accepts_gzip, gzipped
from activity.models import Entry
from activity.proof.manifests import Tally, keep, stated_filters, told
from activity.recording import recording
from activity.requests import context_of
from activity.scope import EXPORT, counts_for, entries_for, may_export, trees_of
from activity.writer import Draft

_FORMATS = {"csv": "CSV", "jsonl": "JSON Lines"}
CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson; charset=utf-8"}


@access(EXPORT)
@require_GET
def export_csv(request: HttpRequest, account: str) -> HttpResponseBase:
    return _export(request, "csv")


@access(EXPORT)
@require_GET
def export_jsonl(request: HttpRequest, account: str) -> HttpResponseBase:
    return _export(request, "jsonl")


def _export(request: HttpRequest, kind: str) -> HttpResponseBase:
    viewer = request.access  # type: ignore[attr-defined]
    entry_filter = EntryFilter(request.GET, entries_for(viewer, EXPORT), viewer.account.pk)
    if not entry_filter.is_valid():
        return _refused_filter(entry_filter)
    return exported(request, viewer, entry_filter, kind)


def exported(request: HttpRequest, viewer: Access, entry_filter: EntryFilter, kind: str) -> HttpResponseBase:
    """The entries that pass the filter and were recorded before this export's own entry; Link says where its manifest
    is.

    Numbers are given out in the order of commits, so "before" means the same whenever the rows are read.
    """
    if not may_export(viewer):
        raise PermissionDenied(EXPORT)
    draft = _record(request, viewer, entry_filter, kind)
    entries = entry_filter.qs.filter(seq__lt=draft.seq)
    gone = request.META.get("waitress.client_disconnected", never)
    name = f"{_name(viewer, entry_filter)}.{kind}"
    filters = stated_filters(entry_filter)
    tally = Tally(name, kind, everything_to=0 if filters or trees_of(viewer, EXPORT) is not None else draft.seq - 1)
    copy = csv_lines if kind == "csv" else jsonl_lines
    manifest = partial(keep, tally, viewer.account, draft, filters)
    lines = told(copy(entries, gone, tally), gone, manifest)
    packed = accepts_gzip(request)
    response = StreamingHttpResponse(gzipped(lines) if packed else lines, content_type=CONTENT_TYPES[kind])
    if packed:
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ("Accept-Encoding",))
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Link"] = f'<{_manifest_url(request, viewer, draft.seq)}>; rel="describedby"'
    response["Cache-Control"] = "no-store"
    return response


def _manifest_url(request: HttpRequest, viewer: Access, seq: int) -> str:
    """A program asks for it as it asked for the download: with its key."""
    slug = viewer.account.slug
    if is_api(request):
        return f"{reverse('activity-api:manifest', args=[seq])}?account={slug}"
    return reverse("activity:manifest", args=[slug, seq])


def _refused_filter(entry_filter: EntryFilter) -> HttpResponse:
    lines = [
        str(message) if name == NON_FIELD_ERRORS else f"{name}: {message}"
        for name, messages in entry_filter.errors.items()
        for message in messages
    ]
    return HttpResponseBadRequest("\n".join(lines), content_type="text/plain; charset=utf-8")


def _record(request: HttpRequest, viewer: Access, entry_filter: EntryFilter, kind: str) -> Draft:
    """Record the export, before its first byte."""
    filters: dict[str, list[str]] = {}
    for name, text in entry_filter.pairs:
        filters.setdefault(name, []).append(text)
    details: dict[str, Any] = {"format": kind, "filters": filters}
    if (trees := trees_of(viewer, EXPORT)) is not None:
        details["org_trees"] = sorted(trees)
    words = {"format": _FORMATS[kind], "filters": ", ".join(filters)}
    with translation.override(settings.LANGUAGE_CODE):
        summary = (
            _("Exported activity log as %(format)s, filtered by %(filters)s")
            if filters
            else _("Exported activity log as %(format)s")
        )
    with recording(**context_of(request)) as rec:
        return rec.add(viewer.account, "ACTIVITY_LOG", "EXPORTED", summary=summary % words, details=details)


def _name(viewer: Access, entry_filter: EntryFilter) -> str:
    """activity-<account>-<from>-<to>: the dates of the filter, else the first and last day there is."""
    earliest, latest = first_and_last(entry_filter, counts_for(viewer, EXPORT))
    start, end = (entry_filter.form.cleaned_data[name] for name in ("from", "to"))
    first = start.date() if start else earliest
    last = (end - timedelta(microseconds=1)).date() if end else latest
    today = timezone.now().date()
    return f"activity-{viewer.account.slug}-{first or last or today}-{last or first or today}"


def csv_lines(entries: QuerySet[Entry], gone: Callable[[], bool], tally: Tally) -> Generator[bytes]:
    """The header row at once, then the rows."""
    head = ",".join(COLUMNS).encode() + b"\r\n"
    tally.begin(head)
    yield head
    yield from copy_blocks(*csv_copy(entries), b"\r\n", gone, tally.passed)


def jsonl_lines(entries: QuerySet[Entry], gone: Callable[[], bool], tally: Tally) -> Generator[bytes]:
    return copy_blocks(*jsonl_copy(entries), b"\n", gone, tally.passed)
