"""What members see of reconciling: a tile for each type of object, and what is not as the log says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.guard import Access, access
from activity.catalog import TYPES, EntryType
from activity.clock import ago, exact, reader_zone
from activity.objects import live_object
from activity.proof.catching_up import catch_up
from activity.proof.guard import unguarded
from activity.proof.models import Reconciliation
from activity.proof.reconciled import keep, newest
from activity.proof.reconciling import compare
from activity.recording import current
from activity.requests import context_of
from activity.scope import MANAGE, VIEW
from activity.shown_changes import Line, Side, cut, readable, shown_changes
from activity.visible import visible
from tracked_objects.forms import WhyForm

# So many objects are shown; the command tells of more.
_SHOWN, _LONGEST = 50, 300


@dataclass(frozen=True)
class Tile:
    """A type, how many objects of it there are, and how many of those are not as the log says."""

    type: EntryType
    checked: int
    differing: int


@dataclass(frozen=True)
class Row:
    """A field of an object: as it was recorded, and as it is now."""

    name: str
    type: EntryType
    action: str
    url: str
    field: str
    recorded: Side
    stored: Side


class CatchUpForm(WhyForm):
    """Why the log takes over what is stored, and which comparison was looked at."""

    seen = forms.CharField(widget=forms.HiddenInput)


@access(MANAGE)
@require_http_methods(["GET", "POST"])
def reconcile_page(request: HttpRequest, account: str) -> HttpResponse:
    """What the last reconciliation has found; POST makes another."""
    if request.method == "POST":
        _compare(request)
        return redirect("activity:reconcile", account)
    return _page(request)


@access(MANAGE)
@require_http_methods(["GET", "POST"])
def catch_up_page(request: HttpRequest, account: str) -> HttpResponse:
    """POST records afterwards what the last reconciliation has found, for a reason; its form is on that page."""
    viewer, rec = request.access, current()  # type: ignore[attr-defined]
    if not viewer.whole(VIEW):
        raise PermissionDenied(VIEW)
    if rec is None:
        # A GET, such as of an address that was kept.
        return redirect("activity:reconcile", account)
    form = CatchUpForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    if catch_up(viewer.account, form.cleaned_data["seen"], rec):
        request.reason = form.cleaned_data["reason"]  # type: ignore[attr-defined]
        messages.success(request, _("Recorded. The entries say that it was done afterwards, and why."))
        # The entries are written when this request has ended.
        transaction.on_commit(lambda: _compare(request), robust=True)
    else:
        messages.error(request, _("Nothing is recorded: something else has changed meanwhile. Please look again."))
        _compare(request)
    return redirect("activity:reconcile", account)


def _compare(request: HttpRequest) -> None:
    owner = request.access.account  # type: ignore[attr-defined]
    keep(owner, compare(owner), context_of(request))


def _page(request: HttpRequest, form: CatchUpForm | None = None) -> HttpResponse:
    viewer = request.access  # type: ignore[attr-defined]
    last, slug = newest(viewer.account), viewer.account.slug
    context: dict[str, Any] = {
        "base": reverse("activity:list", args=[slug]),
        "command": f"manage.py reconcile --account {slug}",
        "unguarded": unguarded(),
    }
    if last:
        zone = reader_zone(request)
        context |= {"last": last, "ago": ago(last.at, timezone.now(), zone), "exact": exact(last.at, zone)}
        context |= _found(viewer, last)
        if last.digest and viewer.whole(VIEW):
            context["form"] = form or CatchUpForm(initial={"seen": last.digest})
    return render(request, "activity/reconcile.html", context)


def _found(viewer: Access, last: Reconciliation) -> dict[str, Any]:
    checked, differing, unlogged = (last.found[name] for name in ("checked", "differing", "unlogged"))
    tiles = [Tile(TYPES[code], count, differing.get(code, 0)) for code, count in checked.items()]
    # Names and values are for those who may see all of the log.
    shown = unlogged[:_SHOWN] if viewer.whole(VIEW) else []
    return {
        "tiles": sorted(tiles, key=lambda tile: (not tile.differing, str(tile.type.label))),
        "rows": [row for one in shown for row in _rows(viewer, one)],
        "differing": sum(differing.values()),
        "more": sum(differing.values()) - len(shown),
    }


def _rows(viewer: Access, one: Mapping[str, Any]) -> Iterator[Row]:
    """A row for each field of what was edited; one for all of what came or went."""
    facts = (visible(one["name"]), TYPES[one["type"]], one["action"], _url(viewer, one))
    changes = one["changes"]
    if one["action"] == "EDITED":
        for change in shown_changes(changes)[0]:
            label = f"{change.inside} › {change.label}" if change.inside else change.label
            yield Row(*facts, label, change.before, change.after)
    else:
        yield Row(*facts, "", _whole(changes, "before", "del"), _whole(changes, "after", "ins"))


def _url(viewer: Access, one: Mapping[str, Any]) -> str:
    """The page of the object, if it has one that can be shown."""
    live = live_object(viewer, one["type"], one["object_id"])
    return live.get_absolute_url() if live else ""


def _whole(changes: Mapping[str, Any], side: str, mark: str) -> Side:
    values = {name: readable(change[side]) for name, change in changes.items() if side in change}
    return Side([], [Line(cut(text, _LONGEST), mark, visible(name)) for name, text in values.items()])
