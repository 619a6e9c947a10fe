"""Links to tracked objects, and their fields in words: a link only where the member may follow it."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.html import format_html, linebreaks
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.guard import Access
from accounts.tracking import TrackedModel
from tracked_objects.conditions import join_values
from tracked_objects.models.base import AccountObject
from tracked_objects.scope import sees

NOTHING = SafeString('<span class="muted">—</span>')


def link(access: Access, item: AccountObject, text: str = "") -> SafeString:
    """An object's name, or `text`, as a link to its page for those who may open it."""
    if not sees(access, item):
        return format_html('<span dir="auto">{}</span>', text or str(item))
    url = reverse(f"{item.slug}:detail", args=[access.account.slug, item.pk])
    return format_html('<a href="{}" dir="auto">{}</a>', url, text or str(item))


def known(access: Access, users: Iterable[TrackedModel]) -> tuple[list[SafeString], int]:
    """What uses an object: links to what the member may see, and how many more there are."""
    all_users = list(users)
    shown = [
        format_html('{} <span class="muted">{}</span>', link(access, user), user._meta.verbose_name)
        for user in all_users
        if isinstance(user, AccountObject) and sees(access, user)
    ]
    if access.can("members.view"):
        shown += [format_html("{}", str(user)) for user in all_users if not isinstance(user, AccountObject)]
    return shown, len(all_users) - len(shown)


def facts(access: Access, item: AccountObject, names: Iterable[str]) -> list[tuple[str, SafeString | str]]:
    """Fields of an object as labels and values that a person reads."""
    fields = [item._meta.get_field(name) for name in names]
    return [(capfirst(str(field.verbose_name)), _words(access, item, field)) for field in fields]  # type: ignore[union-attr]


def _words(access: Access, item: AccountObject, field: Any) -> SafeString | str:
    value = getattr(item, field.name)
    words: SafeString | str
    if isinstance(value, bool):
        words = _("Yes") if value else _("No")
    elif value in (None, "", []):
        words = NOTHING
    elif isinstance(value, AccountObject):
        words = link(access, value)
    elif isinstance(value, list):
        words = join_values(value)
    elif field.choices:
        words = str(getattr(item, f"get_{field.name}_display")())
    elif isinstance(field, models.URLField):
        words = format_html('<a href="{}" rel="noreferrer">{}</a>', value, value)
    elif isinstance(field, models.TextField):
        words = format_html('<div dir="auto">{}</div>', SafeString(linebreaks(value, autoescape=True)))
    else:
        words = format_html('<span dir="auto">{}</span>', value)
    return words
