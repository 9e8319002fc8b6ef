from tests.workspaces.verdicts import FORBIDDEN

PACK = {"key": "word: saas-analytics-administrator"}

VERDICTS = {
    "ladders:packs": ("get", {}, 200, 200),
    "ladders:pack": ("get", PACK, 200, 200),
    "ladders:adopt": ("post", PACK, FORBIDDEN, 302),
    "ladders:take_module": ("post", {"key": "milestone"}, FORBIDDEN, 302),
}
