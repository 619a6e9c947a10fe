"""The SQL that holds what is stored of tracked objects against what was recorded of them, in whole tables at once."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from accounts.models import User
from accounts.secrets import EncryptedTextField, decrypted, fingerprint
from accounts.tracking import TrackedModel, history_model

Values = dict[str, Any]

# What there is; the newest record of each object; and the newest record that an entry stands behind.
_SOURCES = """
WITH live AS (SELECT {columns} FROM {table} AS o WHERE {mine}),
last_ids AS (SELECT id, max(history_id) AS history_id FROM {history} AS o WHERE {mine} GROUP BY id),
said AS (
    SELECT max(history_id) AS history_id FROM activity_entry
    WHERE account_id = %(account)s AND type = %(type)s AND history_model = %(model)s GROUP BY object_id
),
last AS (SELECT {columns}, history_type FROM {history} JOIN last_ids USING (id, history_id)),
told AS (SELECT {columns}, history_type FROM {history} JOIN said USING (history_id))
"""
_ROWS = """
SELECT live.id IS NOT NULL, {kind}, count(*) OVER (), {values}
FROM live FULL JOIN last ON last.id = live.id FULL JOIN told ON told.id = coalesce(live.id, last.id)
WHERE {last_differs} OR {told_differs}
   OR live.id IS NOT NULL AND (last.id IS NULL OR told.id IS NULL AND NOT EXISTS (
        SELECT FROM activity_entry WHERE account_id = %(account)s AND type = %(type)s AND object_id = {object_id}))
ORDER BY coalesce(live.id, last.id, told.id) LIMIT %(most)s
"""
_DIFFERS = """
{record}.id IS NOT NULL AND CASE WHEN live.id IS NULL THEN {record}.history_type <> '-'
ELSE {record}.history_type = '-' OR ({live}) IS DISTINCT FROM ({recorded}) END
"""
_PAIRS = """,
told_ids AS (SELECT id, history_id FROM {history} JOIN said USING (history_id)),
records AS (SELECT * FROM last_ids UNION SELECT * FROM told_ids),
recorded AS (SELECT live.id, r.history_id, {other} FROM records AS r JOIN live USING (id) JOIN {kept} AS k
    ON k.history_id = r.history_id),
stored AS (SELECT live.id, r.history_id, {other} FROM records AS r JOIN live USING (id) JOIN {through} AS t
    ON t.{owner} = live.id)
