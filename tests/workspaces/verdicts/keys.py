from tests.workspaces.verdicts import FORBIDDEN

VERDICTS = {
    "keys:keys": ("get", {}, FORBIDDEN, 200),
    "keys:issue": ("post", {}, FORBIDDEN, 422),
    "keys:revoke": ("post", {"pk": "api key"}, FORBIDDEN, 302),
}
