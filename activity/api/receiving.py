"""Adding to the log from outside: one entry or many, all of them or none, each of them once."""

from typing import Any

from rest_framework.response import Response

from accounts.api.authentication import key_of
from accounts.api.base import ApiView
from accounts.api.bodies import expect, read_body
from accounts.api.problems import not_written
from accounts.json_text import read_json
from activity.actors import Actor
from activity.api import described
from activity.canonical import utc_text
from activity.ingest import BadEntry, Sender, draft_of, parse
from activity.models import Source
from activity.receipts import Written, write_once
from activity.scope import IMPORT
from activity.writer import Draft

MOST_ENTRIES, MOST_BYTES = 1000, 10_000_000


class EntryImport(ApiView):
    needs = {"POST": IMPORT}

    @described.bring_in
    def post(self, request: Any) -> Response:
        return receive(self, Source.IMPORT)


def receive(view: ApiView, source: str) -> Response:
    """Write what was sent; the answer has a receipt for each entry, in order."""
    request = view.request
    kind = expect(request, described.JSON, described.NDJSON)
    body = read_body(request._request, MOST_BYTES)
    sent = _lines(body) if kind == described.NDJSON else _parsed(body)
    drafts = _drafts(sent if isinstance(sent, list) else [sent], _sender(view, source))
    written = write_once(view.access.account.pk, drafts)
    receipts = [_receipt(one) for one in written]
    status = 201 if any(one.new for one in written) else 200
    return Response(receipts if isinstance(sent, list) else receipts[0], status=status)


def _sender(view: ApiView, source: str) -> Sender:
    """Entries that name nobody were made by the key itself; all of them tell which key has sent them."""
    request = view.request._request
    if key := key_of(request):
        actor, noted = Actor.api_key(key), f"{key.name} ({key.shown})"
    else:
        actor, noted = Actor.user(request.user), request.user.email
    return Sender(view.access.account.pk, source, actor, noted)


def _parsed(body: bytes) -> Any:
    """One entry, or a list of them."""
    try:
        return read_json(body)
    except ValueError as error:
        raise not_written([{"field": None, "message": f"The body {error}."}]) from None


def _lines(body: bytes) -> list[Any]:
    """Each line that isn't blank, parsed; what can't be is left for its place in the errors."""
    return [_Unparsed(line) for line in body.split(b"\n") if line.strip()]


class _Unparsed(bytes):
    """A line of JSON Lines that is still to be read."""


def _drafts(values: list[Any], sender: Sender) -> list[tuple[str, Draft]]:
    if not values:
        raise not_written([{"field": None, "message": "There is no entry in this request."}])
    if len(values) > MOST_ENTRIES:
        raise not_written(
            [{"field": None, "message": f"At most {MOST_ENTRIES:,} entries at once, not {len(values):,}."}]
        )
    drafts, errors = [], []
    for index, value in enumerate(values):
        try:
            read = parse(value) if isinstance(value, _Unparsed) else value
            draft = draft_of(read, sender)
            drafts.append((read.get("idempotency_key") or "", draft))
        except BadEntry as error:
            errors += [{"index": index, "field": field, "message": words} for field, words in error.errors.items()]
    if errors:
        raise not_written(errors)
    return drafts


def _receipt(written: Written) -> dict[str, Any]:
    return {"seq": written.seq, "hash": written.hash, "recorded_at": utc_text(written.recorded_at)}
