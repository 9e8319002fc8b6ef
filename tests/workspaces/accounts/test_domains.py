"""Domains of e-mail addresses: whose each is, proved by DNS or by the domain's own mail."""

import re
from datetime import timedelta

import dns.exception
import dns.resolver
import pytest
from django.core import mail, signing
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from workspaces.accounts import checking_domains, domains, names
from workspaces.accounts.adapter import AccountAdapter
from workspaces.accounts.models import Domain
from workspaces.audit.models import Entry
from workspaces.scope import scope

SETTINGS = "/w/{}/settings/sign-in/"


@pytest.fixture
def zone(monkeypatch) -> dict:
    """What DNS says: the texts at each name, or an Exception."""
    said: dict = {}

    def texts(name: str) -> list[str]:
        if isinstance(answer := said.get(name, []), Exception):
            raise answer
        return answer

    monkeypatch.setattr(names, "texts", texts)
    return said


@pytest.fixture
def own_domain(workspace) -> str:
    return f"{workspace.slug}.example"


@pytest.fixture
def claim(own_domain):
    def claimed(workspace, browser) -> Domain:
        assert browser.post(SETTINGS.format(workspace.slug) + "domains/", {"name": own_domain}).status_code == 302
        return Domain.objects.get(workspace=workspace, name=own_domain)

    return claimed


def check(browser, domain) -> str:
    page = browser.post(SETTINGS.format(domain.workspace.slug) + f"domains/{domain.pk}/dns/", follow=True)
    domain.refresh_from_db()
    return page.content.decode()


def test_the_record_verifies_it_and_nothing_else_does(zone, claim, ana, workspace, own_domain, client_for):
    browser = client_for(ana)
    domain = claim(workspace, browser)
    assert not domains.is_own(workspace.pk, f"zoe@{own_domain}")
    for said, says in [
        ([], "There is no such record yet"),
        (["v=spf1 -all", domain.token[:-1]], "says something else"),
        (names.Unanswered("no name server answered in time"), "could not be looked up"),
    ]:
        zone[f"_firstmile.{own_domain}"] = said
        assert says in check(browser, domain)
        assert domain.verified_at is None
    zone[f"_firstmile.{own_domain}"] = ["v=spf1 -all", domain.token]
    assert "is verified" in check(browser, domain)
    assert domains.is_own(workspace.pk, f"Zoe@{own_domain.upper()}")
    assert not domains.is_own(workspace.pk, f"zoe@mail.{own_domain}")
    assert not domains.is_own(workspace.pk, f"zoe@evil{own_domain}")
    with scope(workspace):
        assert list(Entry.objects.order_by("pk").values_list("action", flat=True)) == [
            "domain.claimed",
            "domain.verified",
        ]


def test_a_domain_is_verified_for_one_workspace_alone(zone, claim, ana, cyd, own_domain, client_for):
    ours, theirs = claim(ana.workspace, client_for(ana)), claim(cyd.workspace, client_for(cyd))
    assert ours.token != theirs.token
    zone[f"_firstmile.{own_domain}"] = [ours.token]
    check(client_for(ana), ours)
    assert "says something else" in check(client_for(cyd), theirs)
    zone[f"_firstmile.{own_domain}"] = [ours.token, theirs.token]
    assert "Another workspace has verified" in check(client_for(cyd), theirs)
    assert domains.owner_of(f"x@{own_domain}") == ana.workspace
    client_for(ana).post(SETTINGS.format(ana.workspace.slug) + f"domains/{ours.pk}/removal/")
    assert "is verified" in check(client_for(cyd), theirs)


def test_where_dns_cannot_be_changed_the_domains_own_mail_says_yes(claim, ana, own_domain, client_for, client):
    browser, workspace = client_for(ana), ana.workspace
    domain = claim(workspace, browser)
    place = SETTINGS.format(workspace.slug) + f"domains/{domain.pk}/mail/"
    browser.post(place, {"to": "zoe"})  # anybody could have that one
    assert [message for message in mail.outbox if own_domain in message.to[0]] == []
    browser.post(place, {"to": "postmaster"})
    (message,) = mail.outbox
    assert message.to == [f"postmaster@{own_domain}"]
    assert ana.user.email in message.body
    link = re.search(r"https?://[^/\s]+(/\S+)", message.body)[1]
    assert f"Is {own_domain}" in client.get(link).content.decode()
    domain.refresh_from_db()
    assert domain.verified_at is None  # a program that reads mail looks at links, too
    assert client.post(link).status_code == 200
    domain.refresh_from_db()
    assert domain.verified_by == "mail"
    with scope(workspace):
        assert Entry.objects.latest("pk").actor == "the domain's mail"


def test_a_link_that_is_old_or_made_up_or_withdrawn_says_nothing(claim, ana, client_for, client, monkeypatch):
    domain = claim(ana.workspace, client_for(ana))
    token = domains.link_token(domain)
    other = signing.dumps([ana.workspace.pk, domain.pk, domain.token], salt="another")
    for wrong in (token[:-2] + "xx", other, "x"):
        assert client.post(f"/accounts/sso/domain/{wrong}/").status_code == 410
    monkeypatch.setattr(domains, "LINK_SECONDS", -1)
    assert client.post(f"/accounts/sso/domain/{token}/").status_code == 410
    monkeypatch.undo()
    domain.delete()
    assert client.post(f"/accounts/sso/domain/{token}/").status_code == 410


