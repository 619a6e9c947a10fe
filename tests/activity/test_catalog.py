"""Whatever is written is in the catalog, and whatever is tracked has a type there."""

from typing import Any

import pytest
from django.db import connection

from accounts.models import Account
from activity.actors import Actor
from activity.catalog import ACTIONS, TYPES, Origin, UnknownEntry, check
from activity.recording import recording
from activity.summary import summary
from tracked_objects.tracked import TRACKED


def test_there_are_27_types_of_which_13_come_from_other_services() -> None:
    assert len(TYPES) == 27
    assert sum(row.origin is Origin.INGEST for row in TYPES.values()) == 13


def test_every_tracked_model_has_a_type_of_ours() -> None:
    assert {TYPES[model.entry_type].origin for model in TRACKED} == {Origin.APP}


@pytest.mark.parametrize(("type_code", "action"), [("NOPE", "CREATED"), ("TEAM", "NOPE"), ("TEAM", "SENT")])
def test_an_unknown_type_or_action_is_refused(account: Account, type_code: str, action: str) -> None:
    with pytest.raises(UnknownEntry), recording(Actor.system()) as rec:
        rec.add(account, type_code, action)


def test_every_action_of_every_type_has_a_sentence() -> None:
    for row in TYPES.values():
        for action in row.actions:
            assert action in ACTIONS
            assert check(row.code, action) is row
            assert "%" not in summary(row.code, action, "It", {})


def test_the_database_knows_the_same_catalog(db: None) -> None:
    pairs = [(row.code, action) for row in TYPES.values() for action in ACTIONS]
    with connection.cursor() as cursor:
        known = [_answer(cursor, *pair) for pair in pairs]
    assert known == [action in TYPES[code].actions for code, action in pairs]


def _answer(cursor: Any, *pair: str) -> bool:
    cursor.execute("SELECT activity_in_catalog(%s, %s)", pair)
    return cursor.fetchone()[0]
