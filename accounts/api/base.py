"""The base of every view of the API: denied unless the view says what each of its methods needs."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.utils import translation
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.views import APIView

from accounts.api.allowed import reading
from accounts.api.problems import wrong_parameters
from accounts.guard import MEMBER, Access
from accounts.permissions import CAPABILITIES

METHODS = ("get", "post", "put", "patch", "delete")


class AlwaysJson(DefaultContentNegotiation):
    """Whatever a client says it accepts: there is one format, and errors have it too."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """A view that programs use.

    `needs` names, for each method, the capability that it takes, or MEMBER; the account is that of the key. Only the
    methods in `parameters` may be given any.
    """

    needs: ClassVar[Mapping[str, str]]
    parameters: ClassVar[tuple[str, ...]] = ()
    content_negotiation_class = AlwaysJson
    http_method_names = ["head", *METHODS]

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        handled = {method.upper() for method in METHODS if hasattr(cls, method)}
        needs = getattr(cls, "needs", {})
        if handled != set(needs) or not set(needs.values()) <= CAPABILITIES | {MEMBER}:
            raise ImproperlyConfigured(f"{cls.__name__}.needs must name a capability for each of its methods.")
        view: Callable[..., HttpResponseBase] = super().as_view(**initkwargs)
        view.needs = needs  # type: ignore[attr-defined]
        return view

    @property
    def access(self) -> Access:
        """What the caller may do in the account that was asked for."""
        return self.request._request.access  # type: ignore[no-any-return]

    @property
    def query(self) -> QueryDict:
        """The parameters, but for the account."""
        found = self.request.query_params.copy()
        found.pop("account", None)
        return found  # type: ignore[no-any-return]

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        # One language for programs, and that of the log: what they send in is put in words too.
        translation.activate(settings.LANGUAGE_CODE)
        super().initial(request, *args, **kwargs)
        if reading(request.method) not in self.parameters and (unknown := list(self.query)):
            raise wrong_parameters(
                {"field": name[:100], "message": "There is no such parameter here."} for name in unknown[:5]
            )
