"""The tables of the lists: which columns, how they sort, what a cell shows."""

from typing import Any, ClassVar

import django_tables2 as tables
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.db.models import Count, F, Model, OrderBy, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from accounts.guard import Access
from tracked_objects.links import link
from tracked_objects.models import OrgTree, Team


class Cell(tables.Column):
    """Text at `path`, sorted by `sort` without regard to case, ties in one order. `css` is the class of its cells."""

    def __init__(self, path: str, label: Any, *, sort: str = "", css: str = "", **kwargs: Any) -> None:
        super().__init__(label, accessor=path, **{"default": "", **kwargs})
        self.key: Lower | F = Lower(sort or path)
        self.css = css

    def order(self, queryset: QuerySet, is_descending: bool) -> tuple[QuerySet, bool]:
        return queryset.order_by(OrderBy(self.key, descending=is_descending), "pk"), True

    def render(self, value: Any, record: Any, table: Any) -> Any:
        return format_html('<span dir="auto">{}</span>', value)


class Name(Cell):
    """The name of the row's own object, as a link to it."""

    def render(self, value: Any, record: Any, table: Any) -> Any:
        return link(table.access, record)


class Other(Cell):
    """Another object that the row's object points to."""

    def render(self, value: Any, record: Any, table: Any) -> Any:
        return link(table.access, value)


class Number(Cell):
    """A number that the query counts."""

    def __init__(self, path: str, label: Any, *, css: str = "") -> None:
        super().__init__(path, label, css=f"num {css}")
        self.key = F(path)

    def render(self, value: Any, record: Any, table: Any) -> Any:
        return value


class Long(Cell):
    """The beginning of a longer text."""

    def render(self, value: Any, record: Any, table: Any) -> Any:
        return format_html('<span dir="auto">{}</span>', Truncator(value).chars(120))


class ObjectTable(tables.Table):
    """A table of what `access` may see."""

    first: ClassVar[str] = "name"

    def __init__(self, access: Access, data: QuerySet, sort: str) -> None:
        self.access = access
        super().__init__(self.prepare(data), order_by=sort or self.first)

    @classmethod
    def prepare(cls, queryset: QuerySet) -> Any:
        """Add to the query what the columns show."""
        return queryset

    @classmethod
    def sorts(cls) -> list[tuple[str, str]]:
        """What the table can be sorted by, up and down."""
        return [
            (sign + name, name)
            for name, column in cls.base_columns.items()
            if column.orderable is not False
            for sign in ("", "-")
        ]


def count(model: type[Model], key: str) -> Coalesce:
    """How many rows of `model` have the outer object as `key`, counted apart so that no join multiplies rows."""
    rows = model._base_manager.filter(**{key: OuterRef("pk")}).order_by().values(key)
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)


class DeveloperTable(ObjectTable):
    first = "full_name"

    full_name = Name("full_name", _("Name"))
    email = Cell("email", _("E-mail"))
    manager = Other("manager", _("Manager"), sort="manager__full_name")
    role = Cell("role", _("Role"), css="col-mid")
    sub_role = Cell("sub_role", _("Sub role"), css="col-wide")
    team = Cell("team", _("Team"))
    department = Cell("department", _("Department"), css="col-wide")
    site = Cell("site", _("Site"), css="col-mid")

    @classmethod
    def prepare(cls, queryset: QuerySet) -> Any:
        return queryset.select_related("manager")


class TeamTable(ObjectTable):
    name = Name("name", _("Name"))
    org_tree = Other("org_tree", _("Org tree"), sort="org_tree__name")
    manager = Other("manager", _("Manager"), sort="manager__full_name")
    members = Number("size", _("Members"))
    shared = Number("shared_size", _("Shared members"), css="col-mid")

    @classmethod
    def prepare(cls, queryset: QuerySet) -> Any:
        members, shared = Team.members.through, Team.shared_members.through
        return queryset.select_related("org_tree", "manager").annotate(
            size=count(members, "team"), shared_size=count(shared, "team")
        )


class OrgTreeTable(ObjectTable):
    name = Name("name", _("Name"))
    efficiency_profile = Other(
        "efficiency_profile", _("Efficiency profile"), sort="efficiency_profile__name", css="col-mid"
    )
    productivity_profile = Other(
        "productivity_profile", _("Productivity profile"), sort="productivity_profile__name", css="col-mid"
    )
    business_alignment_profile = Other(
        "business_alignment_profile",
        _("Business alignment profile"),
        sort="business_alignment_profile__name",
        css="col-mid",
    )
    teams = Number("team_count", _("Teams"))

    @classmethod
    def prepare(cls, queryset: QuerySet) -> Any:
        profiles = ("efficiency_profile", "productivity_profile", "business_alignment_profile")
        return queryset.select_related(*profiles).annotate(team_count=count(Team, "org_tree"))


class ProfileTable(ObjectTable):
    name = Name("name", _("Name"))
    description = Long("description", _("Description"))
    trees = Number("tree_count", _("Org trees"))

    @classmethod
    def prepare(cls, queryset: QuerySet) -> Any:
        field = next(field for field in OrgTree._meta.fields if field.related_model is queryset.model)
        return queryset.annotate(tree_count=count(OrgTree, field.name))


class Tags(Cell):
    """The tags of an integration."""

    def render(self, value: Any, record: Any, table: Any) -> Any:
        return format_html('<span dir="auto">{}</span>', ", ".join(sorted(tag.name for tag in record.tags.all())))


class StatusCell(Cell):
    """A choice as a badge in its colour."""

    def render(self, value: Any, record: Any, table: Any) -> Any:
        return render_to_string("components/badge.html", {"kind": record.status, "text": value})


class IntegrationTable(ObjectTable):
    name = Name("name", _("Name"))
    category = Cell("category", _("Category"))
    application_type = Cell("application_type", _("Application type"))
    url = Cell("url", _("URL"), css="col-wide")
    tags = Tags("tags", _("Tags"), orderable=False, css="col-mid")
    status = StatusCell("status", _("Status"))

    @classmethod
    def prepare(cls, queryset: QuerySet) -> Any:
        return queryset.prefetch_related("tags")


class Day(Cell):
    """A day, or `never`, which comes last."""

    def __init__(self, path: str, label: Any, never: Any, *, css: str = "") -> None:
        super().__init__(path, label, css=f"nowrap {css}", default=never)
        self.key = F(path)

    def render(self, value: Any, record: Any, table: Any) -> Any:
        return value.isoformat()


class Ago(Day):
    """How long ago it was, and exactly when on hover."""

    def render(self, value: Any, record: Any, table: Any) -> Any:
        exact = f"{value:%Y-%m-%d %H:%M} UTC"
        return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), exact, naturaltime(value))


class Code(Cell):
    """What is compared letter by letter."""

    def render(self, value: Any, record: Any, table: Any) -> Any:
        return format_html("<code>{}</code>", value)


class KeyStatusCell(Cell):
    def render(self, value: Any, record: Any, table: Any) -> Any:
        return render_to_string("components/badge.html", {"kind": value.badge, "text": value.label})


class ApiKeyTable(ObjectTable):
    name = Name("name", _("Name"))
    prefix = Code("prefix", _("Prefix"))
    owner = Cell("owner__email", _("Owner"))
    role = Cell("role", _("Role"), css="col-mid")
    valid_until = Day("valid_until", _("Valid until"), _("Without end"), css="col-mid")
    last_used = Ago("last_used_at", _("Last used"), _("Never"))
    status = KeyStatusCell("status", _("Status"), orderable=False)

    @classmethod
    def prepare(cls, queryset: QuerySet) -> Any:
        return queryset.select_related("owner")
