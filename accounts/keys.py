"""Foreign keys are checked at the commit. Here they are checked at once, where a wrong one can still be explained."""

from django.db import connection

# By their names, not ALL: the guard of tracked tables waits for the entries, which are written last.
_CHECK = """
DO $$ DECLARE
    keys text := (SELECT string_agg(format('%I.%I', current_schema(), conname), ', ') FROM pg_constraint
                  WHERE contype = 'f' AND condeferrable AND connamespace = current_schema()::regnamespace);
BEGIN
    EXECUTE 'SET CONSTRAINTS ' || keys || ' IMMEDIATE';
    EXECUTE 'SET CONSTRAINTS ' || keys || ' DEFERRED';
END $$
"""


def check_keys() -> None:
    """Raise IntegrityError if what was written so far points to something that isn't there."""
    with connection.cursor() as cursor:
        cursor.execute(_CHECK)
