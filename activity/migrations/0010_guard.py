from django.db import migrations, models

# Which entries are of the transaction that runs now: those from `since` on, while `xid` is its own.
_MARK = """
CREATE FUNCTION activity_mark_chain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.xid := pg_current_xact_id()::text::bigint;
    NEW.since := NEW.seq + 1;
    IF TG_OP = 'UPDATE' THEN
        IF NEW.seq < OLD.seq THEN
            RAISE EXCEPTION 'The numbers of entries only go up' USING ERRCODE = 'restrict_violation';
        END IF;
        NEW.since := CASE WHEN OLD.xid = NEW.xid THEN OLD.since ELSE OLD.seq + 1 END;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mark BEFORE INSERT OR UPDATE ON activity_chain FOR EACH ROW EXECUTE FUNCTION activity_mark_chain();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON activity_chain
    FOR EACH STATEMENT EXECUTE FUNCTION sei_refuse_change();
"""
_UNMARK = """
DROP TRIGGER mark ON activity_chain;
DROP TRIGGER append_only ON activity_chain;
DROP FUNCTION activity_mark_chain;
"""
# Whether a row that can be seen was written by the transaction that runs now, in a savepoint or not. Only 32 bits of
# its number are kept with a row: what is not far ahead of our own number, and not yet committed, must be ours.
_IS_OURS = """
CREATE FUNCTION activity_is_ours(writer xid) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    own bigint := pg_current_xact_id()::text::bigint;
    ahead bigint := (writer::text::bigint - own % 4294967296 + 4294967296) % 4294967296;
BEGIN
    RETURN ahead < 2147483648 AND pg_xact_status((own + ahead)::text::xid8) = 'in progress';
EXCEPTION WHEN invalid_parameter_value THEN
    -- Of an earlier round of numbers.
    RETURN false;
END $$;
"""
_TRUNCATE = """
CREATE FUNCTION activity_guard_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user <> 'sei_maintenance' THEN
        RAISE EXCEPTION 'TRUNCATE of % refused: no entry of the activity log tells of it', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation', HINT = 'Delete the objects in the app; that makes entries.';
    END IF;
    RETURN NULL;
END $$;
"""
# The triggers themselves are made when all migrations are applied (activity.proof.guard).
_UNGUARD = """
DO $$ DECLARE
    guarded record;
BEGIN
    FOR guarded IN SELECT tgname, tgrelid::regclass AS name FROM pg_trigger
        WHERE tgname IN ('guard', 'guard_truncate') LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', guarded.tgname, guarded.name);
    END LOOP;
END $$;
DROP FUNCTION activity_guard_truncate;
"""


class Migration(migrations.Migration):
    dependencies = [("activity", "0009_proof")]

    operations = [
        migrations.AddField("chain", "xid", models.BigIntegerField(db_default=0, editable=False)),
        migrations.AddField("chain", "since", models.BigIntegerField(db_default=1, editable=False)),
        migrations.RunSQL(_MARK, _UNMARK),
        migrations.RunSQL(_IS_OURS, "DROP FUNCTION activity_is_ours"),
        migrations.RunSQL(_TRUNCATE, _UNGUARD),
    ]
