"""One kind of tracked object for programs: list, create, read, replace, edit and delete."""

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.http import Http404
from django.utils.http import parse_etags, quote_etag
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from accounts.api.base import ApiView
from accounts.api.bodies import json_object
from accounts.api.problems import Error, Problem, form_errors, not_written, wrong_parameters
from accounts.tracking import TrackedModel
from tracked_objects.api.bodies import errors_of, filled, represent
from tracked_objects.forms import ObjectForm, ReasonForm
from tracked_objects.forms.base import state_token
from tracked_objects.kinds import Kind
from tracked_objects.models.base import AccountObject
from tracked_objects.removing import why_not
from tracked_objects.scope import sees, visible

PAGE_SIZE, LARGEST_PAGE = 100, 1000
_FEW = 10


class PageForm(forms.Form):
    """Where a page begins, and how long it is."""

    after = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)
    page_size = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_PAGE)


class ObjectsView(ApiView):
    """What the addresses of one kind share."""

    kind: ClassVar[Kind]

    def queryset(self, verb: str) -> QuerySet[Any]:
        """What the caller may do `verb` on, with what is shown of it."""
        fields = self.kind.model._meta
        people = [field.name for field in fields.fields if field.name in ("manager", "root")]
        return (
            visible(self.kind.model, self.access, verb)
            .select_related("account", *people)
            .prefetch_related(*(field.name for field in fields.many_to_many))
        )

    def write(self, form: ObjectForm, reason: str) -> Any:
        """Save what a form holds, or raise Problem with all that is wrong."""
        if not form.is_valid() or not form.try_save():
            raise not_written(errors_of(form))
        self.give_reason({"reason": reason})
        return self.queryset("view").filter(pk=form.instance.pk).first() or form.instance

    def give_reason(self, sent: dict[str, Any]) -> None:
        """Why it is done, for the entry."""
        form = ReasonForm(sent)
        if not form.is_valid():
            raise not_written(form_errors(form))
        self.request._request.reason = form.cleaned_data["reason"]

    def body(self) -> tuple[dict[str, Any], str]:
        """What was sent, and the reason."""
        sent = json_object(self.request)
        reason = sent.pop("reason", None) or ""
        if not isinstance(reason, str):
            raise not_written([{"field": "reason", "message": "This must be of the type string."}])
        return sent, reason

    def answer(self, item: AccountObject, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        tag = quote_etag(state_token(item))
        return Response(represent(self.kind, item), status, headers={"ETag": tag, **(headers or {})})


class Objects(ObjectsView):
    """All of a kind, and new ones."""

    parameters = ("GET",)

    def list(self) -> Response:
        page = self._page()
        rows = self._filtered()
        size = page["page_size"] or PAGE_SIZE
        found = list(rows.filter(pk__gt=page["after"] or 0).order_by("pk")[: size + 1])
        last = found[size - 1].pk if len(found) > size else None
        results = [represent(self.kind, item) for item in found[:size]]
        return Response({"count": rows.count(), "next": self._next(last) if last else None, "results": results})

    def create(self) -> Response:
        if not self.kind.allows(self.access, "create"):
            raise PermissionDenied()
        sent, reason = self.body()
        new = self.kind.model(account=self.access.account)
        item = self.write(filled(self.kind, self.access, new, sent), reason)
        return self.answer(item, 201, {"Location": self.request.build_absolute_uri(f"{self.request.path}/{item.pk}")})

    def _page(self) -> dict[str, Any]:
        form = PageForm(self.query)
        if not form.is_valid():
            raise wrong_parameters(form_errors(form))
        return form.cleaned_data

    def _filtered(self) -> QuerySet[Any]:
        """The rows that the list's own filters find; how a page looks is none of them."""
        query = self.query
        errors = [_unknown(name) for name in ("sort", "page", "select") if name in query]
        errors += [
            {"field": name, "message": "This can be given once only."} for name in query if len(query.getlist(name)) > 1
        ]
        for name in PageForm.base_fields:
            query.pop(name, None)
        found = self.kind.filters(self.access, query, self.queryset("view"), self.kind.table, shown=False)
        if errors or not found.is_valid():
            raise wrong_parameters(errors or form_errors(found.form))
        rows: QuerySet[Any] = found.qs
        return rows

    def _next(self, last: int) -> str:
        query = self.request.query_params.copy()
        query["after"] = str(last)
        return str(self.request.build_absolute_uri(f"{self.request.path}?{query.urlencode()}"))


def _unknown(name: str) -> Error:
    return {"field": name, "message": "There is no such parameter here."}


class OneObject(ObjectsView):
    """One of a kind."""

    parameters = ("DELETE",)

    def read(self, pk: int) -> Response:
        return self.answer(self._found(pk, "view"))

    def replace(self, pk: int) -> Response:
        """All that isn't sent is as in a new one, but for credentials, which nobody can read."""
        return self._change(pk, self.kind.model(account=self.access.account))

    def edit(self, pk: int) -> Response:
        return self._change(pk, None)

    def remove(self, pk: int) -> Response:
        if unknown := [name for name in self.query if name != "reason"]:
            raise wrong_parameters(map(_unknown, unknown))
        item = self._seen(pk, "delete")
        if refusals := self._users(item) or why_not(item.delete):
            errors = [{"field": None, "message": message} for message in refusals]
            raise Problem("It stays: something keeps it.", errors, status=409)
        self.give_reason(self.query.dict())
        return Response(status=204)

    def _change(self, pk: int, base: AccountObject | None) -> Response:
        item = self._seen(pk, "edit")
        sent, reason = self.body()
        return self.answer(self.write(filled(self.kind, self.access, item, sent, base), reason))

    def _seen(self, pk: int, verb: str) -> Any:
        """The object, locked, if it is still what the caller says they have seen."""
        item = self._found(pk, verb)
        wanted = parse_etags(self.request.headers.get("If-Match", "*"))
        if wanted != ["*"] and quote_etag(state_token(item)) not in wanted:
            raise Problem("Somebody has changed it since: read it again.", status=412)
        return item

    def _found(self, pk: int, verb: str) -> Any:
        found = self.queryset(verb)
        if verb == "edit":
            found = found.select_for_update(of=("self",), no_key=True)
        item = found.filter(pk=pk).first() if pk < 2**63 else None
        if item is None:
            raise Http404
        if not item.allows(verb):
            raise PermissionDenied()
        return item

    def _users(self, item: AccountObject) -> list[str]:
        """What uses an object, as far as the caller may see it."""
        users: list[TrackedModel] = [] if item.frees_users else item.users()
        seen = [user for user in users if isinstance(user, AccountObject) and sees(self.access, user)]
        named = [f"It is used by the {user._meta.verbose_name} “{user}”." for user in seen[:_FEW]]
        more = len(users) - len(named)
        return named + ([f"It is used by {more} more."] if more else [])
