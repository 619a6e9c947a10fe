"""What the pages of a tree show: nodes with their reports, node by node, and totals of the whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import BooleanField, Case, OuterRef, QuerySet, Subquery, When
from django.db.models.expressions import RawSQL

from accounts.models import Account
from tracked_objects.models import Developer, OrgTree, Team
from tracked_objects.models.growing import Shape, shape_of
from tracked_objects.tables import count

# A node with more reports shows them in parts.
MOST = 100

# From a developer up to a top of the tree; UNION, so that it ends even where somebody reports to themselves.
_IN_TREE = (
    "EXISTS (WITH RECURSIVE above (id, manager_id) AS ("
    "SELECT id, manager_id FROM tracked_objects_developer WHERE id = %s"
    " AND account_id = tracked_objects_orgtree.account_id"
    " UNION SELECT boss.id, boss.manager_id FROM above"
    " JOIN tracked_objects_developer AS boss ON boss.id = above.manager_id)"
    " SELECT FROM above WHERE id = root_id OR root_id IS NULL AND manager_id IS NULL)"
)


def with_developer(trees: QuerySet[OrgTree], developer_id: int) -> QuerySet[OrgTree]:
    """Those of the trees that a developer is in."""
    # The id is a parameter.
    return trees.filter(RawSQL(_IN_TREE, [developer_id], BooleanField()))  # noqa: S611


def nodes(account: Account, tree: OrgTree | None, root_id: int | None, manager_id: int | None) -> QuerySet[Developer]:
    """The reports of a manager, or the tops: each with `report_count` and, in a tree, `team_pk` and `team_name`."""
    people = Developer.objects.filter(account=account).annotate(report_count=count(Developer, "manager"))
    if manager_id is not None:
        people = people.filter(manager=manager_id)
    elif root_id is not None:
        people = people.filter(pk=root_id)
    else:
        people = people.filter(manager=None, report_count__gt=0)
    teams = Team.objects.filter(org_tree=tree, manager=OuterRef("pk")).order_by("pk")
    names = {f"team_{name}": Subquery(teams.values(name)[:1]) for name in ("pk", "name")}
    # Managers first, then in the order of their names.
    return people.annotate(**names).order_by(Case(When(report_count=0, then=1), default=0), "full_name", "pk")


@dataclass(frozen=True)
class Row:
    """A node of the table: a manager, where they stand, and who is below them."""

    person: Developer
    manager: Developer | None
    level: int
    reports: int
    below: int
    team: Team | None


class Whole:
    """The whole of a tree: its totals, its nodes from the top down, and who isn't in it."""

    def __init__(self, account: Account, root_id: int | None, tree: OrgTree | None = None) -> None:
        self.account, self.tree = account, tree
        self.shape: Shape = shape_of(account.pk, root_id)

    @cached_property
    def managers(self) -> list[int]:
        return sorted(self.shape.managers, key=lambda pk: (self.shape.levels[pk], pk))

    @cached_property
    def unmatched(self) -> list[int]:
        """The developers whom the tree doesn't reach."""
        everybody = Developer.objects.filter(account=self.account).order_by("full_name", "pk")
        return [pk for pk in everybody.values_list("pk", flat=True) if pk not in self.shape.parents]

    @property
    def totals(self) -> dict[str, int]:
        return {
            "teams": len(self.shape.teams),
            "roots": sum(1 for manager in self.shape.managers.values() if manager is None),
            "developers": len(self.shape.parents),
            "unmatched": len(self.unmatched),
        }

    def rows(self, managers: Sequence[int]) -> list[Row]:
        """What the table shows of some of the managers."""
        reports, sizes, parents = self.shape.reports, self.shape.sizes(), self.shape.managers
        people = Developer.objects.in_bulk({*managers, *(parents[pk] for pk in managers if parents[pk])})
        teams = {team.manager_id: team for team in Team.objects.filter(org_tree=self.tree, manager__in=managers)}
        return [
            Row(
                people[pk],
                people.get(parents[pk] or 0),
                self.shape.levels[pk] + 1,
                len(reports[pk]),
                sizes[pk],
                teams.get(pk),
            )
            for pk in managers
        ]


def named(pks: Sequence[int]) -> list[Developer]:
    """Developers by primary key, in this order."""
    found = Developer.objects.in_bulk(pks)
    return [found[pk] for pk in pks if pk in found]
