"""The filters of the lists. A value that can't be understood is an error beside its field, never more rows."""

from typing import Any, ClassVar

import django_filters as filters
from django import forms
from django.contrib.postgres.aggregates import StringAgg
from django.core.exceptions import ValidationError
from django.db.models import F, Func, Model, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.guard import Access
from accounts.models import ApiKey
from accounts.models.api_key import KeyStatus
from accounts.permissions import KEY_ROLES
from tracked_objects.forms.fields import PersonField
from tracked_objects.models import (
    BusinessAlignmentProfile,
    Developer,
    EfficiencyProfile,
    Integration,
    OrgTree,
    ProductivityProfile,
    Tag,
)
from tracked_objects.models.base import AccountObject
from tracked_objects.models.integrations import Status
from tracked_objects.models.lead_time import Source
from tracked_objects.scope import people, visible
from tracked_objects.tables import ObjectTable

MAX_WORDS = 10
# More values than that make no useful list to choose from: they are typed.
MAX_VALUES = 200
# Of what a search finds, so many rows are known by their keys from then on.
FEW_FOUND = 2000


class FilterForm(forms.Form):
    """The filters as a form; what it doesn't know is an error."""

    use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        if unknown := sorted(set(self.data) - set(self.fields) - {"page", "select"}):
            raise ValidationError(_("There is no filter “%(name)s”."), params={"name": unknown[0][:50]})
        return self.cleaned_data


class PersonFilter(filters.Filter):
    """One developer, by e-mail."""

    field_class = PersonField


class ValueFilter(filters.ChoiceFilter):
    """One of the values that a text field has in the rows that the member may see."""


class ObjectFilters(filters.FilterSet):
    """`q` in all of `searched`, `sort` among the table's columns, and the facets of subclasses."""

    searched: ClassVar[tuple[str, ...]] = ("name", "description")
    aliases: ClassVar[dict[str, Func | Subquery]] = {}

    q = filters.CharFilter(label=_("Search"), method="search", max_length=200)
    sort = filters.ChoiceFilter(method="as_it_is", widget=forms.HiddenInput)

    class Meta:
        form = FilterForm

    def __init__(
        self, access: Access, data: QueryDict, queryset: QuerySet, table: type[ObjectTable], shown: bool = True
    ) -> None:
        """With `shown` off, nobody looks at what could be chosen: only what was is looked up."""
        super().__init__(data, queryset)
        self.access, self.shown = access, shown
        self.filters["sort"].extra["choices"] = table.sorts()
        for name, facet in list(self.filters.items()):
            self._offer(name, facet)
        for field in self.form.fields.values():
            if isinstance(field, PersonField):
                field.choose_from(people(access), access.account.slug)

    def _offer(self, name: str, facet: Any) -> None:
        """Only what the member may see can be chosen; a facet about what they don't see goes away."""
        if isinstance(facet, filters.ModelChoiceFilter):
            model = facet.queryset.model
            if issubclass(model, AccountObject) and not self.access.can(f"{model.resource}.view"):
                del self.filters[name]
            else:
                facet.queryset = self._choices(model)
        elif isinstance(facet, ValueFilter) and (self.shown or name in self.data):
            values = self.queryset.exclude(**{name: ""}).order_by(name).values_list(name, flat=True).distinct()
            found = list(values[: MAX_VALUES + 1])
            if len(found) > MAX_VALUES:
                self.filters[name] = typed = filters.CharFilter(name, "iexact", label=facet.label, max_length=200)
                typed.parent, typed.model = self, self.queryset.model
            facet.extra["choices"] = [(value, value) for value in found]

    def _choices(self, model: type[Model]) -> QuerySet:
        if issubclass(model, AccountObject):
            return visible(model, self.access).order_by("name")
        return model._default_manager.filter(account=self.access.account).order_by("name")

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """A search looks at every row, so it is done once: counting and paging ask for the few that it has found."""
        found: QuerySet = super().filter_queryset(queryset)
        if not self.form.cleaned_data["q"]:
            return found
        pks = list(found.order_by().values_list("pk", flat=True)[: FEW_FOUND + 1])
        return queryset.filter(pk__in=pks) if len(pks) <= FEW_FOUND else found

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Every word is found somewhere in the searched fields. None of them is to-many: a join would repeat rows."""
        queryset = queryset.alias(**self.aliases)
        for word in value.split()[:MAX_WORDS]:
            queryset = queryset.filter(Q(*((f"{field}__icontains", word) for field in self.searched), _connector=Q.OR))
        return queryset

    def as_it_is(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset

    @property
    def active(self) -> bool:
        """Whether anything narrows the list."""
        return any(value for name, value in self.data.items() if name not in {"sort", "page", "select"})


def one(label: Any, model: type[Model], **kwargs: Any) -> filters.ModelChoiceFilter:
    """A facet with the objects of a kind that the member may see."""
    return filters.ModelChoiceFilter(
        label=label, queryset=model._default_manager.none(), empty_label=_("Any"), **kwargs
    )


def _value(label: Any) -> ValueFilter:
    return ValueFilter(label=label, empty_label=_("Any"))


def choice(label: Any, choices: Any, **kwargs: Any) -> filters.ChoiceFilter:
    """A facet with fixed choices."""
    return filters.ChoiceFilter(label=label, choices=choices, empty_label=_("Any"), **kwargs)


def _json_values(field: str, path: str) -> Func:
    """The values of a JSON field at a path, as text to search in; the keys aren't what people look for."""
    return Func(F(field), template=f"jsonb_path_query_array(%(expressions)s, '{path}')::text", output_field=TextField())


