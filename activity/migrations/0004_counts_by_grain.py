from django.db import migrations

# A partition for each grain, in the order of time as they are written: the weeks of everybody then lie on some hundred
# pages of their own, where they were spread over as many pages as rows. With room on each page, adding to a count stays
# on it and touches no index.
_GRAINS = ("day", "week", "actor_day", "actor_week", "actor")
_COLUMNS = "account_id, grain, actor_email, start, type, action, org_tree_id, entries, heads"
_TABLE = """
CREATE TABLE activity_count (
    account_id bigint NOT NULL REFERENCES accounts_account DEFERRABLE INITIALLY DEFERRED,
    grain varchar(10) NOT NULL,
    actor_email varchar(320) NOT NULL,
    start date NOT NULL,
    type varchar(30) NOT NULL,
    action varchar(30) NOT NULL,
    org_tree_id bigint NOT NULL,
    entries bigint NOT NULL,
    heads bigint NOT NULL,
    PRIMARY KEY (account_id, grain, actor_email, start, type, action, org_tree_id)
)
"""
_PARTITIONS = "".join(
    f"CREATE TABLE activity_count_{grain} PARTITION OF activity_count FOR VALUES IN ('{grain}') WITH (fillfactor = 80);"
    for grain in _GRAINS
)
_MOVE = f"""
INSERT INTO activity_count ({_COLUMNS})
SELECT {_COLUMNS} FROM old_count WHERE grain <> 'actor' ORDER BY start, account_id, grain;
"""
# Of an actor as a whole there is only the number in each org tree: a filter of many e-mails then reads few rows.
_ACTORS = f"""
INSERT INTO activity_count ({_COLUMNS})
SELECT account_id, 'actor', actor_email, '0001-01-01', '', '', org_tree_id, sum(entries), sum(heads)
FROM old_count WHERE grain = 'actor_week' GROUP BY account_id, actor_email, org_tree_id;
"""
_ACTORS_IN_DETAIL = f"""
INSERT INTO activity_count ({_COLUMNS})
SELECT account_id, 'actor', actor_email, '0001-01-01', type, action, org_tree_id, sum(entries), sum(heads)
FROM old_count WHERE grain = 'actor_week' GROUP BY account_id, actor_email, type, action, org_tree_id;
"""
_ASIDE = """
ALTER TABLE activity_count RENAME TO old_count;
ALTER INDEX activity_count_pkey RENAME TO old_count_pkey;
"""
_SPLIT = f"{_ASIDE}{_TABLE} PARTITION BY LIST (grain); {_PARTITIONS} {_MOVE} {_ACTORS} DROP TABLE old_count;"
_JOIN = f"{_ASIDE}{_TABLE}; {_MOVE} {_ACTORS_IN_DETAIL} DROP TABLE old_count;"


class Migration(migrations.Migration):
    dependencies = [("activity", "0003_entry_indexes")]

    operations = [
        # What an earlier migration of the same run has left to check would keep the table from being renamed.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED", migrations.RunSQL.noop),
        migrations.RunSQL(_SPLIT, _JOIN),
    ]
