"""The list of the log, and the e-mails that its filter suggests."""

from datetime import UTC, date, datetime, time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.guard import access
from activity.chart import chart
from activity.chips import chips, choices, quick_ranges
from activity.clock import reader_zone
from activity.counts import Counts, actors_like, counts_of
from activity.filters import PAGE_SIZES, EntryFilter
from activity.paging import BadCursor, Page, Position, page_of
from activity.present import ROW_FIELDS, Presenter, counted
from activity.scope import EXPORT, VIEW, counts_for, entries_for

_SUGGESTIONS = 10


@access(VIEW)
@require_safe
def entry_list(request: HttpRequest, account: str) -> HttpResponse:
    """The log, newest first, as the URL's parameters filter it."""
    viewer = request.access  # type: ignore[attr-defined]
    entry_filter = EntryFilter(request.GET, entries_for(viewer), viewer.account.pk)
    position = _position(entry_filter)
    if not entry_filter.is_valid():
        return _answer(request, entry_filter, Counts(), None, status=400)
    if any(not value.strip() for _name, values in request.GET.lists() for value in values):
        return redirect(
            reverse("activity:list", args=[account]) + entry_filter.query(panel=request.GET.get("panel", ""))
        )
    folds = entry_filter.folds and viewer.whole(VIEW)
    entries = entry_filter.qs.filter(parent_seq=None) if folds else entry_filter.qs
    counts = counts_of(entry_filter, counts_for(viewer), entries, folds)
    page = _page(entry_filter, entries, counts, position)
    if position and position.newer and page.newer is None:
        return redirect(reverse("activity:list", args=[account]) + entry_filter.query())
    return _answer(request, entry_filter, counts, page)


def _binding(entry_filter: EntryFilter) -> str:
    return f"{entry_filter.account_id} {sorted(entry_filter.pairs)}"


def _position(entry_filter: EntryFilter) -> Position | None:
    """Where the page begins; a bad cursor becomes an error of the form."""
    cursor = entry_filter.data.get("cursor", "")
    if not cursor or not entry_filter.is_valid():
        return None
    try:
        return Position.read(cursor, _binding(entry_filter))
    except BadCursor:
        message = _("This page link is not one of this list: it was changed, or made for another filter or account.")
        entry_filter.form.add_error(None, message)
        return None


def _page(entry_filter: EntryFilter, entries: Any, counts: Counts, position: Position | None) -> Page:
    """The page; the counts tell on which days to look for it, and whether there is anything to look for."""
    size = entry_filter.page_size
    if not counts.total:
        return Page([], None, None)
    few = bool(entry_filter.form.cleaned_data["q"]) and not counts.common
    # Where little is found by its words, also reading the index of those days would take longer than finding it.
    if not few and (position is None or not position.newer):
        floor = counts.floor(size + 1, position.occurred_at if position else None)
        entries = entries.filter(occurred_at__gte=floor) if floor else entries
    return page_of(entries.only(*ROW_FIELDS), size, position, few)


def _answer(
    request: HttpRequest, entry_filter: EntryFilter, counts: Counts, page: Page | None, status: int = 200
) -> HttpResponse:
    viewer = request.access  # type: ignore[attr-defined]
    presenter = Presenter.of(viewer.account.slug, reader_zone(request))
    context = {
        "filter": entry_filter,
        "form": entry_filter.form,
        "panel_open": page is None or "panel" in request.GET,
        "types": choices(entry_filter, "type", counts.types),
        "actions": choices(entry_filter, "action", counts.actions),
        "sources": choices(entry_filter, "source", None),
        "page_sizes": PAGE_SIZES,
        "base": presenter.base,
        "can_export": viewer.can(EXPORT),
    }
    if page is not None:
        context |= _found(entry_filter, counts, page, presenter)
    return render(request, "activity/list.html", context, status=status)


def _found(entry_filter: EntryFilter, counts: Counts, page: Page, presenter: Presenter) -> dict[str, Any]:
    binding = _binding(entry_filter)
    cursors = {
        f"{name}_url": position and entry_filter.query(cursor=position.write(binding))
        for name, position in (("newer", page.newer), ("older", page.older))
    }
    return cursors | {
        "rows": presenter.rows(page.entries),
        "counts": counts,
        "chips": chips(entry_filter),
        "chart": chart(counts.days, lambda start, end: _narrowed(entry_filter, start, end)),
        "quick_ranges": quick_ranges(entry_filter),
        "query": entry_filter.query(page_size=""),
        "newest_url": entry_filter.query(),
        **_words(counts),
        "sizes": [(size, entry_filter.query(page_size=str(size))) for size in PAGE_SIZES],
    }


def _words(counts: Counts) -> dict[str, str]:
    """How much there is, in words."""
    if counts.more:
        total = _("%(n)s+ entries") % {"n": number_format(counts.total, force_grouping=True)}
        return {"total": total, "inside": "", "download": _("Every entry that the filter finds, however many.")}
    inside = counts.entries - counts.total
    return {
        "total": counted(counts.total),
        "inside": _("and %(entries)s inside batches") % {"entries": counted(inside)} if inside else "",
        "download": _("%(entries)s, those inside batches included.") % {"entries": counted(counts.entries)},
    }


def _narrowed(entry_filter: EntryFilter, start: date, end: date) -> str:
    """The list of one bar: its dates, or those of the filter where they are narrower."""
    first, last = (entry_filter.form.cleaned_data[name] for name in ("from", "to"))
    dates = {}
    if first is None or first <= datetime.combine(start, time.min, UTC):
        dates["from"] = start.isoformat()
    if last is None or last > datetime.combine(end, time.max, UTC):
        dates["to"] = end.isoformat()
    return entry_filter.query(**dates)


@access(VIEW)
@require_safe
def suggest(request: HttpRequest, account: str) -> HttpResponse:
    """Options for the e-mail field: actors that the viewer may see and whose e-mail has what was typed."""
    typed = request.GET.get("email", "").replace("\0", "").strip()[:320]
    emails = actors_like(typed, counts_for(request.access), _SUGGESTIONS)  # type: ignore[attr-defined]
    return render(request, "activity/suggestions.html", {"emails": emails})
