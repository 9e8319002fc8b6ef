"""What changes about a SAML connection: metadata, the provider's certificates, our key and what is sealed for it."""

import base64
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from tests.workspaces.accounts.saml_provider import SamlIdp
from tests.workspaces.accounts.saml_story import ask, is_in, met, our_metadata, refused, send
from workspaces.accounts import metadata, own_certificate, reading_again, setting_up
from workspaces.accounts.models import Connection
from workspaces.audit.models import Entry
from workspaces.scope import scope


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
