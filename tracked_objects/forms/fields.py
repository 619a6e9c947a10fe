"""Form fields for people and words: plain inputs that work for ten choices and for fifty thousand."""

import re
from collections.abc import Iterable, Sized
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from tracked_objects.conditions import join_values, split_values
from tracked_objects.models import Developer

MAX_ITEMS = 200


def person_text(developer: Developer) -> str:
    """A developer as people write them: name and e-mail."""
    return f"{developer.full_name} <{developer.email}>"


def find_people(queryset: QuerySet[Developer], texts: Iterable[str]) -> tuple[list[Developer], list[str]]:
    """The developers meant by primary keys, e-mails or "name <e-mail>", and the texts that mean nobody."""
    wanted = {text: _key(text) for text in dict.fromkeys(texts)}
    pks = [key for key in wanted.values() if isinstance(key, int)]
    emails = [key for key in wanted.values() if isinstance(key, str)]
    rows = queryset.annotate(lower_email=Lower("email")).filter(
        Q(pk__in=[pk for pk in pks if pk < 2**63]) | Q(lower_email__in=emails)
    )
    found: dict[int | str, Developer] = {}
    for row in rows.distinct():
        found[row.pk] = found[row.email.lower()] = row
    chosen = dict.fromkeys(found[key] for key in wanted.values() if key in found)
    return list(chosen), [text for text, key in wanted.items() if key not in found]


def _key(text: str) -> int | str:
    return int(text) if text.isdecimal() else text.rpartition("<")[2].strip(" >").lower()


def _texts(value: str) -> list[str]:
    """One "name <e-mail>", or several e-mails with commas or spaces between them."""
    return [value] if "<" in value else re.split(r"[,;\s]+", value)


def sent(data: Any, name: str) -> list[str]:
    """All values that a form has sent under one name."""
    return list(map(str, data.getlist(name) if hasattr(data, "getlist") else data.get(name) or []))


_refuse_nul = ProhibitNullCharactersValidator()


class Chooser:
    """A field or widget that offers the developers of `queryset` and suggests them from `suggest_url`."""

    queryset: QuerySet[Developer] = Developer.objects.none()
    suggest_url = ""
    widget: Any

    def choose_from(self, queryset: QuerySet[Developer], account: str) -> None:
        """Offer the developers of `queryset`, who are of the account with this slug."""
        self.queryset = self.widget.queryset = queryset
        self.widget.suggest_url = reverse("developers-suggest", args=[account])


class PersonWidget(Chooser, forms.TextInput):
    """A text input that suggests developers as you type."""

    template_name = "tracked_objects/widgets/person.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return {**super().get_context(name, value, attrs), "suggest_url": self.suggest_url}


class PersonField(Chooser, forms.CharField):
    """One developer, by e-mail."""

    widget = PersonWidget

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int) or (isinstance(value, str) and value.isdecimal()):
            value = self.queryset.filter(pk=value).first() or value
        return person_text(value) if isinstance(value, Developer) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        _refuse_nul(text)
        found, unknown = find_people(self.queryset, [text])
        if unknown:
            raise ValidationError(_("No developer has the e-mail “%(text)s”."), params={"text": text})
        return found[0]


class PeopleWidget(Chooser, forms.Widget):
    """The chosen developers as ticked boxes, then inputs for more of them, all of one name."""

    template_name = "tracked_objects/widgets/people.html"
    use_fieldset = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return [text for value in sent(data, name) for text in _texts(value.strip()) if text]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return ""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        texts = [str(item.pk) if isinstance(item, Developer) else item for item in value or []]
        texts = [text for text in texts if "\0" not in text]
        chosen, unknown = find_people(self.queryset, texts) if texts else ([], [])
        chosen.sort(key=lambda developer: developer.full_name.casefold())
        context = super().get_context(name, value, attrs)
        return {**context, "chosen": chosen, "more": [*unknown, ""], "suggest_url": self.suggest_url}


class PeopleField(Chooser, forms.Field):
    """Several developers."""

    widget = PeopleWidget

    def to_python(self, value: Any) -> list[Developer]:
        for text in value or []:
            _refuse_nul(text)
        found, unknown = find_people(self.queryset, value) if value else ([], [])
        if unknown:
            raise ValidationError(
                ngettext_lazy(
                    "No developer has the e-mail %(texts)s.", "No developers have the e-mails %(texts)s.", len(unknown)
                ),
                params={"texts": ", ".join(f"“{text}”" for text in unknown[:10])},
            )
        return found


class WordsField(forms.CharField):
    """A list of words, written with commas between them."""

    def __init__(self, *, max_word: int = 100, **kwargs: Any) -> None:
        super().__init__(max_length=kwargs.pop("max_length", 5000), **kwargs)
        self.max_word = max_word

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else join_values(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)

    def clean(self, value: Any) -> list[str]:
        values = split_values(super().clean(value))
        if self.required and not values:
            raise ValidationError(self.error_messages["required"])
        limit(values)
        if too_long := next((word for word in values if len(word) > self.max_word), None):
            raise ValidationError(
                _("“%(word)s…” is longer than %(max)s characters."),
                params={"word": too_long[:20], "max": self.max_word},
            )
        return values


def limit(items: Sized) -> None:
    """Refuse more than a person would ever write."""
    if len(items) > MAX_ITEMS:
        raise ValidationError(_("At most %(max)s, please."), params={"max": MAX_ITEMS})
