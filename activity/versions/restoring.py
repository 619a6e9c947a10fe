"""Going back to an older version: what it would change, what has to be left out, and one entry that says so."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.guard import Access, access
from activity.changes import ids_in
from activity.models import Entry
from activity.recording import current
from activity.scope import VIEW
from activity.versions.pages import about, both_sides, find
from activity.versions.present import shown_version
from activity.versions.states import State, state_now, states_of, team_fields
from activity.versions.words import difference, names_at
from activity.visible import visible as safe
from tracked_objects.forms import TeamForm, WhyForm
from tracked_objects.models import Team
from tracked_objects.scope import visible

_RESTORED = gettext_lazy("Restored team “%(name)s” to version %(restored_version)s")


def restorable_fields(team: Team) -> frozenset[str]:
    """The fields of a team that going back to a version may write: not what the developers' managers say."""
    grown = {"org_tree", "manager", "members"} if team.org_tree.grown else set[str]()
    return frozenset(field.name for field in team_fields()) - grown


@dataclass
class Plan:
    """What restoring a version comes to for one member: the state that is written, and what can't be."""

    # Of the team as it is, with what the member can choose.
    form: TeamForm
    now: State
    target: State
    # Label → names that are gone, or out of the member's reach.
    left_out: dict[str, list[str]] = field(default_factory=dict)
    # Labels of fields that differ and stay as they are, because the member can't change them here.
    staying: list[str] = field(default_factory=list)


@access("teams.edit")
@require_http_methods(["GET", "POST"])
def restore(request: HttpRequest, account: str, pk: int, number: int) -> HttpResponse:
    """Asks first, with the difference; then writes the team as its own form would, with the same checks."""
    viewer = request.access  # type: ignore[attr-defined]
    if not viewer.can(VIEW):
        raise PermissionDenied(VIEW)
    version, context = find(request, pk, number), about(request, pk)
    team = _team(request, pk)
    if team is None and context.get("deleted"):
        # Its list says that it can't be restored.
        return redirect("activity:versions:list", account, pk)
    if team is None:
        raise Http404
    plan, name = plan_of(viewer, team, version), str(team)
    sent = request.method == "POST" and plan.now != plan.target
    form = _filled(viewer, team, plan, request.POST) if sent else plan.form
    why = WhyForm(request.POST if sent else None)
    if sent and all([form.is_valid(), why.is_valid()]) and form.try_save():
        _record(team, version, plan)
        request.reason = why.cleaned_data["reason"]  # type: ignore[attr-defined]
        said = {"object": team, "n": number}
        messages.success(request, _("Restored: %(object)s is as it was in version %(n)s.") % said)
        return redirect("activity:versions:list", account, pk)
    context |= {"form": form, "why": why, "plan": plan, "name": name, "errors": _errors(form)}
    context |= {"version": shown_version(version, context["presenter"])}
    changes = difference(plan.now, plan.target, timezone.now())
    return render(request, "activity/versions/restore.html", context | both_sides(changes))


def _team(request: HttpRequest, pk: int) -> Team | None:
    """The team, if the member may edit it; locked when it is about to be written."""
    found = visible(Team, request.access, "edit")  # type: ignore[attr-defined]
    if request.method == "POST":
        found = found.select_for_update(of=("self",), no_key=True)
    team: Team | None = found.filter(pk=pk).first()
    return team


def plan_of(access: Access, team: Team, version: Entry) -> Plan:
    """What becomes of the team when the member restores the version."""
    now, then = state_now(team), states_of([version])[version.history_id]
    form = TeamForm(access, instance=team)
    plan = Plan(form, now, dict(now))
    names = names_at(version.occurred_at, then)
    allowed = restorable_fields(team) & {*form.fields, *(part.field for part in form.parts)}
    for item in team_fields():
        name, label = item.name, capfirst(str(item.verbose_name))
        if then[name] == now[name]:
            continue
        if name not in allowed:
            plan.staying.append(label)
            continue
        gone = set(ids_in(then[name])) - _offered(form, name, then[name]) if item.related_model else set()
        if gone:
            plan.left_out[label] = sorted(safe(names[item.related_model, other]) for other in gone)
        if item.many_to_many:
            plan.target[name] = then[name] - gone
        elif not gone:
            plan.target[name] = then[name]
    return plan


def _offered(form: TeamForm, name: str, value: Any) -> set[Any]:
    """Those among the ids of a value that the member can choose in the team's form."""
    choices: Any = form.fields[name]
    return set(choices.queryset.filter(pk__in=list(ids_in(value))).values_list("pk", flat=True))


def _filled(access: Access, team: Team, plan: Plan, sent: QueryDict) -> TeamForm:
    """The team's form, filled with what is to be written. What it has rows for is put into the team itself."""
    data: dict[str, Any] = {"version": sent.get("version", "")}
    for item in team_fields():
        value = plan.target[item.name]
        data[item.name] = [str(pk) for pk in value] if item.many_to_many else value
    form = TeamForm(access, data, instance=team)
    for part in form.parts:
        setattr(team, part.field, plan.target[part.field])
    return form


def _errors(form: TeamForm) -> list[Any]:
    return [error for errors in form.errors.values() for error in errors]


def _record(team: Team, version: Entry, plan: Plan) -> None:
    """Have the entry say where the team went back to."""
    stored: Any = version
    details: dict[str, Any] = {"restored_version": stored.number, "restored_entry": version.seq}
    if plan.left_out:
        details["left_out"] = [name for names in plan.left_out.values() for name in names]
    if rec := current():
        rec.say(team, _RESTORED, details)
