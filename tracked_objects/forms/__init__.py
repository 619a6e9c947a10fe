"""The forms of tracked objects."""

from tracked_objects.forms.api_keys import ApiKeyForm
from tracked_objects.forms.base import ObjectForm, ReasonForm, WhyForm
from tracked_objects.forms.developers import DeveloperForm
from tracked_objects.forms.integrations import IntegrationForm
from tracked_objects.forms.organisation import TeamForm
from tracked_objects.forms.profiles import (
    BusinessAlignmentProfileForm,
    EfficiencyProfileForm,
    ProductivityProfileForm,
)
from tracked_objects.forms.trees import OrgTreeForm

__all__ = [
    "ApiKeyForm",
    "BusinessAlignmentProfileForm",
    "DeveloperForm",
    "EfficiencyProfileForm",
    "IntegrationForm",
    "ObjectForm",
    "OrgTreeForm",
    "ProductivityProfileForm",
    "ReasonForm",
    "TeamForm",
    "WhyForm",
]
