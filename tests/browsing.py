"""Using a page's form as a browser does: what it holds is sent back, except for what the test changes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client


class _Form(HTMLParser):
    """Reads what the post form of a page (`.panel`, so not the one for signing out) would send."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self.inside = self.template = False
        self.open: tuple[str, list[str]] | None = None
        self.option: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag == "form":
            self.inside = has.get("method") == "post" and "panel" in (has.get("class") or "")
        self.template = self.template or tag == "template"
        if not self.inside or self.template:
            return
        name, value = has.get("name") or "", has.get("value") or ""
        if tag == "input" and has.get("type") == "checkbox":
            if "checked" in has:
                self.sent.setdefault(name, []).append(value or "on")
        elif tag == "input" and name:
            self.sent.setdefault(name, []).append(value)
        elif tag in {"textarea", "select"}:
            self.open, self.option = (name, []), None
        elif tag == "option" and self.open and (self.option is None or "selected" in has):
            self.option = value

    def handle_data(self, data: str) -> None:
        if self.open:
            self.open[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self.template = False
        elif tag in {"textarea", "select"} and self.open:
            # A browser drops the line break that a textarea begins with.
            text = "".join(self.open[1]).removeprefix("\n")
            self.sent.setdefault(self.open[0], []).append(text if tag == "textarea" else self.option or "")
            self.open = None


def form_of(response: HttpResponse) -> dict[str, list[str]]:
    """What the page's form would send as it stands."""
    parser = _Form()
    parser.feed(response.content.decode())
    return parser.sent


def fill(client: Client, url: str, /, **changes: Any) -> Any:
    """Open the form at `url`, change some of its values, send it. A list stands for a name that is sent repeatedly."""
    page = client.get(url)
    assert page.status_code == 200, f"{url} answered {page.status_code}"
    sent: dict[str, Any] = {**form_of(page), **{name.replace("__", "-"): value for name, value in changes.items()}}
    return client.post(url, {name: value for name, value in sent.items() if value is not None})


def conditions(prefix: str, *rows: tuple[str, str, str]) -> dict[str, list[str]]:
    """What the rows of a field of conditions send: property, operator and values, each column under one name."""
    cells = ("property", "operator", "values")
    return {f"{prefix}-{cell}": [row[place] for row in rows] for place, cell in enumerate(cells)}


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """What the works return, all begun together."""

    def run(work: Callable[[], Any]) -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))
