"""Deleting one object, or why it stays."""

from collections.abc import Callable

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.keys import check_keys
from tracked_objects.models.base import InUse


def why_not(remove: Callable[[], object]) -> list[str]:
    """Calls `remove`, which deletes an object; says why it stays, if it does. Http404 when it is gone already."""
    try:
        with transaction.atomic():
            remove()
            # Keys that others are writing just now fail here, not at the commit.
            check_keys()
    except ObjectDoesNotExist:
        raise Http404 from None
    except ValidationError as error:
        return error.messages
    except (InUse, IntegrityError):
        return [_("Somebody has just changed what belongs to it. Please try again.")]
    return []
