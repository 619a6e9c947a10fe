"""Puts the guard on every tracked table: a trigger that looks, at each commit, whether an entry tells of a change."""

from typing import Any

from django.db import connection, transaction

from activity.proof.guard_sql import Guard, guards
from tracked_objects.tracked import TRACKED

# Which triggers there are and what they do: the bits of tgtype say when (AFTER each row, BEFORE TRUNCATE).
_STATE = """
SELECT relname, tgname, prosrc
FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE relnamespace = current_schema()::regnamespace AND tgenabled IN ('O', 'A')
  AND (tgname = 'guard' AND tgtype = 29 AND tginitdeferred OR tgname = 'guard_truncate' AND tgtype = 34)
"""
_TRIGGERS = """
DROP TRIGGER IF EXISTS guard ON {table};
DROP TRIGGER IF EXISTS guard_truncate ON {table};
CREATE CONSTRAINT TRIGGER guard AFTER INSERT OR UPDATE OR DELETE ON {table} DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION {function}();
CREATE TRIGGER guard_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION activity_guard_truncate();
"""


def install() -> None:
    """Put the guard where it is missing, turned off, or made for columns that the table no longer has."""
    with transaction.atomic(), connection.cursor() as cursor:
        for guard in _missing(cursor):
            cursor.execute(guard.sql)
            cursor.execute(_TRIGGERS.format(table=connection.ops.quote_name(guard.table), function=guard.function))


def unguarded() -> list[str]:
    """The tracked tables that PostgreSQL doesn't guard as it should."""
    with connection.cursor() as cursor:
        return sorted(guard.table for guard in _missing(cursor))


def _missing(cursor: Any) -> list[Guard]:
    cursor.execute("SELECT current_schema()")
    schema = cursor.fetchone()[0]
    cursor.execute(_STATE)
    there = {(table, trigger): source for table, trigger, source in cursor.fetchall()}
    return [
        guard
        for model in TRACKED
        for guard in guards(schema, model)
        if there.get((guard.table, "guard"), "").strip() != guard.body.strip()
        or (guard.table, "guard_truncate") not in there
    ]
