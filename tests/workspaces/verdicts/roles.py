"""Roles, and whose a ladder is."""

from tests.workspaces.verdicts import FORBIDDEN

VERDICTS = {
    "ladders:roles": ("get", {}, 200, 200),
    "ladders:new_role": ("get", {}, FORBIDDEN, 200),
    "ladders:role": ("get", {"key": "role"}, FORBIDDEN, 200),
    "ladders:delete_role": ("post", {"key": "role"}, FORBIDDEN, 302),
    "ladders:role_order": ("post", {}, FORBIDDEN, 302),
    "ladders:audience": ("get", {"key": "ladder"}, 200, 200),
}


def things(workspace, ana) -> dict:
    return {"role": "everyone"}
