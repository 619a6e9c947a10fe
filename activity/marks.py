"""Small pictures beside words: an avatar for an actor, an icon for a type, a badge for an action."""

import re
from functools import lru_cache
from zlib import crc32

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from activity.models import ActorKind

_TONES = ("blue", "green", "amber", "violet", "teal", "grey")
_KIND_ICONS = {ActorKind.API_KEY.value: "key", ActorKind.SYSTEM.value: "system"}
_TYPE_ICONS = {
    "USER_LOGIN": "login",
    "USER": "user",
    "DASHBOARD": "insights",
    "PRODUCT": "batch",
    "API_ACCESS_KEY": "key",
    "INTEGRATION": "integration",
    "CONFIG_TABLE": "table",
    "BA_PROFILE": "profile",
    "EFFICIENCY_PROFILE": "profile",
    "PRODUCTIVITY_PROFILE": "profile",
    "STATE": "flag",
    "KB": "book",
    "TICKET_TEMPLATE": "ticket",
    "TICKET": "ticket",
    "WORK_ITEM": "ticket",
    "PLAYBOOK": "run",
    "WORKFLOW": "run",
    "SECTION": "list",
    "ASSESSMENT_TEMPLATE": "survey",
    "ASSESSMENT": "survey",
    "TAG": "tag",
    "SSO_CONFIG": "login",
    "ORG_TREE": "tree",
    "TEAM": "team",
    "DEVELOPER": "developer",
    "ROLE": "shield",
}
_WORD = re.compile(r"[^\W\d_]+")


def icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" width="16" height="16" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("icons.svg"),
        name,
    )


@lru_cache(maxsize=64)
def type_icon(type_code: str) -> SafeString:
    return icon(_TYPE_ICONS.get(type_code, "log"))


@lru_cache(maxsize=128)
def badge(kind: str, text: str) -> SafeString:
    """As components/badge.html: a colour and a shape for each kind."""
    return format_html('<span class="badge badge-{}">{}{}</span>', kind, icon(kind), text)


@lru_cache(maxsize=2048)
def avatar(kind: str, email: str, name: str) -> SafeString:
    """A member's initials on a colour of their own; other actors have another shape, and an icon."""
    if picture := _KIND_ICONS.get(kind):
        return format_html('<span class="avatar avatar-kind" aria-hidden="true">{}</span>', icon(picture))
    tone = _TONES[crc32((email or name).lower().encode()) % len(_TONES)]
    return format_html('<span class="avatar {}" aria-hidden="true">{}</span>', tone, initials(name, email))


def initials(name: str, email: str) -> str:
    """The first letters of the first and last word: Dana Keller → DK; of the e-mail when there is no name."""
    words = _WORD.findall(name) or _WORD.findall(email.partition("@")[0])
    return "".join(word[0] for word in dict.fromkeys((*words[:1], *words[-1:]))) or "?"
