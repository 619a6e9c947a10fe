"""The tracked objects of SEI: who works where, how it is measured, and where the numbers come from."""

from tracked_objects.models.integrations import Integration, Tag
from tracked_objects.models.organisation import Developer, OrgTree, Team
from tracked_objects.models.profiles import BusinessAlignmentProfile, EfficiencyProfile, ProductivityProfile

__all__ = [
    "BusinessAlignmentProfile",
    "Developer",
    "EfficiencyProfile",
    "Integration",
    "OrgTree",
    "ProductivityProfile",
    "Tag",
    "Team",
]
