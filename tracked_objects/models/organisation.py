"""Developers, and the org trees and teams that they form."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Func, Q
from django.db.models.functions import Lower
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.batch import batch, delete_batch, save_batch
from accounts.models import Account
from accounts.tracking import TrackedModel, history
from tracked_objects.models.base import AccountObject, NamedObject, unique_in
from tracked_objects.models.integrations import Integration
from tracked_objects.models.profiles import BusinessAlignmentProfile, EfficiencyProfile, ProductivityProfile


class Developer(AccountObject):
    """One person's record, as the HR export has it."""

    entry_type = "DEVELOPER"
    slug = "developers"
    resource = "developers"
    frees_users = True

    full_name = models.CharField(_("full name"), max_length=200)
    email = models.EmailField(_("e-mail"))
    manager = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=_("manager")
    )
    role = models.CharField(_("role"), max_length=100, blank=True)
    sub_role = models.CharField(_("sub role"), max_length=100, blank=True)
    team = models.CharField(_("team"), max_length=200, blank=True)
    department = models.CharField(_("department"), max_length=200, blank=True)
    site = models.CharField(_("site"), max_length=200, blank=True)
    # {name: value}, both text
    custom_attributes = models.JSONField(_("custom attributes"), default=dict, blank=True)
    # [{"application_type": …, "cloud_id": …}], each pair once
    identities = models.JSONField(_("identities"), default=list, blank=True)

    history = history()

    class Meta(AccountObject.Meta):
        verbose_name = _("developer")
        verbose_name_plural = _("developers")
        constraints = [
            unique_in(
                "account",
                "email",
                "one_developer_per_email",
                _("There is already a developer with this e-mail."),
            )
        ]
        # The list, as it opens.
        indexes = [models.Index("account", Lower("full_name"), "id", name="developers_by_name")]

    def __str__(self) -> str:
        return self.full_name

    @classmethod
    def attribute_names(cls, account: Account) -> list[str]:
        """The names of custom attributes in the account, each once whatever its case."""
        keys = cls.objects.filter(account=account).annotate(
            name=Func("custom_attributes", function="jsonb_object_keys", output_field=models.TextField())
        )
        names = {name.lower(): name for name in keys.order_by("name").values_list("name", flat=True).distinct()}
        return list(names.values())

    def clean(self) -> None:
        """Refuse a manager who is the developer, or who reports to the developer."""
        seen: set[int] = set()
        above = self.manager
        while above and above.pk not in seen:
            if above.pk == self.pk:
                raise ValidationError({"manager": self._why_not_manager()})
            seen.add(above.pk)
            above = above.manager

    def _why_not_manager(self) -> Promise:
        if self.manager_id == self.pk:
            return _("A developer can't be their own manager.")
        return format_lazy(
            _("{manager} reports to {developer}, directly or through others."),
            manager=self.manager,
            developer=self,
        )

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the record, first taking the person out of teams and clearing them as a manager.

        Each team and report is changed on its own, so that each gets its entry. Rows are locked in one order,
        teams before developers, as everywhere.
        """
        from tracked_objects.models.growing import regrown

        with regrown(self.account):
            leave_teams({self.pk})
            for report in _locked(Developer, Q(manager=self)):
                report.manager = None
                report.save()
            return super().delete(*args, **kwargs)

    @classmethod
    def delete_together(cls, account: Account, items: Iterable["Developer"]) -> None:
        """Delete records as one batch, in which those who lose their manager have their entries too."""
        from tracked_objects.models.growing import regrown

        gone = {item.pk for item in items}
        with regrown(account), batch(account, cls) as current:
            leave_teams(gone)
            reports = _locked(cls, Q(manager__in=gone) & ~Q(pk__in=gone))
            for report in reports:
                report.manager = None
            save_batch(current, reports)
            delete_batch(current, list(items))


class OrgTree(NamedObject):
    """A hierarchy of managers and reports, with the profiles and integrations that its teams use.

    A tree that is grown follows its developers: each manager is a node, and those whose reports have no reports have a
    team (models.growing). The teams of another tree are made by hand.
    """

    entry_type = "ORG_TREE"
    slug = "org-trees"
    resource = "org_trees"
    scope_path = "pk"

    grown = models.BooleanField(_("grown from managers"), default=False)
    root = models.ForeignKey(
        Developer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("top manager")
    )
    efficiency_profile = models.ForeignKey(
        EfficiencyProfile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="org_trees",
        verbose_name=_("efficiency profile"),
    )
    productivity_profile = models.ForeignKey(
        ProductivityProfile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="org_trees",
        verbose_name=_("productivity profile"),
    )
    business_alignment_profile = models.ForeignKey(
        BusinessAlignmentProfile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="org_trees",
        verbose_name=_("business alignment profile"),
    )
    # The defaults of each category; an integration knows its category.
    integrations = models.ManyToManyField(
        Integration, verbose_name=_("default integrations"), blank=True, related_name="+"
    )

    history = history(many=["integrations"])

    class Meta(NamedObject.Meta):
        verbose_name = _("org tree")
        verbose_name_plural = _("org trees")
        constraints = [
            unique_in("account", "name", "one_org_tree_per_name", _("There is already an org tree with this name."))
        ]

    def users(self) -> list[TrackedModel]:
        """What points to the tree; teams that it has grown go with it."""
        return [user for user in super().users() if not (self.grown and isinstance(user, Team))]

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the tree, with the teams that it has grown."""
        with transaction.atomic():
            if self.grown and not self.users():
                with batch(self.account, Team) as current:
                    delete_batch(current, _locked(Team, Q(org_tree=self)))
            return super().delete(*args, **kwargs)


