"""Who developers are in the tools, by e-mail, application type and cloud ID: as JSON, or as a CSV file."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from accounts.api.problems import Error, Problem
from tracked_objects.api.v2 import described
from tracked_objects.api.v2.base import DeveloperView
from tracked_objects.api.v2.received import file_of, json_of, list_of, texts_of
from tracked_objects.api.v2.words import Rows, errors_of, rows_of
from tracked_objects.cloud_ids.applying import apply
from tracked_objects.cloud_ids.planning import Sync, plan
from tracked_objects.cloud_ids.rows import CloudId, Column
from tracked_objects.cloud_ids.rows import rows_of as cloud_ids_in
from tracked_objects.upload.reading import read

_NAMES = ("email", "applicationType", "cloudId")
_NAME_OF = dict(zip(Column, _NAMES, strict=True))


class SyncView(DeveloperView):
    """Takes a list of cloud IDs, which becomes one batch."""

    done: str
    refused: str

    def sync(self, sync: Callable[[], Sync], rows: Rows, details: Mapping[str, Any]) -> Response:
        """Do what a plan says; e-mails that no developer has are left out, and told."""
        with self.writing():
            planned = sync()
            if planned.problems:
                return self.error(errors_of(planned.problems, rows, _NAME_OF))
            left_out = errors_of(planned.left_out, rows, _NAME_OF)
            if not planned.changes and not planned.unchanged:
                return self.error(left_out)
            apply(self.access.account, planned, details)
        return Response({"status": "success", "message": self.done, "warnings": left_out})

    def error(self, errors: list[dict[str, Any]] | list[Error]) -> Response:
        """The answer to a list with something wrong: nothing was saved."""
        return Response({"status": "error", "message": self.refused, "errors": errors}, status=400)


class CloudIds(SyncView):
    needs = {"POST": "developers.edit"}
    done = "Developer identities updated successfully."
    refused = "Invalid payload."

    @described.cloud_ids
    def post(self, request: Any) -> Response:
        self.needs_all()
        try:
            found = texts_of(list_of(json_of(request), "integrationUsers"), _NAMES)
        except Problem as problem:
            if problem.status_code != 400:
                raise
            return self.error(problem.errors or [{"field": None, "message": str(problem.detail)}])
        rows = [CloudId(place, *texts) for place, texts in enumerate(found, 1)]
        sent = {row.row: dict(zip(_NAMES, row[1:], strict=True)) for row in rows}
        return self.sync(
            lambda: plan(self.access.account, rows), lambda place: sent.get(place or 0, {}), {"rows": len(rows)}
        )


class CloudIdsUpload(SyncView):
    needs = {"POST": "developers.edit"}
    parser_classes = [MultiPartParser]
    done = "CSV processed and developer identities updated successfully."
    refused = "Invalid file format."

    @described.cloud_ids_upload
    def post(self, request: Any) -> Response:
        self.needs_all()
        name, content = file_of(request)
        sheet = read(content)
        rows = cloud_ids_in(sheet)
        details = {"file_name": name, "sha256": hashlib.sha256(content).hexdigest(), "rows": len(rows)}
        return self.sync(lambda: plan(self.access.account, rows, sheet.problems), rows_of(sheet), details)
