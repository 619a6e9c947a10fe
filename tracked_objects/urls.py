"""The pages of every kind: /a/<account>/<slug>/ and below, each marked with its own capability."""

from collections.abc import Iterable

from django.urls import URLResolver, include, path

from accounts.guard import access
from tracked_objects.api_keys import KeyCreate, KeyDelete, KeyRevoke
from tracked_objects.kinds import API_KEYS, KINDS, Kind
from tracked_objects.trees.views import PreviewNodes, TreeNodes, TreeTable, TreeView
from tracked_objects.trees.wizard import TreeWizard
from tracked_objects.upload.views import UploadCancel, UploadMap, UploadReview, UploadStart
from tracked_objects.views import ObjectCreate, ObjectDelete, ObjectDetail, ObjectEdit, ObjectList, ObjectView, suggest

_PAGES = (
    ("", ObjectList, "list"),
    ("new/", ObjectCreate, "create"),
    ("<int:pk>/", ObjectDetail, "detail"),
    ("<int:pk>/edit/", ObjectEdit, "edit"),
    ("<int:pk>/delete/", ObjectDelete, "delete"),
)
# Pages of one kind alone; one of the same name stands in for the page that all have.
_OWN_PAGES = {
    "org-trees": (
        ("new/", TreeWizard, "create"),
        ("new/nodes/<int:developer>/", PreviewNodes, "preview-nodes"),
        ("<int:pk>/tree/", TreeView, "tree"),
        ("<int:pk>/nodes/<int:developer>/", TreeNodes, "nodes"),
        ("<int:pk>/table/", TreeTable, "table"),
    ),
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


def _pages_of(kind: Kind) -> list[tuple[str, type[ObjectView], str]]:
    own = _OWN_PAGES.get(kind.slug, ())
    names = {name for _route, _view, name in own}
    return [*(page for page in _PAGES if page[2] not in names), *own]


def _urls(kind: Kind, pages: Iterable[tuple[str, type[ObjectView], str]]) -> URLResolver:
    views = [
        path(route, access(kind.needs(view.verb))(view.as_view(kind=kind)), name=name) for route, view, name in pages
    ]
    return path(f"a/<slug:account>/{kind.slug}/", include((views, kind.slug)))


urlpatterns = [
    path("a/<slug:account>/developers/suggest/", suggest, name="developers-suggest"),
    *(_urls(kind, _pages_of(kind)) for kind in KINDS.values()),
    _urls(API_KEYS, _KEY_PAGES),
]
