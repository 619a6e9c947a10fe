"""What people read for resources and verbs of capabilities."""

from collections.abc import Container
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.permissions import RESOURCES

RESOURCE_LABELS: dict[str, Promise] = {
    "activity": _("Activity logs"),
    "org_trees": _("Org trees"),
    "teams": _("Teams"),
    "developers": _("Developers"),
    "profiles": _("Profiles"),
    "integrations": _("Integrations"),
    "insights": _("Insights"),
    "api_keys": _("API keys"),
    "members": _("Members"),
    "roles": _("Roles"),
    "sso": _("Single sign-on"),
}
VERB_LABELS: dict[str, Promise] = {
    "view": _("view"),
    "create": _("create"),
    "edit": _("edit"),
    "delete": _("delete"),
    "export": _("export"),
    "manage": _("manage"),
    "assign": _("assign"),
    "ingest": _("send entries"),
    "import": _("bring in older entries"),
}


@dataclass(frozen=True)
class Held:
    """What somebody may do with one resource."""

    resource: Promise
    verbs: tuple[Promise, ...]


def describe(capabilities: Container[str]) -> list[Held]:
    """The capabilities in words, by resource, in the order of the permission table."""
    rows = (
        Held(
            RESOURCE_LABELS[resource],
            tuple(VERB_LABELS[verb] for verb in verbs if f"{resource}.{verb}" in capabilities),
        )
        for resource, verbs in RESOURCES.items()
    )
    return [row for row in rows if row.verbs]
