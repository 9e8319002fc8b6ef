"""OpenFeature's SDK for Python, with its provider for OFREP, against the web server as production runs it."""

import pytest
import requests
from openfeature import api
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode
from openfeature.flag_evaluation import Reason

from tests.onboarding.clients import flags_world

GIL = EvaluationContext("gil", {"plan": "team", "seats": 4})


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        return flags_world.make("flags-python")


@pytest.fixture
def client_of(web_port):
    def client(key: str, *, header: str = "Authorization"):
        value = f"Bearer {key}" if header == "Authorization" else key
        provider = OFREPProvider(f"http://127.0.0.1:{web_port}", headers_factory=lambda: {header: value})
        api.set_provider(provider, "firstmile")
        return api.get_client("firstmile")

    yield client
    api.clear_providers()


def test_it_reads_what_is_on_with_its_reason_and_where_it_comes_from(world, client_of):
    found = client_of(world.key).get_boolean_details("dashboards", False, GIL)
    assert (found.value, found.reason, found.variant) == (True, Reason.TARGETING_MATCH, "on")
    assert found.error_code is None
    assert found.flag_metadata == {
        "source": "completion",
        "ladder": "start",
        "step": "connect",
        "since": "2026-03-02T12:01:00+00:00",
    }


def test_it_reads_what_is_off_whatever_its_own_default_is(world, client_of):
    client = client_of(world.key, header="X-API-Key")
    off = client.get_boolean_details("bulk-edit", True, GIL)
    assert (off.value, off.reason, off.variant, off.error_code) == (False, Reason.DEFAULT, "off", None)
    archived = client.get_boolean_details("old-reports", True, GIL)
    assert (archived.value, archived.reason) == (False, Reason.DISABLED)
    assert client.get_boolean_value("dashboards", True, EvaluationContext("nobody")) is False


@pytest.mark.parametrize("flag, context, code", [
    ("teleport", GIL, ErrorCode.FLAG_NOT_FOUND),
    ("dashboards", None, ErrorCode.TARGETING_KEY_MISSING),
    ("dashboards", EvaluationContext("g" * 300), ErrorCode.INVALID_CONTEXT),
])  # fmt: skip
def test_what_cannot_be_evaluated_is_its_default_with_an_error_that_it_knows(flag, context, code, world, client_of):
    found = client_of(world.key).get_boolean_details(flag, True, context)
    assert (found.value, found.reason, found.error_code) == (True, Reason.ERROR, code)


def test_a_revoked_key_is_its_default(web_port, client_of, django_db_blocker):
    world = flags_world.make("flags-revoked")
    client = client_of(world.key)
    assert client.get_boolean_value("dashboards", False, GIL) is True
    world.workspace.keys.get().revoke()
    found = client.get_boolean_details("dashboards", False, GIL)
    assert (found.value, found.error_code, found.error_message) == (False, ErrorCode.GENERAL, "unauthorized")


def test_ten_megabytes_of_garbage_are_refused_in_words(world, web_port):
    answer = requests.post(
        f"http://127.0.0.1:{web_port}/ofrep/v1/evaluate/flags",
        data=b"\x00{" * 5_000_000,
        headers={"Authorization": f"Bearer {world.key}"},
        timeout=30,
    )
    assert (answer.status_code, answer.json()["errorCode"]) == (413, "INVALID_CONTEXT")
    assert "64 KB" in answer.json()["errorDetails"]
