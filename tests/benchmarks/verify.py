"""Verifying the seeded log (chain, head, counts, checkpoints), against reading the same rows."""

import argparse

from accounts.models import Account
from activity.integrity import START, stored_rows
from activity.models import Chain
from activity.proof.verification import verify
from tests.benchmarks.measure import alternating, ratio, table


def run(options: argparse.Namespace) -> None:
    account = Account.objects.get(slug="big")
    entries = Chain.objects.get(account=account).seq
    read, verified = alternating([lambda: _read(account.pk), lambda: _verify(account)], options.rounds)
    rates = [f"{entries / sorted(times)[len(times) // 2]:,.0f}" for times in (read, verified)]
    table(
        f"The chain of {entries:,} entries (medians of {options.rounds} rounds)",
        ("", "entries/s", "ratio"),
        [("read", rates[0], "1.00"), ("verified", rates[1], f"{ratio(verified, read):.2f}")],
    )


def _read(account_id: int) -> None:
    for _row in stored_rows(account_id):
        pass


def _verify(account: Account) -> None:
    if (problem := verify(account, START).problem) is not None:
        raise RuntimeError(problem.sentence)
