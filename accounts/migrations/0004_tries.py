from django.db import migrations

# As Django's createcachetable makes it, so that nobody has to run that.
CREATE = """
CREATE TABLE accounts_tries (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX accounts_tries_expires ON accounts_tries (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_append_only")]

    operations = [migrations.RunSQL(CREATE, "DROP TABLE accounts_tries;")]
