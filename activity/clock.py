"""Times as a reader sees them: in their own zone, and as long ago."""

from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from activity.preferences import Preferences

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def reader_zone(request: HttpRequest) -> tzinfo:
    """The zone that the reader's browser put in the `tz` cookie; UTC for want of a zone, or on wish."""
    if Preferences.of(request).zone == "utc":
        return UTC
    return _zone(request.COOKIES.get("tz", "")[:64])


@lru_cache(maxsize=512)
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name) if name else UTC
    except (ValueError, OSError, KeyError):
        return UTC


def exact(moment: datetime, zone: tzinfo) -> str:
    """Such as 2026-01-31 09:30:00 CET."""
    local = _local(moment, zone)
    return f"{local:%Y-%m-%d %H:%M:%S} {local:%Z}"


def clock_time(moment: datetime, zone: tzinfo) -> str:
    """Such as 09:30."""
    return f"{_local(moment, zone):%H:%M}"


def _local(moment: datetime, zone: tzinfo) -> datetime:
    """The moment in a zone; as it is, at the ends of time."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment


def ago(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """How long ago, for a week; the date before that, and for anything to come."""
    seconds = int((now - moment).total_seconds())
    if -_MINUTE < seconds < _MINUTE:
        return _("just now")
    if 0 < seconds < _HOUR:
        return ngettext("%(n)d min ago", "%(n)d min ago", seconds // _MINUTE) % {"n": seconds // _MINUTE}
    if 0 < seconds < _DAY:
        return ngettext("%(n)d hour ago", "%(n)d hours ago", seconds // _HOUR) % {"n": seconds // _HOUR}
    if 0 < seconds < 7 * _DAY:
        return ngettext("%(n)d day ago", "%(n)d days ago", seconds // _DAY) % {"n": seconds // _DAY}
    return day_words(_local(moment, zone))


def day_words(day: date) -> str:
    """Such as 31 Jan 2026, in the reader's language."""
    return date_format(day, pgettext("how a date is written", "j M Y"))
