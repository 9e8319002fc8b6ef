"""SSO by SAML with a provider that is none of ours (pysaml2's): in with its answers, and with no other."""

import base64
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.utils import timezone

from tests.workspaces.accounts.saml_provider import SamlIdp
from workspaces.accounts import metadata, own_certificate, reading_again, setting_up
from workspaces.accounts.models import Connection
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.tenants.models import User

ASK, GO = "/accounts/sso/", "/accounts/sso/go/"


@pytest.fixture(scope="module")
def idp() -> SamlIdp:
    return SamlIdp()


@pytest.fixture(scope="module")
def impostor() -> SamlIdp:
    """Another provider that calls itself by the same name."""
    return SamlIdp()


@pytest.fixture
def connection(workspace, verified, connect, idp) -> Connection:
    idp.person = f"zoe@{verified(workspace, f'{workspace.slug}.example')}"
    told = metadata.read_saml(idp.metadata().encode())
    fields = {"issuer": told.entity_id, "sso_url": told.sso_url, "certificate": "\n".join(told.certificates)}
    return met(connect(workspace, "saml", **fields), idp)


def our_metadata(connection) -> str:
    return Client().get(f"/accounts/sso/saml/{connection.key}/metadata/").content.decode()


def met(connection, *providers: SamlIdp) -> Connection:
    """The providers are given our metadata, as their admins do it."""
    for provider in providers:
        provider.meets(our_metadata(connection))
    return connection


@pytest.fixture
def browser(visitor):
    return visitor(HTTP_HOST="testserver")


def ask(browser, idp) -> str:
    """Begin a log-in; where the browser is sent."""
    assert browser.post(ASK, {"email": idp.person}).status_code == 200
    return browser.get(GO)["Location"]


def send(browser, connection, response: str):
    """Bring the answer back, as the provider's page does it, and follow to the end."""
    kept = browser.post(f"/accounts/sso/saml/{connection.key}/acs/", {"SAMLResponse": response})
    return browser.get(urlsplit(kept["Location"]).path) if kept.status_code == 302 else kept


def is_in(browser, workspace) -> bool:
    return browser.get(f"/w/{workspace.slug}/people/").status_code == 200


def test_a_signed_answer_logs_in_and_makes_a_member(browser, workspace, connection, idp):
    there = ask(browser, idp)
    assert there.startswith(idp.sso_url)
    assert idp.question(there)["audience"].endswith(f"/accounts/sso/saml/{connection.key}/metadata/")
    assert send(browser, connection, idp.answer(there))["Location"] == "/"
    assert is_in(browser, workspace)
    with scope(workspace):
        assert Entry.objects.get().action == "member.joined_by_sso"


def changed(response: str, *swap: tuple[bytes, bytes]) -> str:
    xml = base64.b64decode(response)
    for old, new in swap:
        assert old in xml
        xml = xml.replace(old, new)
    return base64.b64encode(xml).decode()


def refused(browser, workspace, answer) -> None:
    assert answer.status_code in (400, 403), answer.content.decode()
    assert not is_in(browser, workspace)
    assert not User.objects.filter(email__endswith=f"@{workspace.slug}.example").exists()


def test_a_tampered_answer_is_refused(browser, workspace, connection, idp):
    good = idp.answer(ask(browser, idp))
    refused(browser, workspace, send(browser, connection, changed(good, (b">zoe@", b">ana@"))))


def test_a_comment_in_a_name_does_not_make_it_somebody_elses(browser, workspace, connection, idp, monkeypatch):
    """Comments are not signed: whoever is zoe@acme.example.evil.example must not be read as zoe@acme.example."""
    there, whole = ask(browser, idp), idp.person.encode()
    monkeypatch.setattr(idp, "person", f"{idp.person}.evil.example")
    answer = changed(idp.answer(there), (whole + b".evil", whole + b"<!-- -->.evil"))
    refused(browser, workspace, send(browser, connection, answer))


def test_an_answer_without_a_signature_is_refused(browser, workspace, connection, idp):
    refused(browser, workspace, send(browser, connection, idp.answer(ask(browser, idp), signed=False)))


def test_an_answer_that_somebody_else_signed_is_refused(browser, workspace, connection, idp, impostor):
    impostor.person = idp.person
    met(connection, impostor)
    refused(browser, workspace, send(browser, connection, impostor.answer(ask(browser, idp))))


def test_a_signed_answer_wrapped_around_a_forged_one_is_refused(browser, workspace, connection, idp):
    """XML signature wrapping: the signed assertion is there, and beside it one that nobody signed."""
    good = base64.b64decode(idp.answer(ask(browser, idp))).decode()
    genuine = re.search(r"<(\w+):Assertion .*</\1:Assertion>", good, re.S)[0]
    forged = re.sub(r' ID="[^"]+"', ' ID="evil"', genuine, count=1).replace(">zoe@", ">ana@")
    wrapped = good.replace(genuine, forged + genuine, 1)
    assert "ana@" in wrapped
    refused(browser, workspace, send(browser, connection, base64.b64encode(wrapped.encode()).decode()))


