"""SSO by SAML with a provider that is none of ours (pysaml2's): in with its answers, and with no other."""

import base64
import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from tests.workspaces.accounts.saml_story import ask, is_in, met, refused, send
from workspaces.accounts import metadata
from workspaces.accounts.models import Connection
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.tenants.models import User


@pytest.fixture
def connection(workspace, verified, connect, idp) -> Connection:
    idp.person = f"zoe@{verified(workspace, f'{workspace.slug}.example')}"
    told = metadata.read_saml(idp.metadata().encode())
    fields = {"issuer": told.entity_id, "sso_url": told.sso_url, "certificate": "\n".join(told.certificates)}
    return met(connect(workspace, "saml", **fields), idp)


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
