from django.db import migrations

# The periods that an entry counts in (activity.counting.Grain): whose they are and when they start.
_GRAINS = """
CREATE FUNCTION activity_grains(email text, day date, type text, action text)
RETURNS TABLE (grain text, actor text, start date, of_type text, of_action text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 5 AS $$
    VALUES ('day', '', day, type, action),
           ('week', '', day - (extract(isodow FROM day)::int - 1), type, action),
           ('actor_day', email, day, type, action),
           ('actor_week', email, day - (extract(isodow FROM day)::int - 1), type, action),
           ('actor', email, date '0001-01-01', '', '')
$$
"""
# Adds entries to the counts: each place of the arrays is some entries that are alike.
_COUNT = """
CREATE FUNCTION activity_add_counts(
    account bigint, emails text[], days date[], types text[], actions text[], trees bigint[], entries bigint[],
    heads bigint[]
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO activity_count AS c
        (account_id, grain, actor_email, start, type, action, org_tree_id, entries, heads)
    SELECT account, g.grain, g.actor, g.start, g.of_type, g.of_action, f.tree, sum(f.entries), sum(f.heads)
    FROM unnest(emails, days, types, actions, trees, entries, heads)
             AS f (email, day, type, action, tree, entries, heads),
         activity_grains(f.email, f.day, f.type, f.action) AS g
    GROUP BY 1, 2, 3, 4, 5, 6, 7
    ORDER BY 2, 4, 3, 5, 6, 7
    ON CONFLICT (account_id, grain, actor_email, start, type, action, org_tree_id)
        DO UPDATE SET entries = c.entries + excluded.entries, heads = c.heads + excluded.heads;
END $$
"""
# Appends one entry: locks the head of the chain, numbers and hashes the entry, writes it, counts it, moves the head.
# The entry comes as its canonical JSON, with null for what is known only under the lock: the number, the time that it
# is recorded at and, unless it is given, the time that it occurred at. All three are in `rest`, which is flat, so that
# they can't be mistaken for what stands inside `changes`. What is hashed is what is stored: the row is made of it.
_COLUMNS = (
    "account_id, action, actor_email, actor_id, actor_kind, actor_name, changes, child_count, details, history_id, "
    "history_model, ip_address, object_id, object_name, occurred_at, org_tree_id, parent_seq, reason, recorded_at, "
    "request_id, seq, source, summary, type, user_agent"
)
_APPEND = f"""
CREATE FUNCTION activity_append(
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
    PERFORM activity_add_counts(
        account, ARRAY[entry.actor_email::text], ARRAY[(entry.occurred_at AT TIME ZONE 'UTC')::date],
        ARRAY[entry.type::text], ARRAY[entry.action::text], ARRAY[coalesce(entry.org_tree_id, 0)], ARRAY[1::bigint],
        ARRAY[(entry.parent_seq IS NULL)::int::bigint]
    );
    UPDATE activity_chain
    SET seq = activity_append.seq, head = activity_append.hash, recorded_at = activity_append.recorded_at
    WHERE account_id = account;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("activity", "0004_counts_by_grain")]

    operations = [
        migrations.RunSQL(_GRAINS, "DROP FUNCTION activity_grains"),
        migrations.RunSQL(_COUNT, "DROP FUNCTION activity_add_counts"),
        migrations.RunSQL(_APPEND, "DROP FUNCTION activity_append"),
    ]
