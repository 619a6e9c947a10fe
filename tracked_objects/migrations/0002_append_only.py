from django.db import migrations

from accounts.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("tracked_objects", "0001_initial")]

    operations = [
        append_only(
            *(
                f"tracked_objects_historical{table}"
                for table in (
                    "tag",
                    "integration",
                    "integration_tags",
                    "efficiencyprofile",
                    "productivityprofile",
                    "businessalignmentprofile",
                    "developer",
                    "orgtree",
                    "orgtree_integrations",
                    "team",
                    "team_integrations",
                    "team_shared_members",
                    "team_members",
                )
            )
        )
    ]
