"""Six years of a real organisation, one file a year: each batch is what a plain comparison of two files says."""

import csv
import io
from pathlib import Path

from django.conf import settings
from django.test import Client

from accounts.models import Account
from activity.actors import Actor
from activity.integrity import first_break
from activity.models import Entry
from activity.recording import recording
from tests.entries import entries_of
from tests.tracked_objects.uploading import upload
from tracked_objects.models import Developer, OrgTree, Team

FOLDER = Path(settings.BASE_DIR).parent / "shared" / "data" / "org-history" / "developers"
FIELDS = ("Full Name", "Email", "Manager Email", "Role", "Sub Role", "Team", "Department", "Site")
YEARS, TEAMS, SIZE = 4, 12, 8


def _made_up(year: int) -> bytes:
    """An organisation in one of several years: each year a team goes and one comes, and of each, somebody moves on."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(FIELDS)
    writer.writerow(("Top", "top@example.org", "", "Member", "", "", "", ""))
    for team in range(year, TEAMS + year):
        writer.writerow((f"Lead {team}", f"lead{team}@example.org", "top@example.org", "Lead", "", "", "", "Remote"))
        for person in range(team * SIZE + year, (team + 1) * SIZE + year):
            writer.writerow((f"P{person}", f"p{person}@example.org", f"lead{team}@example.org", "", "", "", "", ""))
    return file.getvalue().encode()


# The real ones, where they are beside the checkout; made-up ones elsewhere.
FILES = [path.read_bytes() for path in sorted(FOLDER.glob("*.csv"))] or [_made_up(year) for year in range(YEARS)]


def rows_of(content: bytes) -> dict[str, dict[str, str]]:
    return {row["Email"].lower(): row for row in csv.DictReader(io.StringIO(content.decode(), newline=""))}


def teams_of(rows: dict[str, dict[str, str]]) -> dict[str, set[str]]:
    """Manager → members, for every manager whose reports have no reports: what a plain look at the file says."""
    reports: dict[str, set[str]] = {}
    for email, row in rows.items():
        if manager := row["Manager Email"].lower():
            reports.setdefault(manager, set()).add(email)
    return {manager: people for manager, people in reports.items() if not people & reports.keys()}


def test_a_tree_follows_each_file(admin: Client, account: Account) -> None:
    before: dict[str, set[str]] = {}
    with recording(Actor.system("tests")):
        tree = OrgTree.objects.create(account=account, name="All", grown=True)
    for content in FILES:
        told = len(entries_of(tree))
        upload(admin, content)
        after = teams_of(rows_of(content))
        teams = Team.objects.filter(org_tree=tree).prefetch_related("members", "manager")
        assert {team.manager.email: {person.email for person in team.members.all()} for team in teams} == after
        expected = (len(after.keys() - before.keys()), len(before.keys() - after.keys()))
        said = [entry.details["teams"] for entry in entries_of(tree)[told:]]
        assert [(counts["came"], counts["went"]) for counts in said] == ([expected] if after != before else [])
        before = after
    assert first_break(account.pk) is None


def test_a_team_as_of_each_date_has_the_members_of_that_file(admin: Client, account: Account) -> None:
    with recording(Actor.system("tests")):
        tree = OrgTree.objects.create(account=account, name="All", grown=True)
    times = []
    for content in FILES:
        upload(admin, content)
        times.append(Entry.objects.filter(account=account).latest("seq").recorded_at.isoformat())
    lasting = Team.objects.filter(org_tree=tree).select_related("manager").order_by("pk")[:5]
    for content, time in zip(FILES, times, strict=True):
        rows = rows_of(content)
        teams = teams_of(rows)
        for team in lasting:
            page = admin.get(f"/a/acme/teams/{team.pk}/versions/at/", {"at": time})
            expected = sorted(rows[email]["Full Name"] for email in teams.get(team.manager.email, ()))
            assert (dict(page.context["state"].lists)["Members"] if page.context.get("state") else []) == expected


def test_a_batch_for_each_file_with_the_counts_of_a_plain_comparison(admin: Client, account: Account) -> None:
    before: dict[str, dict[str, str]] = {}
    for content in FILES:
        after = rows_of(content)
        assert upload(admin, content).status_code == 302
        batch = Entry.objects.filter(account=account, type="DEVELOPER", child_count__gt=0).latest("seq")
        both = before.keys() & after.keys()
        edited = sum(before[email] != after[email] for email in both)
        expected = {
            "created": len(after.keys() - before.keys()),
            "edited": edited,
            "deleted": len(before.keys() - after.keys()),
            "unchanged": len(both) - edited,
            "rows": len(after),
        }
        print(expected)
        assert {name: batch.details[name] for name in expected} == expected
        assert batch.child_count == sum(expected[name] for name in ("created", "edited", "deleted"))
        before = after
    assert Developer.objects.filter(account=account).count() == len(before)
    assert first_break(account.pk) is None
