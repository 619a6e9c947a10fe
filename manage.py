#!/usr/bin/env python
"""The command line of SEI Activity Logs."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sei_audit.settings")
    if sys.argv[1:2] == ["demo"]:
        os.environ.setdefault("SEI_DEMO", "1")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
