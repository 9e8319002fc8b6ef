from tests.workspaces.verdicts import FORBIDDEN

VERDICTS = {
    "library:index": ("get", {}, 200, 200),
    "library:milestone": ("get", {"key": "milestone"}, 200, 200),
    "library:criterion": ("post", {}, FORBIDDEN, 200),
}
