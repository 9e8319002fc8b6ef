from analytics.dashboards.models import SavedView
from tests.workspaces.verdicts import FORBIDDEN, GONE

VERDICTS = {
    "dashboards:adoption": ("get", {}, 200, 200),
    "dashboards:people": ("get", {}, 400, 400),  # asks which ladder
    "dashboards:views": ("get", {}, 200, 200),
    "dashboards:view_new": ("post", {}, 422, 422),  # a name is missing
    "dashboards:view": ("post", {"pk": "shared view"}, FORBIDDEN, 422),
    "dashboards:view_deletion": ("post", {"pk": "shared view"}, FORBIDDEN, 302),
    "dashboards:view_return": ("post", {"pk": "shared view"}, FORBIDDEN, 302),
    "dashboards:compare": ("get", {}, 400, 400),  # likewise
    "dashboards:definitions": ("get", {}, 200, 200),
    "dashboards:use_people": ("get", {}, 400, 400),  # likewise
    "dashboards:stuck": ("get", {}, 400, 400),  # likewise
    "dashboards:accounts": ("get", {}, 400, 400),  # likewise
    "dashboards:answers": ("get", {}, 400, 400),  # likewise
    "dashboards:section": ("get", {"key": "word: stuck"}, 200, 200),
    "dashboards:chart": ("get", {"digest": "digest"}, GONE, GONE),
}


def things(workspace, ana) -> dict:
    view = SavedView.objects.create(name="Last month", asks={"period": "30"}, owner=ana.user, shared=True)
    return {"shared view": view.pk}
