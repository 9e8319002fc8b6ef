from tests.workspaces.verdicts import FORBIDDEN

VERDICTS = {
    "feedback:index": ("get", {}, 200, 200),
    "feedback:download": ("get", {}, 200, 200),
    "feedback:upload": ("get", {}, FORBIDDEN, 200),
    "feedback:keep": ("post", {}, FORBIDDEN, 422),
}