@pytest.mark.parametrize(
    "asked",
    [
        {"id": "another-question"},
        {"id": ""},  # nobody asked: begun by the provider
        {"audience": "https://another.example/metadata"},
        {"acs": "https://another.example/acs"},
    ],
)
def test_an_answer_to_another_question_or_for_somebody_else_is_refused(browser, workspace, connection, idp, asked):
    refused(browser, workspace, send(browser, connection, idp.answer(ask(browser, idp), asked=asked)))


@pytest.mark.parametrize("minutes", [-60, 60])
def test_an_answer_of_another_time_is_refused(browser, workspace, connection, idp, minutes):
    refused(browser, workspace, send(browser, connection, idp.answer(ask(browser, idp), minutes=minutes)))


def test_what_anybody_sends_waits_for_minutes_and_out_of_reach_of_scripts(browser, connection):
    kept = browser.post(f"/accounts/sso/saml/{connection.key}/acs/", {"SAMLResponse": "x" * 1_000})
    cookie = kept.cookies["saml-acs-session"]
    assert cookie["httponly"]
    assert Session.objects.get(pk=cookie.value).expire_date < timezone.now() + timedelta(minutes=6)


def test_an_answer_is_good_once_and_in_one_browser(browser, visitor, workspace, connection, idp):
    good = idp.answer(ask(browser, idp))
    other = visitor(HTTP_HOST="testserver")
    refused(other, workspace, send(other, connection, good))
    assert send(browser, connection, good).status_code == 302
    browser.post("/accounts/logout/")
    assert send(browser, connection, good).status_code == 403
    assert not is_in(browser, workspace)


def test_a_person_of_another_domain_is_refused(browser, workspace, connection, idp, monkeypatch):
    there = ask(browser, idp)
    monkeypatch.setattr(idp, "person", f"zoe@elsewhere-{workspace.pk}.example")
    answer = send(browser, connection, idp.answer(there))
    assert answer.status_code == 403
    assert "whose domain is not the workspace" in " ".join(answer.content.decode().split())
    assert not User.objects.filter(email=f"zoe@elsewhere-{workspace.pk}.example").exists()


def test_an_answer_for_one_workspace_is_none_for_another(
    browser, workspace, other_workspace, connection, connect, idp, verified
):
    verified(other_workspace, f"{other_workspace.slug}.example")
    told = metadata.read_saml(idp.metadata().encode())
    fields = {"issuer": told.entity_id, "sso_url": told.sso_url, "certificate": "\n".join(told.certificates)}
    theirs = met(connect(other_workspace, "saml", **fields), idp)
    assert send(browser, theirs, idp.answer(ask(browser, idp))).status_code == 403
    assert not is_in(browser, other_workspace)


