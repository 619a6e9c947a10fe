"""The table of kinds: what each kind of tracked object has on its pages. Views, URLs and the History tab read it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.guard import Access
from accounts.models import ApiKey
from tracked_objects import filters, forms, tables
from tracked_objects.models import (
    BusinessAlignmentProfile,
    Developer,
    EfficiencyProfile,
    Integration,
    OrgTree,
    ProductivityProfile,
    Team,
)
from tracked_objects.models.base import AccountObject


@dataclass(frozen=True)
class Deleting:
    """What the page that deletes an object says."""

    button: Promise
    question: Promise
    promise: Promise
    done: Promise


_DELETING = Deleting(
    _("Delete"),
    _("Delete %(name)s?"),
    _("It goes away for good. What the activity log says about it stays."),
    _("Deleted: %(object)s."),
)


PAGES = ("list", "create", "delete-selected", "detail", "edit", "delete")


@dataclass(frozen=True)
class Kind:
    """One kind: its form, filters and table, the fields that its page shows first, and what it is for."""

    model: type[AccountObject]
    form: type[forms.ObjectForm]
    filters: type[filters.ObjectFilters]
    table: type[tables.ObjectTable]
    facts: tuple[str, ...]
    title: Promise
    lede: Promise
    new: Promise
    # What must be there before one can be made: the slug of another kind, and the words that say so.
    first: str = ""
    first_words: Promise | str = ""
    pages: tuple[str, ...] = PAGES
    deleting: Deleting = _DELETING

    @property
    def slug(self) -> str:
        return self.model.slug

    @property
    def entry_type(self) -> str:
        return self.model.entry_type

    @property
    def label(self) -> str:
        return str(capfirst(str(self.model._meta.verbose_name)))

    @property
    def plural(self) -> str:
        return str(self.model._meta.verbose_name_plural)

    def needs(self, verb: str) -> str:
        """The capability that `verb` takes."""
        return f"{self.model.resource}.{verb}"

    def allows(self, access: Access, verb: str, item: AccountObject | None = None) -> bool:
        """Whether the member may do `verb`, on `item` when there is one; a new org tree is in nobody's scope."""
        if item is None and self.model.scope_path == "pk" and verb == "create":
            return access.whole(self.needs(verb))
        held = access.can(self.needs(verb), item.scope_id if item else None)
        return held and (item is None or item.allows(verb))


_PROFILES = ("efficiency_profile", "productivity_profile", "business_alignment_profile")
_SOURCES = ("deployment_frequency_source", "change_failure_rate_source", "time_to_restore_source")

KINDS: dict[str, Kind] = {
    kind.slug: kind
    for kind in (
        Kind(
            Developer,
            forms.DeveloperForm,
            filters.DeveloperFilters,
            tables.DeveloperTable,
            ("email", "manager", "role", "sub_role", "team", "department", "site"),
            _("Developers"),
            _("Everyone whose work is measured, and who they report to."),
            _("New developer"),
        ),
        Kind(
            OrgTree,
            forms.OrgTreeForm,
            filters.OrgTreeFilters,
            tables.OrgTreeTable,
            ("description", "grown", "root", *_PROFILES),
            _("Org Trees"),
            _("Hierarchies of teams, each with the profiles and integrations that its teams use."),
            _("New org tree"),
        ),
        Kind(
            Team,
            forms.TeamForm,
            filters.TeamFilters,
            tables.TeamTable,
            ("org_tree", "manager"),
            _("Teams"),
            _("The leaves of the org trees: who works together, and on what."),
            _("New team"),
            "org-trees",
            _("A team belongs to an org tree, so create an org tree first."),
        ),
        Kind(
            EfficiencyProfile,
            forms.EfficiencyProfileForm,
            filters.ProfileFilters,
            tables.ProfileTable,
            ("description", *_SOURCES),
            _("Efficiency Profiles"),
            _("How lead time and the other delivery metrics are measured."),
            _("New efficiency profile"),
        ),
        Kind(
            ProductivityProfile,
            forms.ProductivityProfileForm,
            filters.ProfileFilters,
            tables.ProfileTable,
            (
                "description",
                "pr_size_small",
                "pr_size_medium",
                "feature_issue_types",
                "bug_issue_types",
                "active_statuses",
            ),
            _("Productivity Profiles"),
            _("Which productivity metrics count, and how."),
            _("New productivity profile"),
        ),
        Kind(
            BusinessAlignmentProfile,
            forms.BusinessAlignmentProfileForm,
            filters.ProfileFilters,
            tables.ProfileTable,
            ("description",),
            _("Business Alignment Profiles"),
            _("Investment categories: where the organisation's effort goes."),
            _("New business alignment profile"),
        ),
        Kind(
            Integration,
            forms.IntegrationForm,
            filters.IntegrationFilters,
            tables.IntegrationTable,
            ("description", "category", "application_type", "url"),
            _("Integrations"),
            _("The tools that the numbers come from."),
            _("New integration"),
        ),
    )
}

# Not one of the kinds that all have the same pages (tracked_objects.api_keys).
API_KEYS = Kind(
    ApiKey,
    forms.ApiKeyForm,
    filters.ApiKeyFilters,
    tables.ApiKeyTable,
    ("owner", "role"),
    _("API Keys"),
    _("What programs sign in with. Each acts for the member who made it, and the log names both."),
    _("New API key"),
    pages=("list", "create", "detail", "edit", "delete"),
)
