from tests.workspaces.verdicts import FORBIDDEN

VERDICTS = {
    "library:index": ("get", {}, 200, 200),
    "library:milestone": ("get", {"key": "milestone"}, 200, 200),
    "library:new": ("get", {}, FORBIDDEN, 200),
    "library:edit": ("get", {"key": "milestone"}, FORBIDDEN, 200),
    "library:translations": ("get", {"key": "milestone"}, FORBIDDEN, 200),
    "library:archive": ("post", {"key": "milestone"}, FORBIDDEN, 302),
    "library:restore": ("post", {"key": "milestone"}, FORBIDDEN, 302),
    "library:criterion": ("post", {}, FORBIDDEN, 200),
}
