from tests.workspaces.verdicts import GONE

VERDICTS = {
    "dashboards:adoption": ("get", {}, 200, 200),
    "dashboards:people": ("get", {}, 400, 400),  # asks which ladder
    "dashboards:definitions": ("get", {}, 200, 200),
    "dashboards:stuck": ("get", {}, 400, 400),  # likewise
    "dashboards:accounts": ("get", {}, 400, 400),  # likewise
    "dashboards:answers": ("get", {}, 400, 400),  # likewise
    "dashboards:section": ("get", {"key": "word: stuck"}, 200, 200),
    "dashboards:chart": ("get", {"digest": "digest"}, GONE, GONE),
}
