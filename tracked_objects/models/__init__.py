"""The tracked objects of SEI: who works where, how it is measured, and where the numbers come from."""

from tracked_objects.models.integrations import Integration, Tag
from tracked_objects.models.organisation import Developer, OrgTree, Team
from tracked_objects.models.profiles import BusinessAlignmentProfile, EfficiencyProfile, ProductivityProfile
from tracked_objects.models.uploads import DeveloperUpload, FieldMapping

__all__ = [
    "BusinessAlignmentProfile",
    "Developer",
    "DeveloperUpload",
    "EfficiencyProfile",
    "FieldMapping",
    "Integration",
    "OrgTree",
    "ProductivityProfile",
    "Tag",
    "Team",
]
