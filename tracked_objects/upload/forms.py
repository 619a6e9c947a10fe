"""The forms of an upload: the file, and a field for each of its columns."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from tracked_objects.upload.mapping import REPEATABLE, Target

MAX_MEGABYTES = 32
TOO_LARGE = "too_large"


class FileForm(forms.Form):
    """The file; an empty one is reported as any other problem of it."""

    file = forms.FileField(
        label=_("CSV file"),
        max_length=200,
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ".csv,.tsv,.txt,text/csv", "class": "drop-zone"}),
        help_text=_(
            "Drop it here or choose it. Commas, semicolons or tabs; UTF-8, UTF-16 or Windows-1252; up to %d MB."
        )
        % MAX_MEGABYTES,
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MAX_MEGABYTES * 1024 * 1024:
            words = _("The file is larger than %(max)d MB.")
            raise ValidationError(words, TOO_LARGE, {"max": MAX_MEGABYTES})
        return file


class MappingForm(forms.Form):
    """What each column is; the columns' names are the labels."""

    def __init__(self, columns: Sequence[str], targets: Sequence[str], data: Any = None) -> None:
        super().__init__(data)
        for place, (column, target) in enumerate(zip(columns, targets, strict=True)):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=column or _("Column %d") % (place + 1), choices=Target.choices, initial=target
            )

    def clean(self) -> dict[str, Any]:
        seen: set[str] = set()
        for name, target in list(self.cleaned_data.items()):
            if target in seen and target not in REPEATABLE:
                message = _("Another column is already mapped to %(target)s.")
                self.add_error(name, ValidationError(message, params={"target": Target(target).label}))
            seen.add(target)
        return self.cleaned_data

    @property
    def targets(self) -> list[str]:
        """The chosen target of each column, in order."""
        return [self.cleaned_data[name] for name in self.fields]
