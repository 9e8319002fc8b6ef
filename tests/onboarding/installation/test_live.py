"""The live check says which step works, by what the frame was really asked."""

import re

import pytest

from onboarding.widget import arrivals
from tests.onboarding.installation.conftest import SITE, signed
from workspaces.tenants.models import Member


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def states(response) -> dict[str, str]:
    return dict(re.findall(r'data-step="(\w+)" data-state="(\w+)"', response.content.decode()))


@pytest.fixture
def check(base, ana, client_for):
    browser = client_for(ana)
    return lambda **headers: browser.get(base + "check/", headers=headers)


def test_a_new_workspace_is_told_where_to_begin(check, workspace):
    answer = check()
    assert states(answer) == {"site": "open", "page": "waiting", "token": "open", "events": "done"}
    assert "No site may show the checklist yet" in text(answer)


def test_a_site_that_is_not_allowed_is_told_and_allowed_with_one_click(check, base, come, ana, client_for):
    come("dora")
    refused = check()
    assert f"{SITE} asked just now, and was refused: this site is not allowed" in text(refused)
    assert states(refused)["site"] == "trouble"
    site = re.search(r'name="site" value="([^"]+)"', refused.content.decode())[1]
    client_for(ana).post(base + "sites/", {"site": site})
    come("dora")
    answer = check()
    assert states(answer)["site"] == states(answer)["page"] == "done"
    assert f"A page of {SITE} asked for the widget just now" in text(answer)
    assert "Allow it" not in answer.content.decode()


def test_a_site_that_cannot_be_allowed_is_not_offered(check, come):
    come("dora", site="http://plain.example.com")
    answer = check()
    assert "http://plain.example.com was refused" in text(answer)
    assert "Allow it" not in answer.content.decode()


def test_who_was_shown_a_checklist_is_named(check, come, climb, allowed, workspace):
    climb("pia", 2, email="pia@customer.example")
    come("pia")
    come("dora")
    answer = text(check())
    assert f"pia@customer.example was shown the checklist on {SITE}, without a token." in answer
    assert f"came on {SITE}, without a token; no ladder is theirs yet" in answer


def test_ids_are_for_those_who_may_see_people(check, come, allowed, monkeypatch):
    come("very-secret-id")
    assert "very-secret-id" in text(check())
    may = Member.may
    monkeypatch.setattr(Member, "may", lambda self, what: what != "people.read" and may(self, what))
    assert "very-secret-id" not in text(check())


def test_tokens_are_told_by_the_last_that_was_seen(check, come, allowed, secret):
    assert states(check())["token"] == "waiting"
    come("dora", token=signed(secret, "dora", lasts=-60))
    answer = check()
    assert states(answer)["token"] == "trouble"
    assert f"A user of {SITE} was refused just now: its token had expired." in text(answer)
    assert states(answer)["page"] == "done"
    come("dora", token=signed("another secret that is long enough", "dora"))
    assert "its token was signed by no live secret" in text(check())
    come("dora", token=signed(secret, "dora"))
    answer = check()
    assert states(answer)["token"] == "done"
    assert f"A user of {SITE} came with a good token just now" in text(answer)


def test_no_token_is_kept(workspace, come, allowed, secret):
    good, bad = signed(secret, "dora"), signed(secret, "dora", lasts=-60)
    come("dora", token=good)
    come("dora", token=bad)
    kept = repr(arrivals.lately(workspace.pk))
    assert "expired" in kept
    assert good not in kept
    assert bad not in kept


def test_nothing_of_another_workspace_is_told(check, come, other_write_key):
    come("finn", key=other_write_key, site="https://globex.example.com")
    assert "globex" not in text(check())


def test_it_answers_304_until_something_happens(check, come, allowed):
    tag = check()["HX-PTag"]
    assert check(**{"HX-PTag": tag}).status_code in (200, 304)  # 200 where a minute has just begun
    come("dora")
    changed = check(**{"HX-PTag": tag})
    assert changed.status_code == 200
    assert changed["HX-PTag"] != tag


def test_what_is_rare_is_not_pushed_out_by_what_is_made_up(workspace):
    arrivals.note(workspace.pk, SITE, arrivals.SHOWN, user="dora", signed=True)
    for number in range(3 * arrivals.MOST):
        arrivals.note(workspace.pk, f"https://{number}.example.com", "origin_not_allowed")
        arrivals.note(workspace.pk, SITE, "token_expired")
    found = arrivals.lately(workspace.pk)
    assert len(found) == arrivals.MOST + 1
    assert [one.outcome for one in found if one.admitted] == [arrivals.SHOWN]
    assert found[0].outcome == "token_expired"


def test_without_redis_the_widget_is_shown_and_the_guide_says_that_it_knows_nothing(
    check,
    come,
    allowed,
    settings,
    climb,
    workspace,
    monkeypatch,
):
    climb("pia", 2)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    arrivals._redis.cache_clear()
    monkeypatch.setattr(arrivals, "_silent_until", 0.0)
    try:
        assert come("pia").status_code == 200
        answer = check()
    finally:
        arrivals._redis.cache_clear()
    assert answer.status_code == 200
    assert "cannot be read at the moment" in text(answer)
    assert states(answer)["page"] == "unknown"
