"""How often the widget may be opened: nobody uses up what others need, and whoever comes too often is told when to."""

import json
import re

import pytest
from django.test import Client, RequestFactory

from onboarding.intake import rate
from onboarding.widget.embed import limits
from onboarding.widget.models import IdentityCount, WidgetSettings
from tests.onboarding.widget.embed.conftest import SITE, Caller
from workspaces.scope import scope


@pytest.fixture(autouse=True)
def nothing_was_asked_yet():
    """Redis outlives a test, and what it counts of addresses and readers with it."""
    client = rate._script().registered_client
    for key in client.scan_iter("firstmile:rate:widget*"):
        client.delete(key)
    rate.forget()


def openings(caller: Caller, times: int, *, users=("pia",), address: str = "192.0.2.7") -> list[int]:
    caller.client = Client(REMOTE_ADDR=address)
    return [caller.begin(users[n % len(users)]).status_code for n in range(times)]


def test_one_address_is_told_to_wait_and_another_is_not(caller, settings):
    settings.WIDGET_OPENINGS_PER_ADDRESS = 1  # ten at once
    many = [f"user-{n}" for n in range(20)]
    found = openings(caller, 20, users=many)
    assert found[:10] == [200] * 10
    assert 429 in found
    response = next(refused for refused in (caller.begin("pia") for _ in range(50)) if refused.status_code == 429)
    assert response.json()["code"] == "rate_limited"
    assert int(response["Retry-After"]) >= 1
    assert openings(caller, 1, address="192.0.2.8") == [200]


def test_one_reader_is_told_to_wait_wherever_they_come_from(caller, climb):
    climb("pia", 2)
    found = [openings(caller, 1, address=f"192.0.2.{n}")[0] for n in range(40)]
    assert found[:20] == [200] * 20
    assert 429 in found
    assert openings(caller, 1, users=("quinn",)) == [200]


def test_a_workspace_has_its_share_and_another_its_own(caller, settings, other_workspace, other_write_key):
    settings.WIDGET_OPENINGS_PER_SECOND = 1
    found = [openings(caller, 1, users=(f"u{n}",), address=f"198.51.100.{n}")[0] for n in range(20)]
    assert found[:10] == [200] * 10
    assert 429 in found
    with scope(other_workspace):
        WidgetSettings.of(other_workspace).allow(SITE, by=None)
    assert openings(Caller(other_write_key), 1) == [200]


def test_forgeries_use_up_nobodys_share_and_write_no_more_than_their_own(caller, workspace, settings, secret, sign):
    settings.WIDGET_OPENINGS_PER_SECOND = 1
    codes = []
    for n in range(40):
        caller.client = Client(REMOTE_ADDR=f"198.51.100.{n}")
        codes.append(caller.begin("pia", sign("fm_identity_forged-by-somebody-else-0123456789")).status_code)
    assert codes[:10] == [401] * 10
    assert 429 in codes
    with scope(workspace):
        assert IdentityCount.objects.get().refused == codes.count(401)
    assert openings(caller, 1) == [200]


def test_the_frame_tells_the_page_that_asked_when_it_may_ask_again(caller, settings):
    settings.WIDGET_OPENINGS_PER_ADDRESS = 1
    response = next(refused for refused in (caller.frame() for _ in range(50)) if refused.status_code == 429)
    (said,) = re.findall(r'<script id="refusal" type="application/json">(.*?)</script>', response.content.decode())
    refusal = json.loads(said)
    assert (refusal["to"], refusal["code"], refusal["after"]) == (SITE, "rate_limited", int(response["Retry-After"]))
    asked = (caller.client.get("/widget/v1/frame", {"key": caller.key}) for _ in range(50))
    assert any(response.status_code == 429 for response in asked)


def test_whoever_asks_without_end_with_a_session_waits_and_can_go_on_later(caller, climb):
    climb("pia", 2)
    caller.begin()
    assert [caller.act("hidden").status_code for _ in range(50)] == [204] * 50
    (busy,) = [found for found in (caller.steps() for _ in range(100)) if found.status_code == 429][:1]
    assert int(busy["Retry-After"]) >= 1


def test_without_redis_everybody_is_let_in(caller, settings, monkeypatch):
    settings.WIDGET_OPENINGS_PER_ADDRESS = 1

    def away(**_):
        raise ConnectionRefusedError

    monkeypatch.setattr(rate, "_script", lambda: away)
    assert openings(caller, 15) == [200] * 15


@pytest.mark.parametrize(
    "proxies, forwarded, address",
    [
        (0, "", "192.0.2.7"),
        (0, "198.51.100.1", "192.0.2.7"),  # nobody of ours says so
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "10.9.9.9, 198.51.100.1", "198.51.100.1"),  # what the client says of itself
        (2, "10.9.9.9, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        (2, "198.51.100.1", "192.0.2.7"),
        (1, "not an address", ""),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "::ffff:198.51.100.1", "198.51.100.1"),
    ],
)
def test_whose_address_it_is_says_the_proxy_that_is_ours(proxies, forwarded, address, settings):
    settings.PROXIES = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR="192.0.2.7")
    assert limits.address_of(request.META) == address


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_huge_form_is_refused_unread(kind, caller):
    body = b"--x\r\nContent-Disposition: form-data; name=key; filename=f\r\n\r\n" + b"k=v&" * 2_500_000
    response = caller.client.post("/widget/v1/frame", body, content_type=kind, headers={"Origin": SITE})
    assert response.status_code == 403
    assert "too_large" in response.content.decode()
