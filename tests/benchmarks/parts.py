"""Suggestions of e-mails while somebody types, against a plain DISTINCT of the log."""

import argparse

from django.test import Client

from accounts.models import Account
from tests.benchmarks.measure import ms, ratio, table
from tests.benchmarks.reader import ACCOUNT, Query, auditor, counting, fetched, scoped_viewer
from tests.benchmarks.seed import ACTORS

FRAGMENTS = {"frequent": "member", "rare": f"{ACTORS - 1}@", "absent": "nobody-has-this"}
_DISTINCT = (
    "SELECT DISTINCT actor_email FROM activity_entry WHERE account_id = %s AND strpos(actor_email, %s) > 0"
    " ORDER BY actor_email LIMIT 10"
)


def run(options: argparse.Namespace) -> None:
    account = Account.objects.get(slug=ACCOUNT)
    scoped, _tree = scoped_viewer()
    rows = []
    for who, client in (("", auditor()), (", scoped viewer", scoped)):
        for name, typed in FRAGMENTS.items():
            distinct = Query(_DISTINCT, [account.pk, typed])
            # One round that doesn't count.
            pairs = [(_suggest(client, typed), fetched(distinct)[1]) for _ in range(options.rounds + 1)][1:]
            ours, plain = ([pair[place] for pair in pairs] for place in (0, 1))
            rows.append((f"{name}{who}", ms(ours), ms(plain), f"{ratio(ours, plain):.3f}"))
    table(
        f"Suggestions at {options.entries:,} entries (medians of {options.rounds} rounds, ms of SQL)",
        ("fragment", "suggestions", "DISTINCT of the account", "ratio"),
        rows,
    )


def _suggest(client: Client, typed: str) -> float:
    """The seconds of all SQL of a request."""
    with counting() as cost:
        response = client.get(f"/a/{ACCOUNT}/activity/suggest/", {"email": typed})
    if response.status_code != 200:
        raise RuntimeError(f"{typed}: {response.status_code}")
    return sum(query.seconds for query in cost.queries if "activity_count" in query.sql)
