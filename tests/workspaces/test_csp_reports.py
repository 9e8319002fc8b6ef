"""Reports of what a page's policy refused: bounded, a few lines, and nothing of anybody's in them."""

import json
import logging

import pytest

from config import csp_reports


@pytest.fixture(autouse=True)
def _a_fresh_minute(monkeypatch):
    monkeypatch.setattr(csp_reports, "_minute", -1)


def old(**fields):
    return {"csp-report": {"effective-directive": "script-src", **fields}}


def send(client, body, kind="application/csp-report"):
    return client.post("/csp-reports", body if isinstance(body, bytes) else json.dumps(body), content_type=kind)


def test_a_report_of_either_form_is_a_line_without_anything_that_somebody_chose(client, caplog):
    page = "https://firstmile.example/w/dora-ltd/people/42/?q=dora@example.com"
    with caplog.at_level(logging.WARNING, "firstmile.csp"):
        first = send(client, old(**{"blocked-uri": "https://Evil.example/dora?token=1", "document-uri": page}))
        body = {"effectiveDirective": "img-src", "blockedURL": "inline", "documentURL": "https://x/c/secret-token/"}
        second = send(client, [{"type": "csp-violation", "body": body}], "application/reports+json")
    assert (first.status_code, second.status_code) == (204, 204)
    assert [one.getMessage() for one in caplog.records if one.name == "firstmile.csp"] == [
        "The policy of /w/<slug:workspace_slug>/people/<int:pk>/ refused https://evil.example by script-src",
        "The policy of /c/<str:token>/ refused inline by img-src",
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe",
        b"[" * 9_000,
        b"null",
        b"[1, null, {}]",
        json.dumps(old(**{"blocked-uri": "https://[", "document-uri": 7})).encode(),
        json.dumps({"csp-report": {"effective-directive": "x\ny", "blocked-uri": "javascript:alert(1)"}}).encode(),
    ],
)
def test_nonsense_does_no_harm(client, caplog, body):
    assert send(client, body).status_code in (204, 413)
    assert not [line for line in caplog.messages if "\n" in line or "alert" in line]


def test_what_is_large_or_no_report_is_not_read(client):
    assert send(client, b"x" * (csp_reports.MOST_BYTES + 1)).status_code == 413
    assert send(client, {}, "text/plain").status_code == 415
    assert client.get("/csp-reports").status_code == 405


def test_whoever_sends_thousands_fills_no_log(client, caplog):
    for _ in range(csp_reports.MOST_A_MINUTE + 5):
        assert send(client, old()).status_code == 204
    assert len([line for line in caplog.messages if "policy of" in line]) == csp_reports.MOST_A_MINUTE
