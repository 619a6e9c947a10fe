"""The page of an entry: what changed, in words and marks; what belongs to it; whether it is genuine."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from activity.actors import Actor
from activity.models import Entry
from activity.recording import recording
from activity.text_diff import Part
from tests.entries import entry_of
from tests.log import NOON, batch, draft, entry, follow, link, shown, write
from tracked_objects.models import Developer, OrgTree, Team

URL = "/a/acme/activity/"


def page(client: Client, seq: int) -> str:
    response = client.get(f"{URL}{seq}/")
    assert response.status_code == 200
    return response.content.decode()


def raw(client: Client, seq: int) -> str:
    return client.get(f"{URL}{seq}/?tab=json").content.decode()


def said(response: HttpResponseBase) -> list[str]:
    """The sentences that say what happened."""
    sentences: list[list[Part]] = response.context["sentences"]  # type: ignore[attr-defined]
    return ["".join(part.text for part in sentence) for sentence in sentences]


def test_it_says_who_what_when_and_where_from(admin: Client, account: Account) -> None:
    made = entry(
        account,
        actor_name="Ada L.",
        object_id="7",
        object_name="Payments",
        source="API",
        ip_address="203.0.113.7",
        user_agent="curl/8",
        request_id="r-1",
        reason="As agreed",
        details={"file_name": "people.csv", "unchanged": 3},
    )
    html = page(admin, made.seq)
    facts = ("Ada L.", "ada@acme.example", "User", "Payments", "203.0.113.7", "curl/8", "r-1", "As agreed", "API")
    for fact in (*facts, "2026-03-01T12:00:00.000000Z", "File name", "people.csv", made.hash, made.prev_hash):
        assert fact in html, fact
    assert "The hash verifies" in html


def test_what_an_app_recorded_can_be_read(admin: Client, account: Account, org_tree: OrgTree) -> None:
    with recording(Actor.system("tests")):
        ann, bob = (
            Developer.objects.create(account=account, full_name=name, email=f"{name}@acme.example")
            for name in ("Ann", "Bob")
        )
        team = Team.objects.create(account=account, org_tree=org_tree, name="Payments", manager=ann)
        team.members.set([ann])
    with recording(Actor.system("tests")):
        team.name, team.manager = "Billing", bob
        team.save()
        team.members.set([bob])
    response = admin.get(f"{URL}{entry_of(team, action='EDITED').seq}/")
    assert said(response) == [
        "Manager changed from Ann to Bob",
        "Added Bob to members and removed Ann",
        "Name changed from Payments to Billing",
    ]
    html = response.content.decode()
    assert "<del>Payments</del>" in html
    assert "<ins>Billing</ins>" in html
    assert f'href="{team.get_absolute_url()}"' in html


def test_marks_are_words_too(admin: Client, account: Account) -> None:
    changes = {
        "Members": {"added": ["Bob"], "removed": ["Ann"]},
        "lead_time.phases[Review].end_event": {"after": "pr_merged"},
        "old_key": {"before": "gone"},
        "Note": {"before": "one two three four", "after": "one two 3 four"},
    }
    html = page(admin, entry(account, changes=changes).seq)
    for words in (
        "Added:",
        "Removed:",
        ">Added<",
        ">Removed<",
        "Lead time › phases › Review › ",
        "End event",
        "Old key",
    ):
        assert words in html, words
    assert "one two <del>three</del> four" in html
    assert "one two <ins>3</ins> four" in html


def test_a_created_object_has_no_column_for_before(admin: Client, account: Account) -> None:
    html = page(admin, entry(account, action="CREATED", changes={"Name": {"after": "Payments"}}).seq)
    assert '<th scope="col">After</th>' in html
    assert '<th scope="col">Before</th>' not in html


def test_more_than_a_page_holds_is_in_the_raw_json(admin: Client, account: Account) -> None:
    members = [f"m{n}" for n in range(500)]
    changes: dict[str, Any] = {f"f{n}": {"after": n} for n in range(400)}
    html = page(admin, entry(account, changes={"Members": {"added": members, "removed": []}, **changes}).seq)
    assert "400 more in the raw JSON" in html
    assert "101 more changes in the raw JSON." in html
    assert "&quot;m499&quot;" in raw(admin, Entry.objects.latest("seq").seq)


def test_previous_and_next_of_the_same_object(admin: Client, account: Account) -> None:
    about = {"object_id": "7"}
    first, _other, second, _kind, third = write(
        draft(account, **about),
        draft(account, object_id="8"),
        draft(account, **about, occurred_at=NOON + timedelta(days=1)),
        draft(account, type="TAG", **about, occurred_at=NOON + timedelta(days=2)),
        draft(account, **about, occurred_at=NOON + timedelta(days=3)),
    )
    middle = admin.get(f"{URL}{second}/")
    assert link(middle, "Previous change") == f"{URL}{first}/"
    assert link(middle, "Next change") == f"{URL}{third}/"
    assert link(admin.get(f"{URL}{third}/"), "Next change") is None
    assert link(admin.get(f"{URL}{first}/"), "Previous change") is None


def test_others_of_the_same_request_without_those_in_batches(admin: Client, account: Account) -> None:
    made = write(*(draft(account, request_id="r-1") for _ in range(3)), draft(account, request_id="r-2"))
    parent = batch(account, [{}, {}], request_id="r-1")
    response = admin.get(f"{URL}{made[0]}/")
    assert [row.seq for row in response.context["same_request"]] == [parent, made[2], made[1]]
    assert "In the same request" not in page(admin, made[3])
    write(*(draft(account, request_id="r-1") for _ in range(20)))
    everything = follow(admin, admin.get(f"{URL}{made[0]}/"), "All entries of the request")
    assert len(shown(everything)) == 24


def test_a_batch_lists_its_entries_and_each_of_them_its_batch(admin: Client, account: Account) -> None:
    parent = batch(account, [{"object_id": "1"}, {"object_id": "2"}], summary="Batch of 2 teams")
    assert shown(admin.get(f"{URL}{parent}/")) == [parent + 2, parent + 1]
    child = admin.get(f"{URL}{parent + 1}/")
    assert link(child, "Batch of 2 teams") == f"{URL}{parent}/"
    assert child.context["same_request"] == []


def test_an_entry_changed_in_the_database_is_told(admin: Client, account: Account) -> None:
    made = entry(account)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE activity_entry SET summary = 'Nothing to see' WHERE id = %s", [made.pk])
    assert "The hash does not verify" in page(admin, made.seq)


def test_an_object_that_is_gone_leaves_its_name(admin: Client, account: Account, org_tree: OrgTree) -> None:
    url, number = org_tree.get_absolute_url(), str(org_tree.pk)
    with recording(Actor.system("tests")):
        org_tree.delete()
    made = Entry.objects.filter(type="ORG_TREE", object_id=number).order_by("seq")
    for seq in made.values_list("seq", flat=True):
        html = page(admin, seq)
        assert "Engineering" in html
        assert f'href="{url}"' not in html


@pytest.mark.parametrize("seq", ["0", "999999", "9" * 30])
def test_a_number_that_is_not_there_is_not_found(admin: Client, account: Account, seq: str) -> None:
    assert admin.get(f"{URL}{seq}/").status_code == 404


def test_raw_json_hides_nothing(admin: Client, account: Account) -> None:
    assert "a\\u202eb\\u200bc" in raw(admin, entry(account, summary="a\u202eb\u200bc").seq)


def test_the_objects_history_stands_beside(admin: Client, account: Account) -> None:
    days = [draft(account, object_id="7", occurred_at=NOON + timedelta(days=day)) for day in range(30)]
    made = write(*days, draft(account, object_id="8"))
    for middle, first in ((0, 0), (2, 0), (15, 10), (29, 20)):
        response = admin.get(f"{URL}{made[middle]}/")
        moments = response.context["timeline"].moments
        assert [moment.row.seq for moment in moments] == made[first : first + 10][::-1]
        assert [moment.row.seq for moment in moments if moment.current] == [made[middle]]
        assert shown(follow(admin, response, "The whole history"))[0] == made[29]
    assert response.content.decode().count('aria-current="true"') == 1


def test_the_history_beside_takes_one_query(admin: Client, account: Account) -> None:
    alone, middle = write(draft(account), *(draft(account, object_id="7", occurred_at=NOON) for _ in range(9)))[:2]
    with CaptureQueriesContext(connection) as without:
        admin.get(f"{URL}{alone}/")
    with CaptureQueriesContext(connection) as beside:
        admin.get(f"{URL}{middle}/")
    # The other query looks for the object itself.
    assert len(beside) == len(without) + 2


def test_a_drawer_gets_the_entry_alone(admin: Client, account: Account) -> None:
    made = entry(account, object_id="7", changes={"Name": {"before": "A", "after": "B"}})
    whole = admin.get(f"{URL}{made.seq}/")
    alone = admin.get(f"{URL}{made.seq}/", headers={"HX-Request": "true", "HX-Target": "drawer"})
    assert alone.content.decode().lstrip().startswith('<article class="entry" id="entry"')
    assert "<h1" not in alone.content.decode()
    assert said(alone) == said(whole)
    for response in (whole, alone):
        assert {"HX-Request", "HX-Target"} <= set(response["Vary"].split(", "))
    assert b"<html" in admin.get(f"{URL}{made.seq}/", headers={"HX-Request": "true", "HX-Target": "other"}).content


def test_markup_in_an_entry_stays_text(admin: Client, account: Account) -> None:
    evil = "<script>alert(1)</script>"
    changes = {evil: {"before": evil, "after": evil * 2}, "List": {"added": [evil], "removed": []}}
    made = entry(account, summary=evil, object_name=evil, object_id="7", details={evil: evil}, changes=changes)
    for html in (page(admin, made.seq), raw(admin, made.seq)):
        assert evil not in html
        assert "&lt;script&gt;" in html


def test_a_hundred_thousand_characters_are_folded(admin: Client, account: Account) -> None:
    text = "All work and no play makes a dull log. " * 2600
    changes = {"Text": {"before": text + "Old end.", "after": text + "New end."}, "New": {"after": text}}
    html = page(admin, entry(account, changes=changes).seq)
    assert "<del>Old</del> end." in html
    assert "<ins>New</ins> end." in html
    assert html.count("characters …") == 3
    assert len(html) < 60_000
