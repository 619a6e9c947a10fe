"""The phases of lead time, the events that can bound them, and the one rule that keeps them sequential."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

PHASES: dict[str, Promise] = {
    "Planning": _("Planning"),
    "Coding": _("Coding"),
    "Review": _("Review"),
    "Build": _("Build"),
    "Deploy": _("Deploy"),
}


class Source(models.TextChoices):
    """Where events come from: the categories of integrations."""

    ISSUE_MANAGEMENT = "issue_management", _("Issue management")
    SOURCE_CODE = "source_code", _("Source code")
    CI = "ci", _("Continuous integration")
    CD = "cd", _("Continuous delivery")


# What happens to a change, in the order in which it happens: (source, event) → label.
EVENTS: dict[tuple[str, str], Promise] = {
    ("issue_management", "issue_created"): _("Issue created"),
    ("issue_management", "issue_started"): _("Work on the issue started"),
    ("source_code", "first_commit"): _("First commit"),
    ("source_code", "pull_request_created"): _("Pull request created"),
    ("source_code", "pull_request_first_review"): _("First review of the pull request"),
    ("source_code", "pull_request_approved"): _("Pull request approved"),
    ("source_code", "pull_request_merged"): _("Pull request merged"),
    ("ci", "build_started"): _("Build started"),
    ("ci", "build_finished"): _("Build finished"),
    ("cd", "deployment_started"): _("Deployment started"),
    ("cd", "deployment_finished"): _("Deployment finished"),
    ("issue_management", "issue_closed"): _("Issue closed"),
}
_ORDER = list(EVENTS)
_DEFAULTS = (
    ("issue_management", "issue_created"),
    ("source_code", "first_commit"),
    ("source_code", "pull_request_created"),
    ("source_code", "pull_request_merged"),
    ("ci", "build_finished"),
    ("cd", "deployment_finished"),
)


def phase(name: str, enabled: bool, start: tuple[str, str], end: tuple[str, str]) -> dict[str, Any]:
    """A phase as it is stored."""
    return {
        "name": name,
        "enabled": enabled,
        "start_source": start[0],
        "start_event": start[1],
        "end_source": end[0],
        "end_event": end[1],
    }


def default_lead_time() -> dict[str, Any]:
    """The five phases, each enabled and starting where the one before ends."""
    bounds = zip(PHASES, _DEFAULTS, _DEFAULTS[1:], strict=False)
    return {"phases": [phase(name, True, start, end) for name, start, end in bounds]}


def bounds_of(stored: Mapping[str, Any]) -> tuple[tuple[str, str], tuple[str, str]]:
    """The start and the end of a stored phase."""
    return (stored["start_source"], stored["start_event"]), (stored["end_source"], stored["end_event"])


def problems(phases: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, str, Promise]]:
    """What isn't sequential, as (position, "start" or "end", message).

    Of the enabled phases, each ends later than it starts, and starts no earlier than the one before it ends.
    """
    last_name, last_end = "", -1
    for position, stored in enumerate(phases):
        if not stored["enabled"]:
            continue
        start, end = (_ORDER.index(event) for event in bounds_of(stored))
        if end <= start:
            yield position, "end", _("A phase must end later than it starts.")
        if start < last_end:
            yield position, "start", _starts_early(last_name, last_end)
        last_name, last_end = stored["name"], max(end, last_end)


def _starts_early(name: str, end: int) -> Promise:
    return format_lazy(
        _("This is before {phase} ends ({event}). A phase starts when the one before it ends, or later."),
        phase=PHASES[name],
        event=EVENTS[_ORDER[end]],
    )
