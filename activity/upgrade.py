"""What an upgrade changes of tracked objects. A migration couldn't record it, so it is done once all are applied."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models.signals import post_migrate

from accounts.setup import complete_built_in_roles
from activity.actors import Actor
from activity.models import Source
from activity.recording import recording


def connect(sender: AppConfig) -> None:
    """Connect the receiver; called once, when the app is ready."""
    post_migrate.connect(_migrated, sender=sender)


def _migrated(using: str, **_: Any) -> None:
    executor = MigrationExecutor(connections[using])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    with recording(Actor.system("migrate"), Source.COMMAND):
        complete_built_in_roles()
