"""Verifies an account's log: the chain, its head, the counts, and every checkpoint that is kept here or elsewhere."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F

from accounts.models import Account
from activity.canonical import GENESIS
from activity.integrity import START, Link, stored_rows, walk
from activity.proof import notes
from activity.proof.diagnosis import diagnose
from activity.proof.models import Checkpoint, Verification
from activity.proof.problem import Problem
from activity.verify_export import Note, read_notes

# Everything that must agree, as it is at one moment: by one statement, while others write.
_STATE = """
SELECT coalesce(chain.seq, 0), coalesce(chain.head, %s),
       (SELECT coalesce(max(seq), 0) FROM activity_entry WHERE account_id = account.id),
       (SELECT coalesce(json_agg(json_build_array(start, type, action, entries)), '[]') FROM (
            SELECT start, type, action, sum(entries) AS entries FROM activity_count
            WHERE account_id = account.id AND grain = 'day' AND actor_email = '' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ) AS days)
FROM accounts_account AS account LEFT JOIN activity_chain AS chain ON chain.account_id = account.id
WHERE account.id = %s
"""
_HASHES = "SELECT seq, hash FROM activity_entry WHERE account_id = %s AND seq = ANY(%s)"

Passed = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Mark:
    """What somebody says that the hash of an entry is."""

    seq: int
    hash: str
    witness: str


@dataclass(frozen=True)
class State:
    """The head of the chain, the highest number there is, and the entries of each day, type and action as counted."""

    head: Link
    highest: int
    counts: dict[tuple[str, str, str], int]

    @classmethod
    def of(cls, account_id: int) -> "State":
        with connection.cursor() as cursor:
            cursor.execute(_STATE, [GENESIS, account_id])
            seq, head, highest, counts = cursor.fetchone()
        return cls(Link(seq, head), highest, {(day, kind, action): int(n) for day, kind, action, n in counts})


@dataclass(frozen=True)
class Result:
    """How far the log was walked, and the first thing that is wrong with it."""

    start: Link
    end: Link
    # The number of the newest entry, by the head of the chain.
    newest: int
    checkpoints: int
    problem: Problem | None


def last_good(account: Account) -> Verification | None:
    """The newest verification that found nothing, of a log that is verified from its first entry on."""
    return Verification.objects.filter(account=account, whole=True, problem__isnull=True).order_by("-id").first()


def open_trouble(account: Account) -> Verification | None:
    """The newest verification that found something, until the whole log was verified in one go and found good."""
    runs = Verification.objects.filter(account=account)
    complete = runs.filter(problem__isnull=True, from_seq=1, to_seq=F("newest")).order_by("-id").first()
    found = runs.filter(problem__isnull=False, id__gt=complete.pk if complete else 0)
    return found.order_by("-id").first()


def next_to_verify(account: Account) -> Link:
    """Behind the last good verification; the start of the log without one, or while something is wrong with it."""
    good = None if open_trouble(account) else last_good(account)
    return Link(good.to_seq, good.head) if good else START


def place_before(account: Account, seq: int) -> Link:
    """Where a walk begins whose first entry is `seq`, taking the one before for true."""
    before = list(stored_rows(account.pk, seq - 1, seq - 1)) if seq > 1 else []
    return Link(seq - 1, before[0]["hash"]) if before else START


def verify(
    account: Account, start: Link, most: int | None = None, kept: Iterable[Note] = (), passed: Passed = lambda _: None
) -> Result:
    """Walk the chain from behind `start`, `most` entries at most; `kept` are checkpoints that were kept elsewhere.

    From the start of the log on, also the counts are compared.
    """
    # Before the state: a checkpoint of an entry that came later would look as if that entry were missing.
    marks, unsigned = _marks(account, start, kept)
    state = State.of(account.pk)
    last = state.head.seq if most is None else min(state.head.seq, start.seq + most)
    found: Counter[tuple[str, str, str]] = Counter()

    def pass_on(row: dict[str, Any]) -> None:
        found[row["occurred_at"][:10], row["type"], row["action"]] += 1
        passed(row)

    end = walk(account.pk, start, last, pass_on)
    if end.seq < last:
        problem: Problem | None = _earlier(_check_marks(account, marks, state), diagnose(account.pk, end, *state.head))
    else:
        counted = found if start == START and last == state.head.seq else None
        problem = unsigned or _check_marks(account, marks, state) or _check_ends(end, state, counted)
    return Result(start, end, state.head.seq, sum(mark.witness != "verification" for mark in marks), problem)


def _marks(account: Account, start: Link, kept: Iterable[Note]) -> tuple[list[Mark], Problem | None]:
    """The last good verification and the checkpoints behind `start`, in order; and the first that we haven't signed."""
    keys = notes.configured_keys()
    marks, unsigned = [], []
    ours = [(row.seq, _note(row), "checkpoint") for row in _checkpoints(account, start)]
    for seq, note, witness in (*ours, *((note.size, note, "note") for note in kept)):
        if note and note.signed_by(keys):
            marks.append(Mark(seq, note.head, witness))
        else:
            unsigned.append(Problem(witness, seq, seq))
    if good := last_good(account):
        marks.append(Mark(good.to_seq, good.head, "verification"))
    marks = sorted((mark for mark in marks if mark.seq), key=lambda mark: mark.seq)
    return marks, min(unsigned, key=lambda problem: problem.first, default=None)


def _checkpoints(account: Account, start: Link) -> Iterable[Checkpoint]:
    found = Checkpoint.objects.filter(account=account, seq__gt=start.seq)
    return found.select_related("account").order_by("seq").iterator()


def _note(row: Checkpoint) -> Note | None:
    """The checkpoint as a note; None when somebody has put into its row what makes no note."""
    try:
        return read_notes(row.note)[0]
    except ValueError:
        return None


def _check_marks(account: Account, marks: list[Mark], state: State) -> Problem | None:
    """The first mark that the log doesn't have: entries up to it were rewritten, or are gone from the end."""
    with connection.cursor() as cursor:
        cursor.execute(_HASHES, [account.pk, [mark.seq for mark in marks]])
        stored = dict(cursor.fetchall())
    agreed = 0
    for mark in marks:
        if stored.get(mark.seq) == mark.hash:
            agreed = mark.seq
        elif mark.seq > state.head.seq:
            return Problem("cut", state.head.seq + 1, mark.seq, mark.witness)
        else:
            return Problem("rewritten", agreed + 1, mark.seq, mark.witness)
    return None


def _earlier(marked: Problem | None, walked: Problem) -> Problem:
    """The walk is more exact, unless a mark tells of something before it."""
    return marked if marked and marked.last < walked.first else walked


def _check_ends(end: Link, state: State, found: Counter[tuple[str, str, str]] | None) -> Problem | None:
    """Whether the chain, its head and the counts end together."""
    last, counted = state.head.seq, sum(state.counts.values())
    if end.seq == last and end.hash != state.head.hash:
        return Problem("head", last, last)
    if state.highest > last:
        return Problem("inserted", last + 1, state.highest)
    if counted > last:
        return Problem("cut", last + 1, counted, "counts")
    if found is not None and found != state.counts:
        return Problem("counts", 0, 0, min(found.items() ^ state.counts.items())[0][0])
    return Problem("counted", 0, 0, str(counted)) if counted != last else None