class DeveloperFilters(ObjectFilters):
    searched = (
        "full_name",
        "email",
        "manager__full_name",
        "manager__email",
        "role",
        "sub_role",
        "team",
        "department",
        "site",
        "attribute_values",
        "cloud_ids",
    )
    aliases = {
        "attribute_values": _json_values("custom_attributes", "$.*"),
        "cloud_ids": _json_values("identities", "$[*].cloud_id"),
    }

    manager = PersonFilter(label=_("Manager"))
    role = _value(_("Role"))
    department = _value(_("Department"))
    site = _value(_("Site"))


class TeamFilters(ObjectFilters):
    searched = ("name", "org_tree__name", "manager__full_name", "manager__email")

    org_tree = one(_("Org tree"), OrgTree)
    manager = PersonFilter(label=_("Manager"))
    member = PersonFilter(label=_("Member"), method="with_member")

    def with_member(self, queryset: QuerySet, name: str, value: Developer) -> QuerySet:
        theirs = self.queryset.filter(Q(members=value) | Q(shared_members=value))
        return queryset.filter(pk__in=theirs.values("pk"))


class OrgTreeFilters(ObjectFilters):
    efficiency_profile = one(_("Efficiency profile"), EfficiencyProfile)
    productivity_profile = one(_("Productivity profile"), ProductivityProfile)
    business_alignment_profile = one(_("Business alignment profile"), BusinessAlignmentProfile)


class ProfileFilters(ObjectFilters):
    in_use = filters.ChoiceFilter(
        label=_("In use"),
        choices=[("yes", _("By an org tree")), ("no", _("Not in use"))],
        empty_label=_("Any"),
        method="used",
    )

    def used(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        users = queryset.filter(org_trees__isnull=False).values("pk")
        return queryset.filter(pk__in=users) if value == "yes" else queryset.exclude(pk__in=users)


def _tag_names() -> Subquery:
    """The names of an integration's tags in one text, so that no join repeats a row."""
    tags = Integration.tags.through._base_manager.filter(integration=OuterRef("pk")).values("integration")
    named = tags.annotate(names=StringAgg("tag__name", delimiter=Value(" ")))
    return Subquery(named.values("names"))  # type: ignore[misc]


class IntegrationFilters(ObjectFilters):
    searched = ("name", "description", "application_type", "url", "tag_names")
    aliases = {"tag_names": _tag_names()}

    category = choice(_("Category"), Source.choices)
    status = choice(_("Status"), Status.choices)
    application_type = _value(_("Application type"))
    tags = one(_("Tag"), Tag)


class ApiKeyFilters(ObjectFilters):
    searched = ("name", "prefix", "owner__email", "owner__name")

    role = choice(_("Role"), [(role, role) for role in KEY_ROLES])
    status = filters.ChoiceFilter(
        label=_("Status"), choices=KeyStatus.choices, empty_label=_("Any"), method="of_status"
    )

    def of_status(self, queryset: QuerySet[ApiKey], name: str, value: str) -> QuerySet[ApiKey]:
        return queryset.filter(ApiKey.of_status(KeyStatus(value)))
