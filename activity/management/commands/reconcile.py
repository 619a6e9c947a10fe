"""`manage.py reconcile`: every tracked object as the log says, or those that aren't. Exit code 1 when any are left."""

import json
import time
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Account
from activity.actors import Actor
from activity.canonical import canonical_json
from activity.management.accounts import add_account, chosen
from activity.models import Source
from activity.proof.catching_up import catch_up
from activity.proof.reconciled import keep, sentence
from activity.proof.reconciling import Comparison, Unlogged, compare
from activity.recording import recording

_CONTEXT: dict[str, Any] = {"actor": Actor.system("reconcile"), "source": Source.COMMAND.value}


class Command(BaseCommand):
    help = "Hold all tracked objects against their history and their entries. Without options, of all accounts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_account(parser)
        parser.add_argument("--json", action="store_true", help="the results as JSON")
        parser.add_argument("--record", metavar="REASON", help="then make the entries of what was found, with a reason")

    def handle(self, *args: Any, **options: Any) -> None:
        if (reason := options["record"]) is not None and not reason.strip():
            raise CommandError("--record needs the reason.")
        tells = not options["json"]
        found = {account.slug: self._reconcile(account, reason, tells) for account in chosen(options["account"])}
        if options["json"]:
            self.stdout.write(json.dumps([{"account": slug, **one.kept} for slug, one in found.items()], indent=2))
        if bad := [f"{slug}: {sentence(one.differing.total())}" for slug, one in found.items() if one.differing]:
            raise CommandError("\n".join(bad))

    def _reconcile(self, account: Account, reason: str | None, tells: bool) -> Comparison:
        began = time.monotonic()
        found = self._kept(account)
        if tells:
            seconds = time.monotonic() - began
            objects = f"{found.checked.total():,} objects held against the log"
            self.stdout.write(f"{account.slug}: {objects}. {seconds:.1f} s.")
            for line in (line for one in found.unlogged for line in _lines(one)):
                self.stdout.write(f"  {line}")
        if not reason or not found.differing:
            return found
        with recording(**_CONTEXT, reason=reason) as rec:
            if not catch_up(account, found.digest, rec):
                raise CommandError(f"{account.slug}: something else has changed meanwhile, so nothing is recorded.")
        if tells:
            self.stdout.write(f"{account.slug}: recorded afterwards.")
        return self._kept(account)

    def _kept(self, account: Account) -> Comparison:
        found = compare(account)
        keep(account, found, _CONTEXT)
        return found


def _lines(one: Unlogged) -> Iterable[str]:
    yield f"{one.action} {one.type} {one.object_id} {one.name}"
    for name, change in one.changes.items():
        yield f"  {name}: recorded {_side(change, 'before', 'removed')}, is {_side(change, 'after', 'added')}"


def _side(change: dict[str, Any], *names: str) -> str:
    return next((canonical_json(change[name]) for name in names if change.get(name)), "nothing")
