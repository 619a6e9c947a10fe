"""Whatever is in the log: what a scoped viewer gets anywhere is the whole of it, restricted to their org tree."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.batch import batch, save_batch
from accounts.models import Account, Role, RoleBinding, User
from activity.actors import Actor
from activity.models import Entry
from activity.recording import recording
from tests.entries import entries_of, entry_of
from tests.log import NOON, downloaded, draft, follow, link, shown, write
from tests.programs import ENTRIES
from tracked_objects.models import OrgTree, Team

LOG = "/a/acme/activity/"
# What every entry out of scope has somewhere, and no other.
HIDDEN = "topsecret"
ONE = st.fixed_dictionaries(
    {
        "where": st.sampled_from(["own", "other", "none"]),
        "type": st.sampled_from(["TEAM", "TAG"]),
        "action": st.sampled_from(["EDITED", "DELETED"]),
        "object_id": st.sampled_from(["7", "8"]),
        "request_id": st.sampled_from(["r-1", "r-2"]),
        "email": st.sampled_from(["ada@acme.example", "bob@acme.example"]),
        "day": st.sampled_from([0, 1, 40, 400]),
    }
)
MANY = st.lists(st.tuples(ONE, st.lists(ONE, max_size=3)), min_size=1, max_size=8)
QUERY = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["TEAM", "TAG"]),
        "action": st.sampled_from(["EDITED", "DELETED"]),
        "email": st.sampled_from(["ada@acme.example", "topsecret@acme.example"]),
        "object": st.sampled_from(["TEAM:7", "TAG:8"]),
        "request": st.just("r-1"),
        "q": st.sampled_from(["payments", "topsecret"]),
        "from": st.sampled_from(["2026-03-02", "2027-01-01"]),
    },
)


@contextmanager
def forgotten() -> Iterator[None]:
    """Whatever is written inside is gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def drafts_of(account: Account, trees: dict[str, int | None], many: list[Any]) -> Iterator[Any]:
    """The entries as drafts; a batch is of a tree if all its entries are."""
    for facts, children in many:
        made = _draft(account, trees, facts)
        made.children = [_draft(account, trees, child) for child in children]
        if {child["where"] for child in children} - {facts["where"]}:
            made = _draft(account, trees, {**facts, "where": "none"})
            made.children = [_draft(account, trees, child) for child in children]
        yield made


def _draft(account: Account, trees: dict[str, int | None], facts: dict[str, Any]) -> Any:
    facts = dict(facts)
    where, day = facts.pop("where"), facts.pop("day")
    name = "payments" if where == "own" else HIDDEN
    if where != "own" and facts["email"].startswith("bob"):
        facts["email"] = f"{HIDDEN}@acme.example"
    facts["changes"] = {"Name": {"before": name, "after": f"{name} 2"}}
    return draft(
        account,
        org_tree_id=trees[where],
        object_name=name,
        occurred_at=NOON + timedelta(days=day),
        reason=name,
        **facts,
    )


def passes(entry: Entry, query: dict[str, str]) -> bool:
    """Whether an entry passes a filter, said once more in other words."""
    wanted = {"type": entry.type, "action": entry.action, "email": entry.actor_email, "request": entry.request_id}
    wanted["object"] = f"{entry.type}:{entry.object_id}"
    same = all(query.get(name, value) == value for name, value in wanted.items())
    since = query.get("from", "") <= entry.occurred_at.date().isoformat()
    return same and since and query.get("q", "") in f"{entry.object_name} {entry.actor_email}"


def all_rows(client: Client, query: dict[str, str]) -> list[int]:
    response = client.get(LOG, {**query, "page_size": "25"})
    rows = shown(response)
    while link(response, "Older"):
        response = follow(client, response, "Older")
        rows += shown(response)
    return rows


def newest_first(account: Account, tree: OrgTree) -> list[Entry]:
    return list(Entry.objects.filter(account=account, org_tree_id=tree.pk).order_by("-occurred_at", "-seq"))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(many=MANY, query=QUERY)
