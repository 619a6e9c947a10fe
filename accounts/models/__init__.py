"""Accounts, users, their keys, and what a user may do in an account."""

from accounts.models.account import Account
from accounts.models.api_key import ApiKey
from accounts.models.invitation import Invitation
from accounts.models.members import LastSignIn, Membership
from accounts.models.roles import Role, RoleBinding
from accounts.models.sso import SsoConfig
from accounts.models.user import User

__all__ = [
    "Account",
    "ApiKey",
    "Invitation",
    "LastSignIn",
    "Membership",
    "Role",
    "RoleBinding",
    "SsoConfig",
    "User",
]
