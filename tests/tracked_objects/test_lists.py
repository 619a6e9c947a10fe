"""The lists: search, facets, sorting, pages; what can't be understood shows an error and no rows."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.batch import batch, save_batch
from accounts.models import Account
from activity.actors import Actor
from activity.recording import recording
from tests.tracked_objects.conftest import developer
from tracked_objects.kinds import KINDS
from tracked_objects.models import Developer, Integration, OrgTree, Tag, Team
from tracked_objects.models.base import AccountObject


@pytest.fixture
def make(account: Account, org_tree: OrgTree) -> Iterator[Callable[..., AccountObject]]:
    """Makes one more object of a kind."""

    def one(slug: str, name: str, **fields: Any) -> AccountObject:
        if slug == "developers":
            return developer(account, name, **fields)
        if slug == "teams":
            fields = {"org_tree": org_tree, **fields}
        if slug == "integrations":
            fields = {"category": "ci", "application_type": "jenkins", **fields}
        return KINDS[slug].model.objects.create(account=account, name=name, **fields)

    with recording(Actor.system("tests")):
        yield one


def names(client: Client, slug: str, **query: Any) -> list[str]:
    """The names in the rows of a list."""
    answer = client.get(f"/a/acme/{slug}/", query)
    assert answer.status_code == 200
    return [str(row.record) for row in answer.context["page"].object_list]


@pytest.mark.parametrize("slug", KINDS)
def test_every_list_searches_and_sorts_by_name(admin: Client, make: Callable[..., Any], slug: str) -> None:
    for name in ("beta one", "Alpha one", "Gamma two"):
        make(slug, name)
    assert names(admin, slug, q="ONE") == ["Alpha one", "beta one"]
    column = KINDS[slug].table.first
    assert names(admin, slug, q="one", sort=f"-{column}") == ["beta one", "Alpha one"]
    assert names(admin, slug, q="one alpha") == ["Alpha one"]
    assert names(admin, slug, q="%") == []


@pytest.mark.parametrize("slug", KINDS)
@pytest.mark.parametrize(
    "query", [{"nope": "1"}, {"sort": "pk"}, {"sort": "--name"}, {"q": "a\0b"}, {"q": "x" * 201}, {"account": "2"}]
)
def test_what_a_list_cant_understand_is_an_error_and_no_rows(
    admin: Client, make: Callable[..., Any], slug: str, query: dict[str, str]
) -> None:
    make(slug, "Anything")
    answer = admin.get(f"/a/acme/{slug}/", query)
    assert answer.status_code == 400
    assert answer.context["page"].paginator.count == 0
    assert answer.context["filters"].errors


@pytest.mark.parametrize(
    ("slug", "query"),
    [
        ("developers", {"manager": "nobody@acme.example"}),
        ("developers", {"manager": "otto.out@globex.example"}),
        ("developers", {"department": "Nowhere"}),
        ("teams", {"org_tree": "999999"}),
        ("teams", {"org_tree": "x"}),
        ("teams", {"org_tree": "1" * 30}),
        ("teams", {"member": "nobody"}),
        ("org-trees", {"efficiency_profile": "0"}),
        ("efficiency-profiles", {"in_use": "maybe"}),
        ("integrations", {"category": "nope"}),
        ("integrations", {"status": "ACTIVE"}),
        ("integrations", {"tags": "production"}),
    ],
)
def test_a_facet_with_a_bad_value_shows_its_error_and_no_rows(
    admin: Client, make: Callable[..., Any], outsider: Developer, slug: str, query: dict[str, str]
) -> None:
    make(slug, "Anything")
    answer = admin.get(f"/a/acme/{slug}/", query)
    assert answer.status_code == 400
    assert list(answer.context["filters"].errors) == list(query)
    assert answer.context["page"].paginator.count == 0


@pytest.mark.parametrize(
    ("field", "word"),
    [
        ("email", "ben.ito@"),
        ("manager", "park"),
        ("role", "lead"),
        ("sub_role", "backend"),
        ("team", "crew"),
        ("department", "rocket"),
        ("site", "lima"),
        ("custom_attributes", "blue badge"),
        ("identities", "octoben"),
    ],
)
def test_developers_are_searched_on_every_column(
    admin: Client, account: Account, ada: Developer, field: str, word: str
) -> None:
    values: dict[str, Any] = dict.fromkeys(("role", "sub_role", "team", "department", "site"), word)
    values |= {"custom_attributes": {"badge colour": word}, "manager": ada, "email": None}
    values["identities"] = [{"application_type": "github", "cloud_id": word}]
    developer(account, "Ben Ito", **({field: values[field]} if values[field] else {}))
    assert names(admin, "developers", q=word.upper()) == (["Ben Ito"] if word != "park" else ["Ada Park", "Ben Ito"])


def test_search_looks_at_values_not_at_the_names_of_json_keys(admin: Client, account: Account) -> None:
    developer(account, "Ben Ito", identities=[{"application_type": "github", "cloud_id": "ben"}])
    assert names(admin, "developers", q="cloud_id") == []


def test_facets_narrow_together(admin: Client, make: Callable[..., Any], ada: Developer) -> None:
    make("developers", "One", department="Web", site="Rio", manager=ada)
    make("developers", "Two", department="Web", site="Oslo")
    assert names(admin, "developers", department="Web") == ["One", "Two"]
    assert names(admin, "developers", department="Web", site="Rio") == ["One"]
    assert names(admin, "developers", manager=ada.pk) == names(admin, "developers", manager=ada.email) == ["One"]


def test_a_facet_with_many_values_is_typed(
    admin: Client, make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracked_objects.filters.MAX_VALUES", 2)
    for site in ("Rio", "Oslo", "Bern"):
        make("developers", f"In {site}", site=site, department="Web")
    page = admin.get("/a/acme/developers/").content.decode()
    assert '<input type="text" name="site"' in page and '<select name="department"' in page
    assert names(admin, "developers", site="oslo") == ["In Oslo"]
    assert names(admin, "developers", site="Rome") == []


@pytest.mark.parametrize("few", [1, 500])
def test_what_a_search_finds_is_all_there_however_much_it_is(
    admin: Client, make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr("tracked_objects.filters.FEW_FOUND", few)
    for name in ("Beta one", "Alpha one", "Gamma two"):
        make("developers", name, site="Rio" if name[0] == "A" else "Oslo")
    assert names(admin, "developers", q="one") == ["Alpha one", "Beta one"]
    assert names(admin, "developers", q="one", site="Oslo") == ["Beta one"]


def test_teams_by_tree_manager_and_member(
    admin: Client, team: Team, other_team: Team, ada: Developer, ben: Developer
) -> None:
    assert names(admin, "teams", org_tree=other_team.org_tree_id) == ["Labs"]
    assert names(admin, "teams", member=ben.email) == names(admin, "teams", manager=ada.pk) == ["Payments"]
    assert names(admin, "teams", member=ada.email) == []


def test_a_row_is_there_once_whatever_it_matches(admin: Client, account: Account, github: Integration) -> None:
    with recording(Actor.system("tests")):
        github.tags.add(*(Tag.objects.create(account=account, name=f"product{number}") for number in range(3)))
    assert names(admin, "integrations", q="product") == ["GitHub"]
    assert names(admin, "integrations", tags=Tag.objects.get(name="production").pk) == ["GitHub"]


def test_profiles_by_use(admin: Client, make: Callable[..., Any]) -> None:
    used = make("efficiency-profiles", "Used")
    make("efficiency-profiles", "Spare")
    for number in range(2):
        make("org-trees", f"Tree {number}", efficiency_profile=used)
    assert names(admin, "efficiency-profiles", in_use="yes") == ["Used"]
    assert names(admin, "efficiency-profiles", in_use="no") == ["Spare"]


def _many(account: Account, count: int) -> None:
    people = [Developer(account=account, full_name=f"P {n % 7}", email=f"p{n}@x.example") for n in range(count)]
    with recording(Actor.system("tests")), batch(account, Developer) as current:
        save_batch(current, people)


def test_pages_hold_fifty_rows_and_lose_none(admin: Client, account: Account) -> None:
    _many(account, 120)
    pages = [admin.get("/a/acme/developers/", {"page": page, "sort": "-full_name"}) for page in (1, 2, 3)]
    rows = [row.record.pk for answer in pages for row in answer.context["page"].object_list]
    assert [len(answer.context["page"].object_list) for answer in pages] == [50, 50, 20]
    assert len(set(rows)) == 120
    assert "51–100 of 120" in pages[1].content.decode()


def test_rows_beyond_the_page_stay_in_the_database(admin: Client, account: Account) -> None:
    _many(account, 60)
    with CaptureQueriesContext(connection) as found:
        admin.get("/a/acme/developers/")
    fetched = [query["sql"] for query in found if 'ORDER BY LOWER("tracked_objects_developer"' in query["sql"]]
    assert len(fetched) == 1 and fetched[0].endswith("LIMIT 50")


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999"])
def test_a_page_that_isnt_there_is_the_nearest_one(admin: Client, ada: Developer, page: str) -> None:
    assert names(admin, "developers", page=page) == ["Ada Park"]


@pytest.mark.parametrize("slug", KINDS)
def test_the_number_of_queries_doesnt_grow_with_the_rows(admin: Client, make: Callable[..., Any], slug: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            admin.get(f"/a/acme/{slug}/")
        return len(found)

    make(slug, "First")
    few = queries()
    for number in range(30):
        make(slug, f"Number {number}")
    assert queries() == few <= 8


def test_an_empty_list_says_what_to_do_first(admin: Client, viewer: Client) -> None:
    page = admin.get("/a/acme/teams/").content.decode()
    assert "No teams yet" in page and "so create an org tree first" in page and 'href="/a/acme/org-trees/new/"' in page
    assert 'href="/a/acme/developers/new/"' in admin.get("/a/acme/developers/").content.decode()
    page = viewer.get("/a/acme/developers/").content.decode()
    assert "No developers yet" in page and "/new/" not in page


def test_no_match_is_said_and_can_be_cleared(admin: Client, ada: Developer) -> None:
    page = admin.get("/a/acme/developers/", {"q": "zzz"}).content.decode()
    assert "Nothing matches" in page and "Clear filters" in page


def test_headings_sort_and_keep_the_filters(admin: Client, ada: Developer) -> None:
    page = admin.get("/a/acme/developers/", {"q": "ada", "sort": "email", "page": "1"}).content.decode()
    assert 'aria-sort="ascending"' in page and 'href="?q=ada&amp;sort=-email"' in page
