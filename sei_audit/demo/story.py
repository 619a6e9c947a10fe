"""180 days in the life of the demo's account: really done, one request after the other, at the times told."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.db import transaction
from django.utils import timezone

from accounts.batch import batch, save_batch
from accounts.models import Account, User
from activity.actors import Actor
from activity.models import Entry, Source
from activity.recording import Recording, recording
from sei_audit.demo import company, objects
from tracked_objects.models import Developer

DAYS = 180
PEOPLE = 1300


class Story:
    """Does what admins of an SEI account do. Everything is drawn from one seed, so every demo is the same."""

    def __init__(self, account: Account, start: datetime, members: list[User], viewers: list[User]) -> None:
        self.account = account
        self.members = members
        self.viewers = viewers
        self.chance = random.Random(20)  # noqa: S311
        self.now = self.start = start
        self.world = objects.World(account, self.chance)

    def tell(self, progress: Callable[[], object]) -> None:
        """Set the account up on the first day, unless that is done; then live the days that are left up to now.

        A day is one transaction, so an interrupted story goes on where it stopped. `progress` is called for each.
        """
        lived = (self._last() - self.start).days if self.world.teams else 0
        if not lived:
            with transaction.atomic():
                self._set_up()
        for day in range(1, DAYS):
            if day > lived:
                date = (self.start + timedelta(days=day)).date()
                with transaction.atomic():
                    self._live(datetime.combine(date, time(7), self.start.tzinfo))
            progress()

    def _last(self) -> datetime:
        return Entry.objects.filter(account=self.account).latest("occurred_at").occurred_at

    @contextmanager
    def by(self, user: User, reason: str = "") -> Iterator[Recording]:
        """A request of `user` some minutes after the last one."""
        self.now = min(self.now + timedelta(seconds=self.chance.randint(20, 400)), timezone.now())
        with recording(
            Actor.user(user),
            Source.UI,
            occurred_at=self.now,
            request_id=f"{self.chance.getrandbits(128):032x}",
            ip_address=f"203.0.113.{user.pk % 50 + 10}",
            user_agent=company.AGENTS[user.pk % len(company.AGENTS)],
            reason=reason,
        ) as rec:
            yield rec

    def _set_up(self) -> None:
        admin = self.members[0]
        people = [Developer(account=self.account, **person) for person in company.people(self.chance, PEOPLE)]
        self._upload(admin, people)
        for number, person in enumerate(people[1:], 1):
            person.manager = people[(number - 1) // 9]
        self._upload(admin, people, name="hr-export-with-managers.csv")
        for build in (self.world.tools, self.world.profiles, self.world.trees):
            for step in build():
                with self.by(admin):
                    step()
        for number in range(len(company.TEAM_WORDS)):
            with self.by(self.chance.choice(self.members)):
                self.world.team(number)
        with self.by(admin, "So that teams follow the HR export"):
            self.world.everybody()

    def _live(self, morning: datetime) -> None:
        self.now = morning + timedelta(minutes=self.chance.randint(0, 90))
        weekend = morning.weekday() >= 5
        events = [self._sign_in] * (3 if weekend else 14) + [self._change] * (0 if weekend else 7)
        for event in self.chance.sample(events, len(events)):
            event()
        if weekend:
            return
        if morning.weekday() == 0:
            self._upload(self.members[1], self._hr_changes(), name=f"hr-export-{morning:%Y-%m-%d}.csv")
        if morning.weekday() == 2:
            self._cloud_ids(self.members[2])

    def _sign_in(self) -> None:
        user = self.chance.choice(self.members + self.viewers)
        with self.by(user):
            if self.chance.random() < 0.06:
                user_login_failed.send(User, credentials={"email": user.email}, request=None)
            else:
                user_logged_in.send(User, request=None, user=user)

    def _change(self) -> None:
        change, reason = self.world.change()
        with self.by(self.chance.choice(self.members), reason):
            change()

    def _upload(self, admin: User, developers: list[Developer], name: str = "hr-export.csv") -> None:
        with self.by(admin, "Regular upload of the HR export"):
            with batch(self.account, Developer, details={"file_name": name}) as current:
                save_batch(current, developers)

    def _hr_changes(self) -> list[Developer]:
        people = list(Developer.objects.filter(account=self.account).order_by("pk"))
        for person in self.chance.sample(people, 400):
            field, values = self.chance.choice(
                (("site", company.SITES), ("role", company.ROLES), ("department", company.TREES))
            )
            setattr(person, field, self.chance.choice(values))
        return people

    def _cloud_ids(self, admin: User) -> None:
        ids = Developer.objects.filter(account=self.account).order_by("pk").values_list("pk", flat=True)
        chosen = list(Developer.objects.filter(pk__in=self.chance.sample(list(ids), 340)).order_by("pk"))
        for person in chosen:
            name = person.email.partition("@")[0]
            kind = self.chance.choice(("github", "jira", "gitlab"))
            identity: dict[str, Any] = {"application_type": kind, "cloud_id": f"{name}-{kind}"}
            person.identities = [*(item for item in person.identities if item != identity), identity]
        with self.by(admin, "Weekly sync of cloud ids"):
            with batch(self.account, Developer, "Synced cloud ids of developers") as current:
                save_batch(current, chosen)
