"""The functions by which PostgreSQL refuses to commit a change of a tracked row that no entry tells of.

There is one for each table, made from its model. At the commit it looks for an entry of the same transaction about the
object. When there is none, the object must be what it was: as before this write, or as its newest history record of
earlier transactions has it.
"""

from typing import Any

from django.db import models

from accounts.models import Membership, User
from accounts.secrets import EncryptedTextField
from accounts.tracking import TrackedModel, history_model
from activity.models import Chain, Entry
from activity.proof.stored import object_id_sql, quoted

# Names are qualified, so that nobody puts tables of their own in place of the log's.
_FUNCTION = """
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SET search_path TO pg_catalog, pg_temp AS $$
{body}$$
"""
_BODY = """
DECLARE
    object text := {object_id};
    own bigint := pg_current_xact_id()::text::bigint;
    head {chain};
    told boolean;
BEGIN
    IF current_user = 'sei_maintenance' THEN
        RETURN NULL;
    END IF;
    FOR head IN SELECT * FROM {chain} WHERE xid = own{of_account} LOOP
        -- Of a few entries, each is looked at; among many, the object's are looked up. Both are said so that PostgreSQL
        -- plans them once, and not for each row: an array, for the numbers between two, and a limit.
        IF head.seq - head.since < 50 THEN
            SELECT true INTO told FROM (SELECT type, object_id FROM {entry} WHERE account_id = head.account_id
                AND seq = ANY (ARRAY(SELECT generate_series(head.since, head.seq))) OFFSET 0) AS fresh
                WHERE type = '{type}' AND object_id = object LIMIT 1;
        ELSE
            SELECT true INTO told FROM {entry} WHERE account_id = head.account_id AND type = '{type}'
                AND object_id = object AND seq >= head.since LIMIT 1;
        END IF;
        IF told THEN
            RETURN NULL;
        END IF;
    END LOOP;
    IF ({unchanged}) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% of % refused: no entry of the activity log tells of % % in this transaction',
        TG_OP, TG_TABLE_NAME, '{type}', object
        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME,
            HINT = 'Change it in the app or by its API, which make the entry.';
END
"""
# The newest history record of the object that earlier transactions have left.
_BEFORE = """
(SELECT * FROM {history} WHERE id = {key} AND NOT {schema}.activity_is_ours(xmin) ORDER BY history_id DESC LIMIT 1)"""
# Also of an object that is gone.
_ACCOUNT = """coalesce((SELECT account_id FROM {table} WHERE id = {key}),
        (SELECT account_id FROM {history} WHERE id = {key} ORDER BY history_id DESC LIMIT 1))"""
_ROW_UNCHANGED = """
    CASE WHEN EXISTS (SELECT FROM {table} WHERE id = {key}) THEN EXISTS (
        SELECT FROM {table} AS t WHERE t.id = {key}{outside_history} AND (
            ({live}) IS NOT DISTINCT FROM ({old}) OR EXISTS (
                SELECT FROM {before} AS h WHERE h.history_type <> '-' AND ({live}) IS NOT DISTINCT FROM ({recorded}))))
    ELSE NOT EXISTS (SELECT FROM {before} AS h WHERE h.history_type <> '-') END{or_of_no_account}"""
# Encrypted anew by each save, which makes a history record.
_ENCRYPTED = (
    " AND (t.{column} IS NOT DISTINCT FROM OLD.{column}"
    " OR EXISTS (SELECT FROM {history} WHERE id = {key} AND {schema}.activity_is_ours(xmin)))"
)
# Who is a member of no account has no log that could tell of them.
_OF_NO_ACCOUNT = """
    OR NOT EXISTS (SELECT FROM {membership} WHERE user_id = {key})
        AND EXISTS (SELECT FROM {history} WHERE id = {key} AND {schema}.activity_is_ours(xmin))"""
