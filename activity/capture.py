"""Watches every write of a tracked model, and refuses it outside a recording."""

import copy
from functools import cache
from typing import Any

from django.db import models
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from simple_history.signals import post_create_historical_record, pre_create_historical_record

from accounts.batch import Batch, batch_opened, batch_saved, lock_rows
from accounts.many import NOTHING, Held
from accounts.tracking import NotRecorded, TrackedModel, history_model
from activity.recording import Recording, current
from activity.touched import Touched, many_ids
from tracked_objects.tracked import TRACKED


def connect() -> None:
    """Connect the receivers; called once, when the app is ready."""
    for model in TRACKED:
        pre_save.connect(_before_save, sender=model)
        pre_delete.connect(_before_delete, sender=model)
        # After the library's own, which write the history.
        post_save.connect(_after_write, sender=model)
        post_delete.connect(_after_write, sender=model)
        for field in model._meta.many_to_many:
            m2m_changed.connect(_around_many, sender=field.remote_field.through)
        history = history_model(model)
        pre_create_historical_record.connect(_before_record, sender=history)
        post_create_historical_record.connect(_after_record, sender=history)
        batch_opened.connect(_batch_opened, sender=model)
        batch_saved.connect(_batch_saved, sender=model)


def _recording(model: type[models.Model]) -> Recording:
    rec = current()
    if rec is None:
        raise NotRecorded(
            f"{model.__name__} is tracked: it can only be changed inside recording(...), which writes the entry of "
            "the activity log in the same transaction. Use the pages or the API, or in code: "
            "with recording(Actor.system('why'), source='COMMAND'): …"
        )
    return rec


def _touch(instance: TrackedModel) -> Touched:
    """The stored object, remembered as it is now: not as it was when somebody loaded the instance."""
    model = type(instance)
    rec = _recording(model)
    known = rec.touched.get((model, instance.pk))
    touched = known or _remember(rec, instance, lock_rows(model, [instance.pk]).get(instance.pk))
    touched.awaits_record = True
    return touched


def _remember(rec: Recording, instance: TrackedModel, before: dict[str, Any] | None) -> Touched:
    model = type(instance)
    rec.touched[(model, instance.pk)] = touched = Touched(instance, before, str(instance), _batch_of(rec, model))
    return touched


def _batch_of(rec: Recording, model: type[models.Model]) -> Batch | None:
    """The batch that gathers what is written of the model now."""
    return rec.batch if rec.batch and rec.batch.model is model else None


def _before_save(sender: type[TrackedModel], instance: TrackedModel, raw: bool, **_: Any) -> None:
    if raw:
        raise NotRecorded(f"Fixtures of {sender.__name__} would skip the activity log. Create the objects instead.")
    _recording(sender)
    if instance.pk is not None:
        _touch(instance)


def _before_delete(sender: type[TrackedModel], instance: TrackedModel, **_: Any) -> None:
    touched = _touch(instance)
    for field in sender._meta.many_to_many:
        _remember_many(touched, field.name)


def _after_write(sender: type[TrackedModel], instance: TrackedModel, **_: Any) -> None:
    """The library can be told to write no history, for an object or for all."""
    touched = _recording(sender).touched.get((sender, instance.pk))
    if touched is None or touched.awaits_record:
        raise NotRecorded(f"{sender.__name__} was written without a history record, so there would be no entry of it.")


def _around_many(sender: type[models.Model], instance: models.Model, action: str, reverse: bool, **_: Any) -> None:
    if reverse or not isinstance(instance, TrackedModel):
        raise NotRecorded(f"Change {sender.__name__} from the side that has the field, so that it makes an entry.")
    if action.startswith("pre_"):
        touched = _touch(instance)
        for field in instance._meta.many_to_many:
            if field.remote_field.through is sender:
                _remember_many(touched, field.name)
    else:
        _after_write(type(instance), instance)


def _remember_many(touched: Touched, name: str) -> None:
    touched.many_after.pop(name, None)
    if name not in touched.many_before:
        touched.many_before[name] = many_ids(touched.instance, name, touched.instance.pk)


def _before_record(history_instance: Any, **_: Any) -> None:
    _stamp(_recording(history_instance.instance_type), history_instance)


def _stamp(rec: Recording, history_instance: Any) -> None:
    history_instance.history_user_id = rec.context.actor.user_id
    history_instance.history_change_reason = rec.context.reason or None
    if rec.context.occurred_at:
        history_instance.history_date = rec.context.occurred_at


def _after_record(instance: TrackedModel, history_instance: Any, **_: Any) -> None:
    rec = _recording(type(instance))
    # A deleted instance still has its key here; a created one has it only now.
    touched = rec.touched.get((type(instance), instance.pk)) or _remember(rec, instance, None)
    _keep(touched, instance, history_instance, rec.in_savepoint)


def _keep(touched: Touched, instance: TrackedModel, record: Any, in_savepoint: bool) -> None:
    for name in _json_fields(record._meta.model):
        if value := getattr(record, name):
            setattr(record, name, copy.deepcopy(value))
    touched.instance, touched.awaits_record = instance, False
    touched.records.append(record)
    touched.in_savepoint = touched.in_savepoint or in_savepoint


@cache
def _json_fields(history: type[models.Model]) -> list[str]:
    fields: list[models.Field] = history.tracked_fields  # type: ignore[attr-defined]
    return [field.attname for field in fields if isinstance(field, models.JSONField)]


def _batch_opened(sender: type[TrackedModel], batch: Batch, **_: Any) -> bool:
    _recording(sender).batches.append(batch)
    return True


def _batch_saved(
    sender: type[TrackedModel],
    befores: dict[Any, Any],
    records: list[Any],
    instances: list[TrackedModel],
    many: tuple[Held, Held],
    **_: Any,
) -> None:
    rec = _recording(sender)
    in_savepoint, batch = rec.in_savepoint, _batch_of(rec, sender)
    for instance, record in zip(instances, records, strict=True):
        _stamp(rec, record)
        known = rec.touched.get((sender, instance.pk))
        touched = known or _remember(rec, instance, befores.get(instance.pk))
        # What was touched on its own before belongs to the batch that it has come into.
        touched.batch = touched.batch or batch
        _keep(touched, instance, record, in_savepoint)
        for name in many[0]:
            before, after = (side[name].get(instance.pk, NOTHING) for side in many)
            if before != after or name in touched.many_before:
                touched.many_before.setdefault(name, before)
                touched.many_after[name] = after
