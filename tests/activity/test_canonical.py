"""One text form of JSON: what is hashed is what is stored."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activity.canonical import CONTENT, canonical_json, entry_json, utc_text

# Texts as the writer hands them over: what PostgreSQL can't hold is gone by then.
_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
_NUMBERS = st.integers(min_value=0)
_OPTIONAL = {"history_id": _NUMBERS, "org_tree_id": _NUMBERS, "parent_seq": _NUMBERS, "ip_address": _TEXTS}
_COLUMNS = {
    **dict.fromkeys(CONTENT, _TEXTS),
    **{name: st.none() | values for name, values in _OPTIONAL.items()},
    **dict.fromkeys(("account_id", "child_count", "seq"), _NUMBERS),
    **dict.fromkeys(("changes", "details"), st.dictionaries(_TEXTS, _TEXTS | _NUMBERS).map(canonical_json)),
    **dict.fromkeys(("occurred_at", "recorded_at"), st.datetimes(timezones=st.just(UTC))),
}


@given(st.fixed_dictionaries(_COLUMNS))
def test_an_entry_is_the_canonical_json_of_its_columns(row: dict[str, Any]) -> None:
    plain = {name: utc_text(value) if isinstance(value, datetime) else value for name, value in row.items()}
    plain |= {name: json.loads(row[name]) for name in ("changes", "details")}
    assert entry_json(row) == canonical_json(plain)


def test_a_time_is_in_utc_whatever_its_offset() -> None:
    moment = datetime(2026, 1, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    assert utc_text(moment) == "2025-12-31T23:30:00.000000Z"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": "é"}, '{"a":"é","b":1}'),
        ("a\0b", '"a\N{REPLACEMENT CHARACTER}b"'),
        ("\\u0000", r'"\\u0000"'),
        ("\\\0", '"\\\\\N{REPLACEMENT CHARACTER}"'),
        ("\ud800", '"?"'),
    ],
)
def test_what_postgresql_cannot_hold_is_replaced(value: Any, text: str) -> None:
    assert canonical_json(value) == text
