"""The WSGI application: `waitress-serve sei_audit.wsgi:application`, or any other threaded WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sei_audit.settings")
application = get_wsgi_application()
