"""Org trees that grow from the developers' managers: what shape they have, and teams that follow it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, count

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.batch import batch, delete_batch, save_batch
from accounts.many import NOTHING, Keys, held
from accounts.models import Account
from tracked_objects.models.organisation import Developer, OrgTree, Team, lock_developers

# Without a top manager, the tops are all who have reports and no manager.
_TOPS = (
    "SELECT id, NULL::bigint AS parent, 0 AS level FROM tracked_objects_developer AS top"
    " WHERE account_id = %s AND CASE WHEN %s::bigint IS NULL THEN manager_id IS NULL AND EXISTS ("
    "SELECT FROM tracked_objects_developer AS report WHERE report.manager_id = top.id) ELSE id = %s END"
)
# Nobody reports to themselves through others, so it ends; the level is for the case that somebody does after all.
_REACHED = (
    f"WITH RECURSIVE reached (id, parent, level) AS ({_TOPS} UNION ALL"
    " SELECT report.id, reached.id, reached.level + 1 FROM reached"
    " JOIN tracked_objects_developer AS report ON report.manager_id = reached.id WHERE reached.level < 200)"
    " SELECT id, parent, level FROM reached"
)


@dataclass(frozen=True)
class Shape:
    """What a tree is: everybody in it by primary key, with the manager that they have in it, from the top down."""

    parents: dict[int, int | None] = field(default_factory=dict)
    levels: dict[int, int] = field(default_factory=dict)

    @property
    def reports(self) -> dict[int, list[int]]:
        """Manager → those who report to them."""
        found: dict[int, list[int]] = defaultdict(list)
        for person, manager in self.parents.items():
            if manager is not None:
                found[manager].append(person)
        return dict(found)

    @property
    def managers(self) -> dict[int, int | None]:
        """The nodes of the tree: managers, each with their own manager."""
        return {person: self.parents[person] for person in self.reports}

    @property
    def teams(self) -> dict[int, Keys]:
        """Managers whose reports have no reports → these reports."""
        reports = self.reports
        return {manager: frozenset(people) for manager, people in reports.items() if reports.keys().isdisjoint(people)}

    def sizes(self) -> Counter[int]:
        """How many developers there are below each manager, at all levels."""
        sizes: Counter[int] = Counter()
        for person in sorted(self.parents, key=self.levels.__getitem__, reverse=True):
            if (manager := self.parents[person]) is not None:
                sizes[manager] += sizes[person] + 1
        return sizes


def shape_of(account_id: int, root_id: int | None) -> Shape:
    """The hierarchy below a manager, or of everybody, by one recursive query."""
    with connection.cursor() as cursor:
        cursor.execute(_REACHED, [account_id, root_id, root_id])
        rows = cursor.fetchall()
    return Shape({pk: parent for pk, parent, _level in rows}, {pk: level for pk, _parent, level in rows})


@dataclass(frozen=True)
class Growth:
    """How many managers or teams came, went, and moved to another manager."""

    came: int = 0
    went: int = 0
    moved: int = 0

    @classmethod
    def between(cls, old: Mapping[int, int | None], new: Mapping[int, int | None]) -> "Growth":
        """From one mapping of manager → their manager to another."""
        moved = sum(1 for person in old.keys() & new.keys() if old[person] != new[person])
        return cls(len(new.keys() - old.keys()), len(old.keys() - new.keys()), moved)

    def words(self, noun: str) -> str:
        """Such as: Managers: 3 came, 1 went."""
        counts = {_("came"): self.came, _("went"): self.went, _("moved"): self.moved}
        return f"{noun}: {', '.join(f'{count} {verb}' for verb, count in counts.items() if count)}." if self else ""

    def __bool__(self) -> bool:
        return bool(self.came or self.went or self.moved)


@contextmanager
def regrown(account: Account) -> Iterator[None]:
    """Let the trees of the account that are grown follow what happens inside to its developers.

    All of it is one transaction. The account's row is the lock of its developers; teams are locked before them, as
    everywhere.
    """
    with transaction.atomic():
        lock_developers(account.pk)
        trees = list(OrgTree.objects.filter(account=account, grown=True).order_by("pk"))
        _lock_teams(trees)
        shapes = {tree.pk: shape_of(account.pk, tree.root_id) for tree in trees}
        yield
        # A tree whose top has left is no longer grown.
        for tree in OrgTree.objects.filter(account=account, grown=True, pk__in=shapes).order_by("pk"):
            grow(tree, shapes[tree.pk])


def _lock_teams(trees: Iterable[OrgTree]) -> None:
    list(Team.objects.filter(org_tree__in=trees).order_by("pk").select_for_update(no_key=True).values_list("pk"))


def grow(tree: OrgTree, before: Shape) -> None:
    """Make, change and delete the teams of a tree so that they are those of its shape; one entry says what happened.

    A team is known by its manager: it keeps its name, settings and shared members for as long as they have one.
    """
    after = shape_of(tree.account_id, tree.root_id)
    wanted = after.teams
    teams = list(Team.objects.filter(org_tree=tree).order_by("pk"))
    known = {team.manager_id: team for team in reversed(teams) if team.manager_id in wanted}
    kept = list(known.values())
    staying = {team.pk for team in kept}
    gone = [team for team in teams if team.pk not in staying]
    new = _new_teams(tree, {pk: people for pk, people in wanted.items() if pk not in known}, kept)
    managers = Growth.between(before.managers, after.managers)
    moves = Growth.between(_parents(before), _parents(after))
    growth = Growth(len(new), len(gone), moves.moved)
    people, shared = _people([*kept, *new], wanted)
    if not (managers or growth or people):
        return
    details = {"managers": vars(managers), "teams": vars(growth)}
    with batch(tree.account, Team, lambda: words(managers, growth), details, about=tree) as current:
        delete_batch(current, gone)
        save_batch(current, [*kept, *new], many={"members": people, "shared_members": shared})


def words(managers: Growth, teams: Growth) -> str:
    """What a tree has become, in the language of the log."""
    said = " ".join(filter(None, (managers.words(_("Managers")), teams.words(_("Teams")))))
    return said or _("Only members of teams changed.")


def _parents(shape: Shape) -> dict[int, int | None]:
    """Managers of teams, each with their own manager."""
    return {manager: shape.parents[manager] for manager in shape.teams}


def _people(teams: Sequence[Team], wanted: Mapping[int, Keys]) -> tuple[list[Keys], list[Keys]]:
    """The members and shared members that the teams are to have, in step; nobody is both. None if they have them."""
    now = held(Team, [team.pk for team in teams if team.pk])
    members = [wanted[team.manager_id or 0] for team in teams]
    if all(now["members"].get(team.pk) == people for team, people in zip(teams, members, strict=True)):
        return [], []
    pairs = zip(teams, members, strict=True)
    return members, [now["shared_members"].get(team.pk, NOTHING) - people for team, people in pairs]


def _new_teams(tree: OrgTree, wanted: Mapping[int, Keys], kept: Iterable[Team]) -> list[Team]:
    """Teams for managers who have none, called what their reports' records say, or after the manager."""
    managers = Developer.objects.in_bulk(wanted)
    said: dict[int, Counter[str]] = defaultdict(Counter)
    rows = Developer.objects.filter(manager__in=wanted).exclude(team="").values_list("manager", "team").order_by("pk")
    for manager, name in rows:
        said[manager or 0][name] += 1
    taken = {team.name.casefold() for team in kept}
    made = []
    for pk in sorted(wanted):
        common = [name for name, _count in said[pk].most_common(1)]
        name = _free_name([*common, str(managers[pk])], taken)
        made.append(Team(account_id=tree.account_id, org_tree=tree, manager=managers[pk], name=name))
    return made


def _free_name(names: Sequence[str], taken: set[str]) -> str:
    """The first name that is free in the tree; when none is, the names together, with a number at need."""
    together = " – ".join(names)[:180]
    numbered = (f"{together} {number}" for number in count(2))
    name = next(name for name in chain(names, [together], numbered) if name.casefold() not in taken)
    taken.add(name.casefold())
    return name
