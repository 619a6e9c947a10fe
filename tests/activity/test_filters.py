"""Filters: what each finds, how they combine, and that a bad value never widens the answer."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from accounts.models import Account
from tests.log import NOON, batch, draft, entry, link, shown, write

URL = "/a/acme/activity/"


def found(client: Client, **query: object) -> list[int]:
    return sorted(shown(client.get(URL, query)))


@pytest.fixture
def three(account: Account) -> list[int]:
    """An edited team, a created developer, a deleted team; three actors; three addresses, requests and sources."""
    return write(
        draft(account, object_id="1", ip_address="203.0.113.1", request_id="r-1", source="UI"),
        draft(
            account,
            type="DEVELOPER",
            action="CREATED",
            email="bob@acme.example",
            object_id="1",
            ip_address="2001:db8::1",
            request_id="r-2",
            source="API",
            occurred_at=NOON + timedelta(days=1),
        ),
        draft(
            account,
            action="DELETED",
            email="cyd@acme.example",
            object_id="a:b/c d",
            request_id="r-3",
            source="IMPORT",
            occurred_at=NOON + timedelta(days=2),
        ),
    )


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ({"email": "ada@acme.example"}, [0]),
        ({"email": " ADA@acme.example "}, [0]),
        ({"email": ["ada@acme.example", "cyd@acme.example"]}, [0, 2]),
        ({"email": "ada@acme.example, bob@acme.example"}, [0, 1]),
        ({"email": "nobody@acme.example"}, []),
        ({"type": ["TEAM", "DEVELOPER"]}, [0, 1, 2]),
        ({"type": "TEAM", "action": "DELETED"}, [2]),
        ({"type": "TEAM", "action": ["DELETED", "EDITED"]}, [0, 2]),
        ({"type": "TEAM", "email": "bob@acme.example"}, []),
        ({"object": "TEAM:1"}, [0]),
        ({"object": ["TEAM:1", "DEVELOPER:1"]}, [0, 1]),
        ({"object": "TEAM:a:b/c d"}, [2]),
        ({"ip": "203.0.113.1"}, [0]),
        ({"ip": "2001:0DB8:0::0001"}, [1]),
        ({"ip": ["203.0.113.1", "2001:db8::1"]}, [0, 1]),
        ({"request": "r-3"}, [2]),
        ({"source": ["API", "IMPORT"]}, [1, 2]),
        ({"from": "2026-03-02", "type": ["TEAM", "DEVELOPER"]}, [1, 2]),
        ({"to": "2026-03-02", "type": ["TEAM", "DEVELOPER"]}, [0, 1]),
        ({"from": "2026-03-02", "to": "2026-03-02"}, [1]),
        ({"from": "2026-03-01T12:00:00Z", "to": "2026-03-01T12:00:00Z"}, [0]),
        ({"from": "2026-03-01T12:00:00.000001Z", "to": "2026-03-02"}, [1]),
        ({"from": "2026-03-02T02:00+14:00", "to": "2026-03-02T01:59:59-12:00"}, [0, 1]),
    ],
)
def test_a_filter_finds(admin: Client, three: list[int], query: dict[str, object], places: list[int]) -> None:
    assert found(admin, **query) == [three[place] for place in places]


def test_the_last_microsecond_of_a_day_belongs_to_it(admin: Client, account: Account) -> None:
    last = datetime(2026, 3, 1, 23, 59, 59, 999999, tzinfo=UTC)
    first, second = write(draft(account, occurred_at=last), draft(account, occurred_at=last + timedelta.resolution))
    assert found(admin, to="2026-03-01") == [first]
    assert first not in found(admin, **{"from": "2026-03-02"})
    assert second in found(admin, **{"from": "2026-03-02"})


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12", "Europe/Berlin"])
def test_dates_mean_the_same_to_readers_everywhere(admin: Client, three: list[int], zone: str) -> None:
    admin.cookies["tz"] = zone
    assert found(admin, **{"from": "2026-03-02", "to": "2026-03-02"}) == [three[1]]


def test_mixed_case_addresses_are_found_as_they_stand(admin: Client, account: Account) -> None:
    made = entry(account, email="Ada.L@Acme.Example")
    assert found(admin, email="Ada.L@Acme.Example") == [made.seq]


BAD = [
    ({"type": "NOPE"}, "type"),
    ({"type": ["TEAM", "NOPE"]}, "type"),
    ({"type": "team"}, "type"),
    ({"action": "EXPLODED"}, "action"),
    ({"source": "ui"}, "source"),
    ({"from": "yesterdayish"}, "from"),
    ({"from": "2026-02-30"}, "from"),
    ({"from": "0001-01-01T00:00:00+14:00"}, "from"),
    ({"to": "9999-12-31"}, "to"),
    ({"to": "31.12.2026"}, "to"),
    ({"from": "2026-03-02", "to": "2026-03-01"}, "to"),
    ({"from": ["2026-03-01", "2026-03-02"]}, "from"),
    ({"email": "not an address"}, "email"),
    ({"email": "a@b\0c"}, "email"),
    ({"email": [f"{n}@acme.example" for n in range(1001)]}, "email"),
    ({"object": "12"}, "object"),
    ({"object": "TEAM:"}, "object"),
    ({"object": "TEAM: "}, "object"),
    ({"object": "NOPE:1"}, "object"),
    ({"ip": "999.1.1.1"}, "ip"),
    ({"ip": "' OR 1=1 --"}, "ip"),
    ({"request": "r\0"}, "request"),
    ({"request": "x" * 501}, "request"),
    ({"q": "a\0b"}, "q"),
    ({"q": "x" * 1_000_000}, "q"),
    ({"q": ["a", "b"]}, "q"),
    ({"q": "%_\\'&|!"}, "q"),
    ({"page_size": "1000000"}, "page_size"),
    ({"page_size": "51"}, "page_size"),
    ({"page_size": "-25"}, "page_size"),
]


@pytest.mark.parametrize(("query", "field"), BAD)
def test_a_bad_value_is_an_error_of_its_field_and_gives_no_rows(
    admin: Client, three: list[int], query: dict[str, object], field: str
) -> None:
    response = admin.get(URL, query)
    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]
    assert "rows" not in response.context
    assert "acme.example</bdi>" not in response.content.decode()


@pytest.mark.parametrize("name", ["typ", "offset", "account", "email[]", "actor_email__icontains", "<script>"])
def test_an_unknown_parameter_is_an_error(admin: Client, three: list[int], name: str) -> None:
    response = admin.get(URL, {name: "x"})
    assert response.status_code == 400
    assert f"There is no filter “{name}”." in response.context["form"].non_field_errors()
    assert "rows" not in response.context


def test_one_bad_value_among_good_ones_gives_no_rows(admin: Client, three: list[int]) -> None:
    assert admin.get(URL, {"type": "TEAM", "ip": "nowhere"}).status_code == 400


def test_a_thousand_addresses_are_allowed(admin: Client, three: list[int]) -> None:
    many = [f"{n}@acme.example" for n in range(999)]
    assert found(admin, email=[*many, "bob@acme.example"]) == [three[1]]


def test_every_active_filter_is_a_chip_that_can_be_removed(admin: Client, three: list[int]) -> None:
    query = {"type": ["TEAM", "DEVELOPER"], "from": "2026-03-01", "page_size": "25"}
    response = admin.get(URL, query)
    chips = {(chip.name, chip.text): chip.url for chip in response.context["chips"]}
    assert chips == {
        ("Type", "Team"): "?type=DEVELOPER&from=2026-03-01&page_size=25",
        ("Type", "Developer"): "?type=TEAM&from=2026-03-01&page_size=25",
        ("From", "2026-03-01"): "?type=TEAM&type=DEVELOPER&page_size=25",
    }


def test_blank_fields_of_the_form_leave_the_address(admin: Client, three: list[int]) -> None:
    response = admin.get(URL, {"email": ["", "bob@acme.example"], "from": "", "q": " "})
    assert response.status_code == 302
    assert response["Location"] == f"{URL}?email=bob%40acme.example"


def test_add_value_without_javascript_keeps_the_panel_open(admin: Client, three: list[int]) -> None:
    response = admin.get(URL, {"email": ["ada@acme.example", ""], "panel": "open"}, follow=True)
    assert response.context["panel_open"]
    html = response.content.decode()
    assert html.count('<input name="email"') == 2
    assert 'value="ada@acme.example"' in html


def test_quick_ranges_and_download_keep_the_filter(admin: Client, three: list[int]) -> None:
    response = admin.get(URL, {"type": "TEAM", "page_size": "25"})
    today = datetime.now(UTC).date()
    assert link(response, "Today") == f"?type=TEAM&from={today}&page_size=25"
    assert link(response, "CSV") == f"{URL}export.csv?type=TEAM"


def test_a_filter_by_actor_folds_batches_and_a_filter_by_action_does_not(admin: Client, account: Account) -> None:
    parent = batch(account, [{"object_id": "1"}, {"object_id": "2"}])
    assert found(admin, email="ada@acme.example") == [parent]
    assert found(admin, action="EDITED", email="ada@acme.example") == [parent, parent + 1, parent + 2]
