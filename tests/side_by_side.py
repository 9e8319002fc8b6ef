"""Gives each of the processes that run tests side by side the servers that bin/test started for it.

Loaded before pytest-django reads the settings.
"""

import json
import os

NAME = os.environ.get("PYTEST_XDIST_WORKER", "")

if NAME and "FIRSTMILE_TEST_SERVERS" in os.environ:
    os.environ.update(json.loads(os.environ["FIRSTMILE_TEST_SERVERS"])[int(NAME.removeprefix("gw"))])