@pytest.mark.parametrize("response", ["", "%%%", "PHg+", base64.b64encode(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")])
def test_nonsense_is_a_page_and_no_error(browser, workspace, connection, idp, response):
    ask(browser, idp)
    refused(browser, workspace, send(browser, connection, response))


def test_what_is_too_large_is_not_even_kept(browser, connection):
    assert send(browser, connection, "x" * 300_000).status_code == 400


def test_nobody_fills_the_table_of_sessions_with_answers(browser, connection, settings):
    settings.ACCOUNT_RATE_LIMITS = {"saml": "3/m/ip"}
    statuses = [
        browser.post(f"/accounts/sso/saml/{connection.key}/acs/", {"SAMLResponse": "x"}).status_code for _ in range(5)
    ]
    assert statuses == [302, 302, 302, 429, 429]


@pytest.mark.parametrize("key", ["1-none", "nonsense", "9" * 30, "-", "1"])
def test_connections_that_are_none_are_not_there(browser, key):
    assert browser.post(f"/accounts/sso/saml/{key}/acs/", {"SAMLResponse": "x"}).status_code == 404
    assert browser.get(f"/accounts/sso/saml/{key}/metadata/").status_code == 404
    assert browser.get(f"/accounts/sso/oidc/{key}/callback/").status_code == 404


def test_what_the_provider_wants_to_know_is_there_before_it_is_set_up(browser, workspace, client_for, ana, idp):
    admin, place = client_for(ana), f"/w/{workspace.slug}/settings/sign-in/"
    admin.post(place + "connection/", {"kind": "saml"})
    with scope(workspace):
        key = Connection.objects.get().key
    told = browser.get(f"/accounts/sso/saml/{key}/metadata/").content.decode()
    assert f"/accounts/sso/saml/{key}/acs/" in told
    both = {"metadata_url": "https://idp.example/metadata", "metadata_xml": idp.metadata(), "level": "10"}
    assert admin.post(place + "connection/saml/", both).status_code == 422
    sent = {"metadata_xml": idp.metadata(), "joins": "on", "level": "10"}
    assert admin.post(place + "connection/saml/", sent).status_code == 302
    with scope(workspace):
        connection = Connection.objects.get()
    assert (connection.issuer, connection.sso_url) == (idp.entity, idp.sso_url)


@pytest.mark.parametrize(
    "swap, says",
    [
        (("https://idp.example/sso", "http://idp.example/sso"), "Write https://"),
        (("https://idp.example/sso", "https://127.0.0.1/sso"), "not on the public internet"),
        (("https://idp.example/sso", "javascript:alert(1)"), "Write the whole address"),
        (("X509Certificate>MII", "X509Certificate>XXX"), "certificate"),
        (("IDPSSODescriptor", "SPSSODescriptor"), "lack"),
        (("<ns0:EntityDescriptor", "<ns0:EntityDescriptor <"), "no SAML metadata"),
    ],
)
def test_metadata_that_cannot_work_are_refused_with_a_sentence(idp, swap, says):
    with pytest.raises(metadata.Unusable, match=says):
        metadata.read_saml(idp.metadata().replace(*swap).encode())


def test_metadata_are_read_without_following_anything(idp):
    evil = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + idp.metadata().replace(idp.entity, "&f;")
    try:
        told = metadata.read_saml(evil.encode())
    except metadata.Unusable:
        return
    assert "root:" not in told.entity_id


@pytest.fixture
def set_up(workspace, verified, client_for, ana, idp):
    """Set it up by page with these metadata, and switch it on; the connection."""
    idp.person = f"zoe@{verified(workspace, f'{workspace.slug}.example')}"
    admin, place = client_for(ana), f"/w/{workspace.slug}/settings/sign-in/"
    admin.post(place + "connection/", {"kind": "saml"})

    def told(xml: str) -> Connection:
        sent = {"metadata_xml": xml, "joins": "on", "level": "10"}
        assert admin.post(place + "connection/saml/", sent).status_code == 302
        assert admin.post(place + "connection/enabling/").status_code == 302
        with scope(workspace):
            return met(Connection.objects.get(), idp)

    told.page = lambda: admin.get(place).content.decode()
    return told


def test_a_provider_changes_its_certificate_without_anybody_being_kept_out(visitor, workspace, set_up, idp, impostor):
    """It announces the next one beside the one in force, changes over, and takes the old one away."""
    then = SamlIdp()
    then.person = idp.person
    connection = set_up(idp.metadata(then))
    met(connection, then, impostor)
    assert len(connection.certificates) == 2
    assert "with 2 certificates, good until" in set_up.page()
    for provider in (idp, then):
        browser = visitor(HTTP_HOST="testserver")
        assert send(browser, connection, provider.answer(ask(browser, idp)))["Location"] == "/"
        assert is_in(browser, workspace)
    impostor.person = idp.person
    browser = visitor(HTTP_HOST="testserver")
    assert send(browser, connection, impostor.answer(ask(browser, idp))).status_code == 403
    set_up(then.metadata())
    assert send(browser, connection, idp.answer(ask(browser, idp))).status_code == 403
    assert send(browser, connection, then.answer(ask(browser, idp)))["Location"] == "/"
    with scope(workspace):
        assert [
            entry.details["certificates"] for entry in Entry.objects.filter(action="sso.set_up").order_by("pk")
        ] == [2, 1]


def test_an_answer_that_is_sealed_for_us_is_opened(browser, workspace, set_up, idp):
    connection = set_up(idp.metadata())
    assert 'use="encryption"' in our_metadata(connection)
    sealed = idp.answer(ask(browser, idp), sealed=True)
    assert idp.person not in base64.b64decode(sealed).decode()
    assert send(browser, connection, sealed)["Location"] == "/"
    assert is_in(browser, workspace)
    assert "PRIVATE" not in connection.own_key  # sealed


def test_a_sealed_answer_is_no_better_than_what_is_in_it(browser, workspace, set_up, idp, impostor):
    connection = set_up(idp.metadata())
    met(connection, impostor)
    unsigned = idp.answer(ask(browser, idp), sealed=True, signed=False)
    refused(browser, workspace, send(browser, connection, unsigned))
    impostor.person = idp.person
    refused(browser, workspace, send(browser, connection, impostor.answer(ask(browser, idp), sealed=True)))
    other = own_certificate.make("Somebody else").certificate
    refused(browser, workspace, send(browser, connection, idp.answer(ask(browser, idp), sealed_for=other)))


def test_too_many_certificates_are_refused_with_a_sentence(idp):
    with pytest.raises(metadata.Unusable, match="more than 5"):
        metadata.read_saml(idp.metadata(*[SamlIdp() for _ in range(5)]).encode())


def test_a_connection_of_before_gets_a_pair_when_it_is_saved(browser, workspace, set_up, idp):
    connection = set_up(idp.metadata())
    with scope(workspace):
        Connection.objects.update(own_key="", own_certificate="")
    assert "KeyDescriptor" not in our_metadata(met(connection, idp))
    assert send(browser, connection, idp.answer(ask(browser, idp)))["Location"] == "/"
    connection = set_up(idp.metadata())
    assert connection.own_certificate in "".join(our_metadata(connection).split())


def test_a_new_key_of_ours_opens_what_is_sealed_for_it_and_the_old_one_for_a_while(
    browser, visitor, workspace, set_up, idp, client_for, ana
):
    before = set_up(idp.metadata())
    place = f"/w/{workspace.slug}/settings/sign-in/"
    shown = client_for(ana).post(place + "connection/key/", follow=True).content.decode()
    assert "give the identity provider our metadata again by" in shown
    with scope(workspace):
        connection = Connection.objects.get()
        assert Entry.objects.filter(action="sso.key_rotated").count() == 1
    told = "".join(our_metadata(connection).split())
    assert connection.own_certificate in told
    assert before.own_certificate not in told
    old, new = before.own_certificate, connection.own_certificate
    for certificate in (old, new):
        somebody = visitor(HTTP_HOST="testserver")
        answer = idp.answer(ask(somebody, idp), sealed_for=certificate)
        assert send(somebody, connection, answer)["Location"] == "/"
    assert "still in use" in client_for(ana).post(place + "connection/key/", follow=True).content.decode()
    with scope(workspace):
        Connection.objects.update(former_until=timezone.now())
        setting_up.forget_former_key(timezone.now())
        assert Connection.objects.get().former_key == ""
    answer = idp.answer(ask(browser, idp), sealed_for=old)
    assert send(browser, connection, answer).status_code == 403


@pytest.fixture
def followed(workspace, set_up, idp, client_for, ana, settings):
    """Set up by the address of its metadata, which is really asked; it is read again when a day has passed."""
    settings.SSO_ALLOW_PRIVATE = True
    set_up(idp.metadata())
    place = f"/w/{workspace.slug}/settings/sign-in/"
    with SamlIdp(idp.entity).serving() as provider:
        sent = {"metadata_url": provider.metadata_url, "joins": "on", "level": "10"}
        assert client_for(ana).post(place + "connection/saml/", sent).status_code == 302

        def a_day_later(days: int = 1) -> Connection:
            reading_again.read_again(workspace.pk, now=timezone.now() + timedelta(days=days, minutes=1))
            with scope(workspace):
                return Connection.objects.get()

        yield provider, a_day_later


def test_metadata_that_came_by_address_are_read_again_and_owners_are_told(
    browser, workspace, ana, followed, idp, client_for
):
    provider, a_day_later = followed
    first = a_day_later()
    assert mail.outbox == []  # nothing has changed
    provider.person = idp.person
    then = SamlIdp(provider.entity)
    provider.announced = provider.metadata(then)
    assert len(a_day_later(days=0).certificates) == 1  # not before a day has passed
    connection = a_day_later(days=2)
    assert len(connection.certificates) == 2
    assert connection.read_at > first.read_at
    (letter,) = mail.outbox
    assert letter.to == [ana.user.email]
    assert "2 certificates" in letter.body
    met(connection, then)
    then.person, then.sso_url = idp.person, provider.sso_url
    assert send(browser, connection, then.answer(ask(browser, idp)))["Location"] == "/"
    with scope(workspace):
        entry = Entry.objects.get(action="sso.metadata_changed")
    assert (entry.details["before"]["certificates"], entry.details["after"]["certificates"]) == (1, 2)


@pytest.mark.parametrize("announced", ["<nonsense", "another entity", "at a private address"])
def test_what_cannot_be_read_again_changes_nothing_and_is_said(
    workspace, ana, followed, client_for, settings, announced
):
    provider, a_day_later = followed
    before = a_day_later()
    provider.announced = SamlIdp("https://evil.example").metadata() if announced == "another entity" else announced
    settings.SSO_ALLOW_PRIVATE = announced != "at a private address"
    connection = a_day_later(days=2)
    assert connection.certificate == before.certificate
    assert connection.read_problem
    assert connection.read_at == before.read_at
    place = f"/w/{workspace.slug}/settings/sign-in/"
    assert "could not be read again" in client_for(ana).get(place).content.decode()
    assert mail.outbox == []
    a_day_later(days=8)
    assert [letter.to for letter in mail.outbox] == [[ana.user.email]]  # for a week
    a_day_later(days=9)
    assert len(mail.outbox) == 1
