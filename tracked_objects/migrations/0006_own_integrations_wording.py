from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tracked_objects", "0005_pull_request_sizes")]

    operations = [
        migrations.AlterField(
            model_name="team",
            name="integrations",
            field=models.ManyToManyField(
                blank=True,
                related_name="+",
                to="tracked_objects.integration",
                verbose_name="own integrations instead of the org tree's",
            ),
        )
    ]
