"""Accounts, users, and what a user may do in an account."""

from accounts.models.account import Account
from accounts.models.roles import Role, RoleBinding
from accounts.models.sso import SsoConfig
from accounts.models.user import User

__all__ = [
    "Account",
    "Role",
    "RoleBinding",
    "SsoConfig",
    "User",
]
