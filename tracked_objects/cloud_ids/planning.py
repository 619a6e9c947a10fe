"""What a list of cloud IDs would change, and all that is wrong with it. Pages and the API ask the same."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.translation import gettext as _

from accounts.models import Account
from tracked_objects.cloud_ids.rows import CloudId, Column
from tracked_objects.models import Developer
from tracked_objects.upload.problems import MAX_SAMPLES, Problem, Problems, ProblemType, Sample

# As in the form of a developer.
LIMITS = {Column.EMAIL: 254, Column.APPLICATION_TYPE: 60, Column.CLOUD_ID: 200}
Identity = dict[str, str]


class Person(NamedTuple):
    """A developer, as far as it matters here."""

    pk: int
    name: str
    email: str
    identities: list[Identity]

    def __str__(self) -> str:
        return f"{self.name} ({self.email})"


@dataclass
class Sync:
    """What a list would do: who gets which identities, who has them already, whom nobody knows, what is wrong."""

    changes: list[tuple[Person, list[Identity]]] = field(default_factory=list)
    unchanged: int = 0
    # Rows whose e-mail no developer has; they are left out.
    unknown: Problem = field(default_factory=lambda: Problem(ProblemType.UNKNOWN_EMAIL, Column.EMAIL))
    problems: Problems = field(default_factory=Problems)

    @property
    def left_out(self) -> list[Problem]:
        """What is reported, but isn't in the way."""
        return [self.unknown] if self.unknown.count else []


def plan(account: Account, rows: Iterable[CloudId], problems: Problems | None = None) -> Sync:
    """Compare a list with the developers of the account. With problems, nothing of it may be applied.

    For each developer and application type it has the one cloud ID, which replaces those that are stored; identities in
    applications that it doesn't speak of stay. To apply it, call `lock_developers` before.
    """
    sync = Sync(problems=Problems() if problems is None else problems)
    wanted = _wanted(rows, sync)
    people = {person.email.lower(): person for person in _people(account)}
    after = {person.pk: person.identities for person in people.values()}
    for email, said in wanted.items():
        person = people.get(email)
        if person is None:
            _add_unknown(sync.unknown, said)
            continue
        after[person.pk] = merged(person.identities, said)
        if after[person.pk] == person.identities:
            sync.unchanged += 1
        else:
            sync.changes.append((person, after[person.pk]))
    _check_owners(list(people.values()), after, wanted, sync.problems)
    sync.changes.sort(key=lambda change: (change[0].name.casefold(), change[0].pk))
    return sync


def _wanted(rows: Iterable[CloudId], sync: Sync) -> dict[str, dict[str, CloudId]]:
    """E-mail → application type, both in lower case → the row that says the cloud ID."""
    wanted: dict[str, dict[str, CloudId]] = defaultdict(dict)
    for row in rows:
        if not _is_whole(row, sync.problems):
            continue
        first = wanted[row.email.lower()].setdefault(row.application_type.lower(), row)
        if first.cloud_id != row.cloud_id:
            note = _("%(type)s: “%(one)s” in row %(row)d, “%(other)s” here") % {
                "type": row.application_type,
                "one": first.cloud_id,
                "row": first.row,
                "other": row.cloud_id,
            }
            kind = ProblemType.CONFLICTING_CLOUD_IDS
            sync.problems.add(kind, Column.CLOUD_ID, row=row.row, who=row.email, note=note)
    return wanted


def _is_whole(row: CloudId, problems: Problems) -> bool:
    """Whether all three values are there and fit."""
    fine = True
    for (column, limit), value in zip(LIMITS.items(), row[1:], strict=True):
        note = "" if len(value) <= limit else _("longer than %d characters") % limit
        if value and "\0" not in value and not note:
            continue
        fine = False
        kind = ProblemType.INVALID_CSV if value else ProblemType.REQUIRED_VALUE_MISSING
        who = row.cloud_id if column == Column.EMAIL else row.email
        problems.add(kind, column, row=row.row, who=who.replace("\0", "\N{REPLACEMENT CHARACTER}"), note=note)
    return fine


def _people(account: Account) -> list[Person]:
    found = Developer.objects.filter(account=account).order_by("pk")
    return [Person(*row) for row in found.values_list("pk", "full_name", "email", "identities")]


def merged(identities: list[Identity], said: Mapping[str, CloudId]) -> list[Identity]:
    """Identities with those of the list put in: where the application's first one stood, else at the end."""
    left = {name: {"application_type": name, "cloud_id": row.cloud_id} for name, row in said.items()}
    result = []
    for identity in identities:
        name = identity["application_type"].lower()
        if name not in said:
            result.append(identity)
        elif name in left:
            result.append(left.pop(name))
    return [*result, *left.values()]


def _add_unknown(unknown: Problem, said: Mapping[str, CloudId]) -> None:
    """Count an e-mail, and keep its rows as samples while there are few."""
    unknown.count += 1
    room = MAX_SAMPLES - len(unknown.samples)
    unknown.samples += [
        Sample(row.row, row.email, f"{row.application_type} {row.cloud_id}") for row in list(said.values())[:room]
    ]


def _check_owners(
    people: list[Person],
    after: Mapping[int, list[Identity]],
    wanted: Mapping[str, Mapping[str, CloudId]],
    problems: Problems,
) -> None:
    """No identity that the list gives to somebody belongs to another developer in the end."""
    owners: dict[tuple[str, str], list[Person]] = defaultdict(list)
    for person in people:
        for identity in after[person.pk]:
            owners[identity["application_type"].lower(), identity["cloud_id"]].append(person)
    for person in people:
        for name, row in wanted.get(person.email.lower(), {}).items():
            for other in (owner for owner in owners[name, row.cloud_id] if owner is not person):
                note = _("%(type)s “%(id)s” already belongs to %(owner)s (%(email)s).") % {
                    "type": name,
                    "id": row.cloud_id,
                    "owner": other.name,
                    "email": other.email,
                }
                problems.add(ProblemType.CLOUD_ID_TAKEN, Column.CLOUD_ID, row=row.row, who=str(person), note=note)
