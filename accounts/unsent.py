"""What somebody sent when their session was over: it goes with them through signing in, and nothing typed is lost.

It travels sealed in the sign-in form, so that nobody who isn't signed in can make the server store anything.
"""

import json
import zlib
from dataclasses import asdict, dataclass

from allauth.account.forms import LoginForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from accounts.secrets import seal, unseal
from accounts.sso.rules import is_offered

# The hidden field of the sign-in form, and the name in the session from then on.
NAME = "unsent"


@dataclass(frozen=True)
class Unsent:
    """A form as it was sent: where to, with what; the names of files, which can't be kept."""

    path: str
    fields: str
    files: tuple[str, ...] = ()

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return [(name, value) for name, values in QueryDict(self.fields).lists() for value in values]


def sign_in_again(request: HttpRequest) -> HttpResponse:
    """The answer to a form from somebody who isn't signed in (any more): the sign-in form, with theirs inside."""
    fields = request.POST.copy()
    fields.pop("csrfmiddlewaretoken", None)
    files = tuple(str(file.name) for name in request.FILES for file in request.FILES.getlist(name))
    unsent = Unsent(request.get_full_path(), fields.urlencode(), files)
    token = seal(zlib.compress(json.dumps(asdict(unsent)).encode()))
    context = {
        "form": LoginForm(request=request),
        "has_sso": is_offered(),
        NAME: token,
    }
    return render(request, "account/login.html", context, status=401)


def opened(token: str) -> Unsent | None:
    """What was sealed here; None for anything else."""
    content = unseal(token)
    if content is None:
        return None
    return Unsent(**json.loads(zlib.decompress(content)))


def keep(request: HttpRequest) -> None:
    """Take along what the sign-in form has sealed inside, and nothing that somebody before has left in the session."""
    token = request.POST.get(NAME, "")
    if opened(token):
        request.session[NAME] = token
    else:
        request.session.pop(NAME, None)
