"""`manage.py create_account`: the first thing to do on a new installation."""

import os
import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.setup import create_account, find_user
from activity.actors import Actor
from activity.models import Source
from activity.recording import recording


class Command(BaseCommand):
    help = "Create an account with its built-in roles and an Account Admin."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the account's word in URLs: /a/<slug>/")
        parser.add_argument("--name", required=True, help="the name that people read")
        parser.add_argument("--admin", required=True, metavar="EMAIL", help="who becomes its Account Admin")
        parser.add_argument("--admin-name", default="", help="the admin's name, when they are new")

    def handle(self, *args: Any, **options: Any) -> None:
        slug, email = options["slug"].lower(), options["admin"]
        if Account.objects.filter(slug=slug).exists():
            raise CommandError(_("There is an account “%(slug)s” already.") % {"slug": slug})
        known = find_user(email) is not None
        password = "" if known else read_password()
        try:
            with recording(Actor.system("create_account"), Source.COMMAND):
                create_account(slug, options["name"], email, password, options["admin_name"])
        except ValidationError as error:
            raise CommandError("\n".join(explain(error))) from None
        said = _("Account “%(slug)s” is ready; %(email)s is its admin.")
        if known:
            said = _("Account “%(slug)s” is ready; %(email)s is its admin and keeps their password.")
        self.stdout.write(said % {"slug": slug, "email": email})


def read_password() -> str:
    """The admin's password from SEI_ADMIN_PASSWORD, else asked for twice."""
    if given := os.environ.get("SEI_ADMIN_PASSWORD"):
        return given
    if not sys.stdin.isatty():
        raise CommandError(_("Set SEI_ADMIN_PASSWORD, or run this where a password can be typed."))
    first = getpass(_("Password of the admin: "))
    if first != getpass(_("The same again: ")):
        raise CommandError(_("These are two different passwords. Nothing was created."))
    return first


def explain(error: ValidationError) -> list[str]:
    """One line for each thing that is wrong, beginning with the name of the field."""
    return [f"{field}: {message}" for field, messages in error.message_dict.items() for message in messages]
