"""The description of intake and what intake does are the same: schemathesis makes up calls from the one, and holds
the answers of the other to it. Reproducible and few; tests/onboarding/intake/test_hostile.py is for the many.
"""

from datetime import UTC, datetime

import jsonschema_rs
import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from onboarding.intake import openapi, steps
from onboarding.intake.reasons import Reason
from tests.tiers import examples

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = examples(10)
# Further names of calls that are there under another one.
SAME = "^/v1/([a-z]|page|screen)$|^/e/$|^/i/v0/|^/decide/$"
# Few months: each that a time falls in becomes a partition of the log.
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 3, 31), timezones=st.just(UTC)).map(datetime.isoformat)
schemathesis.openapi.format("date-time", MOMENTS)

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


@SCHEMA.exclude(path_regex=SAME).parametrize()
@BOUNDED
def test_no_call_made_up_from_the_description_is_answered_otherwise(case, write_key, workspace):
    sent_well = case.meta is None or case.meta.generation.mode.is_positive
    # That a described call succeeds can be said of those whose key is right.
    checks = [*CHECKS, positive_data_acceptance] if sent_well and "{writeKey}" not in case.path else CHECKS
    case.call_and_validate(headers={"Authorization": f"Bearer {write_key}"}, checks=checks)


@pytest.mark.pure
class TestTheDescription:
    def test_is_served_to_anyone(self, client):
        response = client.get("/v1/openapi.json")
        assert response.json() == DOCUMENT
        assert response["Access-Control-Allow-Origin"] == "*"

    def test_names_every_call(self):
        assert {f"/v1/{name}" for name in steps.CALLS} <= set(DOCUMENT["paths"])

    def test_names_every_reason(self):
        codes = DOCUMENT["components"]["schemas"]["Failure"]["properties"]["code"]["enum"]
        assert set(Reason) <= set(codes)

    @pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
    def test_has_schemas_that_are_ones(self, name):
        jsonschema_rs.validator_for({**DOCUMENT["components"]["schemas"][name], "components": DOCUMENT["components"]})
