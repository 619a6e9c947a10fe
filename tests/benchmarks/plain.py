"""The baseline of writing: django-simple-history alone, with nothing of ours listening."""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.db import transaction
from django.db.models.signals import post_save, pre_save
from simple_history.manager import HistoryManager
from simple_history.signals import post_create_historical_record, pre_create_historical_record

from accounts.tracking import TrackedModel, history_model
from activity import capture


@contextmanager
def history_alone(model: type[TrackedModel]) -> Iterator[None]:
    """One transaction in which writes of `model` make history records, as the library does it, and no entries."""
    record = history_model(model)
    pairs = (
        (pre_save, capture._before_save, model),
        (post_save, capture._after_write, model),
        (pre_create_historical_record, capture._before_record, record),
        (post_create_historical_record, capture._after_record, record),
    )
    for signal, receiver, sender in pairs:
        signal.disconnect(receiver, sender=sender)
    descriptor: Any = inspect.getattr_static(model, "history")
    try:
        with transaction.atomic(), patch.object(descriptor, "manager_class", HistoryManager):
            yield
    finally:
        for signal, receiver, sender in pairs:
            signal.connect(receiver, sender=sender)
