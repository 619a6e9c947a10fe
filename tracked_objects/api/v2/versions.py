"""A version is one uploaded file. It waits for its field mappings, or for approval, and does what was reviewed."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from rest_framework.response import Response

from accounts.api.problems import Problem
from tracked_objects.api.v2 import described
from tracked_objects.api.v2.base import DeveloperView
from tracked_objects.api.v2.received import Errors, json_of, list_of, texts_of
from tracked_objects.api.v2.words import MOST_SHOWN, SUCCESS, TARGET_OF, TYPE_OF, failure, rows_of
from tracked_objects.models import DeveloperUpload
from tracked_objects.upload.applying import apply, remember
from tracked_objects.upload.checking import Checked, check
from tracked_objects.upload.comparing import Review, compare, stored_in
from tracked_objects.upload.mapping import REPEATABLE, Target
from tracked_objects.upload.reading import read

_SHOWN = ("created", "edited", "removed")
# In the preview of an upload: what stands for the review that its owner was last given here.
_REVIEWED = "reviewed"


class VersionView(DeveloperView):
    """About one version of the caller's own, as pages have it."""

    def version(self, pk: int, lock: bool = True) -> DeveloperUpload:
        """The version; locked after the developers, as everywhere."""
        versions = DeveloperUpload.objects.select_for_update() if lock else DeveloperUpload.objects
        found = versions.filter(
            account=self.access.account,
            owner=self.request.user,
            purpose=DeveloperUpload.Purpose.RECORDS,
            pk=min(pk, 2**63 - 1),
        )
        if version := found.first():
            return version
        raise Http404

    def approve(self, version: DeveloperUpload, review: Review) -> Response:
        """Make the version what the account has."""
        details = {"file_name": version.file_name, "sha256": version.sha256, "rows": review.rows}
        apply(self.access.account, review, details)
        remember(self.access.account, dict(version.mapping))
        version.close()
        return Response({"status": SUCCESS, "versionId": version.pk, "active": True, **counts_of(review)})


class FieldMappings(VersionView):
    """Says which column is which field, and saves the developers, unless they are to wait for approval."""

    needs = {"PUT": "developers.create"}

    @described.field_mappings
    def put(self, request: Any, version: int) -> Response:
        self.needs_all()
        body = json_of(request)
        active = body.pop("active", True) if isinstance(body, dict) else True
        if not isinstance(active, bool):
            raise Problem("What was sent can't be understood.", [{"field": "active", "message": "Send true or false."}])
        rows = texts_of(list_of(body, "fieldMappings"), ("csvColumn", "fieldType"))
        # Nobody has to wait while the file is read.
        found = self._open(version, lock=False)
        targets = _targets(rows, found.preview["columns"])
        sheet = read(found.file)
        checked = check(sheet, targets)
        if checked.problems:
            return failure(checked.problems, rows_of(sheet))
        with self.writing():
            found = self._open(version)
            mapped(found, targets, checked)
            review = review_of(self, found, checked)
            return self.approve(found, review) if active else reviewed(found, review)

    def _open(self, pk: int, lock: bool = True) -> DeveloperUpload:
        found = self.version(pk, lock)
        if found.approved_at:
            raise Problem("This version is approved. Upload the file again to map it differently.", status=409)
        return found


class Version(VersionView):
    """Approves a version."""

    needs = {"PATCH": "developers.create"}

    @described.approve
    def patch(self, request: Any, version: int) -> Response:
        self.needs_all()
        body = json_of(request)
        if not isinstance(body, dict) or body.keys() != {"active"} or body["active"] is not True:
            raise Problem('Only {"active": true} can be sent: a version is made inactive by approving another.')
        with self.writing():
            found = self._found(version)
            if found.approved_at:
                self._still_active(found)
                return Response({"status": SUCCESS, "versionId": found.pk, "active": True})
            checked = Checked.unpacked(found.records)
            review = review_of(self, found, checked)
            if review.token(found.digest) != found.preview[_REVIEWED]:
                words = "Developers or the mapping have changed since this version was reviewed. Upload the file again."
                raise Problem(words, status=409)
            return self.approve(found, review)

    def _found(self, pk: int) -> DeveloperUpload:
        """The version, if it is approved or can be."""
        try:
            found = self.version(pk)
        except Http404:
            self.needs_mapping()
            raise
        if not found.approved_at and not (found.checked and _REVIEWED in found.preview):
            raise Problem("The field mappings of this version aren't saved yet.", status=412)
        return found

    def _still_active(self, version: DeveloperUpload) -> None:
        others = DeveloperUpload.objects.filter(account=self.access.account, purpose=version.purpose)
        if others.filter(approved_at__gt=version.approved_at).exists():
            raise Problem("A later version has taken its place. Upload the file again to go back.", status=409)


def _targets(rows: Sequence[tuple[str, ...]], columns: Sequence[str]) -> list[str]:
    """The target of each column, of those that were sent; a column that wasn't is ignored."""
    chosen: dict[str, str] = {}
    errors = Errors()
    for index, (column, type) in enumerate(rows):
        target = TARGET_OF.get(type)
        if column not in columns:
            errors.add(index, "csvColumn", f"There is no column “{column[:100]}”.")
        elif column in chosen:
            errors.add(index, "csvColumn", "This column was mapped before.")
        elif target is None:
            errors.add(index, "fieldType", f"This must be one of {', '.join(TARGET_OF)}.")
        elif target in chosen.values() and target not in REPEATABLE:
            errors.add(index, "fieldType", "Another column is mapped to this field.")
        else:
            chosen[column] = target
    errors.refuse()
    return [chosen.get(column, Target.IGNORED) for column in columns]


def mapping_of(columns: Sequence[str], targets: Sequence[str]) -> list[dict[str, str]]:
    """Which column is which field, in SEI's words."""
    return [
        {"csvColumn": column, "fieldType": TYPE_OF[Target(target)]}
        for column, target in zip(columns, targets, strict=True)
    ]


def mapped(version: DeveloperUpload, targets: Sequence[str], checked: Checked) -> None:
    """Put what the file says, by this mapping, into its version."""
    version.mapping = list(zip(version.preview["columns"], targets, strict=True))
    version.records = checked.packed


def review_of(view: DeveloperView, version: DeveloperUpload, checked: Checked) -> Review:
    """What the version would do now."""
    return compare(stored_in(view.access.account, checked.fields), checked)


def reviewed(version: DeveloperUpload, review: Review) -> Response:
    """Give the review to the caller, who may then approve just that."""
    version.preview[_REVIEWED] = review.token(version.digest)
    version.save()
    shown = {name: _differences(review, name) for name in _SHOWN}
    columns, targets = zip(*version.mapping, strict=True)
    return Response(
        {
            "status": SUCCESS,
            "versionId": version.pk,
            "active": False,
            "fieldMappings": mapping_of(columns, targets),
            "review": {**counts_of(review), "developers": shown},
        }
    )


def counts_of(review: Review) -> dict[str, int]:
    """How many developers come, change, go and stay."""
    return {name: len(getattr(review, name)) for name in (*_SHOWN, "unchanged")}


def _differences(review: Review, name: str) -> list[dict[str, Any]]:
    return [
        {"name": one.name, "email": one.email, "changes": [change._asdict() for change in one.changes]}
        for one in review.differences(getattr(review, name)[:MOST_SHOWN])
    ]
