"""Full-text search of entries: whole words, whatever punctuation they stand between, every character literal."""

from typing import Any

from django.contrib.postgres.search import SearchQueryField, SearchVectorField
from django.db.models import BooleanField, Func, Value

# The arguments of the SQL function that makes words of an entry (migration 0003), in its order.
SEARCHED = ("account_id", "summary", "object_name", "object_id", "actor_email", "actor_name", "changes")


class Words(Func):
    """The words of an entry; its account is one of them, so that the index never meets other accounts' entries."""

    function = "activity_words"
    arity = len(SEARCHED)
    output_field = SearchVectorField()


class WordsQuery(Func):
    """All words of a text, in one account. A text without a word matches nothing."""

    function = "activity_words_query"
    arity = 2
    output_field = SearchQueryField()


# Two ways to a page of entries with a word that a share of all N entries has: walk the log by time and make words of
# some 51 / share entries, 25 µs each, or find all share × N in the index, 1.5 µs each. The first is better from
# share² × N = 51 × 25 / 1.5 on; measured on 10 million entries.
COMMON = 850


def is_common_sql(account_id: int, text: str) -> tuple[str, list[Any]]:
    """SQL of whether PostgreSQL's statistics know all words of `text` as common in a log of this size."""
    return (
        "(SELECT coalesce(bool_and(EXISTS (SELECT FROM pg_stats,"
        " unnest(most_common_elems::text::text[], most_common_elem_freqs) AS known (word, share)"
        " WHERE tablename = 'entry_words' AND known.word = asked AND share * share * seq > %s)), FALSE)"
        " FROM activity_chain, unnest(tsvector_to_array(activity_words(account_id, %s, '', '', '', '', ''))) AS asked"
        " WHERE account_id = %s AND asked NOT LIKE '@%%')",
        [COMMON, text, account_id],
    )


class Match(Func):
    template = "%(expressions)s"
    arg_joiner = " @@ "
    arity = 2
    output_field = BooleanField()


def has_words(account_id: int, text: str) -> Match:
    """The condition that an entry of the account has all words of `text`."""
    return Match(Words(*SEARCHED), WordsQuery(Value(account_id), Value(text)))