_PAIR_UNCHANGED = """
    NOT EXISTS (
        SELECT FROM (VALUES (OLD.{owner}, OLD.{other}), (NEW.{owner}, NEW.{other})) AS pair (owner, other)
        WHERE pair.owner IS NOT NULL
            AND EXISTS (SELECT FROM {table} WHERE {owner} = pair.owner AND {other} = pair.other)
            <> EXISTS (SELECT FROM {before} AS h JOIN {kept} AS k USING (history_id)
                WHERE h.history_type <> '-' AND k.{other} = pair.other))"""


class Guard:
    """The guard of one table: the name and the body of its function."""

    def __init__(self, schema: str, table: str, names: dict[str, Any]) -> None:
        self.table, self.function = table, f"{quoted(schema)}.{quoted(f'guard_{table}')}"
        logs = {"chain": _qualified(schema, Chain), "entry": _qualified(schema, Entry)}
        self.body = _BODY.format_map(logs | names)

    @property
    def sql(self) -> str:
        return _FUNCTION.format(function=self.function, body=self.body)


def guards(schema: str, model: type[TrackedModel]) -> list[Guard]:
    """The guards of a model's own table and of those of its many-to-many fields."""
    either = "CASE WHEN TG_OP = 'DELETE' THEN {} ELSE {} END"
    own = {
        "type": model.entry_type,
        "object_id": either.format(object_id_sql(model, "OLD"), object_id_sql(model, "NEW")),
        # Users are told of in each account that they are a member of.
        "of_account": "" if model is User else " AND account_id = coalesce(NEW.account_id, OLD.account_id)",
        "unchanged": _row_unchanged(schema, model),
    }
    return [
        Guard(schema, model._meta.db_table, own),
        *(_of_pairs(schema, model, each) for each in model._meta.many_to_many),
    ]


def _of_pairs(schema: str, model: type[TrackedModel], many: Any) -> Guard:
    through, owner = many.remote_field.through, quoted(many.m2m_column_name())
    key = f"coalesce(NEW.{owner}, OLD.{owner})"
    history = _qualified(schema, history_model(model))
    unchanged = _PAIR_UNCHANGED.format(
        table=_qualified(schema, through),
        kept=_qualified(schema, getattr(history_model(model), many.name).model),
        before=_BEFORE.format(history=history, key="pair.owner", schema=quoted(schema)),
        owner=owner,
        other=quoted(many.m2m_reverse_name()),
    )
    account = _ACCOUNT.format(table=_qualified(schema, model), history=history, key=key)
    names = {
        "type": model.entry_type,
        "object_id": f"{key}::text",
        "of_account": f" AND account_id = {account}",
        "unchanged": unchanged,
    }
    return Guard(schema, through._meta.db_table, names)


def _row_unchanged(schema: str, model: type[TrackedModel]) -> str:
    columns = [quoted(each.column) for each in history_model(model).tracked_fields]
    names = {
        "key": "coalesce(NEW.id, OLD.id)",
        "schema": quoted(schema),
        "table": _qualified(schema, model),
        "history": _qualified(schema, history_model(model)),
        "membership": _qualified(schema, Membership),
        "live": ", ".join(f"t.{column}" for column in columns),
        "old": ", ".join(f"OLD.{column}" for column in columns),
        "recorded": ", ".join(f"h.{column}" for column in columns),
    }
    names["before"] = _BEFORE.format_map(names)
    names["outside_history"] = "".join(_outside_history(model)).format_map(names)
    names["or_of_no_account"] = _OF_NO_ACCOUNT.format_map(names) if model is User else ""
    return _ROW_UNCHANGED.format_map(names)


def _outside_history(model: type[TrackedModel]) -> list[str]:
    """Conditions for the columns that history leaves out: keys, passwords and other secrets."""
    kept = {each.name for each in history_model(model).tracked_fields} | model.untold_fields
    found = []
    for each in model._meta.concrete_fields:
        if each.name not in kept:
            column = quoted(each.column)
            plain = f" AND t.{column} IS NOT DISTINCT FROM OLD.{column}"
            encrypted = _ENCRYPTED.replace("{column}", column)
            found.append(encrypted if isinstance(each, EncryptedTextField) else plain)
    return found


def _qualified(schema: str, model: type[models.Model]) -> str:
    return f"{quoted(schema)}.{quoted(model._meta.db_table)}"
