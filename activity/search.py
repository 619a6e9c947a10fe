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


# A word is common from this share and this number of entries on. Walking the log by time then soon fills a page, and
# finding all its entries first takes long.
COMMON_SHARE, COMMON_ENTRIES = 0.01, 50_000


def is_common_sql(account_id: int, words: str) -> tuple[str, list[Any]]:
    """SQL of whether `words` is a single word that PostgreSQL's statistics know as common in a log of this size."""
    if not words.isalnum():
        return "FALSE", []
    return (
        "EXISTS (SELECT 1 FROM pg_stats, unnest(most_common_elems::text::text[], most_common_elem_freqs)"
        " AS common (word, share) WHERE tablename = 'entry_words' AND word = %s AND share > %s"
        " AND share * (SELECT seq FROM activity_chain WHERE account_id = %s) > %s)",
        [words.lower(), COMMON_SHARE, account_id, COMMON_ENTRIES],
    )


class Match(Func):
    template = "%(expressions)s"
    arg_joiner = " @@ "
    arity = 2
    output_field = BooleanField()


def has_words(account_id: int, text: str) -> Match:
    """The condition that an entry of the account has all words of `text`."""
    return Match(Words(*SEARCHED), WordsQuery(Value(account_id), Value(text)))
