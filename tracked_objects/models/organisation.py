"""Developers, and the org trees and teams that they form."""

from typing import Any

from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.tracking import TrackedManager, history
from tracked_objects.models.base import AccountObject, NamedObject
from tracked_objects.models.integrations import Integration
from tracked_objects.models.profiles import BusinessAlignmentProfile, EfficiencyProfile, ProductivityProfile


class Developer(AccountObject):
    """One person's record, as the HR export has it."""

    entry_type = "DEVELOPER"
    slug = "developers"
    resource = "developers"

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

    objects = TrackedManager()
    history = history()

    class Meta(AccountObject.Meta):
        verbose_name = _("developer")
        verbose_name_plural = _("developers")
        constraints = [models.UniqueConstraint("account", Lower("email"), name="one_developer_per_email")]

    def __str__(self) -> str:
        return self.full_name

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the record, first taking the person out of teams and clearing them as a manager.

        Each team and report is changed on its own, so that each gets its entry.
        """
        with transaction.atomic():
            for field in ("members", "shared_members"):
                for team in Team.objects.filter(**{field: self}):
                    getattr(team, field).remove(self)
            for managed in (*Developer.objects.filter(manager=self), *Team.objects.filter(manager=self)):
                managed.manager = None
                managed.save()
            return super().delete(*args, **kwargs)


class OrgTree(NamedObject):
    """A hierarchy of managers and reports, with the profiles and integrations that its teams use."""

    entry_type = "ORG_TREE"
    slug = "org-trees"
    resource = "org_trees"

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

    objects = TrackedManager()
    history = history(many=["integrations"])

    class Meta(NamedObject.Meta):
        verbose_name = _("org tree")
        verbose_name_plural = _("org trees")
        constraints = [models.UniqueConstraint("account", Lower("name"), name="one_org_tree_per_name")]

    @property
    def scope_id(self) -> int | None:
        return self.pk


class Team(AccountObject):
    """A leaf of an org tree: a manager and the people who report to them."""

    entry_type = "TEAM"
    slug = "teams"
    resource = "teams"

    name = models.CharField(_("name"), max_length=200)
    org_tree = models.ForeignKey(OrgTree, models.PROTECT, related_name="teams", verbose_name=_("org tree"))
    manager = models.ForeignKey(
        Developer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("manager")
    )
    members = models.ManyToManyField(Developer, verbose_name=_("members"), blank=True, related_name="+")
    shared_members = models.ManyToManyField(
        Developer, verbose_name=_("shared members"), blank=True, related_name="+"
    )
    integrations = models.ManyToManyField(
        Integration, verbose_name=_("own integrations"), blank=True, related_name="+"
    )
    # {category of settings: [{"property": …, "operator": …, "values": […]}]}
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    # {investment category: [{"match": "all" or "any", "conditions": […]}]}, up to three sets each
    alignment_filters = models.JSONField(_("business alignment filters"), default=dict, blank=True)

    objects = TrackedManager()
    history = history(many=["members", "shared_members", "integrations"])

    class Meta(AccountObject.Meta):
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = [models.UniqueConstraint("org_tree", Lower("name"), name="one_team_per_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_id(self) -> int | None:
        return self.org_tree_id
