"""`manage.py serve`: the app, served by waitress on HOST and PORT."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from sei_audit.serve import listen, serve, url


class Command(BaseCommand):
    help = "Serve the app on HOST (127.0.0.1) and PORT (8000)."
    requires_migrations_checks = True

    def handle(self, *args: Any, **options: Any) -> None:
        listener = listen()
        self.stdout.write(_("Serving on %(url)s (Ctrl-C stops it)") % {"url": url()})
        self.stdout.flush()
        serve(listener)
