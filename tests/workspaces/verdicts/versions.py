"""Versions, publication and reviews of a ladder."""

from tests.workspaces.verdicts import FORBIDDEN

KEY = {"key": "ladder"}
VERSION = {"key": "ladder", "number": "number"}

VERDICTS = {
    "ladders:versions": ("get", KEY, 200, 200),
    "ladders:promotion": ("get", KEY, FORBIDDEN, 200),
    "ladders:compare": ("get", KEY, 200, 200),
    "ladders:publication": ("get", KEY, FORBIDDEN, 200),
    "ladders:schedule": ("post", KEY, FORBIDDEN, 422),
    "ladders:unschedule": ("post", KEY, FORBIDDEN, 302),
    "ladders:ask_review": ("post", KEY, FORBIDDEN, 422),
    "ladders:review": ("post", KEY, FORBIDDEN, 422),
    "ladders:begin": ("post", KEY, FORBIDDEN, 302),
    "ladders:roll_back": ("post", VERSION, FORBIDDEN, 302),
    "ladders:duplicate": ("get", VERSION, FORBIDDEN, 200),
    "ladders:discard": ("post", KEY, FORBIDDEN, 302),
    "ladders:bring_back": ("post", KEY, FORBIDDEN, 302),
    "ladders:archive": ("post", KEY, FORBIDDEN, 302),
    "ladders:restore": ("post", KEY, FORBIDDEN, 302),
}
