"""The list's filters for programs: stricter, as nobody looks at what a value that was left empty would answer."""

from typing import Any, TypeVar

from django import forms

from accounts.api.base import ApiView
from accounts.api.problems import form_errors, wrong_parameters
from activity.filters import EntryFilter, FilterForm
from activity.scope import entries_for

PAGE_SIZE, LARGEST_PAGE = 100, 1000
_LAST = 2**63 - 1


class StrictForm(FilterForm):
    """No value may be blank, and nothing is accepted that a page alone has use for."""

    beside = frozenset()
    page_size = None  # type: ignore[assignment]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in self.fields:
            if any(not value.strip() for value in self.data.getlist(name)):
                self.add_error(name, "This is empty.")
        return cleaned


class PageForm(StrictForm):
    """Where a page begins, and how long it is."""

    page_size = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_PAGE)  # type: ignore[assignment]
    cursor = forms.CharField(required=False)
    order = forms.ChoiceField(required=False, choices=[("seq", "seq")])
    after_seq = forms.IntegerField(required=False, min_value=0, max_value=_LAST)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["page_size"] = cleaned.get("page_size") or PAGE_SIZE
        if cleaned.get("after_seq") is not None and not cleaned.get("order"):
            self.add_error("after_seq", "This takes order=seq, too.")
        if cleaned.get("cursor") and cleaned.get("order"):
            self.add_error("cursor", "With order=seq, a page begins at after_seq.")
        return cleaned


class ExportFilter(EntryFilter):
    class Meta:
        form = StrictForm


class PageFilter(EntryFilter):
    class Meta:
        form = PageForm


Chosen = TypeVar("Chosen", bound=EntryFilter)


def filter_of(kind: type[Chosen], view: ApiView, capability: str) -> Chosen:
    """The filter that the parameters make of what the caller may see."""
    found = kind(view.query, entries_for(view.access, capability), view.access.account.pk)
    if not found.is_valid():
        raise wrong_parameters(form_errors(found.form))
    return found
