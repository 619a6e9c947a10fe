"""Adding and editing developers by SEI's API, as JSON records: one batch, nobody removed."""

from typing import Any

import pytest

from accounts.models import Account, Role, User
from activity.actors import Actor
from activity.integrity import first_break
from activity.models import Entry
from activity.recording import recording
from tests.browsing import at_once
from tests.entries import entry_of
from tests.programs import Program, errors, key, problem
from tests.tracked_objects.api.v2 import DEVELOPERS, Wrong, body, samples, send, wrong
from tests.tracked_objects.conftest import developer
from tests.tracked_objects.uploading import parent_of, state
from tracked_objects.models import Developer, FieldMapping, OrgTree, Team
from tracked_objects.models.growing import Shape, grow

pytestmark = pytest.mark.usefixtures("mapping")
ANN, BOB, CYD = (f"{name}@acme.example" for name in ("ann", "bob", "cyd"))


@pytest.fixture
def ann(account: Account) -> Developer:
    return developer(account, "Ann", role="Lead", custom_attributes={"Shoe": "38"}, identities=[])


@pytest.fixture
def bob(account: Account, ann: Developer) -> Developer:
    """Reports to Ann."""
    return developer(account, "Bob", manager=ann, role="QA", site="Rome")


def upsert(program: Program, *records: Any) -> Any:
    return send(program, "PATCH", DEVELOPERS, list(records))


def test_who_is_new_is_added_and_the_others_are_edited(program: Program, account: Account, bob: Developer) -> None:
    answer = upsert(
        program, {"email": BOB, "role": "Lead"}, {"email": CYD, "name": "Cyd", "manager_email": BOB.upper()}
    )
    assert body(answer) == {"status": "SUCCESS", "created": 1, "edited": 1, "unchanged": 0}
    cyd = Developer.objects.get(email=CYD)
    assert (cyd.full_name, cyd.manager, cyd.role) == ("Cyd", bob, "")
    bob.refresh_from_db()
    assert (bob.role, bob.site, str(bob.manager)) == ("Lead", "Rome", "Ann")
    parent = parent_of(account)
    assert (parent.summary, parent.source, parent.actor_kind) == (
        "Developer batch of 2: 1 created, 1 edited",
        "API",
        "api_key",
    )
    assert parent.details["rows"] == 2
    assert entry_of(bob, parent_seq=parent.seq).changes == {"Role": {"before": "QA", "after": "Lead"}}
    assert first_break(account.pk) is None


def test_what_is_empty_is_taken_away(program: Program, bob: Developer, ann: Developer) -> None:
    upsert(program, {"email": BOB, "manager_email": "", "site": None}, {"email": ANN, "customAttributes": {"shoe": ""}})
    bob.refresh_from_db()
    ann.refresh_from_db()
    assert (bob.manager, bob.site, ann.custom_attributes) == (None, "", {})


def test_names_of_columns_are_understood_too(program: Program, ann: Developer) -> None:
    assert (
        body(upsert(program, {"Email": CYD, "fullName": "Cyd", "Boss": ANN, "sub_role": "x", "SHOE": "40"}))["created"]
        == 1
    )
    cyd = Developer.objects.get(email=CYD)
    assert (cyd.manager, cyd.sub_role, cyd.custom_attributes) == (ann, "x", {"SHOE": "40"})


def test_a_new_attribute_is_said_to_be_one(program: Program, ann: Developer) -> None:
    upsert(program, {"email": ANN, "customAttributes": {"Hat": "7", "shoe": "39"}})
    ann.refresh_from_db()
    assert ann.custom_attributes == {"Hat": "7", "Shoe": "39"}


def test_nothing_changed_makes_no_entry(program: Program, account: Account, bob: Developer) -> None:
    before = state(account)
    assert body(upsert(program, {"email": BOB.upper(), "role": "QA"}))["unchanged"] == 1
    assert state(account) == before


def test_the_saved_mapping_stays(program: Program, account: Account, mapping: FieldMapping) -> None:
    upsert(program, {"email": CYD, "name": "Cyd"})
    assert FieldMapping.objects.get(account=account).columns == mapping.columns


def test_trees_follow(program: Program, account: Account, ann: Developer) -> None:
    with recording(Actor.system("tests")):
        tree = OrgTree.objects.create(account=account, name="All", grown=True)
        grow(tree, Shape())
    upsert(program, {"email": CYD, "name": "Cyd", "manager_email": ANN})
    assert [str(person) for person in Team.objects.get(org_tree=tree).members.all()] == ["Cyd"]


BAD: dict[str, tuple[list[Any], Wrong]] = {
    "no e-mail": ([{"name": "Zoe"}], [("REQUIRED_VALUE_MISSING", "email", 1)]),
    "no name for who is new": ([{"email": CYD}], [("REQUIRED_VALUE_MISSING", "name", 1)]),
    "a name that is taken away": ([{"email": ANN, "name": " "}], [("REQUIRED_VALUE_MISSING", "name", 1)]),
    "twice": ([{"email": ANN}, {"email": ANN.upper()}], [("DUPLICATE_EMAIL", "email", 1)]),
    "an unknown manager": (
        [{"email": ANN, "manager_email": "zoe@acme.example"}],
        [("MANAGER_EMAIL_MISSING_IN_DEVELOPER_EMAILS", "manager_email", 1)],
    ),
    "a circle with who isn't sent": (
        [{"email": ANN, "manager_email": BOB}],
        [("CIRCULAR_REFERENCE", "manager_email", 1)],
    ),
    "their own manager": ([{"email": ANN, "manager_email": ANN}], [("CIRCULAR_REFERENCE", "manager_email", 1)]),
    "no address": ([{"email": "x", "name": "X"}], [("INVALID_CSV", "email", 1)]),
    "too long": (
        [{"email": ANN, "role": "x" * 101, "customAttributes": {"Hat": "x" * 1001}}],
        [("INVALID_CSV", "role", 1), ("INVALID_CSV", "Hat", 1)],
    ),
}


