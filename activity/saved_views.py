"""Saved views: filters of the list that a member has kept, or that somebody shares with the account."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guard import Access, access
from activity.chips import Chip, chips
from activity.filters import EntryFilter
from activity.models import Entry, SavedView
from activity.saved_view_form import SavedViewForm, facts, record
from activity.scope import MANAGE, VIEW

_PER_PAGE = 50
_IN_MENU = 50


@dataclass(frozen=True)
class Row:
    """A view as a line of the page shows it."""

    view: SavedView
    chips: list[Chip]
    valid: bool
    own: bool
    can_change: bool


def _views(request: HttpRequest) -> QuerySet[SavedView]:
    """The member's own views in the account, and the shared ones."""
    account = request.access.account  # type: ignore[attr-defined]
    found = SavedView.objects.filter(account=account).filter(Q(owner=request.user) | Q(shared=True))
    return found.select_related("account", "owner").order_by(Lower("name"), "pk")


def _can_change(request: HttpRequest, view: SavedView) -> bool:
    viewer: Access = request.access  # type: ignore[attr-defined]
    return view.owner_id == request.user.pk or viewer.can(MANAGE)


@access(VIEW)
@require_safe
def saved_views(request: HttpRequest, account: str) -> HttpResponse:
    """All views that the member can open."""
    page = Paginator(_views(request), _PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": [_row(request, view) for view in page], "base": _list(account)}
    return render(request, "activity/views.html", context)


@access(VIEW)
@require_safe
def views_menu(request: HttpRequest, account: str) -> HttpResponse:
    """What the menu of the list shows when it is opened."""
    views = list(_views(request)[:_IN_MENU])
    htmx = request.htmx  # type: ignore[attr-defined]
    context = {
        "own": [view for view in views if view.owner_id == request.user.pk],
        "others": [view for view in views if view.owner_id != request.user.pk],
        "current": urlsplit(htmx.current_url or "").query if htmx else "",
    }
    return render(request, "activity/views_menu_items.html", context)


@access(VIEW)
@require_http_methods(["GET", "POST"])
def new_view(request: HttpRequest, account: str) -> HttpResponse:
    """Save the filter that the URL's parameters say. A bad one goes to the list, which says what is wrong with it."""
    viewer = request.access  # type: ignore[attr-defined]
    entry_filter = EntryFilter(request.GET, Entry.objects.none(), viewer.account.pk)
    if not entry_filter.is_valid():
        return redirect(f"{_list(account)}?{request.META['QUERY_STRING']}")
    query = entry_filter.query(page_size="").removeprefix("?")
    view = SavedView(account=viewer.account, owner=request.user, query=query)  # type: ignore[misc]
    return _form(request, view)


@access(VIEW)
@require_http_methods(["GET", "POST"])
def edit_view(request: HttpRequest, account: str, pk: int) -> HttpResponse:
    """Rename a view; those who manage the log share it or make it private."""
    return _form(request, _changeable(request, pk))


@access(VIEW)
@require_http_methods(["GET", "POST"])
def delete_view(request: HttpRequest, account: str, pk: int) -> HttpResponse:
    """Asks first."""
    view = _changeable(request, pk)
    if request.method == "GET":
        return render(request, "activity/view_delete.html", {"view": view, **_beside(view)})
    before = facts(view)
    view.delete()
    record(request, view, pk, before, {})
    messages.success(request, _("Deleted: %(object)s.") % {"object": view})
    return redirect("activity:views", account)


def _form(request: HttpRequest, view: SavedView) -> HttpResponse:
    """The form of a view, and what sending it does: a new view is opened, one that was there is back among all."""
    viewer: Access = request.access  # type: ignore[attr-defined]
    if "shared" in request.POST and not viewer.can(MANAGE):
        raise PermissionDenied(MANAGE)
    was_there, before = str(view), facts(view)
    form = SavedViewForm(viewer, request.POST or None, instance=view)
    if form.is_valid() and form.try_save():
        record(request, view, view.pk, before, facts(view))
        messages.success(request, _("Saved: %(object)s.") % {"object": view})
        return redirect("activity:views", viewer.account.slug) if was_there else redirect(view)
    return render(request, "activity/view_form.html", {"form": form, "title": was_there, **_beside(view)})


def _changeable(request: HttpRequest, pk: int) -> SavedView:
    """The view, locked when it is about to be written. Shared ones are for their owner and those who manage."""
    found = _views(request)
    if request.method == "POST":
        found = found.select_for_update(of=("self",))
    view = get_object_or_404(found, pk=pk)
    if not _can_change(request, view):
        raise PermissionDenied(MANAGE)
    return view


def _row(request: HttpRequest, view: SavedView) -> Row:
    entry_filter = _filter(view)
    own, can_change = view.owner_id == request.user.pk, _can_change(request, view)
    return Row(view, chips(entry_filter), entry_filter.is_valid(), own, can_change)


def _beside(view: SavedView) -> dict[str, Any]:
    """What the pages of one view show beside it."""
    return {"base": _list(view.account.slug), "chips": chips(_filter(view))}


def _filter(view: SavedView) -> EntryFilter:
    entry_filter = EntryFilter(QueryDict(view.query), Entry.objects.none(), view.account_id)
    entry_filter.is_valid()
    return entry_filter


def _list(account: str) -> str:
    return reverse("activity:list", args=[account])
