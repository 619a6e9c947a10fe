#!/usr/bin/env python
"""The command line of SEI Activity Logs."""

import os
import sys

SERVING = {"demo", "runserver", "serve"}


def main() -> None:
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sei_audit.settings")
    if command == "demo":
        os.environ.setdefault("SEI_DEMO", "1")
    if command in SERVING:
        os.environ.setdefault("SEI_STATEMENT_TIMEOUT", "60")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(str(error))


if __name__ == "__main__":
    main()
