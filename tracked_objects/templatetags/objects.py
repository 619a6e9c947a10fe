"""Template tags for tracked objects: links, and what the reader may do."""

from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils.safestring import SafeString

from tracked_objects.kinds import Kind
from tracked_objects.links import link
from tracked_objects.models import Developer
from tracked_objects.models.base import AccountObject
from tracked_objects.scope import may_upload

register = template.Library()


@register.simple_tag(takes_context=True)
def object_link(context: RequestContext, item: AccountObject) -> SafeString:
    """The object's name, as a link for those who may open its page."""
    return link(context["request"].access, item)


@register.simple_tag(takes_context=True)
def may(context: RequestContext, kind: Kind, verb: str, item: AccountObject | None = None) -> bool:
    """Whether the reader may do `verb` with objects of the kind, or with `item`."""
    return kind.allows(context["request"].access, verb, item)


@register.simple_tag(takes_context=True)
def may_see_log(context: RequestContext, item: AccountObject) -> bool:
    """Whether the reader may see what the activity log says about `item`."""
    access = context["request"].access
    return bool(access.can("activity.view", item.scope_id))


@register.simple_tag(takes_context=True)
def uploads(context: RequestContext, kind: Kind) -> bool:
    """Whether objects of the kind are uploaded, and the reader may."""
    return kind.model is Developer and may_upload(context["request"].access)


@register.filter
def column_css(column: Any) -> str:
    """The class of a table column's cells."""
    return getattr(column.column, "css", "")
