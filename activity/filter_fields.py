"""The fields of the log's filters: what a value must look like, and what it says when it doesn't."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from activity.catalog import TYPES

LONGEST = 500
_MICROSECOND, _DAY = timedelta(microseconds=1), timedelta(days=1)


class Text(forms.CharField):
    """One line of text, of a length that can be answered."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST, **kwargs)


class Words(Text):
    """Words to search for."""

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if text and not any(character.isalnum() for character in text):
            raise ValidationError(_("There is no word in this to search for."))
        return text


class Email(Text):
    """An address as it stands on entries; not every one that was ingested would pass a stricter look."""

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if not re.fullmatch(r"[^\s@]+@[^\s@]+", text):
            raise ValidationError(_("“%(value)s” is not an e-mail address."), params={"value": text})
        # As entries have it, however it was written.
        return text.lower()


class Code(forms.ChoiceField):
    """One of the codes of the catalog."""

    default_error_messages = {"invalid_choice": gettext_lazy("“%(value)s” is not one of the values there are.")}

    def __init__(self, codes: Iterable[str], **kwargs: Any) -> None:
        super().__init__(choices=[(code, code) for code in codes], **kwargs)


class ObjectReference(Text):
    """TYPE:id."""

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        kind, _colon, object_id = text.partition(":")
        if kind not in TYPES or not object_id.strip():
            raise ValidationError(
                _("“%(value)s” is not an object: write TYPE:id, such as TEAM:12."), params={"value": text}
            )
        return text


class Many(forms.Field):
    """A parameter that may be given several times: each value is cleaned by `each`, blank ones are skipped."""

    widget = forms.MultipleHiddenInput

    def __init__(
        self, each: Callable[[], forms.Field], at_most: int = 100, split: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.each, self.at_most, self.split = each(), at_most, split

    def clean(self, value: Any) -> list[str]:
        given = [part for text in value or () for part in (re.split(self.split, text) if self.split else [text])]
        texts = list(dict.fromkeys(text.strip() for text in given if text.strip()))
        if len(texts) > self.at_most:
            message = ngettext("At most %(most)d value.", "At most %(most)d values.", self.at_most)
            raise ValidationError(message, params={"most": self.at_most})
        values, errors = [], []
        for text in texts:
            try:
                values.append(self._clean_one(text))
            except ValidationError as error:
                errors.append(error)
        if errors:
            raise ValidationError(errors[:5])
        return list(dict.fromkeys(values))

    def _clean_one(self, text: str) -> str:
        if len(text) > LONGEST:
            raise ValidationError(_("A value has at most %(most)d characters."), params={"most": LONGEST})
        return str(self.each.clean(text))


class Moment(Text):
    """A date or an ISO time, in UTC unless it has an offset. `end` gives the first moment that is not included."""

    def __init__(self, end: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.end = end

    def clean(self, value: Any) -> datetime | None:
        text: str = super().clean(value)
        if not text:
            return None
        try:
            return self._moment(text)
        except (ValueError, OverflowError):
            raise ValidationError(
                _("“%(value)s” is no date or time: write 2026-01-31 or 2026-01-31T09:30:00Z."),
                params={"value": text},
            ) from None

    def _moment(self, text: str) -> datetime:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            day = date.fromisoformat(text) + (_DAY if self.end else timedelta())
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
        return moment + _MICROSECOND if self.end else moment
