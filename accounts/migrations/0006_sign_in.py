import accounts.secrets
from accounts.append_only import append_only
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import simple_history.models
from django.db import migrations, models

# As Django's createcachetable makes it, so that nobody has to run that.
CREATE_TRIES = """
CREATE TABLE accounts_tries (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX accounts_tries_expires ON accounts_tries (expires);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_api_keys'),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalSsoConfig',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('protocol', models.CharField(choices=[('oidc', 'OpenID Connect'), ('saml', 'SAML 2.0')], default='oidc', max_length=4, verbose_name='protocol')),
                ('domains', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=253), default=list, size=None, verbose_name='e-mail domains')),
                ('enabled', models.BooleanField(default=False, verbose_name='members can use it')),
                ('enforced', models.BooleanField(default=False, verbose_name='members must use it')),
                ('server_url', models.URLField(blank=True, max_length=500, validators=[django.core.validators.URLValidator(['https', 'http'])], verbose_name='issuer')),
                ('client_id', models.CharField(blank=True, max_length=200, verbose_name='client ID')),
                ('client_secret_fingerprint', models.CharField(blank=True, editable=False, max_length=12, verbose_name='client secret')),
                ('metadata', models.TextField(blank=True, verbose_name='metadata of the identity provider')),
                ('history_user_id', models.BigIntegerField(null=True)),
                ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField()),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('account', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.account')),
                ('new_member_role', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.role', verbose_name='role of new members')),
            ],
            options={
                'verbose_name': 'historical SSO config',
                'verbose_name_plural': 'historical SSO configs',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='SsoConfig',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('protocol', models.CharField(choices=[('oidc', 'OpenID Connect'), ('saml', 'SAML 2.0')], default='oidc', max_length=4, verbose_name='protocol')),
                ('domains', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=253), default=list, size=None, verbose_name='e-mail domains')),
                ('enabled', models.BooleanField(default=False, verbose_name='members can use it')),
                ('enforced', models.BooleanField(default=False, verbose_name='members must use it')),
                ('server_url', models.URLField(blank=True, max_length=500, validators=[django.core.validators.URLValidator(['https', 'http'])], verbose_name='issuer')),
                ('client_id', models.CharField(blank=True, max_length=200, verbose_name='client ID')),
                ('client_secret', accounts.secrets.EncryptedTextField(blank=True, verbose_name='client secret')),
                ('client_secret_fingerprint', models.CharField(blank=True, editable=False, max_length=12, verbose_name='client secret')),
                ('metadata', models.TextField(blank=True, verbose_name='metadata of the identity provider')),
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='sso', to='accounts.account')),
                ('new_member_role', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.role', verbose_name='role of new members')),
            ],
            options={
                'verbose_name': 'SSO config',
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.CheckConstraint(condition=models.Q(('enforced', False), ('enabled', True), _connector='OR'), name='enforced_only_if_enabled')],
            },
        ),
        append_only("accounts_historicalssoconfig"),
        migrations.RunSQL(CREATE_TRIES, "DROP TABLE accounts_tries;"),
    ]
