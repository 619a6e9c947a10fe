"""The WSGI application, for `manage.py serve` or any other threaded WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sei_audit.settings")
os.environ.setdefault("SEI_STATEMENT_TIMEOUT", "60")
application = get_wsgi_application()
