from tests.workspaces.verdicts import FORBIDDEN

VERDICTS = {
    "audit:entries": ("get", {}, FORBIDDEN, 200),
}
