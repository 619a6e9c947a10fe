"""`manage.py serve`: the app, served by waitress on HOST and PORT."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from sei_audit.serve import serve, url


class Command(BaseCommand):
    help = "Serve the app on HOST (127.0.0.1) and PORT (8000)."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(_("Serving on %(url)s (Ctrl-C stops it)") % {"url": url()})
        serve()
