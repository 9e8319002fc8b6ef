"""Security headers on every kind of answer: pages, fragments, files, errors, redirects, programs' answers, frames."""

import re

import pytest
from django.urls import reverse

from onboarding.people.models import Person
from onboarding.widget.links import checklist_url
from workspaces.scope import scope

STRICT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "report-uri": "/csp-reports",
    "report-to": "csp",
}


def policy_of(response):
    policy = response.headers.get("Content-Security-Policy", "")
    return dict(part.strip().partition(" ")[::2] for part in policy.split(";") if part.strip())


def pages(workspace):
    yield "/accounts/login/"
    yield "/nowhere-at-all/"
    yield "/"  # a redirect
    yield "/healthz"
    yield "/api/openapi.json"
    yield reverse("settings:show", args=[workspace.slug])
    yield reverse("privacy:erasures", args=[workspace.slug])  # a fragment
    yield reverse("dashboards:adoption", args=[workspace.slug])
    yield reverse("help:index", args=[workspace.slug])
    yield "/w/somebody-elses/settings/"


def test_every_kind_of_page_has_the_strict_policy_and_the_other_headers(workspace, ana, client_for):
    client = client_for(ana)
    for path in pages(workspace):
        response = client.get(path)
        policy = policy_of(response)
        assert {name: policy.get(name) for name in STRICT} == STRICT, path
        assert "unsafe" not in str(policy), path
        headers = response.headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["X-Frame-Options"] == "DENY", path
        assert headers["Referrer-Policy"] == "same-origin", path
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", path
        assert "camera=()" in headers["Permissions-Policy"], path
        assert headers["Reporting-Endpoints"] == 'csp="/csp-reports"', path
        assert "Server" not in headers, path
        if "Cookie" in headers.get("Vary", ""):
            assert {"private", "no-cache"} & set(headers["Cache-Control"].split(", ")), path


def test_pages_for_people_without_a_log_in_have_a_policy_without_anything_unsafe(workspace, client):
    with scope(workspace):
        address = checklist_url(Person.objects.first())
    for path in (address, "/d/nothing/", "/s/nothing/"):
        policy = policy_of(client.get(path))
        assert policy["default-src"] == "'none'", path
        assert "unsafe" not in str(policy), path


@pytest.mark.parametrize("scheme", ["https"])
def test_behind_tls_browsers_are_told_to_stay_there(settings, client, scheme):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    response = client.get("/accounts/login/", secure=True)
    assert re.fullmatch(r"max-age=31536000.*", response.headers["Strict-Transport-Security"])
