from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    dependencies = [("tracked_objects", "0006_own_integrations_wording")]

    operations = [
        # Uploads that nobody has approved yet are kept for a day, and would lack what their pages now show.
        migrations.RunSQL(
            "DELETE FROM tracked_objects_developerupload WHERE approved_at IS NULL", migrations.RunSQL.noop
        ),
        migrations.AddField(
            model_name="developerupload",
            name="purpose",
            field=models.CharField(
                choices=[("records", "Records"), ("cloud ids", "Cloud Ids")], default="records", max_length=10
            ),
        ),
        migrations.AddField(
            model_name="developerupload", name="preview", field=models.JSONField(default=dict)
        ),
        migrations.AddField(model_name="developerupload", name="checked", field=models.BinaryField(default=b"")),
        migrations.AddIndex(
            model_name="developer",
            index=models.Index("account", Lower("full_name"), "id", name="developers_by_name"),
        ),
    ]
