"""The Versions tab of a team: the list, one version, the team as of a date, and any two side by side."""

from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.guard import access
from activity.clock import exact, reader_zone
from activity.diff import Changes
from activity.models import Entry
from activity.objects import head
from activity.present import Presenter
from activity.scope import VIEW, entries_for
from activity.sentences import told
from activity.versions.forms import AtForm, CompareForm
from activity.versions.present import VERSION_FIELDS, shown_state, shown_version
from activity.versions.states import may_see, states_of, version_at, versions_of
from activity.versions.words import difference, names_at, words_of
from tracked_objects.models import Team

_PER_PAGE = 25
_INSTANT = timedelta(microseconds=1)


@access(VIEW)
@require_safe
def version_list(request: HttpRequest, account: str, pk: int) -> HttpResponse:
    """All versions, newest first."""
    context = about(request, pk)
    found = versions_of(request.access, pk)  # type: ignore[attr-defined]
    newest_first = found.only(*VERSION_FIELDS).order_by("-occurred_at", "-seq")
    page = Paginator(newest_first, _PER_PAGE).get_page(request.GET.get("page"))
    versions = [shown_version(version, context["presenter"]) for version in page]
    context |= {"page": page, "versions": versions, "at_form": AtForm(), "compare_form": CompareForm(None, found)}
    return render(request, "activity/versions/list.html", context)


@access(VIEW)
@require_safe
def one_version(request: HttpRequest, account: str, pk: int, number: int) -> HttpResponse:
    """The team as one version left it."""
    context = about(request, pk)
    version = find(request, pk, number)
    return render(request, "activity/versions/state.html", context | _state(version, version.occurred_at, context))


@access(VIEW)
@require_safe
def as_of(request: HttpRequest, account: str, pk: int) -> HttpResponse:
    """The team as it was at a time. When things happened decides, not when they were recorded."""
    form = AtForm(request.GET)
    context = about(request, pk) | {"at_form": form}
    if not form.is_valid():
        return render(request, "activity/versions/as_of.html", context, status=400)
    end = form.cleaned_data["at"] or timezone.now() + _INSTANT
    context["as_of"] = exact(end - _INSTANT, context["presenter"].zone)
    version = version_at(request.access, pk, end)  # type: ignore[attr-defined]
    deletion = None if "object" in context else _deletion(request, pk, end)
    if deletion:
        context["deletion"] = context["presenter"].row(deletion)
    elif version and not may_see(request.access, version):  # type: ignore[attr-defined]
        context["hidden"] = True
    elif version:
        context |= _state(version, end - _INSTANT, context)
    return render(request, "activity/versions/as_of.html", context)


@access(VIEW)
@require_safe
def compare(request: HttpRequest, account: str, pk: int) -> HttpResponse:
    """What is different between two versions, field by field."""
    context = about(request, pk)
    form = CompareForm(request.GET, versions_of(request.access, pk))  # type: ignore[attr-defined]
    context["compare_form"] = form
    if not form.is_valid():
        return render(request, "activity/versions/compare.html", context, status=400)
    old, new = form.versions
    states, moment = states_of([old, new]), max(old.occurred_at, new.occurred_at)
    changes = difference(states[old.history_id], states[new.history_id], moment)
    context |= {"old": shown_version(old, context["presenter"]), "new": shown_version(new, context["presenter"])}
    return render(request, "activity/versions/compare.html", context | both_sides(changes))


def _state(version: Entry, moment: datetime, context: dict[str, Any]) -> dict[str, Any]:
    """The state of a version, with names as they were at `moment`."""
    state = states_of([version])[version.history_id]
    words = words_of(state, names_at(moment, state))
    return {"version": shown_version(version, context["presenter"]), "state": shown_state(words)}


def _deletion(request: HttpRequest, pk: int, end: datetime) -> Entry | None:
    """The entry of the team's deletion, if that was before `end`."""
    entries = entries_for(request.access).filter(type=Team.entry_type, object_id=str(pk), action="DELETED")  # type: ignore[attr-defined]
    return entries.filter(occurred_at__lt=end).first()


def both_sides(changes: Changes) -> dict[str, Any]:
    """The context of activity/changes.html, with a column for either side also where one of them is empty."""
    return told(changes) | {"has_before": True, "has_after": True}


def about(request: HttpRequest, pk: int) -> dict[str, Any]:
    """What all pages about the versions of a team show; Http404 when the viewer may see nothing of it."""
    viewer = request.access  # type: ignore[attr-defined]
    entries = entries_for(viewer).filter(type=Team.entry_type, object_id=str(pk))
    return {
        **head(viewer, entries, Team.entry_type, str(pk), "versions"),
        "presenter": Presenter.of(viewer.account.slug, reader_zone(request)),
        "pk": pk,
    }


def find(request: HttpRequest, pk: int, number: int) -> Entry:
    """The version with that number."""
    version: Entry | None = versions_of(request.access, pk).filter(number=number).first()  # type: ignore[attr-defined]
    if version is None:
        raise Http404
    return version
