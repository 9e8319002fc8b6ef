"""The least that an answer from behind the wall can cost: one prepared round trip in the scope of a live key's
workspace, which selects nothing but a number. Part of bench/widget.py.
"""

from urllib.parse import parse_qs

import config.wsgi  # noqa: F401  (sets Django up)
from onboarding.widget.embed import statements
from workspaces.scope.prepared import Statements

FLOOR = Statements(f"PREPARE floor_bind (bigint, bigint) AS {statements.BIND}; PREPARE floor_one AS SELECT 1")
CALLS = ("EXECUTE floor_bind(%(workspace)s, %(key)s)", "EXECUTE floor_one")


def application(environ, start_response):
    asked = parse_qs(environ["QUERY_STRING"])
    FLOOR.row(CALLS, {name: int(asked[name][0]) for name in ("workspace", "key")}, anew_if_lost=True)
    start_response("304 Not Modified", [("Vary", "Accept-Encoding")])
    return []
