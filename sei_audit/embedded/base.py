"""Django's PostgreSQL backend, except that it finds its server by itself."""

import os
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base, client

from sei_audit.embedded.binaries import binaries


class DatabaseClient(client.DatabaseClient):
    """`manage.py dbshell` with the psql that comes along."""

    def runshell(self, parameters: Iterable[str]) -> None:
        self.connection.get_connection_params()
        os.environ["PATH"] = f"{binaries()}{os.pathsep}{os.environ.get('PATH', '')}"
        super().runshell(list(parameters))


class DatabaseWrapper(base.DatabaseWrapper):
    """Starts or adopts the embedded server when the first connection is made, not when settings are loaded."""

    client_class = DatabaseClient

    def get_connection_params(self) -> dict[str, Any]:
        binaries()  # says what to do when nothing is installed; only then is the rest importable
        from sei_audit.embedded.shared import address

        server = address(settings.DATA_DIR)
        self.settings_dict.update(HOST=server.host, PORT=server.port, USER="postgres", PASSWORD="")
        params: dict[str, Any] = super().get_connection_params()
        return params
