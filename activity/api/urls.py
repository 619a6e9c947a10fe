"""The log's part of the API, below /api/v1/."""

from django.urls import include, path

from activity.api.entries import Catalog, Entries, OneEntry
from activity.api.exports import DownloadManifest, ExportCsv, ExportJsonl
from activity.api.receiving import EntryImport

app_name = "activity-api"

_VIEWS = [
    path("entries", Entries.as_view(), name="entries"),
    path("entries/<int:seq>", OneEntry.as_view(), name="entry"),
    path("entries/<int:seq>/manifest", DownloadManifest.as_view(), name="manifest"),
    path("import", EntryImport.as_view(), name="import"),
    path("export.csv", ExportCsv.as_view(), name="export_csv"),
    path("export.jsonl", ExportJsonl.as_view(), name="export_jsonl"),
    path("catalog", Catalog.as_view(), name="catalog"),
]
urlpatterns = [path("activity/", include(_VIEWS))]
