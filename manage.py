#!/usr/bin/env python
"""Django's command line. Without DATABASE_URL, `bin/manage` runs it beside embedded engines."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    from workspaces.scope import cause

    with cause.coming_from(cause.Origin("command", sys.argv[1] if len(sys.argv) > 1 else "")):
        execute_from_command_line(sys.argv)
