from datetime import UTC, datetime

from onboarding.intake.log import append
from onboarding.intake.models import Rejection
from onboarding.intake.reasons import Drop, Reason
from tests.workspaces.verdicts import FORBIDDEN

VERDICTS = {
    "debugger:events": ("get", {}, 200, 200),
    "debugger:latest": ("get", {}, 200, 200),
    "debugger:message": ("get", {"ref": "rejection"}, 200, 200),
    "debugger:replay": ("post", {"ref": "rejection"}, FORBIDDEN, 422),
    "debugger:all_again": ("post", {}, FORBIDDEN, 404),
}


def things(workspace, owner) -> dict:
    append(
        workspace.pk,
        [],
        received_at=datetime(2026, 3, 2, 12, tzinfo=UTC),
        rejections=[({"userId": "dora"}, Drop(Reason.UNKNOWN_TYPE, "wrong"))],
    )
    return {"rejection": f"r{Rejection.objects.order_by('-pk').values_list('pk', flat=True)[0]}"}
