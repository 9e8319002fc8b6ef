"""Every request has an id, and pages a line that says nothing secret."""

import logging

import pytest
from django.urls import reverse

from config import requests
from config.logs import without_secrets
from onboarding.people.models import Person
from onboarding.widget.links import checklist_url
from workspaces.scope import cause, scope


@pytest.fixture
def lines(caplog, monkeypatch):
    """The access lines: (level, method, path, status), and whatever else they carry. Nothing is slow."""
    monkeypatch.setattr(requests, "SLOW_SECONDS", 600.0)
    caplog.set_level(logging.DEBUG, logger="firstmile.access")

    def read() -> list[tuple]:
        found = [record for record in caplog.records if record.name == "firstmile.access"]
        return [(record.levelname, record.method, record.path, record.status) for record in found]

    return read


def test_a_page_leaves_one_line_with_its_workspace_and_no_query(workspace, ana, client_for, lines, caplog):
    url = reverse("settings:show", kwargs={"workspace_slug": workspace.slug})
    response = client_for(ana).get(f"{url}?who=dora@example.com")
    assert lines() == [("INFO", "GET", url, 200)]
    record = caplog.records[-1]
    assert record.workspace == workspace.pk
    assert record.milliseconds > 0
    assert "dora" not in caplog.text
    assert len(response["X-Request-ID"]) == 32


def test_the_id_that_a_proxy_gives_is_kept_and_answered(client):
    assert client.get("/healthz", headers={"X-Request-ID": "proxy-12345678"})["X-Request-ID"] == "proxy-12345678"
    assert client.get("/healthz", headers={"X-Request-ID": "<b>"})["X-Request-ID"] != "<b>"


def test_within_a_request_its_id_is_known_and_afterwards_no_more(rf):
    seen = []

    def page(request):
        seen.append(cause.request_id.get())
        from django.http import HttpResponse

        return HttpResponse()

    requests.middleware(page)(rf.get("/", headers={"X-Request-ID": "proxy-12345678"}))
    assert seen == ["proxy-12345678"]
    assert cause.request_id.get() == ""


@pytest.mark.pure
@pytest.mark.parametrize(
    "before", ["/c/", "/s/", "/invitations/", "/accounts/sso/domain/", "/reports/unsubscribe/", ""]
)
def test_nothing_that_opens_something_gets_into_a_line(before):
    secret = "x7Kq-2f_9aZ" if before else "fm_flags_x7Kq-2f_9aZ"
    line = without_secrets(f"It failed at {before}{secret}/ and so on")
    assert "x7Kq" not in line
    assert line.startswith(f"It failed at {before}")
    assert line.endswith("and so on")


def test_tokens_in_paths_are_never_logged(workspace, client, lines, caplog):
    with scope(workspace):
        url = checklist_url(Person.objects.first())
    token = url.strip("/").rsplit("/", 1)[-1]
    assert len(token) > 20
    client.get(url)
    client.get(url.rstrip("/"))  # without its slash
    client.get(f"{url}no-such-page/")
    client.get(f"/c/{token}x/")
    client.get(f"/d/{token}/")
    client.get(f"/{token}")
    client.get(f"/accounts/password/reset/key/1-{token}/")
    client.post(f"/d/{token}/draft/")
    assert len(lines()) == 8
    assert token not in caplog.text
    assert not any(token in str(record.__dict__) for record in caplog.records if record.name == "firstmile.access")
    assert {path for _, _, path, _ in lines()} >= {"/c/<str:token>/", "/c/…", "/d/<str:token>/", "/…"}


def test_intake_leaves_a_line_only_when_it_fails_or_is_slow(client, write_key, workspace, lines, monkeypatch):
    def send():
        body = {"userId": "dora", "event": "Looked"}
        return client.post(
            "/v1/track", body, content_type="application/json", headers={"Authorization": f"Bearer {write_key}"}
        )

    assert send().status_code == 200
    assert [level for level, *_ in lines()] == ["DEBUG"]
    monkeypatch.setattr(requests, "SLOW_SECONDS", 0.0)
    send()
    assert lines()[-1] == ("WARNING", "POST", "/v1/track", 200)
    client.get(f"/v1/projects/{write_key}/settings")
    assert lines()[-1][2] == "/v1/projects/…/settings"


def test_a_defect_is_a_warning_of_the_access_log_too(client, lines, monkeypatch):
    monkeypatch.setattr("config.health._database", lambda: 1 / 0)
    client.raise_request_exception = False
    assert client.get("/readyz").status_code == 500
    assert lines() == [("WARNING", "GET", "/readyz", 500)]
