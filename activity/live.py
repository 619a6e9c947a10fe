"""What the list asks for while it is open: e-mails that fit what is typed, and whether entries have arrived."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.guard import access
from activity.counts import actors_like
from activity.filters import EntryFilter
from activity.paging import page_of
from activity.scope import VIEW, counts_for, entries_for
from activity.views import listed, position_in

_SUGGESTIONS, _MOST_NEW = 10, 99


@access(VIEW)
@require_safe
def suggest(request: HttpRequest, account: str) -> HttpResponse:
    """Options for the e-mail field: actors that the viewer may see and whose e-mail has what was typed."""
    typed = request.GET.get("email", "").replace("\0", "").strip()[:320]
    emails = actors_like(typed, counts_for(request.access), _SUGGESTIONS)  # type: ignore[attr-defined]
    return render(request, "activity/suggestions.html", {"emails": emails})


@access(VIEW)
@require_safe
def new_entries(request: HttpRequest, account: str) -> HttpResponse:
    """A link that says how many entries have come above the place in `cursor`; nothing (204) when none have."""
    viewer = request.access  # type: ignore[attr-defined]
    entry_filter = EntryFilter(request.GET, entries_for(viewer), viewer.account.pk)
    position = position_in(entry_filter)
    if position is None or not position.newer or not entry_filter.is_valid():
        return HttpResponse(status=400)
    entries, _folds = listed(entry_filter, viewer)
    page = page_of(entries.only("seq", "occurred_at"), _MOST_NEW, position)
    count = len(page.entries)
    if not count:
        return HttpResponse(status=204)
    words = ngettext("%(n)s new entry", "%(n)s new entries", count) % {"n": f"{count}+" if page.newer else count}
    return render(request, "activity/new_entries.html", {"words": words, "url": entry_filter.query()})
