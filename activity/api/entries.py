"""Reading the log: a page of it, one entry, everything after a number, and what types there are."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from rest_framework.response import Response

from accounts.api.base import ApiView
from accounts.api.problems import wrong_parameters
from accounts.guard import MEMBER
from activity.api import described
from activity.api.filters import PageFilter, filter_of
from activity.api.receiving import receive
from activity.canonical import plain
from activity.catalog import ACTIONS, TYPES
from activity.counts import counts_of
from activity.models import Chain, Source
from activity.paging import Page
from activity.scope import INGEST, VIEW, counts_for, entries_for
from activity.views import binding, page_for, position_in

# Of a filter that finds little, so many entries at most are looked through for one answer.
_LOOKED_THROUGH = 10_000


class Entries(ApiView):
    needs = {"GET": VIEW, "POST": INGEST}
    parameters = ("GET",)

    @described.list_
    def get(self, request: Any) -> Response:
        entry_filter = filter_of(PageFilter, self, VIEW)
        if entry_filter.form.cleaned_data["order"]:
            return self._after(entry_filter)
        return self._page(entry_filter)

    @described.ingest
    def post(self, request: Any) -> Response:
        return receive(self, Source.INGEST)

    def _page(self, entry_filter: PageFilter) -> Response:
        """As the list has it, but with the entries of batches: programs want all that there is, as a download does."""
        position = position_in(entry_filter)
        if not entry_filter.is_valid():
            raise wrong_parameters(
                {"field": "cursor", "message": message} for message in entry_filter.form.non_field_errors()
            )
        entries = entry_filter.qs
        counts = counts_of(entry_filter, counts_for(self.access), entries, folds=False)
        page = page_for(entry_filter, entries, counts, position)
        return Response(
            {
                "count": counts.total,
                "count_is_exact": not counts.more,
                **self._around(entry_filter, page),
                "results": [plain(entry) for entry in page.entries],
            }
        )

    def _around(self, entry_filter: PageFilter, page: Page) -> dict[str, str | None]:
        bound = binding(entry_filter)
        return {
            name: self._link(cursor=position.write(bound)) if position else None
            for name, position in (("next", page.older), ("previous", page.newer))
        }

    def _after(self, entry_filter: PageFilter) -> Response:
        """Entries by number. Each answer says from where to go on, also one that has found nothing."""
        after = entry_filter.form.cleaned_data["after_seq"] or 0
        # Read first: numbers are given out in the order of commits, so all up to this one can be seen by now.
        head = Chain.objects.filter(account_id=entry_filter.account_id).values_list("seq", flat=True).first() or 0
        if after > head:
            raise wrong_parameters([{"field": "after_seq", "message": "The log has not come that far."}])
        size, end = entry_filter.page_size, min(head, after + _LOOKED_THROUGH)
        found = list(entry_filter.qs.filter(seq__gt=after, seq__lte=end).order_by("seq")[: size + 1])
        last = found[size - 1].seq if len(found) > size else end
        return Response(
            {
                "after_seq": last,
                "caught_up": last == head,
                "next": self._link(after_seq=str(last)),
                "results": [plain(entry) for entry in found[:size]],
            }
        )

    def _link(self, **replaced: str) -> str:
        """The address of this request, with some parameters replaced."""
        kept = [pair for pair in _pairs(self.request.query_params) if pair[0] not in replaced]
        query = urlencode([*kept, *replaced.items()])
        return str(self.request.build_absolute_uri(f"{self.request.path}?{query}"))


def _pairs(query: Any) -> list[tuple[str, str]]:
    return [(name, value) for name, values in query.lists() for value in values]


class OneEntry(ApiView):
    needs = {"GET": VIEW}

    @described.entry
    def get(self, request: Any, seq: int) -> Any:
        entry = entries_for(self.access).filter(seq=seq).first()
        if entry is None:
            raise Http404
        # An entry never changes, but the right to see it may: a copy that is kept is asked about first.
        headers = {"ETag": quote_etag(entry.hash), "Cache-Control": "private, no-cache"}
        response = Response(plain(entry), headers=headers)
        return get_conditional_response(request._request, headers["ETag"], response=response) or response


class Catalog(ApiView):
    needs = {"GET": MEMBER}

    @described.catalog
    def get(self, request: Any) -> Response:
        return Response(catalog())


def catalog() -> Mapping[str, Any]:
    types = [
        {"type": row.code, "label": str(row.label), "origin": row.origin.value, "actions": list(row.actions)}
        for row in TYPES.values()
    ]
    return {"types": types, "actions": [{"action": code, "label": str(label)} for code, label in ACTIONS.items()]}
