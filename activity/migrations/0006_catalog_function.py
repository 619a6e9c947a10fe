from django.db import migrations, models

_ACTIONS = {
    "USER_LOGIN": "SUCCESS FAIL",
    "USER": "CREATED EDITED DELETED SENT PASSWORD_RESET_STARTED PASSWORD_RESET_FINISHED",
    "DASHBOARD": "CREATED EDITED DELETED SENT",
    "PRODUCT": "CREATED EDITED DELETED",
    "API_ACCESS_KEY": "CREATED EDITED DELETED",
    "INTEGRATION": "CREATED EDITED DELETED",
    "CONFIG_TABLE": "CREATED EDITED DELETED",
    "BA_PROFILE": "CREATED EDITED DELETED",
    "STATE": "CREATED EDITED DELETED",
    "KB": "CREATED EDITED DELETED SENT",
    "TICKET_TEMPLATE": "CREATED EDITED DELETED",
    "PLAYBOOK": "CREATED EDITED DELETED SUCCESS FAIL",
    "SECTION": "CREATED EDITED DELETED",
    "TICKET": "CREATED EDITED DELETED SENT",
    "ASSESSMENT_TEMPLATE": "CREATED EDITED DELETED",
    "TAG": "CREATED EDITED DELETED",
    "WORKFLOW": "CREATED EDITED DELETED SUCCESS FAIL",
    "WORK_ITEM": "CREATED EDITED DELETED",
    "SSO_CONFIG": "CREATED EDITED DELETED SUCCESS FAIL",
    "ASSESSMENT": "CREATED EDITED DELETED SENT SUBMITTED ANSWERED",
    "ORG_TREE": "CREATED EDITED DELETED",
    "TEAM": "CREATED EDITED DELETED",
    "DEVELOPER": "CREATED EDITED DELETED EXPORTED",
    "EFFICIENCY_PROFILE": "CREATED EDITED DELETED",
    "PRODUCTIVITY_PROFILE": "CREATED EDITED DELETED",
    "ROLE": "CREATED EDITED DELETED",
    "ACTIVITY_LOG": "CREATED EDITED DELETED EXPORTED SUCCESS FAIL",
}
_PAIRS = ", ".join(f"'{kind} {action}'" for kind, actions in _ACTIONS.items() for action in actions.split())
_FUNCTION = f"""
CREATE FUNCTION activity_in_catalog(type text, action text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$ BEGIN RETURN type || ' ' || action = ANY (ARRAY[{_PAIRS}]); END $$
"""


class Migration(migrations.Migration):
    dependencies = [("activity", "0005_append")]

    operations = [
        migrations.RunSQL(_FUNCTION, "DROP FUNCTION activity_in_catalog"),
        # Entries have a deferred key, still to be checked when they came in this very transaction.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED", migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="entry", name="entry_in_catalog"),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Func(
                    "type", "action", function="activity_in_catalog", output_field=models.BooleanField()
                ),
                name="entry_in_catalog",
            ),
        ),
    ]
