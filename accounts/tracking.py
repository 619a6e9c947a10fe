"""What makes a model tracked: history for every write, and no way of writing that skips it."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, ClassVar, NoReturn, TypeVar

from django.db import models
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords

M = TypeVar("M", bound=models.Model)
V = TypeVar("V", bound=Callable[..., Any])


class NotRecorded(RuntimeError):
    """A tracked write that would leave no entry in the activity log."""


def refuse(model: type[models.Model], how: str) -> NoReturn:
    """Raise for a write that signals can't see, saying what to do instead."""
    raise NotRecorded(
        f"{model.__name__}.{how} would change tracked objects without an entry in the activity log. "
        "Inside recording(...), call save() or delete() on each object, or accounts.batch for many."
    )


class TrackedQuerySet(models.QuerySet[M]):
    """Refuses the bulk writes that send no signal; reads are as ever."""

    def update(self, **kwargs: Any) -> int:
        refuse(self.model, "objects.update()")

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        refuse(self.model, "objects.bulk_create()")

    def bulk_update(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> int:
        refuse(self.model, "objects.bulk_update()")

    def _raw_delete(self, using: str | None) -> int:
        refuse(self.model, "objects._raw_delete()")


TrackedManager = models.Manager.from_queryset(TrackedQuerySet)


class TrackedModel(models.Model):
    """A model whose every write makes a history record and an entry.

    `entry_type` is its type in the catalog. `secret_fields` hold fingerprints, shown as "changed", never as values.
    """

    entry_type: ClassVar[str]
    secret_fields: ClassVar[frozenset[str]] = frozenset()
    # How entries call an object, made from its history record; no two of one type may be called the same.
    entry_id: ClassVar[str] = "%(id)s"
    # Fields that change without an entry, because nobody has changed the object.
    untold_fields: ClassVar[frozenset[str]] = frozenset()
    # The action of an entry where it isn't CREATED, EDITED or DELETED.
    entry_actions: ClassVar[Mapping[str, str]] = {}
    # Sentences for entries where "Created <type> <name>" reads badly: action → text with %(name)s.
    entry_sentences: ClassVar[Mapping[str, str]] = {}
    # Set on an object: what the log calls this edit of it, where that has a name of its own.
    entry_action: str = ""

    objects = TrackedManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"


class CachedHistoryManager(HistoryManager):
    """The library makes a class for every look at an object's history, also for every save: here it is made once."""

    @classmethod
    @cache
    def from_queryset(cls, queryset_class: type[models.QuerySet], class_name: str | None = None) -> Any:
        return super().from_queryset(queryset_class, class_name)


@cache
def history_model(model: type[models.Model]) -> Any:
    """The model of a tracked model's history records."""
    return model.history.model  # type: ignore[attr-defined]


def history(excluded: Iterable[str] = (), many: Iterable[str] = ()) -> HistoricalRecords:
    """The history of a tracked model.

    `excluded` fields stay out of it (secrets in clear); `many` are its many-to-many fields. The member is kept as a
    bare id: a key to the user would have to change when the user goes, and history never changes.
    """
    return HistoricalRecords(
        excluded_fields=list(excluded),
        m2m_fields=list(many),
        history_id_field=models.BigAutoField(),
        history_user_id_field=models.BigIntegerField(null=True),
        history_manager=CachedHistoryManager,
    )


def writes_on_get(view: V) -> V:
    """Mark a view that makes entries when it answers a GET, as it must where others send people to."""
    view.writes_on_get = True  # type: ignore[attr-defined]
    return view
