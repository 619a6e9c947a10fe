"""Error pages that Django has no handler of its own for."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """The answer to somebody who tries to sign in too often."""
    return render(request, "429.html", status=429)
