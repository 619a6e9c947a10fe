"""How many entries there are: total, per day, per type and per action, in one query that never counts the log."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet, Value
from django.db.models.functions import TruncDate

from activity.counting import EVER, Grain, monday
from activity.filters import EntryFilter
from activity.models import Entry
from activity.search import has_words, is_common_sql

LIMIT = 10_000
# Of common words, the newest entries are looked at, so many at most, until there are more than a page of them.
LOOKED_AT, SEEN = 5_000, 100
# Of more e-mails than this, only what is known of each actor as a whole is added up.
MANY_EMAILS = 50
# A filter of fewer days than this is counted by day, a longer one by week; the chart chooses its bars alike.
SHORT = timedelta(days=99)
_WEEK = timedelta(days=7)

# A type's number ignores which types are chosen, an action's which actions are.
_SQL = """
SELECT start, type, action,
       SUM(shown) FILTER (WHERE {types} AND {actions}), SUM(entries) FILTER (WHERE {types} AND {actions}),
       SUM(shown) FILTER (WHERE {actions}), SUM(entries) FILTER (WHERE {types})
FROM ({rows}) AS counts (start, type, action, shown, entries)
GROUP BY GROUPING SETS ((start), (type), (action))
"""


@dataclass(frozen=True)
class Counts:
    """What the page says about the filter as a whole; None where it can't be told without counting the log."""

    total: int = 0
    # Entries in all, those inside folded batches included; what an export gives.
    entries: int = 0
    # There are more than `total`; then nothing is known by day, type or action.
    more: bool = False
    # The newest entries have plenty of what is asked for: words that are common.
    common: bool = False
    # By the first day of each period.
    days: dict[date, int] = field(default_factory=dict)
    types: dict[str, int] | None = None
    actions: dict[str, int] | None = None

    def floor(self, size: int, before: datetime | None = None) -> datetime | None:
        """The first moment of the days that hold the newest `size` entries (up to `before`); None when unknown."""
        last = before.astimezone(UTC).date() if before else date.max
        left = size
        for day in sorted((day for day in self.days if day <= last), reverse=True):
            # Of the period of `before` itself, some may be later than it.
            left -= self.days[day] if before is None or last - day >= _WEEK else 0
            if left <= 0:
                return datetime.combine(day, time.min, UTC)
        return None


@dataclass(frozen=True)
class Scope:
    """Whose entries are counted: those of an account, or of some of its org trees."""

    account_id: int
    trees: frozenset[int] | None = None

    @property
    def sql(self) -> tuple[str, list[Any]]:
        """The condition on the table of counts."""
        if self.trees is None:
            return "account_id = %s", [self.account_id]
        return "account_id = %s AND org_tree_id = ANY(%s)", [self.account_id, sorted(self.trees)]


def counts_of(entry_filter: EntryFilter, scope: Scope, entries: QuerySet[Entry], folds: bool) -> Counts:
    """The counts of a valid filter: exact from the counts that the writer keeps, or of up to LIMIT `entries`."""
    chosen = entry_filter.form.cleaned_data
    emails, dated = chosen["email"], bool(chosen["from"] or chosen["to"])
    many = len(emails) > MANY_EMAILS
    if not entry_filter.counted or (many and (dated or chosen["type"] or chosen["action"])):
        return _of_entries(entries, entry_filter)
    if many:
        return _of_actors(scope, emails, folds)
    days = [moment and moment.date() for moment in (chosen["from"], chosen["to"])]
    rows, params = periods(scope, emails, *days)
    rows = rows.format(shown="heads" if folds else "entries")
    return Counts(**_grouped(rows, params, chosen["type"], chosen["action"]))


def _of_entries(entries: QuerySet[Entry], entry_filter: EntryFilter) -> Counts:
    """Counted one by one, up to LIMIT; types and actions only where the filter leaves all of them in.

    Entries with common words aren't found first: when the newest ones show SEEN of them, there are more.
    """
    chosen = entry_filter.form.cleaned_data
    # In an order that an index has: without one, PostgreSQL may read the log from its start, whoever's entries come
    # first. Of words it finds all there are.
    ordered = entries if chosen["q"] else entries.order_by("-occurred_at", "-seq")
    sql, params = _counted_rows(ordered[: LIMIT + 1])
    if chosen["q"]:
        look, look_params = _look(entry_filter)
        sql = f"{look} SELECT * FROM ({sql}) AS found WHERE NOT (SELECT plenty FROM verdict)"
        params = look_params + params
    found = _grouped(sql, params, [], [])
    if found["total"] > LIMIT:
        common = not found["days"]
        return Counts(total=SEEN if common else LIMIT, more=True, common=common)
    return Counts(**{**found, **{f"{name}s": None for name in ("type", "action") if chosen[name]}})


def _counted_rows(rows: QuerySet[Entry], **more: Any) -> tuple[str, list[Any]]:
    """SQL of rows as _SQL counts them, each as one."""
    found = rows.annotate(day=TruncDate("occurred_at", tzinfo=UTC), one=Value(1), **more)
    sql, params = found.values_list("day", "type", "action", "one", "one", *more).query.sql_with_params()
    return sql, list(params)


