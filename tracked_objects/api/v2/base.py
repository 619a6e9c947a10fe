"""What the views of this API share."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError

from accounts.api.base import ApiView
from accounts.api.problems import Problem
from accounts.bulk import no_collector
from tracked_objects.models import Developer, FieldMapping
from tracked_objects.models.organisation import lock_developers
from tracked_objects.scope import may_upload


class DeveloperView(ApiView):
    """About all developers of an account, so that one request can be about very many of them."""

    @no_collector()
    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return super().dispatch(request, *args, **kwargs)

    def needs_all(self) -> None:
        """What a file says may create, edit and delete, so it takes all three capabilities."""
        if not may_upload(self.access):
            raise Problem("This creates, edits and deletes developers: it takes all three capabilities.", status=403)

    def needs_mapping(self) -> None:
        """412 before the first file was saved, as SEI answers."""
        if not FieldMapping.objects.filter(account=self.access.account).exists():
            raise Problem("There is no saved field mapping yet. Upload a file first, and save its mapping.", status=412)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Whoever writes developers of the account at the same moment waits; who comes too late is told so."""
        lock_developers(self.access.account.pk)
        try:
            yield
        except (IntegrityError, Developer.DoesNotExist):
            raise Problem("Somebody has just changed what belongs to it. Please try again.", status=409) from None
