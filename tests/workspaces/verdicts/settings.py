from tests.workspaces.verdicts import FORBIDDEN

VERDICTS = {
    "settings:show": ("get", {}, 200, 200),
    "settings:change": ("post", {}, FORBIDDEN, 422),
}
