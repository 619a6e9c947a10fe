"""`manage.py checkpoint`: sign the log of each account where that is due, and send it on. For cron."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Account
from activity.management.accounts import add_account, chosen
from activity.proof import hook
from activity.proof.checkpoints import Contradiction, make


class Command(BaseCommand):
    help = "Sign a checkpoint of each log that has grown by enough entries or minutes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_account(parser)
        parser.add_argument("--now", action="store_true", help="of each log that has grown at all")

    def handle(self, *args: Any, **options: Any) -> None:
        if bad := [
            trouble for account in chosen(options["account"]) if (trouble := self._sign(account, options["now"]))
        ]:
            raise CommandError("\n".join(bad))

    def _sign(self, account: Account, due_or_not: bool) -> str:
        """Sign and send; what went wrong."""
        try:
            made = make(account, due_or_not)
        except (Contradiction, LookupError) as error:
            return str(error)
        if made is None:
            return ""
        if settings.CHECKPOINT_HOOK != "stdout":
            self.stdout.write(f"{account.slug}: signed up to entry #{made.seq}.")
        if settings.CHECKPOINT_HOOK and not hook.send(account.slug, made.note):
            return f"The checkpoint of {account.slug} at #{made.seq} was not sent; the server's log says why."
        return ""
