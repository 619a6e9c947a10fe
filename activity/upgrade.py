"""What is done once all migrations are applied: the guard is put on tables as they are now, and what an upgrade changes
of tracked objects is recorded, which a migration couldn't do."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models.signals import post_migrate

from accounts.setup import complete_built_in_roles
from activity.actors import Actor
from activity.models import Source
from activity.proof import guard
from activity.recording import recording


def connect(sender: AppConfig) -> None:
    """Connect the receiver; called once, when the app is ready."""
    post_migrate.connect(_migrated, sender=sender)


def _migrated(using: str, **_: Any) -> None:
    executor = MigrationExecutor(connections[using])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    guard.install()
    with recording(Actor.system("migrate"), Source.COMMAND):
        complete_built_in_roles()
