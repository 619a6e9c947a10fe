"""`manage.py demo`: an account with half a year of changes that the app itself recorded, served on loopback."""

import time
from argparse import ArgumentParser
from datetime import timedelta
from secrets import token_urlsafe
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.utils import timezone
from tqdm import tqdm

from accounts.models import Account, Invitation, Role, User
from accounts.permissions import ACCOUNT_ADMIN
from accounts.secrets import token_hash
from accounts.setup import add_member, create_account
from activity.actors import Actor
from activity.models import Entry, Source
from activity.recording import recording
from sei_audit.demo import company
from sei_audit.demo.story import DAYS, Story
from tracked_objects.models import OrgTree

SLUG = "acme"
_COMMAND = Actor.system("demo")


class Command(BaseCommand):
    help = "Fill an account with a realistic history and serve it; made once, then started at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="make the data and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        account = Account.objects.filter(slug=SLUG).first()
        if account is None or not self._is_whole(account):
            account = self._make(account)
        lines = [f"  {email:32} {role}" for email, _name, role in company.MEMBERS]
        entries = Entry.objects.filter(account=account).count()
        self.stdout.write(f"\n{account.name}: {entries:,} entries. Sign in with the password {company.PASSWORD} as\n")
        self.stdout.write("\n".join(lines))
        if not options["no_serve"]:
            call_command("serve")

    def _is_whole(self, account: Account) -> bool:
        """The Collection Admin comes last."""
        return account.bindings.filter(user__email=company.COLLECTION_ADMIN[0]).exists()

    def _make(self, account: Account | None) -> Account:
        started = time.monotonic()
        with connection.cursor() as cursor:
            # Half a year of demo days can be lived again; each needn't wait for the disk.
            cursor.execute("SET synchronous_commit TO off")
        account = account or self._people()
        first = Entry.objects.filter(account=account).earliest("occurred_at").occurred_at
        with tqdm(None, "Living half a year", DAYS - 1, unit=" days", disable=None) as progress:
            Story(account, first, *self._cast(account)).tell(progress.update)
        self._scope(account)
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO on")
            cursor.execute("ANALYZE")
        self.stdout.write(f"Made in {time.monotonic() - started:.0f} s.")
        return account

    def _people(self) -> Account:
        start = timezone.now() - timedelta(days=DAYS)
        admin, *others = sorted(company.everybody(), key=lambda person: person[2] != ACCOUNT_ADMIN)
        with transaction.atomic(), recording(_COMMAND, Source.COMMAND, occurred_at=start):
            account = create_account(SLUG, "Acme Engineering", admin[0], company.PASSWORD, admin[1])
            for email, name, role in others:
                add_member(account, email, role, company.PASSWORD, name)
        return account

    def _cast(self, account: Account) -> tuple[list[User], list[User]]:
        """Those who change things, and those who only look."""
        users = User.objects.filter(bindings__account=account).order_by("pk")
        admins = users.filter(bindings__role__name__endswith="Admin")
        return list(admins), list(users.exclude(pk__in=admins))

    def _scope(self, account: Account) -> None:
        email, name, role = company.COLLECTION_ADMIN
        tree = OrgTree.objects.get(account=account, name=company.TREES[0])
        with recording(_COMMAND, Source.COMMAND):
            self._invite(account, tree)
            add_member(account, email, role, company.PASSWORD, name, org_tree=tree)

    def _invite(self, account: Account, tree: OrgTree) -> None:
        """A role of the account's own, and somebody who hasn't answered yet."""
        name, capabilities = company.CUSTOM_ROLE
        role = Role.objects.create(account=account, name=name, capabilities=sorted(capabilities))
        email, invited = company.INVITED
        invitation = Invitation(account=account, email=email, name=invited)
        invitation.promise([(role, tree)])
        invitation.renew(User.objects.get(email=company.MEMBERS[1][0]), token_hash(token_urlsafe()))
        invitation.save()
