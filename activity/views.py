"""The list of the log."""

from datetime import UTC, date, datetime, time
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.guard import Access, access
from activity.chart import chart
from activity.chips import chips, choices, quick_ranges
from activity.clock import reader_zone
from activity.counts import Counts, counts_of
from activity.filters import PAGE_SIZES, EntryFilter
from activity.models import Entry
from activity.no_match import ways_out
from activity.paging import BadCursor, Page, Position, page_of
from activity.present import ROW_FIELDS, Presenter, counted
from activity.scope import EXPORT, MANAGE, VIEW, counts_for, entries_for, may_export, trees_of


@access(VIEW)
@require_safe
@vary_on_headers("HX-Request")
def entry_list(request: HttpRequest, account: str) -> HttpResponse:
    """The log, newest first, as the URL's parameters filter it."""
    viewer = request.access  # type: ignore[attr-defined]
    entry_filter = EntryFilter(request.GET, entries_for(viewer), viewer.account.pk)
    position = position_in(entry_filter)
    if not entry_filter.is_valid():
        return _answer(request, entry_filter, Counts(), None, status=400)
    if any(not value.strip() for _name, values in request.GET.lists() for value in values):
        return redirect(
            reverse("activity:list", args=[account]) + entry_filter.query(panel=request.GET.get("panel", ""))
        )
    entries, folds = listed(entry_filter, viewer)
    counts = counts_of(entry_filter, counts_for(viewer), entries, folds)
    page = page_for(entry_filter, entries.only(*ROW_FIELDS), counts, position)
    if position and position.newer and page.newer is None:
        return redirect(reverse("activity:list", args=[account]) + entry_filter.query())
    return _answer(request, entry_filter, counts, page)


def binding(entry_filter: EntryFilter) -> str:
    """What a cursor is signed for: the account and the filter."""
    return f"{entry_filter.account_id} {sorted(entry_filter.pairs)}"


def listed(entry_filter: EntryFilter, viewer: Access) -> tuple[QuerySet[Entry], bool]:
    """What the list is made of, and whether entries of batches are folded into their parent."""
    folds = entry_filter.folds and viewer.whole(VIEW)
    return entry_filter.qs.filter(parent_seq=None) if folds else entry_filter.qs, folds


def position_in(entry_filter: EntryFilter) -> Position | None:
    """Where the page begins; a bad cursor becomes an error of the form."""
    cursor = entry_filter.data.get("cursor", "")
    if not cursor or not entry_filter.is_valid():
        return None
    try:
        return Position.read(cursor, binding(entry_filter))
    except BadCursor:
        message = _("This page link is not one of this list: it was changed, or made for another filter or account.")
        entry_filter.form.add_error(None, message)
        return None


def page_for(entry_filter: EntryFilter, entries: QuerySet[Entry], counts: Counts, position: Position | None) -> Page:
    """The page; the counts tell on which days to look for it, and whether there is anything to look for."""
    size = entry_filter.page_size
    if not counts.total:
        return Page([], None, None)
    few = bool(entry_filter.form.cleaned_data["q"]) and not counts.common
    # Where little is found by its words, also reading the index of those days would take longer than finding it.
    if not few and (position is None or not position.newer):
        floor = counts.floor(size + 1, position.occurred_at if position else None)
        entries = entries.filter(occurred_at__gte=floor) if floor else entries
    return page_of(entries, size, position, few)


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
        "can_export": may_export(viewer),
        "can_manage": viewer.can(MANAGE),
    }
    if page is not None:
        context |= _found(entry_filter, counts, page, presenter)
        if trees_of(viewer, EXPORT) != trees_of(viewer, VIEW):
            context["download"] = _("Every entry that the filter finds in the org trees that you may download.")
        if not page.entries:
            context["ways_out"] = ways_out(entry_filter, counts_for(viewer))
    # What htmx asks for takes the place of the log; the rest of the page stays as it is.
    template = "activity/log.html" if request.htmx else "activity/list.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=status)


def _found(entry_filter: EntryFilter, counts: Counts, page: Page, presenter: Presenter) -> dict[str, Any]:
    bound = binding(entry_filter)
    cursors = {
        f"{name}_url": position and entry_filter.query(cursor=position.write(bound))
        for name, position in (("newer", page.newer), ("older", page.older))
    }
    if page.newer is None:
        first = Position.of(page.entries[0], newer=True) if page.entries else Position(presenter.now, 0, newer=True)
        cursors["new_url"] = "new/" + entry_filter.query(cursor=first.write(bound))
    return cursors | {
        "rows": presenter.rows(page.entries),
        "counts": counts,
        "chips": chips(entry_filter),
        "filters_active": len(entry_filter.pairs),
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
