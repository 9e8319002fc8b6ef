from tests.workspaces.verdicts import FORBIDDEN

VERDICTS = {
    "usage:index": ("get", {}, 200, 200),
    "usage:new": ("get", {}, FORBIDDEN, 200),
    "usage:show": ("get", {"key": "key workflow"}, FORBIDDEN, 200),
    "usage:archival": ("post", {"key": "key workflow"}, FORBIDDEN, 302),
}


def things(workspace, ana) -> dict:
    """Reports are shared."""
    from onboarding.usage.models import KeyEvent

    return {"key workflow": KeyEvent.objects.create(key="share", name="Share", criterion={"event": "Shared"}).key}
