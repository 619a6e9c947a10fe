"""`manage.py demo`: an account with half a year of changes that the app itself recorded, served on loopback."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection, transaction
from tqdm import tqdm

from accounts.models import Account, User
from accounts.setup import add_member, create_account
from activity.actors import Actor
from activity.models import Entry, Source
from activity.recording import recording
from sei_audit.demo import company
from sei_audit.demo.story import DAYS, Story
from sei_audit.serve import serve
from tracked_objects.models import OrgTree

SLUG = "acme"


class Command(BaseCommand):
    help = "Fill an account with a realistic history and serve it; made once, then started at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="make the data and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        account = Account.objects.filter(slug=SLUG).first() or self._make()
        lines = [f"  {email:32} {role}" for email, _name, role in company.MEMBERS]
        entries = Entry.objects.filter(account=account).count()
        self.stdout.write(f"\n{account.name}: {entries:,} entries. Sign in with the password {company.PASSWORD} as\n")
        self.stdout.write("\n".join(lines) + "\n")
        if not options["no_serve"]:
            serve()

    def _make(self) -> Account:
        started = time.monotonic()
        # One transaction: an interrupted demo leaves nothing behind, and starts anew.
        with transaction.atomic():
            account, members, viewers = self._people()
            with tqdm(None, "Living half a year", DAYS - 1, unit=" days", disable=None) as progress:
                Story(account, members, viewers).tell(progress.update)
            self._scope(account)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        self.stdout.write(f"Made in {time.monotonic() - started:.0f} s.")
        return account

    def _people(self) -> tuple[Account, list[User], list[User]]:
        email, name, _role = company.MEMBERS[1]
        with recording(Actor.system("demo"), Source.COMMAND):
            account = create_account(SLUG, "Acme Engineering", email, company.PASSWORD, name)
            others = {
                person: add_member(account, person, role, company.PASSWORD, name)
                for person, name, role in (*company.MEMBERS, *company.MORE_ADMINS)
                if role not in ("Account Admin", "SEI Collection Admin")
            }
        admins = [User.objects.get(email=email)]
        admins += [others[person] for person, _name, role in (*company.MEMBERS, *company.MORE_ADMINS) if role == "SEI Admin"]
        return account, admins, [user for user in others.values() if user not in admins]

    def _scope(self, account: Account) -> None:
        email, name, role = company.MEMBERS[2]
        tree = OrgTree.objects.get(account=account, name=company.TREES[0])
        with recording(Actor.system("demo"), Source.COMMAND):
            add_member(account, email, role, company.PASSWORD, name, org_tree=tree)
