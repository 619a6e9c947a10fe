"""The tracked objects of the demo's account, and the changes that its admins make to them."""

import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models

from accounts.models import Account
from sei_audit.demo import company
from tracked_objects.models import (
    BusinessAlignmentProfile,
    Developer,
    EfficiencyProfile,
    Integration,
    OrgTree,
    ProductivityProfile,
    Tag,
    Team,
)
from tracked_objects.models.growing import Shape, grow, regrown

Step = Callable[[], object]
M = TypeVar("M", bound=models.Model)


class World:
    """Builds the objects, then changes them one at a time. Call what comes back inside a recording."""

    def __init__(self, account: Account, chance: random.Random) -> None:
        self.account = account
        self.chance = chance
        by_hand = Team.objects.filter(account=account, org_tree__grown=False)
        self.teams = list(by_hand.order_by("pk"))

    def tools(self) -> Iterator[Step]:
        """One step for each integration."""
        for name, category, kind, url in company.TOOLS:
            yield partial(self._tool, name, category, kind, url)

    def _tool(self, name: str, category: str, kind: str, url: str) -> None:
        tool = Integration.objects.create(
            account=self.account,
            name=name,
            category=category,
            application_type=kind,
            url=url,
            credentials=f"demo-token-{self.chance.getrandbits(64):x}",
        )
        tool.tags.add(*(self._tag(word) for word in (category.replace("_", "-"), "production")))

    def _tag(self, name: str) -> Tag:
        return Tag.objects.filter(account=self.account, name=name).first() or Tag.objects.create(
            account=self.account, name=name
        )

    def profiles(self) -> Iterator[Step]:
        """One step for each profile: a kind in three sizes."""
        for size in ("Standard", "Regulated", "Experimental"):
            yield partial(EfficiencyProfile.objects.create, account=self.account, name=f"{size} delivery")
            yield partial(
                ProductivityProfile.objects.create,
                account=self.account,
                name=f"{size} productivity",
                feature_issue_types=["Story", "Epic"],
                bug_issue_types=["Bug"],
                active_statuses=["In progress", "In review"],
            )
            yield partial(
                BusinessAlignmentProfile.objects.create,
                account=self.account,
                name=f"{size} investment",
                categories=self._categories(),
            )

    def _categories(self) -> list[dict[str, object]]:
        return [
            {
                "name": name,
                "ticket_scope": "matching",
                "conditions": [{"property": "labels", "operator": "is", "values": [label]}],
            }
            for name, label in (("New features", "feature"), ("Keeping the lights on", "ops"), ("Quality", "bug"))
        ]

    def trees(self) -> Iterator[Step]:
        """One step for each org tree."""
        for name in company.TREES:
            yield partial(self._tree, name)

    def _tree(self, name: str) -> None:
        tree = OrgTree.objects.create(
            account=self.account,
            name=name,
            description=f"Everybody who works on {name.lower()}",
            efficiency_profile=self._any(EfficiencyProfile),
            productivity_profile=self._any(ProductivityProfile),
            business_alignment_profile=self._any(BusinessAlignmentProfile),
        )
        tree.integrations.set(Integration.objects.filter(account=self.account).order_by("pk")[:4])

    def everybody(self) -> None:
        """A tree that grows from all managers."""
        tree = OrgTree.objects.create(
            account=self.account,
            name=company.EVERYBODY,
            description="All of Acme, as the HR system has it",
            grown=True,
            efficiency_profile=self._any(EfficiencyProfile),
        )
        grow(tree, Shape())

    def team(self, number: int) -> None:
        """Make the team `number`, with a manager and eight members of its tree's department."""
        tree = OrgTree.objects.get(account=self.account, name=company.TREES[number % len(company.TREES)])
        people = list(Developer.objects.filter(account=self.account, department=tree.name).order_by("pk"))
        manager, *members = self.chance.sample(people, 9)
        team = Team.objects.create(
            account=self.account, org_tree=tree, name=company.TEAM_WORDS[number], manager=manager
        )
        team.members.set(members)
        self.teams.append(team)

    def _any(self, model: type[M]) -> M:
        rows: Any = models.QuerySet(model).filter(account=self.account)
        found: M = rows.get(pk=self.chance.choice(rows.order_by("pk").values_list("pk", flat=True)))
        return found

    def change(self) -> tuple[Step, str]:
        """A change as an admin would make it, and the reason given, mostly none."""
        steps: dict[Step, int] = {
            self._members: 24,
            self._team_settings: 18,
            self._manager: 8,
            self._phase: 7,
            self._thresholds: 6,
            self._rank: 5,
            self._tree_profile: 6,
            self._tool_status: 6,
            self._token: 3,
            self._developer: 20,
            self._leaver: 2,
            self._mover: 3,
        }
        step = self.chance.choices(list(steps), list(steps.values()))[0]
        reasons = ("Reorganisation", "Requested by the team", "Follow-up of the retrospective")
        return step, self.chance.choice(reasons) if self.chance.random() < 0.2 else ""

    def _members(self) -> None:
        team = self.chance.choice(self.teams)
        people = Developer.objects.filter(account=self.account, department=team.org_tree.name)
        joining = self.chance.sample(list(people.order_by("pk").values_list("pk", flat=True)), 2)
        leaving = list(team.members.order_by("pk").values_list("pk", flat=True)[: self.chance.randint(1, 3)])
        team.members.add(*joining)
        team.members.remove(*leaving)

    def _manager(self) -> None:
        team = self.chance.choice(self.teams)
        team.refresh_from_db()
        team.manager = self.chance.choice(list(team.members.order_by("pk")) or [team.manager])
        team.save()

    def _team_settings(self) -> None:
        team = self.chance.choice(self.teams)
        team.refresh_from_db()
        kind = self.chance.choice(("projects", "bug_conditions", "incident_conditions", "repositories"))
        value = f"{team.name.lower()}-{self.chance.randint(1, 9)}"
        team.settings = {
            **team.settings,
            kind: [{"property": kind.partition("_")[0], "operator": "is", "values": [value]}],
        }
        team.save()

    def _phase(self) -> None:
        profile = self._any(EfficiencyProfile)
        ends = ("pull_request_approved", "pull_request_merged")
        review = profile.lead_time["phases"][2]
        review["end_event"] = ends[review["end_event"] == ends[0]]
        profile.save()

    def _thresholds(self) -> None:
        profile = self._any(ProductivityProfile)
        profile.pr_size_small = self.chance.randint(5, 30)
        profile.pr_size_medium = self.chance.randint(80, 200)
        profile.comments_per_pr = not profile.comments_per_pr
        profile.save()

    def _rank(self) -> None:
        profile = self._any(BusinessAlignmentProfile)
        self.chance.shuffle(profile.categories)
        profile.save()

    def _tree_profile(self) -> None:
        tree = self._any(OrgTree)
        tree.efficiency_profile = self._any(EfficiencyProfile)
        tree.save()

    def _tool_status(self) -> None:
        tool = self._any(Integration)
        tool.status = {"active": "paused", "paused": "active"}.get(tool.status, "active")
        tool.save()

    def _token(self) -> None:
        tool = self._any(Integration)
        tool.credentials = f"demo-token-{self.chance.getrandbits(64):x}"
        tool.save()

    def _developer(self) -> None:
        person = self._any(Developer)
        person.site = self.chance.choice(company.SITES)
        person.custom_attributes = {**person.custom_attributes, "cost centre": str(self.chance.randint(100, 140))}
        person.save()

    def _leaver(self) -> None:
        self._any(Developer).delete()

    def _mover(self) -> None:
        """Somebody's reports get another manager."""
        managers = Developer.objects.filter(account=self.account, reports__isnull=False).order_by("pk").distinct()
        person, manager = self._any(Developer), self.chance.choice(list(managers))
        try:
            with regrown(self.account):
                person.manager = manager
                person.clean()
                person.save()
        except ValidationError:
            pass
