"""Whole requests that could not be taken are told to the workspace whose key they carry."""

import json

import pytest
from django.db import OperationalError

from onboarding.intake import log, refusals


@pytest.fixture(autouse=True)
def _nothing_noted_yet():
    refusals._noted.clear()


def reasons(rejections) -> list[str]:
    return [rejection.reason for rejection in rejections]


@pytest.mark.parametrize(
    "body, reason",
    [
        (b'{"batch": [', "bad_json"),
        (b"[]", "not_a_batch"),
        (b"\x1f\x8bnonsense", "bad_gzip"),
        (json.dumps({"batch": [{}] * 2_501}).encode(), "too_many_events"),
        (b" " * 600_000, "body_too_large"),
    ],
)
def test_each_reason_is_noted_with_the_beginning_of_what_came(body, reason, send, workspace, other_workspace, rejected):
    assert send("batch", body).status_code in (400, 413)
    [rejection] = rejected(workspace)
    assert rejection.reason == reason
    assert len(rejection.message) < 13_000
    assert rejected(other_workspace) == []


def test_a_reason_is_noted_once_a_minute(send, workspace, other_workspace, other_write_key, rejected, monkeypatch):
    for _ in range(5):
        send("batch", b"{")
    send("batch", b"[]")
    send("batch", b"{", key=other_write_key)
    assert reasons(rejected(workspace)) == ["bad_json", "not_a_batch"]
    assert reasons(rejected(other_workspace)) == ["bad_json"]
    monkeypatch.setattr(refusals, "NOTED_EVERY_SECONDS", 0)
    send("batch", b"{")
    assert reasons(rejected(workspace)) == ["bad_json", "not_a_batch", "bad_json"]


def test_without_a_valid_key_there_is_nobody_to_tell(send, workspace, rejected):
    assert send("batch", b"{", key="fm_write_wrong").status_code == 400
    assert send("batch", b"{", HTTP_AUTHORIZATION="").status_code == 400
    assert rejected(workspace) == []


def test_that_it_cannot_be_noted_changes_no_answer(send, workspace, rejected, monkeypatch, caplog):
    def away(*_arguments, **_keywords):
        raise OperationalError("away\nfor good")

    with monkeypatch.context() as patch:
        patch.setattr(log, "_execute", away)
        response = send("batch", b"{")
    assert (response.status_code, response.json()["code"]) == (400, "bad_json")
    assert "could not be noted (away)" in caplog.text
    assert rejected(workspace) == []
