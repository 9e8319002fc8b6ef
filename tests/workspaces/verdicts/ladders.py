from tests.workspaces.verdicts import FORBIDDEN

VERDICTS = {
    "ladders:uses": ("get", {"key": "milestone"}, 200, 200),
    "ladders:index": ("get", {}, 200, 200),
    "ladders:ladder": ("get", {"key": "ladder"}, 200, 200),
    "ladders:version": ("get", {"key": "ladder", "number": "number"}, 200, 200),
    "ladders:publication": ("post", {"key": "ladder"}, FORBIDDEN, 302),
}
