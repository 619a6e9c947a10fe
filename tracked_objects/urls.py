"""The pages of every kind: /a/<account>/<slug>/ and below, each marked with its own capability."""

from django.urls import URLPattern, include, path

from accounts.guard import access
from tracked_objects.kinds import KINDS, Kind
from tracked_objects.views import ObjectCreate, ObjectDelete, ObjectDetail, ObjectEdit, ObjectList, suggest

_PAGES = (
    ("", ObjectList, "list"),
    ("new/", ObjectCreate, "create"),
    ("<int:pk>/", ObjectDetail, "detail"),
    ("<int:pk>/edit/", ObjectEdit, "edit"),
    ("<int:pk>/delete/", ObjectDelete, "delete"),
)


def _pages(kind: Kind) -> list[URLPattern]:
    return [
        path(route, access(kind.needs(view.verb))(view.as_view(kind=kind)), name=name) for route, view, name in _PAGES
    ]


urlpatterns = [
    path("a/<slug:account>/developers/suggest/", suggest, name="developers-suggest"),
    *(path(f"a/<slug:account>/{kind.slug}/", include((_pages(kind), kind.slug))) for kind in KINDS.values()),
]