def test_lists_counts_choices_and_downloads(
    scoped: Client, account: Account, org_tree: OrgTree, other_org_tree: OrgTree, many: list[Any], query: dict[str, str]
) -> None:
    trees = {"own": org_tree.pk, "other": other_org_tree.pk, "none": None}
    with forgotten():
        write(*drafts_of(account, trees, many))
        theirs = newest_first(account, org_tree)
        found = [entry for entry in theirs if passes(entry, query)]
        seqs = [entry.seq for entry in found]
        page = scoped.get(LOG, query)
        counts = page.context["counts"]
        assert all_rows(scoped, query) == seqs
        assert (counts.total, sum(counts.days.values())) == (len(seqs), len(seqs))
        for name, known in (("type", counts.types), ("action", counts.actions)):
            apart = [entry for entry in theirs if passes(entry, {k: v for k, v in query.items() if k != name})]
            assert known is None or known == Counter(getattr(entry, name) for entry in apart)
        assert [int(row["seq"]) for row in downloaded(scoped.get(f"{LOG}export.csv", query))] == seqs
        lines = scoped.get(f"{LOG}export.jsonl", query).getvalue().splitlines()
        assert [json.loads(line)["seq"] for line in lines] == seqs
        assert_api(scoped, query, seqs)
        ways = page.context.get("ways_out", [])
        assert [way.count for way in ways if way.count] == [
            _count(theirs, {k: v for k, v in query.items() if k != dropped}) for dropped in _counted(query, ways)
        ]


def assert_api(client: Client, query: dict[str, str], seqs: list[int]) -> None:
    """Programs get the same entries, newest first and by number."""
    page, feed = (client.get(ENTRIES, query | more) for more in ({"page_size": "1000"}, {"order": "seq"}))
    assert ([one["seq"] for one in page.json()["results"]], page.json()["count"]) == (seqs, len(seqs))
    assert [one["seq"] for one in feed.json()["results"]] == sorted(seqs)
    assert not any(HIDDEN in json.dumps(answer.json()["results"]) for answer in (page, feed))


def _count(theirs: list[Entry], query: dict[str, str]) -> str:
    count = sum(passes(entry, query) for entry in theirs)
    return f"{count} entry" if count == 1 else f"{count} entries"


def _counted(query: dict[str, str], ways: list[Any]) -> list[str]:
    """The parameters that the ways out with a count drop."""
    return [name for way in ways if way.count for name in query if f"{name}=" not in way.url]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(many=MANY)
def test_pages_of_entries_and_objects(
    scoped: Client, account: Account, org_tree: OrgTree, other_org_tree: OrgTree, many: list[Any]
) -> None:
    trees = {"own": org_tree.pk, "other": other_org_tree.pk, "none": None}
    with forgotten():
        write(*drafts_of(account, trees, many))
        theirs = newest_first(account, org_tree)
        for entry in Entry.objects.filter(account=account):
            page = scoped.get(f"{LOG}{entry.seq}/")
            assert page.status_code == (200 if entry.org_tree_id == org_tree.pk else 404)
            assert HIDDEN not in page.content.decode()
            if page.status_code == 200:
                _check_page(page.context, entry, theirs)
        for kind, pk in (("TEAM", "7"), ("TAG", "8"), ("TEAM", "8")):
            same = [entry.seq for entry in theirs if (entry.type, entry.object_id) == (kind, pk)]
            page = scoped.get(f"{LOG}object/{kind}/{pk}/")
            assert (shown(page) if page.status_code == 200 else []) == same
        offered = scoped.get(f"{LOG}suggest/", {"email": "e"}).context["emails"]
        assert offered == sorted({entry.actor_email for entry in theirs if entry.actor_email})


def _check_page(context: Any, entry: Entry, theirs: list[Entry]) -> None:
    same_object = [other.seq for other in theirs if (other.type, other.object_id) == (entry.type, entry.object_id)]
    timeline = context["timeline"]
    assert {moment.row.seq for moment in timeline.moments} <= set(same_object) if timeline else True
    beside = {row.seq for row in context["same_request"]}
    assert beside <= {other.seq for other in theirs if other.request_id == entry.request_id} - {entry.seq}
    children = [other.seq for other in theirs if other.parent_seq == entry.seq]
    assert entry.child_count == len(children)
    if children:
        assert [row.seq for row in context["rows"]] == children
    known = {other.seq for other in theirs}
    assert (context["parent"].seq if context["parent"] else None) == (
        entry.parent_seq if entry.parent_seq in known else None
    )


def test_news_are_told_of_their_own_tree_only(scoped: Client, account: Account, org_tree: OrgTree) -> None:
    url = LOG + scoped.get(LOG).context["new_url"]
    write(draft(account, occurred_at=None))
    assert scoped.get(url).status_code == 204
    write(draft(account, occurred_at=None, org_tree_id=org_tree.pk), draft(account, occurred_at=None))
    assert "1 new entry" in scoped.get(url).content.decode()


