"""Which accounts a command is about: all, or the one that it names."""

from argparse import ArgumentParser

from django.core.management.base import CommandError

from accounts.models import Account


def add_account(parser: ArgumentParser) -> None:
    parser.add_argument("--account", metavar="SLUG", help="this account only")


def chosen(slug: str | None) -> list[Account]:
    """All accounts, or the one with this slug; CommandError when there is none."""
    accounts = Account.objects.order_by("slug")
    if slug is None:
        return list(accounts)
    if not (found := list(accounts.filter(slug=slug))):
        raise CommandError(f"There is no account {slug!r}.")
    return found
