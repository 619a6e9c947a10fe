"""Deleting developers by their e-mails: one batch, or nothing."""

from collections.abc import Sequence
from typing import Any

from rest_framework.response import Response

from accounts.keys import check_keys
from accounts.models import Account
from tracked_objects.api.v2.received import Errors, text_of
from tracked_objects.api.v2.words import NAME_OF, SUCCESS, errors_of, failure
from tracked_objects.models import Developer
from tracked_objects.upload.mapping import Target
from tracked_objects.upload.problems import Problems, ProblemType

_NAMES = ("full_name", "email", "manager__email")


def delete(account: Account, sent: Sequence[Any]) -> Response:
    """Delete whom the e-mails name. Those that nobody has are told; a manager stays while somebody reports to them."""
    emails = _emails(sent)
    problems, unknown = Problems(), Problems()
    people = {one.email.lower(): one for one in Developer.objects.filter(account=account).only("email")}
    places: dict[str, int] = {}
    for place, email in enumerate(emails, 1):
        key = email.lower()
        if not email:
            problems.add(ProblemType.REQUIRED_VALUE_MISSING, Target.EMAIL, row=place)
        elif key in places:
            note = f"also in row {places[key]}"
            problems.add(ProblemType.DUPLICATE_EMAIL, Target.EMAIL, row=place, who=email, note=note)
        elif key not in people:
            unknown.add(ProblemType.UNKNOWN_EMAIL, Target.EMAIL, row=place, who=email)
        places.setdefault(key, place)
    gone = [people[key] for key in places if key in people]
    _check_managers(gone, problems)
    rows = {place: {NAME_OF[Target.EMAIL]: email} for place, email in enumerate(emails, 1)}
    if problems or not gone:
        return failure([*problems, *unknown], lambda place: rows.get(place or 0, {}))
    whole = list(Developer.objects.filter(pk__in=[one.pk for one in gone]).order_by("pk"))
    Developer.delete_together(account, whole)
    # Keys that others are writing just now fail here, not at the commit.
    check_keys()
    warnings = errors_of(unknown, lambda place: rows.get(place or 0, {}))
    return Response({"status": SUCCESS, "deleted": len(whole), "warnings": warnings})


def _emails(sent: Sequence[Any]) -> list[str]:
    found, errors = [], Errors()
    for index, value in enumerate(sent):
        try:
            found.append(text_of(value))
        except ValueError as error:
            errors.add(index, "emails", str(error))
    errors.refuse()
    return found


def _check_managers(gone: Sequence[Developer], problems: Problems) -> None:
    """Every manager of those who stay is a developer."""
    pks = [one.pk for one in gone]
    left = Developer.objects.filter(manager__in=pks).exclude(pk__in=pks).order_by("pk")
    for name, email, manager in left.values_list(*_NAMES):
        note = f"{name} ({email}) reports to {manager}."
        problems.add(ProblemType.MANAGER_MISSING, Target.MANAGER, who=email, note=note)
