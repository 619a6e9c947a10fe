"""Who gets what: worked out from what each view says it needs, and from what each built-in role holds."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.views.generic import View

from accounts import guard
from accounts.guard import IN_PERSON, MEMBER, PUBLIC, SIGNED_IN, Access, hold
from accounts.models import Account
from accounts.permissions import BUILT_IN
from activity.scope import EXPORT, VIEW

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
VISITOR, ELSEWHERE, SCOPED = "visitor", "member elsewhere", "scoped viewer"
COLUMNS = (VISITOR, ELSEWHERE, *BUILT_IN, SCOPED)
# What a cell says: let in, let in for what belongs to one's own org tree, or what the refusal is.
YES, OWN_TREE, SIGN_IN, NOT_FOUND, FORBIDDEN = "yes", "own tree", "sign in", "404", "403"

_COLLECTIONS = "SEI Collection Admin"
_TREE = 1


@dataclass(frozen=True)
class Row:
    """A URL pattern: the methods that it takes, what it needs, and what each column gets."""

    name: str
    route: str
    methods: tuple[str, ...]
    needs: str
    answers: dict[str, str]

    @property
    def is_api(self) -> bool:
        """Whether programs are to use it, whom keys let in."""
        return self.route.startswith(("/api/v", "/v2/"))


def matrix() -> list[Row]:
    """A row for every URL pattern that there is; of the API, one for each need."""
    return [row for name, route, pattern in patterns(get_resolver()) for row in _rows(name, route, pattern)]


def patterns(resolver: URLResolver, namespace: str = "", before: str = "/") -> Iterator[tuple[str, str, URLPattern]]:
    """Every URL pattern, with its full name and route."""
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from patterns(pattern, inner, route)
        else:
            yield f"{namespace}{pattern.name}", route, pattern


def _rows(name: str, route: str, pattern: URLPattern) -> list[Row]:
    needs = getattr(pattern.callback, "needs", "nothing said: denied")
    if not isinstance(needs, Mapping):
        return [_row(name, route, methods_of(pattern.callback), needs)]
    methods: dict[str, list[str]] = {}
    for method, need in needs.items():
        methods.setdefault(need, []).append(method)
    return [_row(name, route, tuple(theirs), need) for need, theirs in methods.items()]


def _row(name: str, route: str, methods: tuple[str, ...], needs: str) -> Row:
    return Row(name, route, methods, needs, {column: _answer(column, needs) for column in COLUMNS})


def methods_of(view: Callable[..., Any]) -> tuple[str, ...]:
    """The methods that a view takes: of those that the guard lets through, those of its class or its decorator."""
    return tuple(method for method in _all_methods_of(view) if method in guard.METHODS)


def _all_methods_of(view: Callable[..., Any]) -> tuple[str, ...]:
    inner: Any = view
    while inner is not None:
        if allowed := inspect.getclosurevars(inner).nonlocals.get("request_method_list"):
            return tuple(method for method in METHODS if method in allowed)
        inner = getattr(inner, "__wrapped__", None)
    kind = getattr(view, "view_class", None)
    if kind is not None:
        return tuple(method for method in METHODS if _handles(kind, method.lower()))
    return METHODS


def _handles(kind: type[View], method: str) -> bool:
    return method in kind.http_method_names and hasattr(kind, method)


def _answer(column: str, needs: str) -> str:
    """As the guard decides (accounts.guard)."""
    if column == VISITOR and needs != PUBLIC:
        return SIGN_IN
    if needs in {PUBLIC, SIGNED_IN, IN_PERSON}:
        return YES
    if column == ELSEWHERE:
        return NOT_FOUND
    access = _access(column)
    if needs == MEMBER or access.whole(needs):
        return YES
    return OWN_TREE if access.can(needs) else FORBIDDEN


def _access(column: str) -> Access:
    """What the column's role holds: of Collection Admins in one org tree, and of scoped viewers the log of it too."""
    held: dict[str, frozenset[int] | None] = {}
    role = _COLLECTIONS if column == SCOPED else column
    more = {VIEW, EXPORT} if column == SCOPED else set()
    for capability in BUILT_IN[role] | more:
        hold(held, capability, _TREE if role == _COLLECTIONS else None)
    return Access(Account(), held)
