"""The kinds below /api/v1/, each with two addresses: all of them, and one."""

from typing import Any

from django.urls import URLPattern, include, path
from rest_framework.response import Response

from tracked_objects.api.described import descriptions
from tracked_objects.api.objects import Objects, OneObject
from tracked_objects.kinds import KINDS, Kind


def _views(kind: Kind) -> tuple[type[Objects], type[OneObject]]:
    """The two views of a kind, described for themselves."""
    said, of_kind = descriptions(kind), kind

    class All(Objects):
        kind = of_kind
        needs = {"GET": kind.needs("view"), "POST": kind.needs("create")}

        @said.list
        def get(self, request: Any) -> Response:
            return self.list()

        @said.create
        def post(self, request: Any) -> Response:
            return self.create()

    class One(OneObject):
        kind = of_kind
        needs = {
            "GET": kind.needs("view"),
            "PUT": kind.needs("edit"),
            "PATCH": kind.needs("edit"),
            "DELETE": kind.needs("delete"),
        }

        @said.read
        def get(self, request: Any, id: int) -> Response:
            return self.read(id)

        @said.replace
        def put(self, request: Any, id: int) -> Response:
            return self.replace(id)

        @said.edit
        def patch(self, request: Any, id: int) -> Response:
            return self.edit(id)

        @said.remove
        def delete(self, request: Any, id: int) -> Response:
            return self.remove(id)

    return All, One


def _addresses(kind: Kind) -> list[URLPattern]:
    all_, one = _views(kind)
    return [
        path(kind.slug, all_.as_view(), name="list"),
        path(f"{kind.slug}/<int:id>", one.as_view(), name="one"),
    ]


urlpatterns = [path("", include((_addresses(kind), f"{slug}-api"))) for slug, kind in KINDS.items()]
