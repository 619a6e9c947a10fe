"""The one definition of the log's filters: list, counts, chart, export and API all ask it."""

from collections.abc import Container
from datetime import datetime, time
from typing import Any, TypeVar
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import Filter, FilterSet

from activity import filter_fields as fields
from activity.catalog import ACTIONS, TYPES
from activity.models import Source
from activity.search import has_words

M = TypeVar("M", bound=Model)

PAGE_SIZES, PAGE_SIZE = (25, 50, 100), 50
# Parameters of the list that choose no entries: where the page begins, and whether the panel stands open.
BESIDE = frozenset({"cursor", "panel"})
# What the counts per day know nothing about.
_UNCOUNTED = ("object", "ip", "request", "source", "q")


class AnyOf(Filter):
    """The column has one of the values."""

    field_class = fields.Many

    def filter(self, qs: QuerySet[Any], value: list[str]) -> QuerySet[Any]:
        return qs.filter(**{f"{self.field_name}__in": value}) if value else qs


class ObjectFilter(AnyOf):
    def filter(self, qs: QuerySet[Any], value: list[str]) -> QuerySet[Any]:
        pairs = [reference.split(":", 1) for reference in value]
        return qs.filter(Q(*(Q(type=kind, object_id=pk) for kind, pk in pairs), _connector=Q.OR))


class Since(Filter):
    field_class = fields.Moment

    def filter(self, qs: QuerySet[Any], value: datetime | None) -> QuerySet[Any]:
        return qs if value is None else qs.filter(occurred_at__gte=value)


class Until(Filter):
    field_class = fields.Moment

    def filter(self, qs: QuerySet[Any], value: datetime | None) -> QuerySet[Any]:
        return qs if value is None else qs.filter(occurred_at__lt=value)


class WordsFilter(Filter):
    field_class = fields.Words

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        return qs.filter(has_words(self.parent.account_id, value)) if value else qs


class FilterForm(forms.Form):
    """Checks what no single filter can: parameters nobody knows, and values given twice."""

    data: QueryDict
    beside = BESIDE

    page_size = forms.TypedChoiceField(
        label=gettext_lazy("Rows per page"),
        required=False,
        choices=[(size, size) for size in PAGE_SIZES],
        coerce=int,
        empty_value=PAGE_SIZE,  # type: ignore[arg-type]
    )

    def clean(self) -> dict[str, Any]:
        known = {*self.fields, *self.beside}
        for name in [name for name in self.data if name not in known][:5]:
            params = {"name": name[: fields.LONGEST]}
            self.add_error(None, ValidationError(_("There is no filter “%(name)s”."), "unknown", params))
        for name, field in self.fields.items():
            if not isinstance(field, fields.Many) and len(self.data.getlist(name)) > 1:
                self.add_error(name, _("This can be given once only."))
        start, end = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        if start and end and start >= end:
            self.add_error("to", _("This is before the beginning."))
        return self.cleaned_data


class EntryFilter(FilterSet):
    """The filters of the log. Same field: any of the values; different fields: all of them."""

    email = AnyOf("actor_email", label=gettext_lazy("E-mail"), each=fields.Email, at_most=1000, split=r"[\s,;]+")
    type = AnyOf("type", label=gettext_lazy("Type"), each=lambda: fields.Code(TYPES))
    action = AnyOf("action", label=gettext_lazy("Action"), each=lambda: fields.Code(ACTIONS))
    from_ = Since(label=gettext_lazy("From"))
    to = Until(label=gettext_lazy("To"), end=True)
    object = ObjectFilter(label=gettext_lazy("Object"), each=fields.ObjectReference)
    ip = AnyOf("ip_address", label=gettext_lazy("IP address"), each=forms.GenericIPAddressField)
    request = AnyOf("request_id", label=gettext_lazy("Request"), each=fields.Text)
    source = AnyOf("source", label=gettext_lazy("Source"), each=lambda: fields.Code(Source.values))
    q = WordsFilter(label=gettext_lazy("Words"))

    class Meta:
        form = FilterForm

    def __init__(self, data: Any, queryset: QuerySet[Any], account_id: int) -> None:
        super().__init__(data, queryset)
        self.account_id = account_id

    @classmethod
    def get_filters(cls) -> dict[str, Filter]:
        """The declared filters; `from`, which Python keeps for itself, is declared as `from_`."""
        return {name.rstrip("_"): filter_ for name, filter_ in super().get_filters().items()}

    def filter_queryset(self, queryset: QuerySet[M], but: Container[str] = ()) -> QuerySet[M]:
        """The rows of `queryset` that pass all filters `but` some; none at all when any value is bad."""
        if not self.is_valid():
            return queryset.none()
        for name, filter_ in self.filters.items():
            if name not in but:
                queryset = filter_.filter(queryset, self.form.cleaned_data[name])
        return queryset

    @property
    def page_size(self) -> int:
        return int(self.form.cleaned_data.get("page_size", PAGE_SIZE))

    @property
    def counted(self) -> bool:
        """Whether the counts per day can tell how many entries pass."""
        values = self.form.cleaned_data
        days = all(values[name] is None or values[name].time() == time.min for name in ("from", "to"))
        return days and not any(values[name] for name in _UNCOUNTED)

    @property
    def folds(self) -> bool:
        """Whether entries of batches are to be seen in their parent only: nothing asks for what they differ in."""
        return not any(self.form.cleaned_data[name] for name in ("action", "object", "q"))

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The filter as parameters, in one order and spelling."""
        return [
            (name, text)
            for name, value in self.form.cleaned_data.items()
            if name in self.filters
            for text in (value if isinstance(value, list) else [self.data.get(name, "").strip()])
            if text
        ]

    def query(self, *drop: tuple[str, str], **replace: str) -> str:
        """The query string of this filter, without some pairs, and with some names replaced (or, if '', dropped)."""
        pairs = [pair for pair in self.pairs if pair not in drop and pair[0] not in replace]
        pairs += [pair for pair in replace.items() if pair[1]]
        if self.page_size != PAGE_SIZE and "page_size" not in replace:
            pairs.append(("page_size", str(self.page_size)))
        return f"?{urlencode(pairs)}"
