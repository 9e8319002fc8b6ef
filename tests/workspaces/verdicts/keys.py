from tests.workspaces.verdicts import FORBIDDEN

VERDICTS = {
    "keys:keys": ("get", {}, FORBIDDEN, 200),
    "keys:issue": ("post", {}, FORBIDDEN, 422),
    "keys:rotate": ("post", {"pk": "api key"}, FORBIDDEN, 422),  # asks for how long the old one lives on
    "keys:adopt": ("post", {"pk": "api key"}, FORBIDDEN, 302),
    "keys:adopt_all": ("post", {}, FORBIDDEN, 302),
    "keys:revoke_left": ("post", {}, FORBIDDEN, 302),
    "keys:revoke": ("post", {"pk": "api key"}, FORBIDDEN, 302),
}
