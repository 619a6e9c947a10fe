from django.db import migrations

# As in 0005_append, but one entry is counted where it is written: the function that counts many takes longer for one.
_COLUMNS = (
    "account_id, action, actor_email, actor_id, actor_kind, actor_name, changes, child_count, details, history_id, "
    "history_model, ip_address, object_id, object_name, occurred_at, org_tree_id, parent_seq, reason, recorded_at, "
    "request_id, seq, source, summary, type, user_agent"
)
_APPEND = f"""
CREATE OR REPLACE FUNCTION activity_append(
    account bigint, content text, rest text, now timestamptz, OUT seq bigint, OUT hash text, OUT recorded_at timestamptz
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    chain activity_chain;
    entry activity_entry;
    moment text;
BEGIN
    SELECT * INTO chain FROM activity_chain WHERE account_id = account FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO activity_chain (account_id, seq, head) VALUES (account, 0, repeat('0', 64)) ON CONFLICT DO NOTHING;
        SELECT * INTO chain FROM activity_chain WHERE account_id = account FOR UPDATE;
    END IF;
    activity_append.seq := chain.seq + 1;
    -- A clock that goes back must not put a later entry before an earlier one.
    activity_append.recorded_at := greatest(now, chain.recorded_at);
    moment := '"' || to_char(activity_append.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '"';
    content := content || replace(replace(replace(rest,
        '"occurred_at":null', '"occurred_at":' || moment),
        '"recorded_at":null', '"recorded_at":' || moment),
        '"seq":null', '"seq":' || activity_append.seq);
    activity_append.hash := encode(sha256(convert_to(chain.head || content, 'UTF8')), 'hex');
    entry := json_populate_record(NULL::activity_entry, content::json);
    INSERT INTO activity_entry ({_COLUMNS}, prev_hash, hash)
    SELECT {", ".join(f"entry.{name.strip()}" for name in _COLUMNS.split(","))}, chain.head, activity_append.hash;
    INSERT INTO activity_count AS c
        (account_id, grain, actor_email, start, type, action, org_tree_id, entries, heads)
    SELECT account, g.grain, g.actor, g.start, g.of_type, g.of_action, coalesce(entry.org_tree_id, 0), 1,
           (entry.parent_seq IS NULL)::int
    FROM activity_grains(
        entry.actor_email, (entry.occurred_at AT TIME ZONE 'UTC')::date, entry.type, entry.action
    ) AS g
    ON CONFLICT (account_id, grain, actor_email, start, type, action, org_tree_id)
        DO UPDATE SET entries = c.entries + 1, heads = c.heads + excluded.heads;
    UPDATE activity_chain
    SET seq = activity_append.seq, head = activity_append.hash, recorded_at = activity_append.recorded_at
    WHERE account_id = account;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("activity", "0010_guard")]

    # Both count alike, so that there is nothing to go back to.
    operations = [migrations.RunSQL(_APPEND, migrations.RunSQL.noop)]
