"""The pages of the log, all under /a/<account>/activity/."""

from django.urls import include, path

from activity.detail import entry_detail
from activity.developers_csv import export_developers
from activity.export import export_csv, export_jsonl
from activity.history import object_history
from activity.views import entry_list, suggest

app_name = "activity"

_PAGES = [
    path("", entry_list, name="list"),
    path("<int:seq>/", entry_detail, name="detail"),
    path("export.csv", export_csv, name="export_csv"),
    path("export.jsonl", export_jsonl, name="export_jsonl"),
    path("suggest/", suggest, name="suggest"),
    path("object/<str:type>/<path:object_id>/", object_history, name="object"),
]
urlpatterns = [
    path("a/<slug:account>/activity/", include(_PAGES)),
    path("a/<slug:account>/developers/download.csv", export_developers, name="export_developers"),
]
