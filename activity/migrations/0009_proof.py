import django.db.models.deletion
from django.db import migrations, models

from accounts.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_import_by_key'),
        ('activity', '0008_last_sign_ins'),
    ]

    operations = [
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.BigIntegerField()),
                ('head', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
                ('key', models.CharField(max_length=200)),
                ('signature', models.CharField(max_length=100)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('account', 'seq'), name='one_checkpoint_per_seq')],
            },
        ),
        migrations.CreateModel(
            name='Manifest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.BigIntegerField()),
                ('body', models.TextField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('account', 'seq'), name='one_manifest_per_export')],
            },
        ),
        migrations.CreateModel(
            name='Verification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=320)),
                ('from_seq', models.BigIntegerField()),
                ('to_seq', models.BigIntegerField()),
                ('head', models.CharField(max_length=64)),
                ('newest', models.BigIntegerField()),
                ('whole', models.BooleanField()),
                ('problem', models.JSONField(null=True)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
            ],
            options={
                'indexes': [models.Index(fields=['account', 'id'], name='verification_newest')],
            },
        ),
        migrations.CreateModel(
            name='Reconciliation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.CharField(max_length=320)),
                ('found', models.JSONField()),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.account')),
            ],
            options={
                'indexes': [models.Index(fields=['account', 'id'], name='reconciliation_newest')],
            },
        ),
        append_only(
            "activity_checkpoint", "activity_manifest", "activity_reconciliation", "activity_verification"
        ),
    ]
