"""The pages of webhooks: add, see what became of each message, send again, rotate, switch off, remove."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.workspaces.webhooks.receiver import receiver, status
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.tenants.access import Level
from workspaces.webhooks import delivering, endpoints, showing
from workspaces.webhooks.models import MOST_ENDPOINTS, Delivery, Endpoint
from workspaces.webhooks.outbox import News, emit, emit_all
from workspaces.webhooks.transport import Rules

LOOPBACK = Rules(allow_private=True, allow_http=True, seconds=2.0)
GOOD = {"url": "https://hooks.example.com/firstmile", "description": "CRM", "topics": ["feature.unlocked"]}


@pytest.fixture
def at(workspace):
    def url(name: str, *arguments) -> str:
        return reverse(f"webhooks:{name}", args=[workspace.slug, *arguments])

    return url


def secret_in(page: str) -> str:
    return re.search(r'id="new-secret">(whsec_[A-Za-z0-9+/=]+)<', page).group(1)


def actions(workspace) -> list[str]:
    with scope(workspace):
        return list(Entry.objects.order_by("pk").values_list("action", flat=True))


def test_the_secret_is_shown_once_and_is_the_one_that_signs(workspace, ana, client_for, at, woken):
    browser = client_for(ana)
    answer = browser.post(at("add"), GOOD)
    secret = secret_in(answer.content.decode())
    assert "no-store" in answer["Cache-Control"]
    with scope(workspace):
        endpoint = Endpoint.objects.get()
        assert (endpoint.url, endpoint.description, endpoint.topics) == tuple(GOOD.values())
        assert endpoint.made_by == ana.user
        assert endpoints.written(endpoints.signing_keys(endpoint, timezone.now())[0]) == secret
    for name, arguments in (("index", ()), ("show", (endpoint.pk,))):
        assert "whsec_" not in browser.get(at(name, *arguments)).content.decode()
    new = secret_in(browser.post(at("rotate", endpoint.pk)).content.decode())
    assert new != secret
    assert "whsec_" not in browser.get(at("show", endpoint.pk)).content.decode()
    assert actions(workspace) == ["webhook.added", "webhook.rotated"]


def test_a_secret_that_is_rotated_twice_in_a_moment_leaves_receivers_theirs(workspace, ana, client_for, at, woken):
    browser = client_for(ana)
    secret = secret_in(browser.post(at("add"), GOOD).content.decode())
    with scope(workspace):
        endpoint = Endpoint.objects.get()
    shown = [secret_in(browser.post(at("rotate", endpoint.pk)).content.decode()) for _ in range(2)]

    def signing():
        with scope(workspace):
            return [endpoints.written(key) for key in endpoints.signing_keys(Endpoint.objects.get(), timezone.now())]

    assert signing() == [shown[-1], secret]
    with scope(workspace):
        Endpoint.objects.update(previous_until=timezone.now() + endpoints.OVERLAP - endpoints.TWICE)
    later = secret_in(browser.post(at("rotate", endpoint.pk)).content.decode())
    assert signing() == [later, shown[-1]]


@pytest.mark.parametrize(
    "change, said",
    [
        ({"url": "hooks.example.com"}, "Write the whole address"),
        ({"url": "https://10.0.0.1/"}, "is not on the public internet"),
        ({"url": "https://hooks.example.com:25/"}, "Port 25 belongs to another service"),
        ({"url": ""}, "This field is required"),
        ({"topics": ["feature.eaten"]}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_sent_to_is_refused_with_a_reason(change, said, workspace, ana, client_for, at):
    answer = client_for(ana).post(at("add"), {**GOOD, **change})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    with scope(workspace):
        assert Endpoint.objects.count() == 0


def test_http_is_for_development_only(workspace, ana, client_for, at, settings):
    settings.PRODUCTION = True
    answer = client_for(ana).post(at("add"), {**GOOD, "url": "http://hooks.example.com/"})
    assert "Write https://" in answer.content.decode()
    settings.PRODUCTION = False
    assert client_for(ana).post(at("add"), {**GOOD, "url": "http://hooks.example.com/"}).status_code == 200


def test_a_workspace_has_a_bounded_number_of_webhooks(workspace, ana, add_endpoint, client_for, at):
    for _ in range(MOST_ENDPOINTS):
        add_endpoint()
    answer = client_for(ana).post(at("add"), GOOD)
    assert (answer.status_code, f"at most {MOST_ENDPOINTS} webhooks" in answer.content.decode()) == (422, True)


def test_a_change_is_saved_and_noted_and_no_change_is_not(workspace, ana, add_endpoint, client_for, at):
    endpoint, _ = add_endpoint(description="Old")
    browser = client_for(ana)
    browser.post(at("change", endpoint.pk), GOOD)
    browser.post(at("change", endpoint.pk), GOOD)
    with scope(workspace):
        entry = Entry.objects.get(action="webhook.changed")
    assert entry.details["before"]["description"] == "Old"
    assert entry.details["after"] == GOOD


def test_a_test_is_sent_and_the_log_says_what_came_of_it(workspace, ana, add_endpoint, client_for, at, woken):
    browser = client_for(ana)
    with receiver(status(500, b"No such <b>hook</b>"), status(200)) as there:
        endpoint, _ = add_endpoint(there.url)
        page = browser.post(at("test", endpoint.pk), follow=True).content.decode()
        assert "On its way" in page
        assert "data-poll" in page
        assert woken == [("webhooks.deliver", workspace.pk)]
        delivering.deliver(workspace.pk, LOOPBACK)
        page = browser.get(at("show", endpoint.pk)).content.decode()
        assert "It answered 500 Internal Server Error." in page
        assert "Nothing has reached it since" in page
        with scope(workspace):
            delivery = Delivery.objects.get()
        detail = browser.get(at("delivery", endpoint.pk, delivery.pk)).content.decode()
        assert "No such &lt;b&gt;hook&lt;/b&gt;" in detail
        assert "test.ping" in detail
        browser.post(at("send_again", endpoint.pk, delivery.pk))
        delivering.deliver(workspace.pk, LOOPBACK)
    detail = browser.get(at("delivery", endpoint.pk, delivery.pk)).content.decode()
    assert "200, delivered" in detail
    assert "It answered 500" in detail
    assert "data-poll" not in browser.get(at("show", endpoint.pk)).content.decode()
    assert actions(workspace) == ["webhook.added", "webhook.sent_again"]


def test_the_log_answers_304_until_something_changes(workspace, ana, add_endpoint, client_for, at, woken):
    browser = client_for(ana)
    with receiver() as there:
        endpoint, _ = add_endpoint(there.url)
        emit(workspace.pk, "feature.unlocked", {}, key="one")
        first = browser.get(at("log", endpoint.pk))
        tag = {"HX-PTag": first["HX-PTag"]}
        assert browser.get(at("log", endpoint.pk), headers=tag).status_code == 304
        delivering.deliver(workspace.pk, LOOPBACK)
    later = browser.get(at("log", endpoint.pk), headers=tag)
    assert (later.status_code, "Delivered" in later.content.decode()) == (200, True)


def test_the_log_is_filtered_by_state(workspace, ana, add_endpoint, client_for, at, woken):
    endpoint, _ = add_endpoint()
    emit_all(workspace.pk, [News("feature.unlocked", {}, f"key {n}") for n in range(3)])
    with scope(workspace):
        first, second, third = Delivery.objects.order_by("pk").values_list("pk", flat=True)
        Delivery.objects.filter(pk=first).update(state="failed")
        Delivery.objects.filter(pk=second).update(state="delivered")
    browser = client_for(ana)
    for state, shown in (("failed", {first}), ("delivered", {second}), ("waiting", {third}), ("odd", {1, 2, 3})):
        page = browser.get(at("show", endpoint.pk), {"state": state}).content.decode()
        found = set(re.findall(r'id="delivery-(\d+)"', page))
        assert found == ({str(pk) for pk in shown} if state != "odd" else {str(first), str(second), str(third)})


def test_all_that_failed_since_a_while_ago_is_sent_again(workspace, ana, add_endpoint, client_for, at, woken):
    endpoint, _ = add_endpoint()
    other, _ = add_endpoint("https://other.example.com/")
    emit_all(workspace.pk, [News("feature.unlocked", {}, f"key {n}") for n in range(4)])
    with scope(workspace):
        Delivery.objects.update(state="failed", attempts=10)
        old = Delivery.objects.filter(endpoint=endpoint).order_by("pk")[0]
        Delivery.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(hours=2))
        good = Delivery.objects.filter(endpoint=endpoint).order_by("pk")[1]
        Delivery.objects.filter(pk=good.pk).update(state="delivered")
    browser = client_for(ana)

    def waiting() -> int:
        with scope(workspace):
            assert not Delivery.objects.filter(endpoint=other).exclude(state="failed").exists()
            return Delivery.objects.filter(endpoint=endpoint, state="waiting", attempts=0).count()

    browser.post(at("send_failed_again", endpoint.pk), {"since": "hour"})
    assert waiting() == 2
    browser.post(at("send_failed_again", endpoint.pk), {"since": "day"})
    assert waiting() == 3
    with scope(workspace):
        details = Entry.objects.filter(action="webhook.sent_again").order_by("pk").values_list("details", flat=True)
        assert list(details) == [
            {"deliveries": 2, "of": showing.SINCE["hour"][0]},
            {"deliveries": 1, "of": showing.SINCE["day"][0]},
        ]


def test_switching_off_and_on(workspace, ana, add_endpoint, client_for, at, woken):
    endpoint, _ = add_endpoint()
    emit(workspace.pk, "feature.unlocked", {}, key="one")
    browser = client_for(ana)
    browser.post(at("disable", endpoint.pk))
    page = browser.get(at("show", endpoint.pk)).content.decode()
    assert "The webhook was disabled before this was delivered." in page
    assert "Send a test" not in page
    for name in ("test", "send_failed_again"):
        answer = browser.post(at(name, endpoint.pk), follow=True).content.decode()
        assert "enable it first" in answer
    with scope(workspace):
        assert set(Delivery.objects.values_list("state", flat=True)) == {"failed"}
    browser.post(at("enable", endpoint.pk))
    browser.post(at("send_failed_again", endpoint.pk))
    with scope(workspace):
        assert Delivery.due(timezone.now()).count() == 1
    assert actions(workspace) == ["webhook.added", "webhook.disabled", "webhook.enabled", "webhook.sent_again"]


def test_a_webhook_that_disabled_itself_is_told_of_on_both_pages(workspace, ana, add_endpoint, client_for, at):
    endpoint, _ = add_endpoint()
    with scope(workspace):
        endpoints.disable(endpoint, by=None, reason=Endpoint.Disabled.FAILING)
    for url in (at("index"), at("show", endpoint.pk)):
        page = client_for(ana).get(url).content.decode()
        assert "nothing was delivered for three days" in page
        assert 'role="alert"' in page


def test_a_webhook_is_removed_with_its_log(workspace, ana, add_endpoint, client_for, at, woken):
    endpoint, _ = add_endpoint()
    emit(workspace.pk, "feature.unlocked", {}, key="one")
    client_for(ana).post(at("remove", endpoint.pk))
    with scope(workspace):
        assert (Endpoint.objects.count(), Delivery.objects.count()) == (0, 0)
    assert actions(workspace)[-1] == "webhook.removed"


def test_a_webhook_of_another_workspace_does_not_exist(workspace, other_workspace, cyd, add_endpoint, client_for):
    endpoint, _ = add_endpoint()
    with scope(other_workspace):
        own, _ = endpoints.add(url="https://globex.example.com/", by=cyd)
    emit(workspace.pk, "feature.unlocked", {}, key="one")
    with scope(workspace):
        delivery = Delivery.objects.get()
    browser = client_for(cyd)
    for name, arguments in (
        ("show", [endpoint.pk]),
        ("log", [endpoint.pk]),
        ("delivery", [endpoint.pk, delivery.pk]),
        ("delivery", [own.pk, delivery.pk]),
    ):
        assert browser.get(reverse(f"webhooks:{name}", args=[other_workspace.slug, *arguments])).status_code == 404
    for name in ("change", "rotate", "enable", "disable", "test", "remove", "send_failed_again"):
        url = reverse(f"webhooks:{name}", args=[other_workspace.slug, endpoint.pk])
        assert browser.post(url, GOOD).status_code == 404
    page = browser.get(reverse("webhooks:index", args=[other_workspace.slug])).content.decode()
    assert "globex.example.com" in page
    assert "hooks.example.com/firstmile<" not in page


def test_a_delivery_is_found_under_its_own_webhook_only(workspace, ana, add_endpoint, client_for, at, woken):
    endpoint, _ = add_endpoint()
    emit(workspace.pk, "feature.unlocked", {}, key="one")
    other, _ = add_endpoint("https://other.example.com/")
    with scope(workspace):
        delivery = Delivery.objects.get()
    assert client_for(ana).get(at("delivery", endpoint.pk, delivery.pk)).status_code == 200
    assert client_for(ana).get(at("delivery", other.pk, delivery.pk)).status_code == 404


@pytest.mark.parametrize("level, status", [(Level.EDITOR, 403), (Level.ADMIN, 200)])
def test_webhooks_are_for_admins(level, status, workspace, make_member, client_for, at):
    member = make_member(workspace, "eve", level)
    page = client_for(member).get(at("index"))
    assert page.status_code == status
    menu = client_for(member).get(reverse("settings:show", args=[workspace.slug])).content.decode()
    assert (at("index") in menu) == (status == 200)


def test_a_message_is_found_by_its_id_and_anothers_is_not(
    workspace, other_workspace, ana, cyd, add_endpoint, client_for, at, woken
):
    endpoint, _ = add_endpoint()
    with scope(other_workspace):
        endpoints.add(url="https://globex.example.com/", by=cyd)
    emit_all(workspace.pk, [News("feature.unlocked", {}, f"key {n}") for n in range(40)])
    emit(other_workspace.pk, "feature.unlocked", {}, key="theirs")
    with scope(workspace):
        oldest = Delivery.objects.select_related("message").order_by("pk")[0]
    with scope(other_workspace):
        theirs = Delivery.objects.select_related("message").get().message.uid
    browser = client_for(ana)
    page = browser.get(at("show", endpoint.pk), {"id": f" {oldest.message.uid} "}).content.decode()
    assert re.findall(r'id="delivery-(\d+)"', page) == [str(oldest.pk)]
    for nobodys in (theirs, "msg_none", "\x00", "x" * 500, "'; DROP TABLE"):
        page = browser.get(at("show", endpoint.pk), {"id": nobodys}).content.decode()
        if nobodys != "\x00":
            assert "No such message" in page
            assert re.findall(r'id="delivery-(\d+)"', page) == []


def test_what_can_be_done_changes_with_the_log(workspace, ana, add_endpoint, client_for, at, woken):
    """A webhook that disables itself while somebody looks can be enabled there and then."""
    browser = client_for(ana)
    with receiver(status(410)) as there:
        endpoint, _ = add_endpoint(there.url)
        browser.post(at("test", endpoint.pk))
        before = browser.get(at("log", endpoint.pk)).content.decode()
        delivering.deliver(workspace.pk, LOOPBACK)
    after = browser.get(at("log", endpoint.pk)).content.decode()
    enable, test = at("enable", endpoint.pk), at("test", endpoint.pk)
    assert (test in before, enable in before) == (True, False)
    assert (test in after, enable in after) == (False, True)
    assert at("disable", endpoint.pk) not in after
    assert after.count("hx-swap-oob") == 2
