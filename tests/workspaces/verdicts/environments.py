from tests.workspaces.verdicts import FORBIDDEN

VERDICTS = {
    "environments:environments": ("get", {}, 200, 200),
    "environments:make": ("post", {}, FORBIDDEN, 302),
}
