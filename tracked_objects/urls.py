"""The pages of every kind: /a/<account>/<slug>/ and below, each marked with its own capability."""

from collections.abc import Iterable

from django.urls import URLResolver, include, path

from accounts.guard import access
from tracked_objects.api_keys import KeyCreate, KeyDelete, KeyRevoke
from tracked_objects.kinds import API_KEYS, KINDS, Kind
from tracked_objects.upload.views import UploadCancel, UploadMap, UploadReview, UploadStart
from tracked_objects.views import ObjectCreate, ObjectDelete, ObjectDetail, ObjectEdit, ObjectList, ObjectView, suggest

_PAGES = (
    ("", ObjectList, "list"),
    ("new/", ObjectCreate, "create"),
    ("<int:pk>/", ObjectDetail, "detail"),
    ("<int:pk>/edit/", ObjectEdit, "edit"),
    ("<int:pk>/delete/", ObjectDelete, "delete"),
)
_OWN_PAGES = {
    "developers": (
        ("upload/", UploadStart, "upload"),
        ("upload/<int:upload>/", UploadMap, "upload-map"),
        ("upload/<int:upload>/review/", UploadReview, "upload-review"),
        ("upload/<int:upload>/cancel/", UploadCancel, "upload-cancel"),
    ),
}
_KEY_PAGES = (
    ("", ObjectList, "list"),
    ("new/", KeyCreate, "create"),
    ("<int:pk>/", ObjectDetail, "detail"),
    ("<int:pk>/revoke/", KeyRevoke, "edit"),
    ("<int:pk>/delete/", KeyDelete, "delete"),
)


def _urls(kind: Kind, pages: Iterable[tuple[str, type[ObjectView], str]]) -> URLResolver:
    views = [
        path(route, access(kind.needs(view.verb))(view.as_view(kind=kind)), name=name) for route, view, name in pages
    ]
    return path(f"a/<slug:account>/{kind.slug}/", include((views, kind.slug)))


urlpatterns = [
    path("a/<slug:account>/developers/suggest/", suggest, name="developers-suggest"),
    *(_urls(kind, (*_PAGES, *_OWN_PAGES.get(kind.slug, ()))) for kind in KINDS.values()),
    _urls(API_KEYS, _KEY_PAGES),
]
