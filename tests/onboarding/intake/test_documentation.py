"""docs/sending-events.md names what there is."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from onboarding.intake import openapi
from onboarding.intake.openapi_posthog import BATCHES, SINGLE
from onboarding.intake.posthog.names import ACCOUNT_KINDS
from onboarding.intake.reasons import Reason
from onboarding.intake.steps import CALLS

pytestmark = pytest.mark.pure
NODE = Path(settings.BASE_DIR) / "tests" / "onboarding" / "clients" / "node" / "package.json"
PYTHON = ("segment-analytics-python", "rudder-sdk-python", "pip install posthog")
TEXT = (Path(settings.BASE_DIR) / "docs" / "sending-events.md").read_text()
FLAGS = (Path(settings.BASE_DIR) / "docs" / "unlocking-features.md").read_text()


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_explained(reason):
    assert f"`{reason}`" in TEXT


@pytest.mark.parametrize("code", openapi.OTHER_CODES)
def test_and_every_other_code(code):
    assert f"`{code}`" in TEXT


@pytest.mark.parametrize("path", [*BATCHES, *SINGLE, "/i/v1/analytics/events", "/flags/", "/decide/"])
def test_posthogs_addresses_are_listed(path):
    assert f"`{path}`" in TEXT


@pytest.mark.parametrize("kind", [kind for kind in ACCOUNT_KINDS if kind != "organisation"])
def test_the_kinds_of_groups_that_are_accounts_are_listed(kind):
    assert f"`{kind}`" in TEXT


# What only other packages of these need.
NOBODY_INSTALLS = {"@openfeature/core", "@openfeature/ofrep-core"}
# What receives from us rather than sends; docs/webhooks.md has its recipe.
RECEIVERS = {"standardwebhooks"}


@pytest.mark.parametrize("package", [*json.loads(NODE.read_text())["dependencies"], *PYTHON])
def test_there_is_a_recipe_for_every_sdk_that_the_tests_drive(package):
    if package not in NOBODY_INSTALLS | RECEIVERS:
        assert package in (FLAGS if package.startswith("@openfeature/") else TEXT)


@pytest.mark.parametrize("name", CALLS)
def test_every_call_is_listed(name):
    assert f"/v1/{name}`" in TEXT
