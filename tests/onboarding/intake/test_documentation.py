"""docs/sending-events.md names what there is."""

from pathlib import Path

import pytest
from django.conf import settings

from onboarding.intake.reasons import Reason
from onboarding.intake.steps import CALLS

pytestmark = pytest.mark.pure
TEXT = (Path(settings.BASE_DIR) / "docs" / "sending-events.md").read_text()


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_explained(reason):
    assert f"`{reason}`" in TEXT


@pytest.mark.parametrize("name", CALLS)
def test_every_call_is_listed(name):
    assert f"/v1/{name}`" in TEXT
