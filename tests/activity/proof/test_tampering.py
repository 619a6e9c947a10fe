"""A script of tamperings, each found with its place; and no false alarm on a log that nobody touched."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Account
from activity.canonical import CONTENT, chain_hash
from activity.integrity import START, Link, stored_rows
from activity.models import Chain
from activity.proof.checkpoints import make
from activity.proof.verification import place_before, verify
from activity.verify_export import Note, read_notes
from tests.log import batch, draft, write
from tests.tampering import (
    change,
    delete,
    go_back_to,
    insert_copy,
    move_head,
    move_head_to,
    recount,
    rehash,
    shift,
    swap,
    tamper,
    undone,
)

OTHER: dict[str, Any] = {
    "changes": '{"Name":{"after":"x"}}',
    "details": '{"a":1}',
    "child_count": 7,
    "history_id": 7,
    "org_tree_id": 7,
    "parent_seq": 1,
    "ip_address": "203.0.113.99",
    "occurred_at": datetime(2020, 1, 1, tzinfo=UTC),
    "recorded_at": datetime(2020, 1, 1, tzinfo=UTC),
    "action": "DELETED",
    "type": "TAG",
    "actor_kind": "system",
    "source": "API",
}
# In the middle of the log.
PLACE = 9


@pytest.fixture
def log(account: Account) -> int:
    """A log with a batch in it, and text that is hard to write; returns its last number."""
    texts = ("ü", "\u202e", "\\", '"', "\t", "日本語", "\\u0000", "'")
    write(*(draft(account, object_name=text, reason=text, ip_address="2001:db8::1") for text in texts))
    batch(account, [{"object_id": str(number)} for number in range(4)])
    return Chain.objects.get(account=account).seq


def found(account: Account, start: Link = START, kept: tuple[Note, ...] = ()) -> tuple[Any, ...] | None:
    """The first thing that is wrong: what, and where."""
    problem = verify(account, start, kept=kept).problem
    return problem and (problem.kind, problem.first, problem.last)


def test_an_untouched_log_is_good(account: Account, other_account: Account, log: int) -> None:
    make(account)
    result = verify(account, START)
    assert (result.problem, result.end.seq, result.checkpoints) == (None, log, 1)
    assert found(other_account) is None
    assert found(Account.objects.create(slug="new", name="New")) is None


def test_each_edited_column_is_found(account: Account, other_account: Account, log: int) -> None:
    answers = {}
    for column in (*CONTENT, "prev_hash", "hash"):
        with undone():
            other = {"account_id": other_account.pk, "seq": 10_000}.get(column, OTHER.get(column, "x"))
            change(account, PLACE, **{column: other})
            answers[column] = found(account)
    moved = {"account_id": ("missing", PLACE, PLACE), "seq": ("renumbered", PLACE, PLACE)}
    assert answers == {column: moved.get(column, ("edited", PLACE, PLACE)) for column in answers}


def cut(account: Account, seq: int) -> None:
    delete(account, seq + 1, 2**62)


def cut_with_head(account: Account, seq: int) -> None:
    """Only the counts still know."""
    delete(account, seq + 1, 2**62)
    move_head_to(account, seq)


def insert(account: Account, seq: int) -> None:
    shift(account, seq, 1)
    insert_copy(account, 3, seq)
    move_head(account, Chain.objects.get(account=account).seq + 1, Chain.objects.get(account=account).head)


def edit_and_hash(account: Account, seq: int) -> None:
    change(account, seq, summary="Nothing happened")
    (row,) = stored_rows(account.pk, seq, seq)
    change(account, seq, hash=chain_hash(row["prev_hash"], row))


TAMPERINGS: dict[str, tuple[Callable[[Account], object], tuple[str, int | None, int | None]]] = {
    "an entry is edited and hashed anew": (lambda account: edit_and_hash(account, PLACE), ("replaced", PLACE, PLACE)),
    "an entry is deleted": (lambda account: delete(account, PLACE, PLACE), ("missing", PLACE, PLACE)),
    "many are deleted": (lambda account: delete(account, PLACE, PLACE + 2), ("missing", PLACE, PLACE + 2)),
    "the first one is deleted": (lambda account: delete(account, 1, 1), ("missing", 1, 1)),
    "the last ones are deleted": (lambda account: cut(account, PLACE), ("cut", PLACE + 1, None)),
    "all are deleted": (lambda account: cut(account, 0), ("cut", 1, None)),
    "the last ones go, and the head goes back": (
        lambda account: cut_with_head(account, PLACE),
        ("cut", PLACE + 1, None),
    ),
    "one is inserted, those behind it renumbered": (lambda account: insert(account, PLACE), ("inserted", PLACE, PLACE)),
    "one is put before the first": (lambda account: insert_copy(account, 3, 0), ("inserted", 0, 0)),
    "one is put behind the last": (lambda account: insert_copy(account, 3, 10_000), ("inserted", None, 10_000)),
    "two neighbours are swapped": (lambda account: swap(account, PLACE, PLACE + 1), ("reordered", PLACE, PLACE)),
    "two others are swapped": (lambda account: swap(account, 3, PLACE), ("reordered", 3, 3)),
    "one gets another number": (lambda account: change(account, PLACE, seq=10_000), ("renumbered", PLACE, PLACE)),
    "a gap is closed by renumbering": (
        lambda account: (delete(account, PLACE, PLACE), shift(account, PLACE, -1)),
        ("missing", PLACE, PLACE),
    ),
    "the head is changed": (lambda account: move_head(account, log_end(account), "f" * 64), ("head", None, None)),
    "the chain is forgotten": (lambda account: tamper("DELETE FROM activity_chain"), ("inserted", 1, None)),
    "an action is counted less often": (
        lambda account: tamper("UPDATE activity_count SET entries = entries - 1 WHERE grain = 'day' AND type = 'TEAM'"),
        ("counts", 0, 0),
    ),
    "one action is counted as another": (
        lambda account: tamper("UPDATE activity_count SET action = 'SENT' WHERE grain = 'day' AND type = 'TEAM'"),
        ("counts", 0, 0),
    ),
}


def log_end(account: Account) -> int:
    return Chain.objects.get(account=account).seq


@pytest.mark.parametrize("name", TAMPERINGS)
def test_what_was_done_is_named_with_its_place(account: Account, log: int, name: str) -> None:
    work, (kind, first, last) = TAMPERINGS[name]
    work(account)
    answer = found(account)
    assert answer is not None
    ends = {"cut": log, "head": log, "inserted": log}.get(kind, 0)
    expected_first = first if first is not None else (log + 1 if kind == "inserted" else log)
    assert answer == (kind, expected_first, ends if last is None else last)


def test_everything_rewritten_with_new_hashes_contradicts_a_checkpoint(account: Account, log: int) -> None:
    made = make(account)
    assert made is not None
    change(account, PLACE, reason="Invented")
    rehash(account)
    assert found(account) == ("rewritten", 1, log)
    tamper("DELETE FROM activity_checkpoint")
    # Nothing here tells any more; what was kept elsewhere does.
    assert found(account) is None
    assert found(account, kept=tuple(read_notes(made.note))) == ("rewritten", 1, log)


def test_it_lies_between_the_checkpoint_that_agrees_and_the_one_that_does_not(account: Account, log: int) -> None:
    make(account)
    write(draft(account), draft(account))
    make(account, due_or_not=True)
    change(account, log + 1, reason="Invented")
    rehash(account, log + 1)
    assert found(account) == ("rewritten", log + 1, log + 2)


def test_an_old_state_put_back_contradicts_a_checkpoint(account: Account, log: int) -> None:
    made = make(account)
    assert made is not None
    go_back_to(account, PLACE)
    assert found(account) == ("cut", PLACE + 1, log)
    tamper("DELETE FROM activity_checkpoint")
    assert found(account) is None
    kept = tuple(read_notes(made.note))
    assert found(account, kept=kept) == ("cut", PLACE + 1, log)
    write(*(draft(account) for _ in range(log)))
    assert found(account, kept=kept) == ("rewritten", 1, log)


def test_a_changed_checkpoint_is_found(account: Account, log: int) -> None:
    make(account)
    damage = (
        "head = repeat('f', 64)",
        "head = 'x'",
        "made_at = made_at + interval '1 second'",
        "signature = repeat('A', 86) || '=='",
        "signature = '?'",
        "key = 'x'",
    )
    for column in damage:
        with undone():
            tamper(f"UPDATE activity_checkpoint SET {column}")
            assert found(account) == ("checkpoint", log, log), column


def test_what_is_emptied_is_found_too(account: Account, log: int) -> None:
    tamper("SET CONSTRAINTS ALL IMMEDIATE")
    tamper("ALTER TABLE activity_entry ALTER COLUMN summary DROP NOT NULL")
    change(account, PLACE, summary=None)
    assert found(account) == ("edited", PLACE, PLACE)


def test_a_walk_that_begins_later_takes_what_is_before_for_true(account: Account, log: int) -> None:
    change(account, 3, reason="Invented")
    assert found(account, place_before(account, 5)) is None
    change(account, PLACE, reason="Invented")
    assert found(account, place_before(account, 5)) == ("edited", PLACE, PLACE)


BLIND: dict[str, Callable[[Account, int, int], None]] = {
    "edit": lambda account, seq, other: change(account, seq, summary=f"Invented {other}"),
    "delete": lambda account, seq, other: delete(account, seq, seq),
    "swap": swap,
    "renumber": lambda account, seq, other: change(account, seq, seq=1000 + other),
    "copy": lambda account, seq, other: insert_copy(account, seq, 1000 + other),
    "hash": lambda account, seq, other: change(account, seq, hash=f"{other:064d}"),
    "shift": lambda account, seq, other: shift(account, seq, 1),
}
PLACES = st.integers(min_value=1, max_value=PLACE)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.sampled_from(sorted(BLIND)), PLACES, PLACES), max_size=3))
def test_whatever_is_done_is_found_and_nothing_else(
    account: Account, log: int, acts: list[tuple[str, int, int]]
) -> None:
    acts = [act for act in acts if act[0] != "swap" or act[1] != act[2]][:1] + [
        act for act in acts[1:] if act[0] in {"edit", "hash"}
    ]
    with undone():
        for act, seq, other in acts:
            BLIND[act](account, seq, other)
        assert (found(account) is None) is (not acts)


def test_counts_made_anew_are_good(account: Account, log: int) -> None:
    recount()
    assert found(account) is None
