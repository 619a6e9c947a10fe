"""The pages of the log, all under /a/<account>/activity/."""

from django.urls import include, path

from activity.detail import entry_detail
from activity.developers_csv import export_developers
from activity.export import export_csv, export_jsonl
from activity.history import object_history
from activity.live import new_entries, suggest
from activity.preferences import choose
from activity.proof.pages import checkpoint_note, keys_file, manifest, public_keys, verifier, verify_page
from activity.proof.reconcile_page import catch_up_page, reconcile_page
from activity.saved_views import delete_view, edit_view, new_view, saved_views, views_menu
from activity.versions.pages import as_of, compare, one_version, version_list
from activity.versions.restoring import restore
from activity.views import entry_list

app_name = "activity"

_PAGES = [
    path("", entry_list, name="list"),
    path("<int:seq>/", entry_detail, name="detail"),
    path("export.csv", export_csv, name="export_csv"),
    path("export.jsonl", export_jsonl, name="export_jsonl"),
    path("<int:seq>/manifest.json", manifest, name="manifest"),
    path("verify/", verify_page, name="verify"),
    path("reconcile/", reconcile_page, name="reconcile"),
    path("reconcile/catch-up/", catch_up_page, name="catch_up"),
    path("verify/checkpoints/<int:seq>.txt", checkpoint_note, name="checkpoint"),
    path("keys/", public_keys, name="keys"),
    path("keys/keys.txt", keys_file, name="keys_file"),
    path("keys/verify_export.py", verifier, name="verifier"),
    path("suggest/", suggest, name="suggest"),
    path("new/", new_entries, name="new"),
    path("views/", saved_views, name="views"),
    path("views/menu/", views_menu, name="views_menu"),
    path("views/new/", new_view, name="new_view"),
    path("views/<int:pk>/edit/", edit_view, name="edit_view"),
    path("views/<int:pk>/delete/", delete_view, name="delete_view"),
    path("object/<str:type>/<path:object_id>/", object_history, name="object"),
]
_VERSIONS = [
    path("<int:pk>/versions/", version_list, name="list"),
    path("<int:pk>/versions/at/", as_of, name="at"),
    path("<int:pk>/versions/compare/", compare, name="compare"),
    path("<int:pk>/versions/<int:number>/", one_version, name="one"),
    path("<int:pk>/versions/<int:number>/restore/", restore, name="restore"),
]
urlpatterns = [
    path("a/<slug:account>/activity/", include(_PAGES)),
    path("a/<slug:account>/teams/", include((_VERSIONS, "versions"))),
    path("preferences/", choose, name="preferences"),
    path("a/<slug:account>/developers/download.csv", export_developers, name="export_developers"),
]
