"""The catalog: every type of entry, the actions it allows, and where its entries come from (SPEC §4)."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Origin(StrEnum):
    """Who records a type: this app, or another SEI service through ingest."""

    APP = "app"
    INGEST = "ingest"


ACTIONS: dict[str, Promise] = {
    "CREATED": _("Created"),
    "EDITED": _("Edited"),
    "DELETED": _("Deleted"),
    "SUBMITTED": _("Submitted"),
    "ANSWERED": _("Answered"),
    "SUCCESS": _("Success"),
    "FAIL": _("Fail"),
    "SENT": _("Sent"),
    "PASSWORD_RESET_STARTED": _("Password reset started"),
    "PASSWORD_RESET_FINISHED": _("Password reset finished"),
    "EXPORTED": _("Exported"),
}


@dataclass(frozen=True)
class EntryType:
    """One row of the catalog. `label` stands alone, `noun` in the middle of a sentence."""

    code: str
    label: Promise
    noun: Promise
    origin: Origin
    actions: tuple[str, ...]


CRUD = ("CREATED", "EDITED", "DELETED")
_RUNS = (*CRUD, "SUCCESS", "FAIL")
_SENDS = (*CRUD, "SENT")

_ROWS = (
    EntryType("USER_LOGIN", _("Sign-in"), _("sign-in"), Origin.APP, ("SUCCESS", "FAIL")),
    EntryType(
        "USER",
        _("Member"),
        _("member"),
        Origin.APP,
        (*_SENDS, "PASSWORD_RESET_STARTED", "PASSWORD_RESET_FINISHED"),
    ),
    EntryType("DASHBOARD", _("Dashboard"), _("dashboard"), Origin.INGEST, _SENDS),
    EntryType("PRODUCT", _("Product"), _("product"), Origin.INGEST, CRUD),
    EntryType("API_ACCESS_KEY", _("API key"), _("API key"), Origin.APP, CRUD),
    EntryType("INTEGRATION", _("Integration"), _("integration"), Origin.APP, CRUD),
    EntryType("CONFIG_TABLE", _("Config table"), _("config table"), Origin.INGEST, CRUD),
    EntryType("BA_PROFILE", _("Business alignment profile"), _("business alignment profile"), Origin.APP, CRUD),
    EntryType("STATE", _("State"), _("state"), Origin.INGEST, CRUD),
    EntryType("KB", _("Knowledge base"), _("knowledge base article"), Origin.INGEST, _SENDS),
    EntryType("TICKET_TEMPLATE", _("Ticket template"), _("ticket template"), Origin.INGEST, CRUD),
    EntryType("PLAYBOOK", _("Playbook"), _("playbook"), Origin.INGEST, _RUNS),
    EntryType("SECTION", _("Section"), _("section"), Origin.INGEST, CRUD),
    EntryType("TICKET", _("Ticket"), _("ticket"), Origin.INGEST, _SENDS),
    EntryType("ASSESSMENT_TEMPLATE", _("Assessment template"), _("assessment template"), Origin.INGEST, CRUD),
    EntryType("TAG", _("Tag"), _("tag"), Origin.APP, CRUD),
    EntryType("WORKFLOW", _("Workflow"), _("workflow"), Origin.INGEST, _RUNS),
    EntryType("WORK_ITEM", _("Work item"), _("work item"), Origin.INGEST, CRUD),
    EntryType("SSO_CONFIG", _("SSO config"), _("SSO config"), Origin.APP, (*CRUD, "SUCCESS", "FAIL")),
    EntryType("ASSESSMENT", _("Assessment"), _("assessment"), Origin.INGEST, (*_SENDS, "SUBMITTED", "ANSWERED")),
    EntryType("ORG_TREE", _("Org tree"), _("org tree"), Origin.APP, CRUD),
    EntryType("TEAM", _("Team"), _("team"), Origin.APP, CRUD),
    EntryType("DEVELOPER", _("Developer"), _("developer"), Origin.APP, (*CRUD, "EXPORTED")),
    EntryType("EFFICIENCY_PROFILE", _("Efficiency profile"), _("efficiency profile"), Origin.APP, CRUD),
    EntryType("PRODUCTIVITY_PROFILE", _("Productivity profile"), _("productivity profile"), Origin.APP, CRUD),
    EntryType("ROLE", _("Role"), _("role"), Origin.APP, CRUD),
    EntryType("ACTIVITY_LOG", _("Activity log"), _("activity log"), Origin.APP, (*CRUD, "EXPORTED", "SUCCESS", "FAIL")),
)

TYPES: dict[str, EntryType] = {row.code: row for row in _ROWS}


class UnknownEntry(ValueError):
    """A type, an action, or a pair of them that the catalog doesn't have."""


def check(type_code: str, action: str) -> EntryType:
    """The catalog's row for an entry about to be written; UnknownEntry says what is wrong with it."""
    row = TYPES.get(type_code)
    if row is None:
        raise UnknownEntry(f"{type_code!r} is not a type of the catalog")
    if action not in ACTIONS:
        raise UnknownEntry(f"{action!r} is not an action of the catalog")
    if action not in row.actions:
        raise UnknownEntry(f"{type_code} has no action {action}; it has {', '.join(row.actions)}")
    return row
