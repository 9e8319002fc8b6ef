"""A link shows one view to whoever holds it, and nothing else; it ends when it should."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from analytics.reports import links
from analytics.reports.models import Link
from onboarding.people.models import Person
from workspaces.audit.models import Entry
from workspaces.scope import scope

QUESTION = {"ladder_key": "admin", "period_days": 365, "window_days": 14, "split": ""}
PASSWORD = "correct horse"


@pytest.fixture
def shared(workspace, people, ana):
    """Make a link; returns it and the path of its page."""

    def make(days=7, password="", label="Renewal at risk"):
        with scope(workspace):
            link, token = links.make(by=ana, label=label, days=days, password=password, **QUESTION)
        return link, reverse("shared:view", args=[token])

    return make


def test_it_shows_the_view_and_no_way_into_the_workspace(shared, client, workspace):
    _, path = shared()
    with scope(workspace):
        Person.objects.update(name="Dora Dorendorf")
    response = client.get(path)
    page = response.content.decode()
    assert response.status_code == 200
    assert "Kaplan–Meier" in page
    assert "How every number is defined" in page
    assert f"/w/{workspace.slug}" not in page
    assert "<a " not in page
    assert "<script" not in page
    assert "hx-" not in page
    assert " style=" not in page
    assert "data-chart" not in page
    assert page.count("<svg") >= 6
    assert "<title>Acme: Administrators</title>" in page
    assert "Renewal at risk" not in page  # what members call it is their own business
    for word in ("Dora", "dora", "emil", workspace.slug):
        assert word not in page


def test_nobody_finds_or_keeps_it(shared, client):
    response = client.get(shared()[1])
    assert response["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response["X-Robots-Tag"]
    assert "no-store" in response["Cache-Control"]
    assert response["X-Frame-Options"] == "DENY"
    policy = response["Content-Security-Policy"]
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "connect-src" not in policy


def test_unknown_expired_and_revoked_are_alike(shared, client, workspace, ana, clock):
    expired, expired_path = shared()
    revoked, revoked_path = shared()
    _, good_path = shared()
    with scope(workspace):
        Link.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
        links.revoke(revoked, by=ana)
    unknown = good_path[:-3] + ("aa/" if good_path[-3:-1] != "aa" else "bb/")
    answers = [client.get(path) for path in (expired_path, revoked_path, unknown, "/s/x/", f"/s/{'9' * 60}/")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({answer["Content-Security-Policy"] for answer in answers}) == 1
    assert client.get(good_path).status_code == 200


@pytest.mark.parametrize(
    "token",
    ["-", "1-", "zz-abc", "1-%00", "１-abc", "ffffffffffffffffffff-abc", "0x1-abc", "-1-abc", "7fffffffffffffff-a"],
)
def test_odd_tokens_are_unknown(people, client, token):
    assert client.get(f"/s/{token}/").status_code == 404


def test_a_token_opens_nothing_in_another_workspace(shared, client, other_workspace, workspace):
    _, path = shared()
    token = path.strip("/").rpartition("/")[2]
    theirs = f"{other_workspace.pk:x}-{token.partition('-')[2]}"
    assert client.get(f"/s/{theirs}/").status_code == 404


def test_only_a_hash_of_the_token_is_kept(shared, workspace):
    link, path = shared()
    token = path.strip("/").rpartition("/")[2]
    assert len(token.partition("-")[2]) >= 32  # 192 bits
    with scope(workspace):
        kept = Link.objects.filter(pk=link.pk).values().get()
        assert not any(token in str(value) or token[-20:] in str(value) for value in kept.values())
        assert not Entry.objects.filter(details__icontains=token).exists()


def test_openings_are_counted(shared, client, workspace):
    link, path = shared()
    client.get(path)
    client.get(path)
    client.head(path)
    with scope(workspace):
        link.refresh_from_db()
        assert link.opened == 2
        assert timezone.now() - link.opened_at < timedelta(minutes=1)


def test_a_password_is_asked_for_and_then_remembered_by_this_browser_for_this_link(shared, client, workspace):
    link, path = shared(password=PASSWORD)
    _, other_path = shared(password=PASSWORD)
    asked = client.get(path)
    assert "has a password" in asked.content.decode()
    assert "Kaplan" not in asked.content.decode()
    assert client.post(path, {"password": "wrong"}).status_code == 403
    assert client.post(path, {"password": PASSWORD}).status_code == 302
    cookie = client.cookies["shared"]
    assert cookie["path"] == path
    assert cookie["httponly"]
    assert "Kaplan–Meier" in client.get(path).content.decode()
    assert "has a password" in client.get(other_path).content.decode()
    with scope(workspace):
        link.refresh_from_db()
        assert PASSWORD not in link.password
        assert link.opened == 1


def test_after_wrong_passwords_even_the_right_one_waits(shared, client, workspace):
    link, path = shared(password=PASSWORD)
    answers = [client.post(path, {"password": f"guess {number}"}).status_code for number in range(20)]
    assert answers == [403] * links.MOST_WRONG + [429] * (20 - links.MOST_WRONG)
    resting = client.post(path, {"password": PASSWORD})
    assert resting.status_code == 429
    assert 0 < int(resting["Retry-After"]) <= 60
    with scope(workspace):
        link.refresh_from_db()
        assert link.wrong_passwords == links.MOST_WRONG  # tries while it rests are not even looked at
        Link.objects.update(locked_until=timezone.now())
    assert client.post(path, {"password": "once more"}).status_code == 403
    with scope(workspace):
        link.refresh_from_db()
        assert link.locked_until - timezone.now() > timedelta(seconds=90)  # twice as long
        Link.objects.update(locked_until=timezone.now())
    assert client.post(path, {"password": PASSWORD}).status_code == 302


def test_a_cookie_of_somebody_elses_making_opens_nothing(shared, client):
    _, path = shared(password=PASSWORD)
    for forged in ("x", "a:b:c", '[1, 1, "x"]'):
        client.cookies["shared"] = forged
        assert "has a password" in client.get(path).content.decode()


def test_what_is_gone_since_says_so(shared, client, workspace):
    _, path = shared()
    with scope(workspace):
        Link.objects.update(split="trait:gone")
    response = client.get(path)
    assert response.status_code == 410
    assert "nothing to show any more" in response.content.decode()
    assert "Renewal at risk" not in response.content.decode()


def test_of_four_people_nothing_is_told(workspace, publish, versions, count, crowd, ana, client, clock):
    publish(workspace)
    count(workspace, crowd(versions(workspace)[0], 4))
    with scope(workspace):
        _, token = links.make(by=ana, label="Board", days=7, **QUESTION)
    page = client.get(f"/s/{token}/").content.decode()
    assert "4 people have begun; numbers appear from five on" in page
    assert "Kaplan" not in page
    assert "%" not in page
    assert "See who began" not in page


def test_a_segment_of_three_is_neither_named_nor_left_to_subtraction(workspace, people, ana, client):
    with scope(workspace):
        _, token = links.make(by=ana, label="Board", days=7, **{**QUESTION, "split": "trait:plan"})
    page = client.get(f"/s/{token}/").content.decode()
    assert "secret" not in page
    name = r'<th scope="row">(?:<span>)?([^<]*)(?:</span>)?</th>'
    rows = re.findall(name + r'<td class="figure">(?:<span>)?(\d+)(?:</span>)?</td>', page)
    assert ("2 others", "123") in rows
    assert {"pro", "free"} & {name for name, _ in rows} != {"pro", "free"}


def test_where_no_segment_can_be_told_everybody_is(workspace, publish, versions, count, crowd, ana, client, clock):
    publish(workspace)
    for plan in ("pro", "free"):
        count(workspace, crowd(versions(workspace)[0], 4, segment={"plan": plan}))
    with scope(workspace):
        _, token = links.make(by=ana, label="Board", days=7, **{**QUESTION, "split": "trait:plan"})
    page = client.get(f"/s/{token}/").content.decode()
    assert "Kaplan–Meier" in page
    assert "n 8" in page
    assert not re.search(r"\bpro\b|\bfree\b|difference by", re.sub(r"<[^>]+>", " ", page))


def test_making_and_revoking_are_in_the_audit_log(shared, workspace, ana):
    link, _ = shared(password=PASSWORD)
    with scope(workspace):
        links.revoke(link, by=ana)
        links.revoke(link, by=ana)
        entries = list(Entry.objects.order_by("pk").values_list("action", "details"))
    assert entries[-2:] == [("share_link.made", {"days": 7, "password": True}), ("share_link.revoked", {})]


def test_its_maker_sees_the_address_once(people, ana, client_for, workspace):
    browser = client_for(ana)
    said = {**QUESTION, "label": "Board", "days": 30, "secret": ""}
    page = browser.post(reverse("reports:links", args=[workspace.slug]), said).content.decode()
    path = re.search(r"https?://[^/]+(/s/[^/<]+/)", page)[1]
    assert browser.get(path).status_code == 200
    assert path not in browser.get(reverse("reports:links", args=[workspace.slug])).content.decode()


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"ladder_key": "none"}, "Select a valid choice"),
        ({"days": 9999}, "Select a valid choice"),
        ({"secret": "short"}, "at least 8 characters"),
        ({"label": ""}, "required"),
        ({"split": "trait:colour"}, "Select a valid choice"),
        ({"window_days": 0}, "greater than or equal to 1"),
    ],
)
def test_a_link_that_makes_no_sense_is_not_made(people, ana, client_for, workspace, changed, problem):
    said = {**QUESTION, "label": "Board", "days": 30, "secret": "", **changed}
    response = client_for(ana).post(reverse("reports:links", args=[workspace.slug]), said)
    assert response.status_code == 422
    assert problem in response.content.decode()
    with scope(workspace):
        assert not Link.objects.exists()