def _look(entry_filter: EntryFilter) -> tuple[str, list[Any]]:
    """SQL that tells whether the newest entries that pass the rest of the filter show plenty of common words.

    Begins a UNION: a `verdict` of `plenty`, and one row of EVER when it is so.
    """
    words, account_id = entry_filter.form.cleaned_data["q"], entry_filter.account_id
    rest = entry_filter.filter_queryset(entry_filter.queryset, but={"q"})
    newest = rest.order_by("-occurred_at", "-seq")[:LOOKED_AT]
    sql, params = _counted_rows(newest, matches=has_words(account_id, words))
    common, common_params = is_common_sql(account_id, words)
    look = (
        f"WITH word AS MATERIALIZED (SELECT {common} AS common), look AS MATERIALIZED (SELECT FROM ({sql})"
        " AS newest WHERE (SELECT common FROM word) AND matches LIMIT %s),"
        " verdict AS MATERIALIZED (SELECT count(*) > %s AS plenty FROM look)"
        " SELECT %s::date, '', '', %s, %s WHERE (SELECT plenty FROM verdict) UNION ALL"
    )
    return look, [*common_params, *params, SEEN + 1, SEEN, EVER, LIMIT + 1, LIMIT + 1]


def periods(scope: Scope, emails: list[str], first: date | None, end: date | None) -> tuple[str, list[Any]]:
    """SQL of the counts from the day `first` up to before `end`: by whole weeks, and by day at both ends.

    A short time is counted by day alone; how long the log is, is asked in the same query.
    """
    where, params = scope.sql
    day, week = (Grain.ACTOR_DAY, Grain.ACTOR_WEEK) if emails else (Grain.DAY, Grain.WEEK)
    select = f"SELECT start, type, action, {{shown}}, entries FROM activity_count WHERE {where}"
    params = [*params, emails or [""]]
    start, stop = first or date.min, end or date.max
    first_week = monday(min(start, date.max - _WEEK) + timedelta(days=6)) if first else date.min
    last_week = max(monday(stop), first_week) if end else date.max
    parts = [
        (week, first_week, last_week, "NOT (SELECT short FROM span)"),
        (day, start, min(first_week, stop), "NOT (SELECT short FROM span)"),
        (day, max(last_week, start), stop, "NOT (SELECT short FROM span)"),
        (day, start, stop, "(SELECT short FROM span)"),
    ]
    selects = [
        f"{select} AND actor_email = ANY(%s) AND grain = %s AND start >= %s AND start < %s AND {which}"
        for _grain, _start, _stop, which in parts
    ]
    values = [value for grain, low, high, _which in parts for value in (*params, grain, low, high)]
    span = (
        "WITH span AS MATERIALIZED (SELECT least(max(start), %s) - greatest(min(start), %s) < %s AS short"
        f" FROM activity_count WHERE {where} AND actor_email = '' AND grain = %s) "
    )
    return span + " UNION ALL ".join(selects), [stop, start, SHORT.days, *scope.sql[1], Grain.DAY, *values]


def _of_actors(scope: Scope, emails: list[str], folds: bool) -> Counts:
    """How many entries many actors have over all time; not of which types, nor on which days."""
    where, params = scope.sql
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(heads), 0), coalesce(sum(entries), 0) FROM activity_count"
            f" WHERE {where} AND actor_email = ANY(%s) AND grain = %s",
            [*params, emails, Grain.ACTOR],
        )
        heads, entries = map(int, cursor.fetchone())
    return Counts(total=heads if folds else entries, entries=entries)


def first_and_last(entry_filter: EntryFilter, scope: Scope) -> tuple[date | None, date | None]:
    """The first and the last day that the counts know of for the filter; None twice when there is none."""
    chosen = entry_filter.form.cleaned_data
    where, params = scope.sql
    for name in ("type", "action"):
        if chosen[name]:
            where, params = f"{where} AND {name} = ANY(%s)", [*params, chosen[name]]
    grain = Grain.ACTOR_DAY if chosen["email"] else Grain.DAY
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT min(start), max(start) FROM activity_count WHERE {where} AND grain = %s AND actor_email = ANY(%s)",
            [*params, grain, chosen["email"] or [""]],
        )
        first, last = cursor.fetchone()
    return first, last


def actors_like(typed: str, scope: Scope, limit: int) -> list[str]:
    """E-mails of actors in scope that contain `typed`, in order."""
    where, params = scope.sql
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT actor_email FROM activity_count WHERE {where} AND grain = %s AND actor_email > ''"
            " AND strpos(actor_email, %s) > 0 ORDER BY actor_email LIMIT %s",
            [*params, Grain.ACTOR, typed.lower(), limit],
        )
        return [email for (email,) in cursor.fetchall()]


def _grouped(rows: str, params: list[Any], types: list[str], actions: list[str]) -> dict[str, Any]:
    type_chosen = "type = ANY(%s)" if types else "TRUE"
    action_chosen = "action = ANY(%s)" if actions else "TRUE"
    t, a = [types] if types else [], [actions] if actions else []
    found: dict[str, Any] = {"total": 0, "entries": 0, "days": {}, "types": {}, "actions": {}}
    sql = _SQL.format(types=type_chosen, actions=action_chosen, rows=rows)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*t, *a, *t, *a, *a, *t, *params])
        for start, kind, action, shown, entries, of_type, of_action in cursor.fetchall():
            if start is not None:
                found["total"] += int(shown or 0)
                found["entries"] += int(entries or 0)
            if start is not None and start != EVER and shown:
                found["days"][start] = int(shown)
            if kind is not None and of_type:
                found["types"][kind] = int(of_type)
            if action is not None and of_action:
                found["actions"][action] = int(of_action)
    return found
