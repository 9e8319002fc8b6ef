from tests.workspaces.verdicts import FORBIDDEN

VERDICTS = {
    "audit:entries": ("get", {}, FORBIDDEN, 200),
    "audit:export": ("get", {"kind": "word: csv"}, FORBIDDEN, 200),
    "audit:keep": ("post", {}, FORBIDDEN, 302),
}
