"""The pages of every kind: /a/<account>/<slug>/ and below, each marked with its own capability."""

from django.urls import URLPattern, include, path

from accounts.guard import access
from tracked_objects.api_keys import KeyCreate, KeyDelete, KeyRevoke
from tracked_objects.cloud_ids.views import CloudIdsReview, CloudIdsStart
from tracked_objects.deleting import ObjectsDelete
from tracked_objects.kinds import Kind
from tracked_objects.members.kinds import ALL_KINDS
from tracked_objects.members.views import (
    GiveRoles,
    InvitationDetail,
    Invite,
    MemberDelete,
    MemberDetail,
    MemberList,
    Resend,
    RoleDetail,
    RoleList,
    SetActive,
    TakeRole,
)
from tracked_objects.trees.views import PreviewNodes, TreeNodes, TreeTable, TreeView
from tracked_objects.trees.wizard import TreeWizard
from tracked_objects.upload.pages import UploadCancel
from tracked_objects.upload.views import UploadMap, UploadReview, UploadStart
from tracked_objects.views import ObjectCreate, ObjectDelete, ObjectDetail, ObjectEdit, ObjectList, ObjectView, suggest

Page = tuple[str, type[ObjectView], str]

_PAGES: tuple[Page, ...] = (
    ("", ObjectList, "list"),
    ("new/", ObjectCreate, "create"),
    ("delete/", ObjectsDelete, "delete-selected"),
    ("<int:pk>/", ObjectDetail, "detail"),
    ("<int:pk>/edit/", ObjectEdit, "edit"),
    ("<int:pk>/delete/", ObjectDelete, "delete"),
)
# Pages of one kind alone; one of the same name stands in for the page that all have.
_OWN_PAGES: dict[str, tuple[Page, ...]] = {
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
        ("cloud-ids/", CloudIdsStart, "cloud-ids"),
        ("cloud-ids/<int:upload>/", CloudIdsReview, "cloud-ids-review"),
    ),
    "api-keys": (
        ("new/", KeyCreate, "create"),
        ("<int:pk>/revoke/", KeyRevoke, "edit"),
        ("<int:pk>/delete/", KeyDelete, "delete"),
    ),
    "members": (
        ("", MemberList, "list"),
        ("<int:pk>/", MemberDetail, "detail"),
        ("<int:pk>/delete/", MemberDelete, "delete"),
        ("<int:pk>/active/", SetActive, "active"),
        ("<int:pk>/roles/", GiveRoles, "give"),
        ("<int:pk>/roles/<int:binding>/take/", TakeRole, "take"),
    ),
    "invitations": (
        ("new/", Invite, "create"),
        ("<int:pk>/", InvitationDetail, "detail"),
        ("<int:pk>/resend/", Resend, "resend"),
    ),
    "roles": (
        ("", RoleList, "list"),
        ("<int:pk>/", RoleDetail, "detail"),
    ),
}


def _pages(kind: Kind) -> list[URLPattern]:
    own = _OWN_PAGES.get(kind.slug, ())
    theirs = {name for _route, _view, name in own}
    pages = [*own, *(page for page in _PAGES if page[2] in kind.pages and page[2] not in theirs)]
    return [
        path(route, access(kind.needs(view.verb))(view.as_view(kind=kind)), name=name) for route, view, name in pages
    ]


urlpatterns = [
    path("a/<slug:account>/developers/suggest/", suggest, name="developers-suggest"),
    *(path(f"a/<slug:account>/{kind.slug}/", include((_pages(kind), kind.slug))) for kind in ALL_KINDS.values()),
]
