"""The install guide: sites, keys, secrets and enforcement, and who may change them."""

import re

import pytest

from onboarding.widget.models import IdentityCount, IdentitySecret, WidgetSettings
from tests.onboarding.installation.conftest import SITE, signed
from workspaces.audit.models import Entry
from workspaces.keys.models import ApiKey
from workspaces.scope import scope


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode())).replace("&quot;", '"')


def settings_of(workspace) -> WidgetSettings:
    with scope(workspace):
        return WidgetSettings.of(workspace)


def actions(workspace) -> list[str]:
    with scope(workspace):
        return list(Entry.objects.order_by("pk").values_list("action", flat=True))


def test_editors_read_it_and_change_nothing(base, workspace, edda, client_for):
    browser = client_for(edda)
    page = browser.get(base)
    assert page.status_code == 200
    assert "Admins and owners can change these" in text(page)
    assert "Make a key" not in text(page)
    for path in ("sites/", "sites/removal/", "key/", "secrets/", "enforcement/"):
        assert browser.post(base + path, {"site": SITE, "enforced": "1"}).status_code == 403
    assert settings_of(workspace).allowed_origins == []


def test_a_site_is_allowed_as_it_was_meant_removed_and_brought_back(base, workspace, other_workspace, ana, client_for):
    browser = client_for(ana)
    answer = browser.post(base + "sites/", {"site": "App.Example.com/welcome?x=1"}, follow=True)
    assert f"{SITE} may show the checklist." in text(answer)
    removed = browser.post(base + "sites/removal/", {"site": SITE})
    assert f"{SITE} is no longer allowed" in text(removed)
    assert settings_of(workspace).allowed_origins == []
    undo = re.search(rf'name="site" value="({SITE})"', removed.content.decode())
    browser.post(base + "sites/", {"site": undo[1]})
    assert settings_of(workspace).allowed_origins == [SITE]
    assert settings_of(other_workspace).allowed_origins == []
    assert actions(workspace) == ["widget.origin_allowed", "widget.origin_removed", "widget.origin_allowed"]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "is no address of a site"),
        ("http://app.example.com", "is not encrypted"),
        ("https://*.com", "every site under .com"),
        ("javascript:alert(1)", "is no address of a site"),
        ("a\x00b", "is no address of a site"),
    ],
)
def test_what_is_no_site_is_refused_beside_its_field(base, workspace, ana, client_for, typed, says):
    answer = client_for(ana).post(base + "sites/", {"site": typed})
    assert answer.status_code == 422
    assert says in text(answer)
    assert 'aria-invalid="true"' in answer.content.decode()
    assert settings_of(workspace).allowed_origins == []


def test_a_key_made_here_stands_in_the_snippet_once_and_opens_the_frame(
    base, workspace, ana, client_for, allowed, come
):
    browser = client_for(ana)
    assert "YOUR_WRITE_KEY" in text(browser.get(base))
    made = browser.post(base + "key/").content.decode()
    token = re.search(r"data-key=&quot;|data-key=\"(fm_write_[\w-]+)\"", made.replace("&quot;", '"'))[1]
    assert ApiKey.find(token, "write").workspace == workspace
    assert come("dora", key=token).status_code == 200
    later = browser.get(base).content.decode()
    assert token not in later
    assert ApiKey.find(token).hint in later
    assert "key.issued" in actions(workspace)


def test_the_snippet_and_the_policy_name_this_installation(base, ana, client_for):
    page = text(client_for(ana).get(base))
    assert '&lt;script async src="http://testserver/sdk/v1.js" data-key="YOUR_WRITE_KEY"&gt;&lt;/script&gt;' in page
    assert "script-src http://testserver; frame-src http://testserver" in page


def test_secrets_are_shown_once_two_at_most_and_their_tokens_end_with_them(
    base, workspace, ana, client_for, allowed, come
):
    browser = client_for(ana)
    shown = browser.post(base + "secrets/").content.decode()
    secret = re.search(r"fm_identity_[\w-]{30,}", shown)[0]
    assert secret not in browser.get(base).content.decode()
    browser.post(base + "secrets/")
    third = browser.post(base + "secrets/")
    assert third.status_code == 422
    assert "Two secrets are live already" in text(third)
    token = signed(secret, "dora")
    assert come("dora", token=token).status_code == 200
    with scope(workspace):
        first = IdentitySecret.live().first()
    assert browser.post(f"{base}secrets/{first.pk}/revocation/").status_code == 302
    assert come("dora", token=token).status_code == 403
    assert actions(workspace)[-3:] == ["widget.secret_made", "widget.secret_made", "widget.secret_revoked"]


def test_another_workspaces_secret_is_not_there(base, other_workspace, ana, client_for):
    with scope(other_workspace):
        theirs = IdentitySecret.make(by=None)[0]
    assert client_for(ana).post(f"{base}secrets/{theirs.pk}/revocation/").status_code == 404
    with scope(other_workspace):
        assert list(IdentitySecret.live()) == [theirs]


def counted(workspace, **columns: int) -> None:
    with scope(workspace):
        for column, times in columns.items():
            for _ in range(times):
                IdentityCount.count(column)


def test_enforcing_names_what_follows_and_needs_to_be_told_twice(
    base, workspace, other_workspace, ana, client_for, secret
):
    browser = client_for(ana)
    counted(workspace, signed=3, unsigned=1, refused=2)
    counted(other_workspace, unsigned=9)
    page = text(browser.get(base))
    assert "75% of those who came had a good token: 3 with, 1 without; 2 more were refused" in page
    assert "1 of the 4 visits of the last 7 days came without a token" in page
    once = browser.post(base + "enforcement/", {"enforced": "1"})
    assert (once.status_code, settings_of(workspace).enforced) == (422, False)
    browser.post(base + "enforcement/", {"enforced": "1", "knowing": "1"})
    assert settings_of(workspace).enforced
    assert "Tokens are needed" in text(browser.get(base))
    browser.post(base + "enforcement/", {"enforced": "0"})
    assert not settings_of(workspace).enforced
    assert actions(workspace)[-2:] == ["widget.enforced", "widget.not_enforced"]


def test_enforcing_is_one_click_when_everybody_is_signed(base, workspace, ana, client_for, secret):
    counted(workspace, signed=3)
    browser = client_for(ana)
    assert "knowing" not in browser.get(base).content.decode()
    assert browser.post(base + "enforcement/", {"enforced": "1"}).status_code == 302
    assert settings_of(workspace).enforced


def test_nothing_is_enforced_without_a_secret(base, workspace, ana, client_for):
    answer = client_for(ana).post(base + "enforcement/", {"enforced": "1", "knowing": "1"})
    assert answer.status_code == 422
    assert "Make an identity secret first" in text(answer)
    assert not settings_of(workspace).enforced
