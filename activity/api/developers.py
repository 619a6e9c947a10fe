"""The list of developers of SEI's API, with the download that the log has to tell of."""

from typing import Any

from rest_framework.exceptions import MethodNotAllowed

from accounts.api.problems import wrong_parameters
from activity.developers_csv import exported_developers
from tracked_objects.api.v2 import described
from tracked_objects.api.v2.developers import Developers
from tracked_objects.api.v2.received import CSV


class DeveloperList(Developers):
    @described.list_
    def get(self, request: Any) -> Any:
        """The list as JSON, or, for who would rather have it, the file with everybody."""
        if request._request.get_preferred_type(["application/json", CSV]) != CSV:
            return super().get(request)
        if request.method == "HEAD":
            # To ask for a download is to be recorded as having it.
            raise MethodNotAllowed("HEAD")
        if self.query:
            words = "The file has everybody: ask for JSON to have some."
            raise wrong_parameters({"field": name[:100], "message": words} for name in list(self.query)[:5])
        return exported_developers(request._request, self.access.account)