@pytest.mark.parametrize(("records", "found"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_said_as_of_a_file(
    program: Program, account: Account, bob: Developer, records: list[Any], found: Wrong
) -> None:
    before = state(account)
    # One bad record, and the good one isn't saved either.
    assert wrong(upsert(program, {"email": "dee@acme.example", "name": "Dee"}, *records)) == found
    assert state(account) == before


def test_a_sample_is_the_record(program: Program, ann: Developer) -> None:
    answer = upsert(
        program, {"email": ANN, "role": "Lead"}, {"email": CYD, "name": "Cyd", "manager_email": "zoe@x.example"}
    )
    expected = {"email": CYD, "name": "Cyd", "manager_email": "zoe@x.example", "_row": 2, "_note": "zoe@x.example"}
    assert samples(answer) == [expected]


ODD: list[tuple[Any, list[tuple[int | None, str | None]]]] = [
    ([{"email": ANN, "deparment": "x"}], [(0, "deparment")]),
    ([{"email": ANN, "Floor": "7"}], [(0, "Floor")]),
    ([{"email": ANN, "role": "x", "Role": "y"}], [(0, "Role")]),
    ([{"email": ANN, "role": 7}, 5, {"email": ["x"]}], [(0, "role"), (1, None), (2, "email")]),
    ([{"email": ANN, "name": "\0"}, {"email": "\ud800"}], [(0, "name"), (1, "email")]),
    ([{"email": ANN, "customAttributes": {"": "x", " a": "y", "\0": "z"}}], [(0, "customAttributes")] * 3),
    ([{"email": ANN, "customAttributes": "x"}], [(0, "customAttributes")]),
    ([{"email": ANN, "identities": []}, {"developerRefId": 1}], [(0, "identities"), (1, "developerRefId")]),
    ([{"email": ANN, "customAttributes": {f"a{number}": "x" for number in range(300)}}], []),
    ([], []),
    ({"email": ANN}, []),
    ("x", []),
    (7, []),
    (b"[" * 100_000, []),
    (b'[{"email":', []),
    (b"[NaN]", []),
    (b"\xff", []),
    (b" ", []),
]


@pytest.mark.parametrize(("sent", "found"), ODD)
def test_what_cant_be_understood_is_refused(
    program: Program, account: Account, ann: Developer, sent: Any, found: list[tuple[int | None, str | None]]
) -> None:
    before = state(account)
    answer = send(program, "PATCH", DEVELOPERS, sent)
    assert [(index, field) for index, field, _message in errors(answer)] == found
    assert state(account) == before


def test_only_json_is_taken(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("text/csv", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
        problem(send(program, "PATCH", DEVELOPERS, b"[]", kind), 415)
    monkeypatch.setattr("tracked_objects.api.v2.received.MOST_JSON", 10)
    problem(upsert(program, {"email": ANN}), 413)


def test_not_too_many_at_once(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(errors(upsert(program, *range(200)))) == 100
    monkeypatch.setattr("tracked_objects.api.v2.received.MOST_ITEMS", 2)
    assert "At most 2 at once, not 3" in problem(upsert(program, {}, {}, {}))["detail"]


def test_only_records_of_the_keys_account_are_touched(program: Program, stranger: User, ann: Developer) -> None:
    other = Program(key(stranger, slug="globex"))
    with recording(Actor.system("tests")):
        FieldMapping.objects.create(account=stranger.memberships.get().account, columns={})
    body(upsert(other, {"email": ANN, "name": "Anna"}))
    wrong(upsert(other, {"email": CYD, "name": "Cyd", "manager_email": BOB}))
    ann.refresh_from_db()
    assert (ann.full_name, Developer.objects.filter(email=ANN).count()) == ("Ann", 2)


@pytest.mark.parametrize("missing", ["create", "edit"])
def test_it_takes_both_capabilities(program: Program, account: Account, missing: str) -> None:
    with recording(Actor.system("tests")):
        role = Role.objects.get(account=account, name="SEI Admin")
        role.capabilities = [item for item in role.capabilities if item != f"developers.{missing}"]
        role.save()
    problem(upsert(program, {"email": CYD, "name": "Cyd"}), 403)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_no_circle(program: Program, account: Account, ann: Developer) -> None:
    developer(account, "Cyd")
    answers = at_once(
        lambda: upsert(program, {"email": ANN, "manager_email": CYD}),
        lambda: upsert(program, {"email": CYD, "manager_email": ANN}),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 400]
    assert Entry.objects.filter(account=account, source="API", child_count=1).count() == 1
    assert first_break(account.pk) is None