class Setting(models.TextChoices):
    """What a team's settings are about."""

    PROJECTS = "projects", _("Projects")
    INCIDENTS = "incident_conditions", _("Incidents")
    FEATURES = "feature_conditions", _("Features")
    BUGS = "bug_conditions", _("Bugs")
    REPOSITORIES = "repositories", _("Repositories")
    BRANCHES = "branches", _("Branches")
    PIPELINES = "pipelines", _("Pipelines")
    ENVIRONMENTS = "environments", _("Environments")


class Match(models.TextChoices):
    """How the conditions of a filter set go together."""

    ALL = "all", _("All conditions (AND)")
    ANY = "any", _("Any condition (OR)")


class Team(AccountObject):
    """A leaf of an org tree: a manager and the people who report to them.

    In a tree that is grown it comes and goes with them, and is the same team for as long as the manager has one.
    """

    entry_type = "TEAM"
    slug = "teams"
    resource = "teams"
    scope_path = "org_tree_id"

    name = models.CharField(_("name"), max_length=200)
    org_tree = models.ForeignKey(OrgTree, models.PROTECT, related_name="teams", verbose_name=_("org tree"))
    manager = models.ForeignKey(
        Developer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("manager")
    )
    members = models.ManyToManyField(Developer, verbose_name=_("members"), blank=True, related_name="+")
    shared_members = models.ManyToManyField(Developer, verbose_name=_("shared members"), blank=True, related_name="+")
    # The log shows this name without the page around it.
    integrations = models.ManyToManyField(
        Integration, verbose_name=_("own integrations instead of the org tree's"), blank=True, related_name="+"
    )
    # {category of settings: [{"property": …, "operator": …, "values": […]}]}
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    # {investment category: [{"match": "all" or "any", "conditions": […]}]}, up to three sets each
    alignment_filters = models.JSONField(_("business alignment filters"), default=dict, blank=True)

    history = history(many=["members", "shared_members", "integrations"])

    class Meta(AccountObject.Meta):
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = [
            unique_in(
                "org_tree",
                "name",
                "one_team_per_name",
                _("The org tree already has a team with this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def users(self) -> list[TrackedModel]:
        """What keeps the team: its tree, where it is grown."""
        return [self.org_tree] if self.org_tree.grown else super().users()


def lock_developers(account_id: int) -> None:
    """Let one change of an account's developers at a time be checked and written, until the transaction ends.

    Two edits that are fine alone could make a circle, or share an identity.
    """
    Account.objects.select_for_update(no_key=True).get(pk=account_id)


def leave_teams(developers: set[int]) -> None:
    """Take developers out of all teams, as members and as managers, and off the tops of trees.

    A tree that loses its top stays as it is, no longer grown: from everybody it would grow into something else.
    """
    for tree in _locked(OrgTree, Q(root__in=developers)):
        tree.grown, tree.root = False, None
        tree.save()
    theirs = Q(manager__in=developers) | Q(members__in=developers) | Q(shared_members__in=developers)
    for team in _locked(Team, theirs):
        for people in (team.members, team.shared_members):
            people.remove(*developers.intersection(people.values_list("pk", flat=True)))
        if team.manager_id in developers:
            team.manager = None
            team.save()


def _locked(model: type[AccountObject], condition: Q) -> list[Any]:
    """The objects for which `condition` holds, locked in the order of their primary keys."""
    found = model.objects.filter(condition).values("pk")
    return list(model.objects.select_for_update(no_key=True).filter(pk__in=found).order_by("pk"))
