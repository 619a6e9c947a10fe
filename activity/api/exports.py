"""Downloads of the log for programs: the page's own, with the same columns, entry about it and manifest."""

from typing import Any

from django.http.response import HttpResponseBase

from accounts.api.base import ApiView
from activity.api import described
from activity.api.filters import ExportFilter, filter_of
from activity.export import exported
from activity.proof.pages import manifest_file
from activity.scope import EXPORT


class Export(ApiView):
    needs = {"GET": EXPORT}
    parameters = ("GET",)
    # Without HEAD: to ask for a download is to be recorded as having it.
    http_method_names = ["get"]
    kind: str

    def export(self) -> HttpResponseBase:
        return exported(self.request._request, self.access, filter_of(ExportFilter, self, EXPORT), self.kind)


class ExportCsv(Export):
    kind = "csv"

    @described.export_csv
    def get(self, request: Any) -> HttpResponseBase:
        return self.export()


class ExportJsonl(Export):
    kind = "jsonl"

    @described.export_jsonl
    def get(self, request: Any) -> HttpResponseBase:
        return self.export()


class DownloadManifest(ApiView):
    needs = {"GET": EXPORT}

    @described.manifest
    def get(self, request: Any, seq: int) -> HttpResponseBase:
        return manifest_file(request._request, seq)
