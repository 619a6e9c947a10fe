from django.db import migrations

from accounts.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("activity", "0001_initial"), ("accounts", "0003_append_only")]

    operations = [append_only("activity_entry", "activity_receipt")]
