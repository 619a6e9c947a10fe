"""Which column of a file is which field of a developer."""

import re
from collections.abc import Container, Mapping, Sequence

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from tracked_objects.models import Developer, FieldMapping


class Target(TextChoices):
    """What a column can be. The values are stored, and read in the log, as they stand."""

    NAME = "Display name", _("Display name")
    EMAIL = "Email", _("Email")
    MANAGER = "Manager email", _("Manager email")
    ROLE = "Role", _("Role")
    SUB_ROLE = "Sub role", _("Sub role")
    TEAM = "Team", _("Team")
    DEPARTMENT = "Department", _("Department")
    SITE = "Site", _("Site")
    ATTRIBUTE = "Custom attribute", _("Custom attribute")
    IGNORED = "Ignored", _("Ignored")


REQUIRED = (Target.NAME, Target.EMAIL, Target.MANAGER)
# Any number of columns can be these.
REPEATABLE = (Target.ATTRIBUTE, Target.IGNORED)
# The fields of a developer that are taken as they stand.
FIELDS = {
    Target.NAME: "full_name",
    Target.ROLE: "role",
    Target.SUB_ROLE: "sub_role",
    Target.TEAM: "team",
    Target.DEPARTMENT: "department",
    Target.SITE: "site",
}

_WORDS = {
    Target.NAME: "displayname fullname name developername employeename developer employee",
    Target.EMAIL: "email emailaddress mail workemail developeremail employeeemail",
    Target.MANAGER: "manageremail manageremailaddress manager managersemail linemanageremail supervisoremail reportsto",
    Target.ROLE: "role jobtitle title position",
    Target.SUB_ROLE: "subrole",
    Target.TEAM: "team teamname squad",
    Target.DEPARTMENT: "department dept division",
    Target.SITE: "site location office",
}
_TARGETS = {word: target for target, words in _WORDS.items() for word in words.split()}


def guess(columns: Sequence[str], saved: Mapping[str, str], attributes: Container[str]) -> list[str]:
    """A target for each column: as it was saved last, else as its name says, else one of the known attributes.

    What nobody has asked for is ignored: an HR export has columns that are nobody's business.
    """
    known = {name.lower(): target for name, target in saved.items()}
    found: list[str] = []
    for column in columns:
        target = target_of(column, known, attributes) or Target.IGNORED
        found.append(Target.IGNORED if target in found and target not in REPEATABLE else target)
    return found


def target_of(column: str, saved: Mapping[str, str], attributes: Container[str]) -> Target | None:
    """What one column is, if anything says it. The names of `saved` and `attributes` are in lower case."""
    if target := saved.get(column.lower()) or by_name(column):
        return Target(target)
    return Target.ATTRIBUTE if column.lower() in attributes else None


def guessed(account: Account, columns: Sequence[str]) -> list[str]:
    """The guess for an account."""
    saved = FieldMapping.objects.filter(account=account).first()
    return guess(columns, saved.columns if saved else {}, {name.lower() for name in Developer.attribute_names(account)})


def by_name(column: str) -> Target | None:
    """What the name of a column says that it is."""
    return _TARGETS.get(re.sub(r"[\W_]+", "", column.lower()))
