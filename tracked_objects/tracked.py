"""The table of everything that is tracked: whatever is written here makes an entry, and nothing else does."""

from accounts.models import ApiKey, Invitation, Membership, Role, RoleBinding, SsoConfig, User
from accounts.tracking import TrackedModel
from tracked_objects.models import (
    BusinessAlignmentProfile,
    Developer,
    EfficiencyProfile,
    FieldMapping,
    Integration,
    OrgTree,
    ProductivityProfile,
    Tag,
    Team,
)

TRACKED: tuple[type[TrackedModel], ...] = (
    OrgTree,
    Team,
    Developer,
    FieldMapping,
    EfficiencyProfile,
    ProductivityProfile,
    BusinessAlignmentProfile,
    Integration,
    Tag,
    User,
    Membership,
    Invitation,
    Role,
    RoleBinding,
    ApiKey,
    SsoConfig,
)
