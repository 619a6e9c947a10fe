from django.db import migrations

# What the log has known all along; from now on it is kept with each sign-in.
LAST = """
INSERT INTO accounts_lastsignin (membership_id, at)
SELECT membership.id, max(entry.occurred_at)
FROM accounts_membership AS membership
JOIN activity_entry AS entry ON entry.account_id = membership.account_id
    AND entry.type = 'USER_LOGIN' AND entry.action = 'SUCCESS' AND entry.object_id = membership.user_id::text
GROUP BY membership.id;
"""


class Migration(migrations.Migration):
    dependencies = [("activity", "0007_saved_views"), ("accounts", "0004_members")]

    operations = [migrations.RunSQL(LAST, migrations.RunSQL.noop)]
