"""The three kinds of profiles: how efficiency, productivity and business alignment are measured."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.tracking import history
from tracked_objects.models.base import NamedObject, unique_in
from tracked_objects.models.lead_time import Source, default_lead_time


class Profile(NamedObject):
    """A named set of rules that org trees point to."""

    resource = "profiles"

    class Meta(NamedObject.Meta):
        abstract = True


def _source(label: Any, default: str) -> models.CharField:
    return models.CharField(label, max_length=20, choices=Source.choices, default=default)


class EfficiencyProfile(Profile):
    """How lead time and the other delivery metrics are measured."""

    entry_type = "EFFICIENCY_PROFILE"
    slug = "efficiency-profiles"

    # {"phases": [{"name", "enabled", "start_source", "start_event", "end_source", "end_event"}]}
    lead_time = models.JSONField(_("lead time"), default=default_lead_time)
    deployment_frequency_source = _source(_("source of deployment frequency"), "cd")
    change_failure_rate_source = _source(_("source of change failure rate"), "cd")
    time_to_restore_source = _source(_("source of time to restore"), "issue_management")

    history = history()

    class Meta(Profile.Meta):
        verbose_name = _("efficiency profile")
        verbose_name_plural = _("efficiency profiles")
        constraints = [
            unique_in(
                "account",
                "name",
                "one_efficiency_profile_per_name",
                _("There is already an efficiency profile with this name."),
            )
        ]


def _words(label: Any) -> ArrayField:
    return ArrayField(models.CharField(max_length=100), verbose_name=label, default=list, blank=True)


class ProductivityProfile(Profile):
    """Which metrics count, when a pull request is small, and what counts as a feature or a bug."""

    entry_type = "PRODUCTIVITY_PROFILE"
    slug = "productivity-profiles"
    METRICS = (
        "coding_days",
        "pr_velocity",
        "pr_cycle_time",
        "lines_of_code",
        "work_completed",
        "comments_per_pr",
        "time_to_first_comment",
    )

    coding_days = models.BooleanField(_("coding days"), default=True)
    pr_velocity = models.BooleanField(_("PR velocity"), default=True)
    pr_cycle_time = models.BooleanField(_("PR cycle time"), default=True)
    lines_of_code = models.BooleanField(_("lines of code"), default=True)
    work_completed = models.BooleanField(_("work completed"), default=True)
    comments_per_pr = models.BooleanField(_("comments per PR"), default=True)
    time_to_first_comment = models.BooleanField(_("time to first comment"), default=True)
    pr_size_small = models.PositiveIntegerField(
        _("most lines of a small PR"), default=10, validators=[MinValueValidator(1)]
    )
    pr_size_medium = models.PositiveIntegerField(_("most lines of a medium PR"), default=100)
    feature_issue_types = _words(_("feature issue types"))
    bug_issue_types = _words(_("bug issue types"))
    active_statuses = _words(_("active statuses"))

    history = history()

    class Meta(Profile.Meta):
        verbose_name = _("productivity profile")
        verbose_name_plural = _("productivity profiles")
        constraints = [
            unique_in(
                "account",
                "name",
                "one_productivity_profile_per_name",
                _("There is already a productivity profile with this name."),
            ),
            models.CheckConstraint(
                condition=models.Q(pr_size_small__lt=models.F("pr_size_medium")),
                name="small_below_medium",
                violation_error_code="pr_size_medium",
                violation_error_message=_("A medium PR must be larger than a small one."),
            ),
        ]


class TicketScope(models.TextChoices):
    MATCHING = "matching", _("Matching only")
    DESCENDANTS = "descendants", _("Parent and all descendants")
    LEAVES = "leaves", _("Leaf descendants only")
    EPIC = "epic", _("Epic and all descendants")
    CHILDREN = "children", _("Parent and immediate children")


class BusinessAlignmentProfile(Profile):
    """Investment categories, in the order in which a ticket is matched against them."""

    entry_type = "BA_PROFILE"
    slug = "business-alignment-profiles"

    # [{"name", "ticket_scope", "conditions": [{"property", "operator", "values"}]}], highest rank first
    categories = models.JSONField(_("investment categories"), default=list, blank=True)

    history = history()

    class Meta(Profile.Meta):
        verbose_name = _("business alignment profile")
        verbose_name_plural = _("business alignment profiles")
        constraints = [
            unique_in(
                "account",
                "name",
                "one_ba_profile_per_name",
                _("There is already a business alignment profile with this name."),
            )
        ]
