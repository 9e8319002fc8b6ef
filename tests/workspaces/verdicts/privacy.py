from django.utils import timezone

from tests.workspaces.verdicts import FORBIDDEN, GONE

VERDICTS = {
    "privacy:index": ("get", {}, FORBIDDEN, 200),
    "privacy:erasures": ("get", {}, FORBIDDEN, 200),
    "privacy:person": ("get", {}, FORBIDDEN, 404),  # asks whom
    "privacy:erasure": ("post", {}, FORBIDDEN, 404),
    "privacy:export": ("post", {}, FORBIDDEN, 404),
    "privacy:keeping": ("post", {}, FORBIDDEN, 302),
    "privacy:again": ("post", {}, FORBIDDEN, 422),
    "privacy:whole": ("post", {}, FORBIDDEN, 302),
    "privacy:download": ("get", {"pk": "export"}, FORBIDDEN, 404),  # not there yet
    "privacy:emptying": ("get", {}, FORBIDDEN, GONE),  # live is not to be emptied
    "privacy:emptying_progress": ("get", {}, FORBIDDEN, 200),
    "privacy:deletion": ("get", {}, 200, 200),  # everybody may see that it is to come
    "privacy:deletion_undoing": ("post", {}, FORBIDDEN, 302),
}


def things(workspace, ana) -> dict:
    from workspaces.privacy.models import Erasure, Export

    done = Erasure.objects.create(digest="0" * 64, actor="retention", state="done", finished_at=timezone.now())
    return {"export": Export.objects.create(asked_by=ana.user).pk, "erasure": done.pk}
