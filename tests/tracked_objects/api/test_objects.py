"""Tracked objects through the API: the forms of the pages check them, and the log has the same entries."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils.http import quote_etag

from accounts.models import Account
from activity.models import Entry
from tests.browsing import fill
from tests.entries import entry_of
from tests.programs import Program, errors, key, problem
from tracked_objects.api.examples import EXAMPLES
from tracked_objects.kinds import KINDS
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

DEVELOPERS, TEAMS, TREES = "/api/v1/developers", "/api/v1/teams", "/api/v1/org-trees"


def example(slug: str, tree: OrgTree) -> dict[str, Any]:
    return EXAMPLES[slug] | ({"org_tree": tree.pk} if slug == "teams" else {"name": "Another"})


@pytest.fixture
def one_of(
    ben: Developer,
    team: Team,
    efficiency: EfficiencyProfile,
    productivity: ProductivityProfile,
    alignment: BusinessAlignmentProfile,
    github: Integration,
) -> dict[str, Any]:
    return {item.slug: item for item in (ben, team.org_tree, team, efficiency, productivity, alignment, github)}


@pytest.mark.parametrize("slug", KINDS)
def test_the_example_of_each_kind_can_be_created_and_comes_back(program: Program, org_tree: OrgTree, slug: str) -> None:
    sent = {key: value for key, value in example(slug, org_tree).items() if key in EXAMPLES[slug]}
    answer = program.send(sent, f"/api/v1/{slug}")
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert {key: made[key] for key in sent if key != "credentials"} == {
        key: value for key, value in sent.items() if key != "credentials"
    }
    assert program.get(answer["Location"]).json() == made
    entry = Entry.objects.filter(type=KINDS[slug].entry_type).latest("seq")
    assert (entry.type, entry.action, entry.source) == (KINDS[slug].entry_type, "CREATED", "API")
    assert (entry.actor_kind, entry.object_id) == ("api_key", str(made["id"]))


@pytest.mark.parametrize("slug", KINDS)
def test_what_is_read_can_be_sent_back_and_changes_nothing(program: Program, one_of: dict[str, Any], slug: str) -> None:
    url, before = f"/api/v1/{slug}/{one_of[slug].pk}", Entry.objects.count()
    read = program.get(url)
    assert program.send(read.json(), url, method="PUT").json() == read.json()
    assert program.send({}, url, method="PATCH").json() == read.json()
    assert Entry.objects.count() == before


@pytest.mark.parametrize("slug", KINDS)
def test_each_can_be_deleted_with_a_reason(
    program: Program, account: Account, one_of: dict[str, Any], slug: str
) -> None:
    if slug == "org-trees":
        program.delete(f"{TEAMS}/{one_of['teams'].pk}")
    url = f"/api/v1/{slug}/{one_of[slug].pk}"
    assert program.delete(f"{url}?reason=No+longer+needed").status_code == 204
    entry = Entry.objects.filter(type=KINDS[slug].entry_type).latest("seq")
    assert (entry.action, entry.reason, entry.source) == ("DELETED", "No longer needed", "API")
    assert program.get(url).status_code == 404


def test_the_entry_is_the_page_s_but_for_who_and_from_where(
    program: Program, admin: Client, team: Team, cleo: Developer
) -> None:
    fill(admin, f"/a/acme/teams/{team.pk}/edit/", name="Pay", members=[cleo.email], reason="Moved")
    by_page = entry_of(team, action="EDITED")
    program.send({"name": "Payments", "members": ["ben.ito@acme.example"]}, f"{TEAMS}/{team.pk}", method="PATCH")
    program.send({"name": "Pay", "members": [cleo.email], "reason": "Moved"}, f"{TEAMS}/{team.pk}", method="PATCH")
    by_program = Entry.objects.latest("seq")
    for name in ("type", "action", "object_id", "object_name", "summary", "changes", "reason", "org_tree_id"):
        assert getattr(by_program, name) == getattr(by_page, name)
    assert (by_page.source, by_program.source) == ("UI", "API")


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"email": "ada.park"}, "email"),
        ({"email": "CLEO.BERG@acme.example"}, "email"),
        ({"full_name": ""}, "full_name"),
        ({"full_name": "x" * 201}, "full_name"),
        ({"manager": "ben.ito@acme.example"}, "manager"),
        ({"manager": "nobody@acme.example"}, "manager"),
        ({"manager": "ada.park@acme.example"}, "manager"),
    ],
)
def test_the_same_mistake_gets_the_same_words(
    program: Program, admin: Client, ada: Developer, ben: Developer, cleo: Developer, sent: dict[str, Any], field: str
) -> None:
    page = fill(admin, f"/a/acme/developers/{ada.pk}/edit/", **sent)
    answer = program.send(sent, f"{DEVELOPERS}/{ada.pk}", method="PATCH")
    assert errors(answer) == [(None, field, message) for message in page.context["form"].errors[field]]
    ada.refresh_from_db()
    assert (ada.full_name, ada.email, ada.manager) == ("Ada Park", "ada.park@acme.example", None)


@pytest.mark.parametrize(
    ("slug", "sent", "fields"),
    [
        ("developers", {"full_name": 5}, ["full_name"]),
        ("developers", {"identities": {}}, ["identities"]),
        ("developers", {"identities": [{"application_type": "x"}]}, ["identities[0]"]),
        ("developers", {"identities": [{"application_type": "", "cloud_id": ""}]}, ["identities[0].application_type", "identities[0].cloud_id"]),  # noqa: E501
        ("developers", {"identities": [{"application_type": "a", "cloud_id": "b"}] * 2}, ["identities[1].application_type"]),  # noqa: E501
        ("developers", {"custom_attributes": {"a": 1}}, ["custom_attributes.a"]),
        ("developers", {"custom_attributes": {"a": "x" * 1001}}, ["custom_attributes[0].value"]),
        ("developers", {"role": "a\0b"}, ["role"]),
        ("developers", {"role": "a\ud800"}, ["role"]),
        ("developers", {"nickname": "x", "id": 5}, ["nickname", "id"]),
        ("org-trees", {"efficiency_profile": 4711}, ["efficiency_profile"]),
        ("org-trees", {"integrations": [4711]}, ["integrations"]),
        ("org-trees", {"grown": "yes"}, ["grown"]),
        ("teams", {"members": ["x@acme.example"], "name": ""}, ["name", "members"]),
        ("teams", {"settings": {"chairs": []}}, ["settings"]),
        ("teams", {"settings": {"projects": [{"property": "a", "operator": "b", "values": ["c"]}]}}, ["settings[projects].conditions"]),  # noqa: E501
        ("teams", {"alignment_filters": {"A": [{"match": "some", "conditions": []}]}}, ["alignment_filters[0].match", "alignment_filters[0].conditions"]),  # noqa: E501
        ("efficiency-profiles", {"lead_time": {"phases": []}}, ["lead_time.phases"]),
        ("productivity-profiles", {"pr_size_small": 100}, ["pr_size_medium"]),
        ("productivity-profiles", {"coding_days": "on"}, ["coding_days"]),
        ("business-alignment-profiles", {"categories": [{"name": "A", "ticket_scope": "x", "conditions": []}]}, ["categories[0].ticket_scope"]),  # noqa: E501
        ("integrations", {"url": "https://u:p@x.example", "category": "toys", "tags": ["x" * 61]}, ["url", "category", "tags"]),  # noqa: E501
        ("integrations", {"credentials": 5, "reason": "x"}, ["credentials"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_its_place_and_nothing_is_written(
    program: Program, one_of: dict[str, Any], slug: str, sent: dict[str, Any], fields: list[str]
) -> None:
    before, url = Entry.objects.count(), f"/api/v1/{slug}/{one_of[slug].pk}"
    found = errors(program.send(sent, url, method="PATCH"))
    assert sorted({field or "" for _index, field, _message in found}) == sorted(fields)
    assert Entry.objects.count() == before


def test_phases_are_told_apart_by_their_names(program: Program, efficiency: EfficiencyProfile) -> None:
    url = f"/api/v1/efficiency-profiles/{efficiency.pk}"
    phases = program.get(url).json()["lead_time"]["phases"]
    before = Entry.objects.count()
    assert program.send({"lead_time": {"phases": phases[::-1]}}, url, method="PATCH").status_code == 200
    assert Entry.objects.count() == before
    twice = [phases[1], *phases[1:]]
    assert errors(program.send({"lead_time": {"phases": twice}}, url, method="PATCH"))[0][1] == "lead_time"
    phases[2]["end_source"], phases[2]["end_event"] = "issue_management", "issue_created"
    ((_index, field, message),) = errors(program.send({"lead_time": {"phases": phases}}, url, method="PATCH"))
    assert (field, message) == ("lead_time[Review].end", "A phase must end later than it starts.")


def test_put_makes_everything_else_as_new_and_patch_leaves_it(program: Program, ben: Developer) -> None:
    url, words = f"{DEVELOPERS}/{ben.pk}", {"full_name": "Ben", "email": "ben@acme.example"}
    assert program.send(words | {"role": "Lead"}, url, method="PATCH").json()["manager"] == "ada.park@acme.example"
    replaced = program.send(words, url, method="PUT").json()
    assert (replaced["manager"], replaced["role"], replaced["identities"]) == (None, "", [])


def test_credentials_go_in_and_never_come_out(program: Program, github: Integration) -> None:
    url = f"/api/v1/integrations/{github.pk}"
    for method, credentials, kept in [
        ("PATCH", "new-token-4712", True),
        ("PUT", None, False),
        ("PATCH", "third", True),
    ]:
        sent = {**program.get(url).json(), "credentials": credentials, "tags": ["production"]}
        del sent["has_credentials"]
        answer = program.send(sent, url, method=method)
        assert answer.json()["has_credentials"] == kept and "credentials" not in answer.json()
        assert b"4712" not in answer.content
    sent = program.get(url).json()
    assert program.send(sent, url, method="PUT").json()["has_credentials"]
    github.refresh_from_db()
    assert github.credentials == "third"
    assert not Entry.objects.filter(changes__contains="4712").exists()


def test_tags_are_words_and_new_ones_are_made(program: Program, account: Account, github: Integration) -> None:
    answer = program.send({"tags": ["PRODUCTION", "two words"]}, f"/api/v1/integrations/{github.pk}", method="PATCH")
    assert answer.json()["tags"] == ["production", "two words"]
    assert Tag.objects.filter(account=account).count() == 2


def test_others_changes_are_not_overwritten_unseen(program: Program, ben: Developer) -> None:
    url = f"{DEVELOPERS}/{ben.pk}"
    seen = program.get(url)["ETag"]
    now = program.send({"role": "Lead"}, url, method="PATCH", headers={"If-Match": seen})["ETag"]
    assert now == program.get(url)["ETag"] != seen
    for method in ("PUT", "PATCH"):
        problem(program.send({"role": "Boss"}, url, method=method, headers={"If-Match": seen}), 412)
    problem(program.delete(url, headers={"If-Match": quote_etag("x")}), 412)
    assert program.delete(url, headers={"If-Match": now}).status_code == 204


def test_what_is_in_use_stays_and_the_answer_says_by_what(
    program: Program, org_tree: OrgTree, efficiency: EfficiencyProfile
) -> None:
    program.send({"efficiency_profile": efficiency.pk}, f"{TREES}/{org_tree.pk}", method="PATCH")
    answer = program.delete(f"/api/v1/efficiency-profiles/{efficiency.pk}")
    assert errors(answer, 409) == [(None, None, "It is used by the org tree “Engineering”.")]


def test_a_tree_grows_and_asks_before_teams_go(program: Program, ada: Developer, ben: Developer) -> None:
    tree = program.send({"name": "Grown", "grown": True}, TREES).json()
    assert Team.objects.filter(org_tree=tree["id"]).count() == 1
    url, sent = f"{TREES}/{tree['id']}", {"root": ben.email}
    (_, asked), (_, token) = [(field, words) for _, field, words in errors(program.send(sent, url, method="PATCH"))]
    assert "takes 1 team away" in asked
    sent["confirmed"] = token.split("“")[1].rstrip("”.")
    assert program.send(sent, url, method="PATCH").status_code == 200
    assert not Team.objects.filter(org_tree=tree["id"]).exists()


def test_teams_that_a_tree_has_grown_keep_their_people(program: Program, ada: Developer, ben: Developer) -> None:
    program.send({"name": "Grown", "grown": True}, TREES)
    url = f"{TEAMS}/{Team.objects.get().pk}"
    assert errors(program.send({"members": []}, url, method="PATCH")) == [
        (None, "members", "This can't be changed here.")
    ]
    assert program.send({"name": "Ours", "members": [ben.email]}, url, method="PATCH").json()["name"] == "Ours"


def test_the_list_goes_on_where_it_ended(program: Program, people: list[Developer]) -> None:
    first = program.get(f"{DEVELOPERS}?page_size=3").json()
    second = program.get(first["next"]).json()
    found = [row["full_name"] for row in first["results"] + second["results"]]
    assert (first["count"], second["next"], found) == (4, None, ["Ann", "Bob", "Cyd", "Dee"])


def test_the_list_has_the_page_s_filters(program: Program, ben: Developer, cleo: Developer) -> None:
    for query, names in [("q=berg", ["Cleo Berg"]), ("manager=ada.park@acme.example", ["Ben Ito"]), ("q=zzz", [])]:
        assert [row["full_name"] for row in program.get(f"{DEVELOPERS}?{query}").json()["results"]] == names


@pytest.mark.parametrize(
    "query", ["colour=red", "sort=name", "page=2", "page_size=0", "after=x", "manager=nobody", "q=a&q=b", "select=1"]
)
def test_what_the_list_can_t_understand_is_an_error(program: Program, ben: Developer, query: str) -> None:
    found = errors(program.get(f"{DEVELOPERS}?{query}"))
    assert found and found[0][1] in {query.partition("=")[0], None}


@pytest.mark.parametrize("slug", KINDS)
def test_a_page_takes_as_many_queries_for_many_as_for_one(
    program: Program, one_of: dict[str, Any], slug: str, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    if slug == "teams":
        for name in "abc":
            program.send({"name": name, "org_tree": one_of["org-trees"].pk, "members": ["ben.ito@acme.example"]}, TEAMS)
    # Of developers, three are for the values of filters.
    with django_assert_max_num_queries(11):
        assert program.get(f"/api/v1/{slug}").status_code == 200


@pytest.mark.parametrize("slug", KINDS)
def test_another_account_s_are_not_there(
    program: Program, other_account: Account, one_of: dict[str, Any], stranger: Any, slug: str
) -> None:
    theirs = Program(key(stranger, slug="globex"))
    url = f"/api/v1/{slug}/{one_of[slug].pk}"
    assert theirs.get(f"/api/v1/{slug}").json()["count"] == 0
    assert [theirs.get(url).status_code, theirs.delete(url).status_code] == [404, 404]
    assert theirs.send({}, url, method="PATCH").status_code == theirs.send({}, url, method="PUT").status_code == 404
    foreign = theirs.send({"name": "x", "org_tree": one_of["org-trees"].pk}, TEAMS)
    assert errors(foreign)[0][1] == "org_tree"


def test_who_may_only_read_writes_nothing(reader: Program, ben: Developer) -> None:
    url = f"{DEVELOPERS}/{ben.pk}"
    assert reader.get(url).status_code == 200
    for answer in (reader.send({}, DEVELOPERS), reader.send({}, url, method="PATCH"), reader.delete(url)):
        problem(answer, 403)


def test_a_scoped_key_has_its_trees_alone(
    scoped_program: Program, team: Team, other_team: Team, cleo: Developer
) -> None:
    assert [row["id"] for row in scoped_program.get(TEAMS).json()["results"]] == [team.pk]
    problem(scoped_program.get(f"{TEAMS}/{other_team.pk}"), 404)
    problem(scoped_program.get(DEVELOPERS), 403)
    assert scoped_program.send({"name": "Pay"}, f"{TEAMS}/{team.pk}", method="PATCH").json()["name"] == "Pay"
    found = errors(scoped_program.send({"members": [cleo.email]}, f"{TEAMS}/{team.pk}", method="PATCH"))
    assert found[0][1] == "members"
    problem(scoped_program.delete(f"{TEAMS}/{team.pk}"), 403)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"[]", "application/json", 400),
        (b"{", "application/json", 400),
        (b"\xff{}", "application/json", 400),
        (b'{"a":' * 50 + b"1" + b"}" * 50, "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"role": "%s"}' % (b"x" * 1_000_000), "application/json", 413),
        (b"{}", "text/plain", 415),
        (b'{"reason": 5}', "application/json", 400),
        (b'{"full_name": "A", "email": "a@b.example", "reason": "%s"}' % (b"x" * 501), "application/json", 400),
    ],
)
def test_a_body_that_is_none_is_refused(
    program: Program, account: Account, body: bytes, kind: str, status: int
) -> None:
    problem(program.send(body, DEVELOPERS, content_type=kind), status)
    assert not Developer.objects.filter(account=account).exists()


def test_an_address_beyond_all_numbers_is_not_there(program: Program) -> None:
    problem(program.get(f"{DEVELOPERS}/{10**30}"), 404)
