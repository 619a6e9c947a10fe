"""Accounts, users, their keys, and what a user may do in an account."""

from accounts.models.account import Account
from accounts.models.api_key import ApiKey
from accounts.models.roles import Role, RoleBinding
from accounts.models.user import User

__all__ = [
    "Account",
    "ApiKey",
    "Role",
    "RoleBinding",
    "User",
]
