"""The columns of an export, and the SQL in which PostgreSQL writes them."""

from typing import Any

from django.db.models import F, Func, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce

from activity.models import Entry

# In order, as the header row names them.
COLUMNS = (
    "seq",
    "occurred_at",
    "actor_email",
    "actor_name",
    "actor_kind",
    "action",
    "type",
    "object_id",
    "object_name",
    "summary",
    "changes",
    "reason",
    "source",
    "ip_address",
    "user_agent",
    "request_id",
    "parent_seq",
    "hash",
)


class Utc(Func):
    """ISO 8601 in UTC to the microsecond."""

    template = """to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    output_field = TextField()


class Host(Func):
    """An address without the length of its network."""

    function = "host"
    output_field = TextField()


class Json(Func):
    """The stored text of a JSON column as JSON: not parsed into values, so not one byte of it changes."""

    template = "(%(expressions)s)::json"
    output_field = TextField()


# What a formula begins with, as PostgreSQL's ascii() tells it: = + - @ (in full width too), TAB, CR or LF.
FORMULA = "61, 43, 45, 64, 65309, 65291, 65293, 65312, 9, 13, 10"


class Guarded(Func):
    """Text that a spreadsheet would take for a formula, after an apostrophe; other text as it is."""

    template = f"CASE WHEN ascii(%(expressions)s) IN ({FORMULA}) THEN '''' || %(expressions)s ELSE %(expressions)s END"
    output_field = TextField()


def _or_empty(expression: Any) -> Coalesce:
    return Coalesce(Cast(expression, TextField()), Value("", TextField()))


_SHAPED = {"occurred_at": Utc("occurred_at")}
_FREE_TEXT = (
    "actor_email",
    "actor_name",
    "object_id",
    "object_name",
    "summary",
    "reason",
    "user_agent",
    "request_id",
)
_CSV = (
    _SHAPED
    | {name: Guarded(name) for name in _FREE_TEXT}
    | {"ip_address": _or_empty(Host("ip_address")), "parent_seq": _or_empty("parent_seq")}
)
_JSON = _SHAPED | {"changes": Json("changes"), "ip_address": Host("ip_address")}


def csv_copy(entries: QuerySet[Entry]) -> tuple[str, tuple[Any, ...]]:
    """COPY of the entries as CSV. No value is NULL, so none that is empty needs quotes to tell."""
    select, params = _select(entries, _CSV)
    return f"COPY ({select}) TO STDOUT (FORMAT csv, NULL '\\N')", params


def jsonl_copy(entries: QuerySet[Entry]) -> tuple[str, tuple[Any, ...]]:
    """COPY of the entries as one JSON object a line: CSV of one column, whose quotes JSON never has to have."""
    select, params = _select(entries, _JSON)
    lines = f"SELECT row_to_json(line) FROM ({select}) AS line ({', '.join(COLUMNS)})"  # noqa: S608
    return f"COPY ({lines}) TO STDOUT (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')", params


def _select(entries: QuerySet[Entry], shapes: dict[str, Any]) -> tuple[str, tuple[Any, ...]]:
    rows = entries.order_by("-occurred_at", "-seq").values_list(*(shapes.get(name, F(name)) for name in COLUMNS))
    return rows.query.sql_with_params()