SELECT DISTINCT id, {other}, stored.id IS NOT NULL FROM recorded FULL JOIN stored USING (id, history_id, {other})
WHERE recorded.id IS NULL OR stored.id IS NULL ORDER BY 1, 2 LIMIT %(most)s
"""
# In the place of the fingerprint of such a secret.
UNREADABLE = "of what can't be decrypted"
_SECRETS = "SELECT id, {kept}, {stored} FROM {table} AS o WHERE {mine} ORDER BY id"
_KEEP = """
UPDATE {table} AS o SET {kept} = fresh.print FROM unnest(%(pks)s::bigint[], %(texts)s::text[]) AS fresh (id, print)
WHERE o.id = fresh.id RETURNING o.id
"""


@dataclass
class Finding:
    """An object that is not as it was recorded: its values now and then, None where there is no object."""

    live: Values | None
    recorded: Values | None
    # Field → the keys that only what is stored has, and those that only the record has.
    many: dict[str, tuple[set[Any], set[Any]]] = field(default_factory=dict)

    @property
    def values(self) -> Values:
        """The object as it is, or was."""
        return self.live or self.recorded or {}

    @property
    def told(self) -> Values | None:
        """What the log has told of it: nothing, when it is as its history has it and is found all the same."""
        return None if self.live == self.recorded and not self.many else self.recorded

    @property
    def kind(self) -> str:
        """What a history record of the change would be: created, edited, deleted."""
        return "-" if self.live is None else "+" if self.told is None else "~"


def quoted(name: Any) -> str:
    return connection.ops.quote_name(str(name))


def object_id_sql(model: type[TrackedModel], row: str) -> str:
    """SQL for what entries call the object of a row."""
    text = model.entry_id
    for name in ("id", "user_id"):
        text = text.replace(f"%({name})s", f"' || {row}.{name} || '")
    return f"('{text}')"


class Comparing:
    """One tracked model, in one account: of users, those who are members of it."""

    def __init__(self, model: type[TrackedModel], account_id: int, most: int | None) -> None:
        self.model, self.history = model, history_model(model)
        self.fields = self.history.tracked_fields
        # Users are told of in the accounts that they were members of at the time: here, history alone counts.
        record = "" if model is User else self.history._meta.label
        self.params = {"account": account_id, "type": model.entry_type, "model": record, "most": most}
        self.names = {
            "columns": ", ".join(quoted(each.column) for each in self.fields),
            "table": quoted(model._meta.db_table),
            "history": quoted(self.history._meta.db_table),
            "mine": "o.id IN (SELECT user_id FROM accounts_membership WHERE account_id = %(account)s)"
            if model is User
            else "o.account_id = %(account)s",
        }

    def count(self) -> int:
        """How many objects there are."""
        sql = "SELECT count(*) FROM {table} AS o WHERE {mine}".format_map(self.names)
        return int(self._rows(sql)[0][0])

    def differing(self) -> tuple[list[Finding], int]:
        """The first objects that are not as recorded, and how many there are."""
        found: dict[Any, Finding] = {}
        rows = self._rows((_SOURCES + _ROWS).format_map(self._names_of_rows()))
        for there, kind, _total, *values in rows:
            live, recorded = self._values(values[::2]), self._values(values[1::2])
            finding = Finding(live if there else None, recorded if kind in {"+", "~"} else None)
            found[(live if there else recorded)["id"]] = finding
        added = self._add_pairs(found)
        return list(found.values()), (rows[0][2] if rows else 0) + added

    def wrong_secrets(self) -> Iterator[tuple[Any, str, str, str]]:
        """Objects with another secret than was recorded: key, field, its fingerprint as recorded and as it is."""
        for name in sorted(self.model.secret_fields):
            source: Any = self.model._meta.get_field(name.removesuffix("_fingerprint"))
            names = self.names | {"kept": quoted(name), "stored": quoted(source.column)}
            for pk, kept, stored in self._rows(_SECRETS.format_map(names)):
                if kept != (now := _fingerprint(source, stored)):
                    yield pk, name, kept, now

    def keep_fingerprints(self, locked: Container[Any]) -> None:
        """Make the fingerprints of these objects those of their secrets, so that they differ as values do."""
        wrong: dict[str, dict[Any, str]] = defaultdict(dict)
        for pk, name, _kept, now in self.wrong_secrets():
            if now != UNREADABLE and pk in locked:
                wrong[name][pk] = now
        for name, right in wrong.items():
            sql = _KEEP.format_map(self.names | {"kept": quoted(name)})
            self._rows(sql, pks=list(right), texts=list(right.values()))

    def values_of(self, pks: Iterable[Any]) -> Mapping[Any, Values]:
        """What is stored of some objects."""
        sql = "SELECT {columns} FROM {table} WHERE id = ANY(%(pks)s)".format_map(self.names)
        values = map(self._values, self._rows(sql, pks=list(pks)))
        return {each["id"]: each for each in values}

    def _add_pairs(self, found: dict[Any, Finding]) -> int:
        """What many-to-many fields hold otherwise than recorded; how many objects are found by that alone."""
        pairs = [
            (each.name, pk, other, stored)
            for each in self.model._meta.many_to_many
            for pk, other, stored in self._rows((_SOURCES + _PAIRS).format_map(self._names_of_pairs(each)))
        ]
        new = {pk for _name, pk, _other, _stored in pairs if pk not in found}
        found |= {pk: Finding(values, values) for pk, values in (self.values_of(new) if new else {}).items()}
        for name, pk, other, stored in pairs:
            found[pk].many.setdefault(name, (set(), set()))[not stored].add(other)
        return len(new)

    def _names_of_rows(self) -> dict[str, str]:
        def each(row: str) -> str:
            return ", ".join(f"{row}.{quoted(field.column)}" for field in self.fields)

        def differs(row: str) -> str:
            return _DIFFERS.format(record=row, live=each("live"), recorded=each(row))

        def recorded(column: str) -> str:
            return f"CASE WHEN {differs('told')} THEN told.{column} ELSE last.{column} END"

        columns = [quoted(field.column) for field in self.fields]
        return self.names | {
            "kind": recorded("history_type"),
            "values": ", ".join(f"live.{column}, {recorded(column)}" for column in columns),
            "last_differs": differs("last"),
            "told_differs": differs("told"),
            "object_id": object_id_sql(self.model, "live"),
        }

    def _names_of_pairs(self, many: Any) -> dict[str, str]:
        return self.names | {
            "through": quoted(many.m2m_db_table()),
            "kept": quoted(getattr(self.history, many.name).model._meta.db_table),
            "owner": quoted(many.m2m_column_name()),
            "other": quoted(many.m2m_reverse_name()),
        }

    def _rows(self, sql: str, **more: Any) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(sql, self.params | more)
            return list(cursor.fetchall())

    def _values(self, row: Iterable[Any]) -> Values:
        return {each.attname: _value(each, value) for each, value in zip(self.fields, row, strict=True)}


def _value(source: Any, stored: Any) -> Any:
    for converter in source.get_db_converters(connection):
        stored = converter(stored, None, connection)
    return stored


def _fingerprint(source: Any, stored: str) -> str:
    try:
        return fingerprint(decrypted(stored) if stored and isinstance(source, EncryptedTextField) else stored)
    except ValueError:
        return UNREADABLE
