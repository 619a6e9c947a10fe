"""Pages by keyset: a page begins at a row, never at a number, so none is lost or repeated while entries arrive."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from django.core.signing import BadSignature, Signer
from django.db.models import DateTimeField, ExpressionWrapper, F, QuerySet, Value
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from activity.models import Entry

_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


class BadCursor(ValueError):
    """A cursor that this list never gave out: changed, or of another account or filter."""


@dataclass(frozen=True)
class Position:
    """A row that a page begins beside: below it, or above it for newer rows."""

    occurred_at: datetime
    seq: int
    newer: bool = False

    @classmethod
    def of(cls, entry: Entry, newer: bool = False) -> Self:
        return cls(entry.occurred_at, entry.seq, newer)

    @classmethod
    def read(cls, cursor: str, binding: str) -> Self:
        """The position in a cursor; BadCursor unless it was written with the same binding."""
        try:
            direction, moment, seq = _signer(binding).unsign(cursor).split(".")
            return cls(_EPOCH + int(moment) * _MICROSECOND, int(seq), direction == "n")
        except (BadSignature, ValueError) as error:
            raise BadCursor from error

    def write(self, binding: str) -> str:
        """A cursor, signed for one list: `binding` names its account and filter."""
        moment = (self.occurred_at - _EPOCH) // _MICROSECOND
        return _signer(binding).sign(f"{'n' if self.newer else 'o'}.{moment}.{self.seq}")


def _signer(binding: str) -> Signer:
    return Signer(salt=f"activity.cursor {binding}", sep="~")


@dataclass(frozen=True)
class Page:
    """Rows, newest first, and where the pages around them begin; `newer` is None on the newest page."""

    entries: list[Entry]
    newer: Position | None
    older: Position | None


def page_of(entries: QuerySet[Entry], size: int, position: Position | None = None, few: bool = False) -> Page:
    """The page of `size` entries at `position`, or the newest one, by one query.

    `few` says that little passes the filter. Then all of it is found first and sorted after, where PostgreSQL would
    otherwise walk the log by time, in the hope of a full page soon.
    """
    order = "moment" if few else "occurred_at"
    entries = entries.annotate(moment=_MOMENT) if few else entries
    if position is not None and position.newer:
        return _page_above(entries, size, position, order)
    if position is not None:
        entries = entries.filter(TupleLessThan(KEY, (position.occurred_at, position.seq)))
    rows = list(entries.order_by(f"-{order}", "-seq")[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    newer = Position.of(rows[0], newer=True) if position and rows else None
    return Page(rows, newer, Position.of(rows[-1]) if more else None)


def _page_above(entries: QuerySet[Entry], size: int, position: Position, order: str) -> Page:
    entries = entries.filter(TupleGreaterThan(KEY, (position.occurred_at, position.seq)))
    rows = list(entries.order_by(order, "seq")[: size + 1])
    more, rows = len(rows) > size, rows[:size][::-1]
    newer = Position.of(rows[0], newer=True) if more else None
    return Page(rows, newer, Position.of(rows[-1]) if rows else None)


KEY = Tuple(F("occurred_at"), F("seq"))
# The same time, but not the column that an index is ordered by.
_MOMENT = ExpressionWrapper(F("occurred_at") + Value(timedelta(0)), output_field=DateTimeField())
