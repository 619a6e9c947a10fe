"""A team that is saved several times, on days that are told."""

import random
from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.batch import batch, save_batch
from accounts.models import Account
from activity.actors import Actor
from activity.recording import recording
from activity.versions.states import State, state_now
from tracked_objects.models import Developer, Integration, OrgTree, Team

NAMES = ("Ann", "Bob", "Cyd", "Dee")
CONDITION = {"property": "name", "operator": "starts_with", "values": ["pay", "a, b"]}
MANY = {field.name for field in Team._meta.many_to_many}


def day(number: int) -> datetime:
    """Noon of a day in January 2026."""
    return datetime(2026, 1, number, 12, tzinfo=UTC)


def save(team: Team, at: datetime | None = None, reason: str = "", **values: Any) -> None:
    """Change a team in one recording, at a time if one is told."""
    with recording(Actor.system("tests"), occurred_at=at, reason=reason):
        for name, value in values.items():
            if name not in MANY:
                setattr(team, name, value)
        team.save()
        for name in MANY & values.keys():
            getattr(team, name).set(values[name])


def pages(team: Team) -> str:
    return f"/a/acme/teams/{team.pk}/versions/"


@pytest.fixture
def people(account: Account) -> list[Developer]:
    """Ann, Bob, Cyd and Dee, who were there before the team."""
    made = [Developer(account=account, full_name=name, email=f"{name}@acme.example") for name in NAMES]
    with recording(Actor.system("tests"), occurred_at=day(1)), batch(account, Developer) as current:
        save_batch(current, made)
    return made


@pytest.fixture
def team(account: Account, org_tree: OrgTree, people: list[Developer]) -> Team:
    """Version 1 of 1 January: Ann's team of Bob."""
    made = Team(account=account, org_tree=org_tree, name="Payments", manager=people[0])
    save(made, day(1), members=[people[1]])
    return made


@pytest.fixture
def saved(team: Team, people: list[Developer]) -> Team:
    """Version 2 has another name and Cyd, version 3 has Dee instead of Bob."""
    save(team, day(2), "New colours", name="Checkout", members=people[1:3])
    save(team, day(3), members=people[2:4])
    return team


@pytest.fixture
def github(account: Account) -> Integration:
    with recording(Actor.system("tests")):
        return Integration.objects.create(account=account, name="GitHub", category="source_code")


def edits(chance: random.Random, people: list[Developer], github: Integration) -> dict[str, Any]:
    """Any edit of a team."""
    some = chance.sample(people, chance.randint(0, len(people)))
    cut = chance.randint(0, len(some))
    conditions = [{**CONDITION, "values": [str(chance.randint(0, 2))]} for _ in range(chance.randint(0, 3))]
    return {
        "name": chance.choice(["Payments", "Checkout", "C.I [x]"]),
        "manager": chance.choice([None, *people]),
        "members": some[:cut],
        "shared_members": some[cut:],
        "integrations": chance.choice([[], [github]]),
        "settings": chance.choice([{}, {"branches": conditions}, {"projects": conditions, "branches": conditions[:1]}]),
        "alignment_filters": chance.choice([{}, {"A.b": [{"match": "all", "conditions": conditions}]}]),
    }


@pytest.fixture
def states(team: Team, people: list[Developer], github: Integration, request: Any) -> list[State]:
    """The states that a team was left in by edits that are drawn from a seed; all are in the past."""
    chance, left = random.Random(request.param), [state_now(team)]
    for number in range(2, 9):
        drawn = edits(chance, people, github)
        chosen = chance.sample(sorted(drawn), chance.randint(1, 7))
        # Nobody is both.
        chosen += [name for name in ("members", "shared_members") if name not in chosen]
        save(team, day(number), **{name: drawn[name] for name in chosen})
        if state_now(team) != left[-1]:
            left.append(state_now(team))
    return left
