"""An entry as a sentence about its actor: Dana edited team Payments · name, manager. Made from frozen facts alone."""

from functools import cache
from typing import NamedTuple

from django.conf import settings
from django.utils.functional import Promise
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from activity.catalog import TYPES
from activity.models import Entry
from activity.summary import summary
from activity.visible import visible

_SENTENCES = {
    "CREATED": _("%(actor)s created %(object)s"),
    "EDITED": _("%(actor)s edited %(object)s"),
    "DELETED": _("%(actor)s deleted %(object)s"),
    "SUBMITTED": _("%(actor)s submitted %(object)s"),
    "ANSWERED": _("%(actor)s answered %(object)s"),
    "SENT": _("%(actor)s sent %(object)s"),
    "EXPORTED": _("%(actor)s exported %(object)s"),
    "SUCCESS": _("%(actor)s succeeded with %(object)s"),
    "FAIL": _("%(actor)s failed with %(object)s"),
    "PASSWORD_RESET_STARTED": _("%(actor)s started to reset the password of %(object)s"),
    "PASSWORD_RESET_FINISHED": _("%(actor)s reset the password of %(object)s"),
}
_RUN, _NOT_RUN = _("%(actor)s ran %(object)s"), _("%(actor)s failed to run %(object)s")
_OWN_SENTENCES = {
    ("PLAYBOOK", "SUCCESS"): _RUN,
    ("PLAYBOOK", "FAIL"): _NOT_RUN,
    ("WORKFLOW", "SUCCESS"): _RUN,
    ("WORKFLOW", "FAIL"): _NOT_RUN,
}
# Sentences in which the object's name says what it is.
_OF_NAMES = {
    ("USER_LOGIN", "SUCCESS"): _("%(actor)s signed in as %(name)s"),
    ("USER_LOGIN", "FAIL"): _("%(actor)s failed to sign in as %(name)s"),
}
_OF_BATCHES = _("%(actor)s ran %(name)s")
_OF_WORDS = _("%(actor)s %(name)s")
_PLACE = "\ue000"
_LINKED, _NAMED = '<a href="{}"><bdi>{}</bdi></a>', '<a class="named" href="{}"><bdi>{}</bdi></a>'


class Wording(NamedTuple):
    """A sentence as HTML, and what else the entry's summary says."""

    sentence: SafeString
    rest: str


def wording(entry: Entry, actor: SafeString, url: str) -> Wording:
    """The entry as a sentence in which the object's name, or the verb, links to `url`.

    A summary that is not of a known template is itself what the actor did.
    """
    name = entry.object_name or entry.object_id
    if entry.child_count and entry.summary.startswith(f"{name}: "):
        return Wording(_filled(_OF_BATCHES, actor, name, url), visible(entry.summary.removeprefix(f"{name}: ")))
    rest = _rest(entry, name) if name and entry.type in TYPES else None
    if rest is not None:
        return Wording(_filled(_template(entry.type, entry.action), actor, name, url), visible(rest))
    did = entry.summary if entry.summary[1:2].isupper() else entry.summary[:1].lower() + entry.summary[1:]
    return Wording(_filled(_OF_WORDS, actor, did, url, link=_LINKED), "" if name in entry.summary else visible(name))


def _rest(entry: Entry, name: str) -> str | None:
    """What the summary says after the sentence of its template; None when it is of no template."""
    for template in _frozen(entry.type, entry.action):
        said = template.replace(_PLACE, name)
        if entry.summary == said or entry.summary.startswith(f"{said}: "):
            return entry.summary[len(said) + 2 :]
    return None


@cache
def _frozen(type_code: str, action: str) -> tuple[str, ...]:
    """How a summary of such an entry begins, in each language in which it may have been written."""
    found = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            found.append(summary(type_code, action, _PLACE, {}))
    return tuple(dict.fromkeys(found))


def _template(type_code: str, action: str) -> Promise | str:
    if own := _OF_NAMES.get((type_code, action)):
        return own
    template = _OWN_SENTENCES.get((type_code, action)) or _SENTENCES[action]
    return str(template) % {"actor": "%(actor)s", "object": f"{TYPES[type_code].noun} %(name)s"}


def _filled(template: Promise | str, actor: SafeString, name: str, url: str, link: str = _NAMED) -> SafeString:
    """The sentence as HTML; only the actor is HTML already."""
    places = {"actor": "{actor}", "name": "{name}"}
    return format_html(escape(template) % places, actor=actor, name=format_html(link, url, visible(name)))
