"""One sentence for an entry, from a template per action."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from activity.catalog import TYPES, check
from activity.diff import Change
from activity.patch import steps

_SHOWN = 3


_SENTENCES = {
    "CREATED": gettext_lazy("Created %(noun)s%(name)s"),
    "EDITED": gettext_lazy("Edited %(noun)s%(name)s"),
    "DELETED": gettext_lazy("Deleted %(noun)s%(name)s"),
    "SUBMITTED": gettext_lazy("Submitted %(noun)s%(name)s"),
    "ANSWERED": gettext_lazy("Answered %(noun)s%(name)s"),
    "SENT": gettext_lazy("Sent %(noun)s%(name)s"),
    "EXPORTED": gettext_lazy("Exported %(noun)s%(name)s"),
    "SUCCESS": gettext_lazy("Success of %(noun)s%(name)s"),
    "FAIL": gettext_lazy("Failure of %(noun)s%(name)s"),
    "PASSWORD_RESET_STARTED": gettext_lazy("Started to reset the password of %(noun)s%(name)s"),
    "PASSWORD_RESET_FINISHED": gettext_lazy("Reset the password of %(noun)s%(name)s"),
}
_OWN_SENTENCES = {
    ("USER_LOGIN", "SUCCESS"): gettext_lazy("Signed in"),
    ("USER_LOGIN", "FAIL"): gettext_lazy("Failed to sign in"),
}


def summary(type_code: str, action: str, name: str, changes: Mapping[str, Change]) -> str:
    """Such as: Edited team “Payments”: name, manager, members."""
    sentence = _sentence(type_code, action, get_language()) % (f" “{name}”" if name else "")
    return f"{sentence}: {_fields(changes)}" if action == "EDITED" and changes else sentence


@cache
def _sentence(type_code: str, action: str, language: str | None) -> str:
    """The sentence in a language, with a place for the name, or for nothing."""
    noun = check(type_code, action).noun
    template = _OWN_SENTENCES.get((type_code, action)) or _SENTENCES[action]
    return str(template) % {"noun": noun, "name": "%s"} if "%(name)s" in str(template) else f"{template}%.0s"


def path_words(path: str) -> str:
    """A path of a change as words: lead_time.phases[Review].end_event → lead time › phases › Review › end event."""
    if not any(mark in path for mark in "._["):
        return path
    return " › ".join(_("order") if step is None else str(step).replace("_", " ") for step in steps(path))


def _fields(changes: Mapping[str, Change]) -> str:
    words = list(dict.fromkeys(path_words(path) for path in changes))
    words = [word[:1].lower() + word[1:] if word[1:2].islower() else word for word in words]
    more = len(words) - _SHOWN
    shown = ", ".join(words[:_SHOWN])
    return _("%(fields)s and %(more)d more") % {"fields": shown, "more": more} if more > 0 else shown


def batch_summary(type_code: str, counts: Mapping[str, int]) -> str:
    """Such as: Batch of 12 developers: 10 created, 2 edited."""
    words = {"created": _("created"), "edited": _("edited"), "deleted": _("deleted"), "unchanged": _("unchanged")}
    parts = ", ".join(f"{counts[key]} {word}" for key, word in words.items() if counts.get(key))
    return f"{batch_name(type_code, sum(counts.values()) - counts.get('unchanged', 0))}: {parts}"


def batch_name(type_code: str, size: int) -> str:
    """What stands in the place of an object's name on a batch."""
    values: dict[str, Any] = {"size": size, "label": str(TYPES[type_code].label)}
    return ngettext("%(label)s batch of %(size)d", "%(label)s batch of %(size)d", size) % values
