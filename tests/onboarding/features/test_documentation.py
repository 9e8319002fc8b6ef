"""What docs/unlocking-features.md shows is what is answered and told."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings as conf

from onboarding.features import openapi
from workspaces.webhooks.topics import TOPICS

pytestmark = pytest.mark.pure

TEXT = (Path(conf.BASE_DIR) / "docs" / "unlocking-features.md").read_text()
SHOWN = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)]


def test_the_answer_shown_is_one_that_is_described():
    import jsonschema_rs

    document = openapi.document()
    schema = {**document["components"]["schemas"]["Evaluation"], "components": document["components"]}
    jsonschema_rs.validator_for(schema).validate(SHOWN[0])
    assert SHOWN[0].keys() == set(schema["required"])


def test_the_message_shown_has_what_the_topics_example_has():
    assert SHOWN[1].keys() == TOPICS["feature.unlocked"].example.keys()


def test_every_error_code_and_reason_is_named():
    for word in (*openapi.ERROR_CODES, *openapi.REASONS, "FLAG_NOT_FOUND"):
        if word != "GENERAL":
            assert word in TEXT
