"""The database's own guard for tables that only ever grow: entries and history records."""

from django.db import migrations

_FUNCTION = """
CREATE OR REPLACE FUNCTION sei_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation',
              HINT = 'Entries and history records are never changed. Change the object itself; that makes a new entry.';
END $$;
"""


def append_only(*tables: str) -> migrations.RunSQL:
    """A migration operation that makes PostgreSQL refuse UPDATE, DELETE and TRUNCATE of `tables`."""
    create = [
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION sei_refuse_change();"
        for table in tables
    ]
    drop = [f"DROP TRIGGER append_only ON {table};" for table in tables]
    return migrations.RunSQL(_FUNCTION + "\n".join(create), "\n".join(drop))
