"""Which teams developers are taken out of when they are removed, as the page that deletes one says too."""

from collections import defaultdict
from collections.abc import Collection

from accounts.guard import Access
from tracked_objects.models import Team
from tracked_objects.scope import visible


def teams_left(access: Access, developers: Collection[int]) -> dict[int, list[Team]]:
    """The teams that the developers manage or belong to, by developer."""
    teams = visible(Team, access).order_by("name", "pk")
    found: dict[int, list[int]] = defaultdict(list)
    for field in ("manager", "members", "shared_members"):
        for pk, team in teams.filter(**{f"{field}__in": developers}).values_list(field, "pk"):
            found[pk].append(team)
    named = teams.in_bulk({team for pks in found.values() for team in pks})
    return {pk: [named[team] for team in dict.fromkeys(pks)] for pk, pks in found.items()}