@pytest.mark.parametrize(
    "name", ["gmail.com", "nothing", "zoe@example.com", "https://example.com", "a..b.com", "-a.com"]
)
def test_what_is_nobodys_own_or_no_domain_is_refused_with_a_sentence(ana, client_for, name):
    answer = client_for(ana).post(SETTINGS.format(ana.workspace.slug) + "domains/", {"name": name})
    assert answer.status_code == 422
    assert not Domain.objects.filter(workspace=ana.workspace).exists()


@pytest.mark.pure
@pytest.mark.parametrize(
    "text, name",
    [
        (" Example.COM. ", "example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("straße.example", "xn--strae-oqa.example"),  # is not strasse.example
        ("ｅｘａｍｐｌｅ。com", "example.com"),  # is where mail for it goes
        ("127.0.0.1", ""),
        ("example", ""),
        ("a" * 64 + ".com", ""),
        ("", ""),
    ],
)
def test_a_domain_has_one_spelling(text, name):
    assert domains.normal(text) == name


@pytest.mark.pure
@given(st.text())
def test_any_text_is_a_domain_in_its_one_spelling_or_none(text):
    name = domains.normal(text)
    assert domains.normal(name) == name
    assert name == name.lower()
    assert "@" not in name
    assert domains.domain_of(f"zoe@{name}") == name


@pytest.mark.pure
@pytest.mark.parametrize(
    "raised, outcome",
    [
        (dns.resolver.NXDOMAIN(), []),
        (dns.resolver.NoAnswer(), []),
        (dns.exception.Timeout(), names.Unanswered),
        (dns.resolver.NoNameservers(), names.Unanswered),
        (OSError("no network"), names.Unanswered),
    ],
)
def test_no_answer_of_dns_is_told_apart_from_no_record(monkeypatch, raised, outcome):
    def resolve(*_, **__):
        raise raised

    monkeypatch.setattr(dns.resolver.Resolver, "resolve", resolve)
    if outcome == []:
        assert names.texts("_firstmile.example.com") == []
    else:
        with pytest.raises(outcome):
            names.texts("_firstmile.example.com")


NOW = timezone.now()


def look(workspace, **later) -> Domain:
    """What an hourly look makes of the workspace's domain, so much later. Only that one is looked at."""
    Domain.objects.exclude(workspace=workspace).update(checked_at=NOW + timedelta(days=4_000))
    checking_domains.check(now=NOW + timedelta(**later))
    return Domain.objects.get(workspace=workspace)


def told_of(domain) -> list[str]:
    return [message.subject for message in mail.outbox if domain in message.subject]


@pytest.mark.every_workspace
def test_a_domain_whose_record_is_gone_is_told_of_and_counts_for_two_more_weeks(zone, workspace, own_domain, ana, ben):
    Domain.objects.create(workspace=workspace, name=own_domain, token="t" * 32, verified_at=NOW, verified_by="dns")
    record = f"_firstmile.{own_domain}"
    zone[record] = ["t" * 32]
    assert look(workspace, hours=1).lost_at is None
    zone[record] = names.Unanswered("no name server answered in time")
    assert look(workspace, days=2).lost_at is None  # who says nothing takes nothing away
    zone[record] = []
    assert look(workspace, days=2, hours=1).lost_at is None  # looked at once a day
    assert look(workspace, days=3).lost_at
    assert look(workspace, days=10).verified_at
    assert domains.is_own(workspace.pk, f"zoe@{own_domain}")
    (message,) = [message for message in mail.outbox if own_domain in message.subject]
    assert message.to == [ana.user.email]  # owners alone
    assert f"/w/{workspace.slug}/settings/sign-in/" in message.body
    assert "is not there any more" in message.alternatives[0][0]
    zone[record] = ["t" * 32]
    assert look(workspace, days=11).lost_at is None
    zone[record] = ["another"]
    assert look(workspace, days=12).lost_at
    assert look(workspace, days=25).verified_at
    gone = look(workspace, days=26, hours=1)
    assert (gone.verified_at, gone.verified_by, gone.lost_at) == (None, "", None)
    assert not domains.is_own(workspace.pk, f"zoe@{own_domain}")
    assert domains.owner_of(f"zoe@{own_domain}") is None
    assert len(told_of(own_domain)) == 3
    look(workspace, days=40)
    assert len(told_of(own_domain)) == 3
    with scope(workspace):
        assert list(Entry.objects.order_by("pk").values_list("action", flat=True)) == [
            "domain.lost",
            "domain.found_again",
            "domain.lost",
            "domain.unverified",
        ]


@pytest.mark.every_workspace
def test_a_proof_by_mail_holds_for_a_year_and_is_given_again(zone, workspace, own_domain, ana, client_for):
    domain = Domain.objects.create(workspace=workspace, name=own_domain, verified_at=NOW, verified_by="mail")
    assert look(workspace, days=360).lost_at is None
    assert look(workspace, days=366).lost_at
    assert "A year ago" in mail.outbox[-1].body
    browser = client_for(ana)
    assert "To be proved again by" in browser.get(SETTINGS.format(workspace.slug)).content.decode()
    zone[f"_firstmile.{own_domain}"] = [domain.token]
    assert "is verified" in check(browser, domain)
    assert (domain.verified_by, domain.lost_at) == ("dns", None)


@pytest.mark.every_workspace
def test_owners_who_could_not_be_told_are_told_the_next_time(zone, workspace, own_domain, ana, monkeypatch):
    Domain.objects.create(workspace=workspace, name=own_domain, verified_at=NOW, verified_by="dns")
    with monkeypatch.context() as broken:
        broken.setattr(AccountAdapter, "render_mail", lambda *_, **__: (_ for _ in ()).throw(OSError("away")))
        assert look(workspace, days=1).lost_at is None
    assert look(workspace, days=1, hours=1).lost_at
    assert len(told_of(own_domain)) == 1
