from tests.workspaces.verdicts import FORBIDDEN

VERDICTS = {
    "privacy:index": ("get", {}, FORBIDDEN, 200),
    "privacy:erasures": ("get", {}, FORBIDDEN, 200),
    "privacy:person": ("get", {}, FORBIDDEN, 404),  # asks whom
    "privacy:erasure": ("post", {}, FORBIDDEN, 404),
    "privacy:export": ("post", {}, FORBIDDEN, 404),
    "privacy:again": ("post", {}, FORBIDDEN, 422),
}