def test_the_chart_goes_by_their_own_days(
    scoped: Client, account: Account, org_tree: OrgTree, other_org_tree: OrgTree
) -> None:
    """A long log elsewhere would else show in the width of its bars."""
    days = [timezone.now() - timedelta(days=day) for day in (1, 2)]
    old = timezone.now() - timedelta(days=900)
    write(*(draft(account, occurred_at=day, org_tree_id=org_tree.pk) for day in days))
    write(draft(account, occurred_at=old), draft(account, occurred_at=old, org_tree_id=other_org_tree.pk))
    counts = scoped.get(LOG, {"type": "TEAM"}).context["counts"]
    assert counts.days == {day.date(): 1 for day in days}


def team(account: Account, tree: OrgTree, name: str) -> Team:
    with recording(Actor.system("tests")):
        return Team.objects.create(account=account, name=name, org_tree=tree)


def test_a_team_that_moves_is_told_of_in_neither_tree(
    scoped: Client, account: Account, org_tree: OrgTree, other_org_tree: OrgTree
) -> None:
    moved = team(account, org_tree, "Payments")
    for tree in (other_org_tree, org_tree):
        with recording(Actor.system("tests")):
            moved.org_tree = tree
            moved.save()
        assert entry_of(moved, action="EDITED").org_tree_id is None
    assert other_org_tree.name not in scoped.get(LOG).content.decode()
    assert shown(scoped.get(f"{LOG}object/TEAM/{moved.pk}/")) == [entries_of(moved)[0].seq]


def test_who_has_what_role_in_their_tree_is_no_entry_of_it(scoped: Client, account: Account) -> None:
    assert Entry.objects.filter(account=account, type="ROLE", object_name__contains="Engineering").exists()
    assert {row.type for row in scoped.get(LOG).context["rows"]} == {"Org tree"}


@pytest.mark.parametrize(("changed", "is_theirs"), [(["A"], True), (["A", "B"], False)])
def test_a_batch_whose_counts_tell_of_another_tree_is_not_theirs(
    scoped: Client, account: Account, org_tree: OrgTree, other_org_tree: OrgTree, changed: list[str], is_theirs: bool
) -> None:
    """What is left unchanged elsewhere is counted too."""
    teams = [team(account, org_tree, "A"), *([team(account, other_org_tree, "B")] if not is_theirs else [])]
    with recording(Actor.system("tests")), batch(account, Team) as current:
        teams[0].name = "Renamed"
        save_batch(current, teams)
    parent = Entry.objects.get(account=account, child_count=1)
    assert (parent.org_tree_id == org_tree.pk) is is_theirs
    assert scoped.get(f"{LOG}{parent.seq}/").status_code == (200 if is_theirs else 404)


@pytest.fixture
def grant(account: Account, sei_viewer: User) -> Callable[[OrgTree | None, str], None]:
    """Gives the SEI viewer a capability, for one org tree or for all."""

    def _grant(tree: OrgTree | None, capability: str) -> None:
        with recording(Actor.system("tests")):
            role = Role.objects.create(account=account, name=f"{capability} {tree}", capabilities=[capability])
            RoleBinding.objects.create(account=account, user=sei_viewer, role=role, org_tree=tree)

    return _grant


def test_nobody_downloads_what_they_may_not_see(
    grant: Any, client_of: Any, sei_viewer: User, account: Account, org_tree: OrgTree, other_org_tree: OrgTree
) -> None:
    client = client_of(sei_viewer)
    grant(other_org_tree, "activity.export")
    assert client.get(f"{LOG}export.csv").status_code == 403
    grant(org_tree, "activity.view")
    assert client.get(f"{LOG}export.csv").status_code == 403
    assert "export.csv" not in client.get(LOG).content.decode()
    grant(None, "activity.export")
    assert [int(row["seq"]) for row in downloaded(client.get(f"{LOG}export.csv"))] == shown(client.get(LOG))


def test_who_may_download_less_than_they_see_is_told(
    grant: Any, client_of: Any, sei_viewer: User, account: Account, org_tree: OrgTree
) -> None:
    grant(None, "activity.view")
    grant(org_tree, "activity.export")
    client = client_of(sei_viewer)
    assert "in the org trees that you may download" in client.get(LOG).content.decode()
    assert {row["type"] for row in downloaded(client.get(f"{LOG}export.csv"))} == {"ORG_TREE"}
