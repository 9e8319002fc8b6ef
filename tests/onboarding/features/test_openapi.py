"""The description of flags and what is answered are the same: schemathesis makes up calls from the one, and holds the
answers of the other to it.
"""

import json

import jsonschema_rs
import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from onboarding.features import openapi
from tests.onboarding.features.test_ofrep import CONTEXTS
from tests.tiers import examples

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = examples(60)
CONFIG = SchemathesisConfig.from_dict(
    {"generation": {"with-security-parameters": False, "deterministic": True, "max-examples": EXAMPLES}}
)
DOCUMENT = openapi.document()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT, config=CONFIG)
SCHEMA.app = WSGIHandler()
BOUNDED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@SCHEMA.parametrize()
@BOUNDED
def test_no_call_made_up_from_the_description_is_answered_otherwise(case, flags_key, ladder):
    meta = case.meta
    mode = meta.generation.mode if meta else None
    checks = list(CHECKS)
    if mode is None or mode.is_positive:
        # A flag's key that was made up is one that no ladder has named.
        checks += [] if "{key}" in case.path else [positive_data_acceptance]
    elif "{key}" not in case.path and meta.components.keys() <= {"body"}:
        checks.append(negative_data_rejection)
    case.call_and_validate(headers={"Authorization": f"Bearer {flags_key}"}, checks=checks)


@pytest.mark.pure
def test_the_description_is_served_to_anyone(client):
    response = client.get("/ofrep/v1/openapi.json")
    assert response.json() == DOCUMENT
    assert response["Access-Control-Allow-Origin"] == "*"


@pytest.mark.pure
@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_its_schemas_are_ones(name):
    _validator(name)


def _validator(name: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(
        {**DOCUMENT["components"]["schemas"][name], "components": DOCUMENT["components"]}
    )


def test_what_is_answered_is_as_described(climb, ask):
    climb("gil", "Connected")
    _validator("Flags").validate(ask("gil").json())
    _validator("Evaluation").validate(ask("gil", "dashboards").json())


@pytest.mark.parametrize("what", CONTEXTS)
def test_failures_are_as_described_and_their_requests_are_not(what, ladder, ask):
    body, _ = CONTEXTS[what]
    if body is None or isinstance(body, bytes):
        return
    _validator("Failure").validate(ask(body=body).json())
    assert not _validator("Request").is_valid(json.loads(json.dumps(body)))
