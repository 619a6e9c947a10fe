"""All developers of an account: list them, upload them, add and edit some, delete some."""

from typing import Any

from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from accounts.api.problems import Problem, form_errors, wrong_parameters
from tracked_objects.api.v2 import described
from tracked_objects.api.v2.base import DeveloperView
from tracked_objects.api.v2.deleting import delete
from tracked_objects.api.v2.listing import ListForm, page_of
from tracked_objects.api.v2.received import file_of, json_of, list_of
from tracked_objects.api.v2.upserting import reviewed as upserted
from tracked_objects.api.v2.upserting import sheet_of
from tracked_objects.api.v2.versions import counts_of, mapped, mapping_of, review_of, reviewed
from tracked_objects.api.v2.words import FAILURE, NAME_OF, SUCCESS, TYPE_OF, errors_of, failure, rows_of
from tracked_objects.models import Developer, DeveloperUpload, FieldMapping
from tracked_objects.upload.applying import apply
from tracked_objects.upload.checking import check
from tracked_objects.upload.mapping import REQUIRED, Target, guessed
from tracked_objects.upload.reading import Sheet, read


class Developers(DeveloperView):
    needs = {
        "GET": "developers.view",
        "POST": "developers.create",
        "PUT": "developers.create",
        "PATCH": "developers.edit",
        "DELETE": "developers.delete",
    }
    parameters = ("GET",)
    parser_classes = [MultiPartParser]

    @described.list_
    def get(self, request: Any) -> Any:
        form = ListForm(self.query, self.access.account)
        if not form.is_valid():
            raise wrong_parameters(form_errors(form))
        return Response(page_of(form))

    @described.upload
    def post(self, request: Any) -> Response:
        self.needs_all()
        name, content = file_of(request)
        sheet = read(content)
        if sheet.problems:
            return failure(sheet.problems, rows_of(sheet))
        targets = guessed(self.access.account, sheet.columns)
        version = self._kept(name, content, sheet)
        problems = check(sheet, targets).problems
        return Response(
            {
                "status": FAILURE if problems else SUCCESS,
                "versionId": version.pk,
                "active": False,
                "fieldMappings": mapping_of(sheet.columns, targets),
                "preview": _preview(sheet),
                "errors": errors_of(problems, rows_of(sheet)),
            }
        )

    @described.upload_again
    def put(self, request: Any) -> Response:
        self.needs_all()
        self.needs_mapping()
        name, content = file_of(request)
        sheet = read(content)
        if sheet.problems:
            return failure(sheet.problems, rows_of(sheet))
        targets = guessed(self.access.account, sheet.columns)
        checked = check(sheet, targets)
        if checked.problems:
            return failure(checked.problems, rows_of(sheet))
        version = self._kept(name, content, sheet)
        mapped(version, targets, checked)
        return reviewed(version, review_of(self, version, checked))

    @described.upsert
    def patch(self, request: Any) -> Response:
        if not self.access.can("developers.create"):
            raise Problem("This creates developers too: it takes the capability developers.create.", status=403)
        self.needs_mapping()
        records = list_of(json_of(request))
        with self.writing():
            sheet, targets, people = sheet_of(self.access.account, records)
            checked, review = upserted(sheet, targets, people)
            if checked.problems:
                return failure(checked.problems, rows_of(sheet))
            apply(self.access.account, review, {"rows": review.rows})
        counts = {name: count for name, count in counts_of(review).items() if name != "removed"}
        return Response({"status": SUCCESS, **counts})

    @described.delete
    def delete(self, request: Any) -> Response:
        emails = list_of(json_of(request), "emails")
        with self.writing():
            return delete(self.access.account, emails)

    def _kept(self, name: str, content: bytes, sheet: Sheet) -> DeveloperUpload:
        return DeveloperUpload.keep(
            content, account=self.access.account, owner=self.request.user, file_name=name, preview=sheet.preview
        )


class Schema(DeveloperView):
    """The fields that developers have, and which column of a file was which the last time."""

    needs = {"GET": "developers.view"}

    @described.schema
    def get(self, request: Any) -> Response:
        account = self.access.account
        saved = FieldMapping.objects.filter(account=account).first()
        columns = saved.columns if saved else {}
        fields = [_field(name, target) for target, name in NAME_OF.items()]
        fields += [_field(name, Target.ATTRIBUTE) for name in Developer.attribute_names(account)]
        return Response({"fieldMappings": mapping_of(list(columns), list(columns.values())), "fields": fields})


def _field(name: str, target: Target) -> dict[str, Any]:
    return {"fieldName": name, "fieldType": TYPE_OF[target], "required": target in REQUIRED}


def _preview(sheet: Sheet) -> dict[str, Any]:
    preview = sheet.preview
    rows = [dict(zip(sheet.columns, cells, strict=False)) for cells in preview["rows"]]
    return {"developerCount": preview["count"], "developers": rows}
