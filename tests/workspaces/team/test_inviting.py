"""Invitations: who gets in by one, once, and who does not."""

import smtplib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from tests.conftest import PASSWORD
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.team import changing, inviting
from workspaces.team.changing import Refused
from workspaces.team.mail import send_invitations
from workspaces.team.models import Invitation
from workspaces.tenants.access import Level
from workspaces.tenants.models import User


@pytest.fixture
def eva(make_workspace, make_member):
    """A log-in of another company."""
    return make_member(make_workspace("Initech"), "eva", Level.OWNER)


def test_a_log_in_that_exists_joins_with_one_click(workspace, ana, eva, invited, client, page_of):
    path = invited(eva.user.email.upper())
    page = client.get(path).content.decode()
    assert f"Ana invites you to {workspace.name} as <b>editor</b>" in page
    assert f"Log in as {eva.user.email}" in page
    login = client.post("/accounts/login/", {"login": eva.user.email, "password": PASSWORD, "next": path})
    assert login["Location"] == path
    assert f"Join {workspace.name}" in client.get(path).content.decode()
    assert workspace.member(user=eva.user) is None
    for _ in range(2):  # twice is harmless
        assert client.post(path)["Location"] == f"/w/{workspace.slug}/"
    assert workspace.member(user=eva.user).level == Level.EDITOR
    assert client.get(page_of(workspace)).status_code == 200
    with scope(workspace):
        assert Entry.objects.filter(action="invitation.accepted").count() == 1


def test_somebody_new_signs_up_with_the_address_that_was_invited(workspace, invited, client, settings):
    from allauth.account.models import EmailAddress

    settings.SIGN_UP_OPEN = False

    path = invited("new@team.example")
    page = client.get(path).content.decode()
    assert "Sign up as new@team.example" in page
    assert client.session["invitation"] in path
    form = {"name": "Nia New", "email": "new@team.example", "password1": PASSWORD, "next": path}
    assert client.post("/accounts/signup/", form)["Location"] == path
    assert client.post(path).status_code == 302
    user = User.objects.get(email="new@team.example")
    assert workspace.member(user=user).level == Level.EDITOR
    assert EmailAddress.objects.get(user=user).verified


def test_without_an_open_invitation_nobody_signs_up(workspace, ana, invited, client, settings):
    settings.SIGN_UP_OPEN = False
    path = invited("late@team.example")
    client.get(path)
    with scope(workspace):
        inviting.revoke(Invitation.objects.get(), by=ana)
    client.post("/accounts/signup/", {"name": "Late", "email": "late@team.example", "password1": PASSWORD})
    assert not User.objects.filter(email="late@team.example").exists()


def test_an_invitation_is_worth_nothing_to_another_log_in(workspace, eva, invited, client_for):
    path = invited("somebody@team.example")
    browser = client_for(eva)
    for page in (browser.get(path), browser.post(path)):
        assert "for somebody else" in page.content.decode()
        assert eva.user.email in page.content.decode()
    assert workspace.member(user=eva.user) is None
    assert browser.post("/accounts/logout/", {"next": path})["Location"] == path
    assert "Sign up as somebody@team.example" in browser.get(path).content.decode()


@pytest.mark.parametrize("end", ["revoked", "expired"])
def test_an_invitation_that_is_over_lets_nobody_in(end, workspace, ana, eva, invited, client_for):
    path = invited(eva.user.email)
    now = timezone.now()
    with scope(workspace):
        Invitation.objects.update(**{"revoked_at": now} if end == "revoked" else {"expires_at": now})
    browser = client_for(eva)
    for page in (browser.get(path), browser.post(path)):
        assert page.status_code == 410
    assert workspace.member(user=eva.user) is None


def test_links_that_nobody_made_lead_nowhere(workspace, other_workspace, invited, client):
    path = invited("somebody@team.example")
    number, secret = path.split("/")[2].split("-", 1)
    for token in (
        f"{other_workspace.pk:x}-{secret}",
        f"{number}-{secret[:-1]}",
        "x",
        "-",
        "zz-zz",
        "9" * 70,
        f"{number}-",
    ):
        assert client.get(f"/invitations/{token}/").status_code == 404
    with scope(workspace):
        assert secret not in str(Invitation.objects.values().get())


def test_accepting_never_lowers_a_level_and_tells_nobody_else(workspace, ana, make_member, invited, client_for):
    path = invited("ada@team.example", Level.VIEWER)
    ada = workspace.join(User.objects.create_user("ada@team.example", PASSWORD), Level.ADMIN)
    client_for(ada).post(path)
    assert workspace.member(user=ada.user).level == Level.ADMIN


def test_accepting_in_two_windows_at_once_makes_one_member(workspace, eva, invited):
    token = invited(eva.user.email).split("/")[2]
    together = Barrier(2)

    def accept(_: int) -> str:
        try:
            together.wait(10)
            return inviting.accept(token, eva.user).slug
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(accept, range(2))) == [workspace.slug] * 2
    assert workspace.members.filter(user=eva.user).count() == 1


def test_inviting_the_same_address_twice_at_once_makes_one_invitation(workspace, ana):
    together = Barrier(2)

    def invite(level: Level) -> None:
        try:
            together.wait(10)
            with scope(workspace):
                inviting.invite("twin@team.example", level, by=ana)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(invite, (Level.VIEWER, Level.COACH)))
    with scope(workspace):
        assert Invitation.waiting().count() == 1


def test_nobody_invites_above_their_own_level(workspace, ana, make_member, client_for, page_of):
    ada = make_member(workspace, "ada", Level.ADMIN)
    asked = {"addresses": "boss@team.example", "level": Level.OWNER.value}
    assert client_for(ada).post(page_of(workspace, "invite"), asked).status_code == 422
    with scope(workspace):
        with pytest.raises(Refused):
            inviting.invite("boss@team.example", Level.OWNER, by=ada)
        above = inviting.invite("boss@team.example", Level.OWNER, by=ana)
    for name in ("link", "again"):
        assert client_for(ada).post(page_of(workspace, name, pk=above.pk)).status_code == 404


def test_several_are_invited_at_once_and_what_is_no_address_is_named(workspace, ana, client_for, page_of):
    browser = client_for(ana)
    bad = browser.post(page_of(workspace, "invite"), {"addresses": "a@team.example, nonsense", "level": "10"})
    assert bad.status_code == 422
    assert "“nonsense” is no e-mail address" in bad.content.decode()
    several = {"addresses": f"A@team.example\nb@team.example; a@team.example,{ana.user.email}", "level": "10"}
    page = browser.post(page_of(workspace, "invite"), several, follow=True).content.decode()
    assert f"{ana.user.email} is a member already" in page
    with scope(workspace):
        assert set(Invitation.waiting().values_list("address", flat=True)) == {"a@team.example", "b@team.example"}


def test_sent_again_both_links_lead_in_and_it_is_good_for_longer(workspace, ana, invited, client, client_for, page_of):
    first = invited("slow@team.example")
    with scope(workspace):
        invitation = Invitation.objects.get()
        with pytest.raises(Refused, match="just now"):
            inviting.send_again(invitation, by=ana)
        early = timezone.now() - timedelta(hours=1)
        Invitation.objects.update(mailed_at=early, expires_at=early)
    assert client.get(first).status_code == 410
    client_for(ana).post(page_of(workspace, "again", pk=invitation.pk))
    mail.outbox.clear()
    assert send_invitations(workspace.pk) == 1
    assert first not in mail.outbox[0].body
    assert client.get(first).status_code == 200


def test_a_link_is_shown_once_for_whom_mail_does_not_reach(workspace, ana, client, client_for, page_of):
    with scope(workspace):
        invitation = inviting.invite("offline@team.example", Level.VIEWER, by=ana)
    browser = client_for(ana)
    shown = browser.post(page_of(workspace, "link", pk=invitation.pk)).context["link"]
    assert client.get(shown[shown.index("/invitations/") :]).status_code == 200
    assert shown not in browser.get(page_of(workspace)).content.decode()


def test_mail_that_cannot_be_sent_waits_or_says_why(workspace, ana, monkeypatch):
    with scope(workspace):
        inviting.invite("wait@team.example", Level.VIEWER, by=ana)

    def fail(error):
        def send(*_args, **_kwargs):
            raise error

        monkeypatch.setattr("workspaces.team.mail.EmailMultiAlternatives.send", send)

    fail(ConnectionRefusedError())
    with pytest.raises(ConnectionRefusedError):
        send_invitations(workspace.pk)
    with scope(workspace):
        assert Invitation.objects.get().mail_wanted_at is not None
    fail(smtplib.SMTPRecipientsRefused({"wait@team.example": (550, b"no such user")}))
    assert send_invitations(workspace.pk) == 0
    with scope(workspace):
        invitation = Invitation.objects.get()
    assert (invitation.problem, invitation.mail_wanted_at) == ("The mail server refused it: no such user", None)


def test_names_with_markup_are_text_in_the_mail_and_on_the_page(workspace, ana, invited, client):
    type(workspace).objects.filter(pk=workspace.pk).update(name="<b>Acme</b>\nBcc: x@team.example")
    path = invited("plain@team.example")
    (letter,) = mail.outbox
    assert "\n" not in letter.subject
    assert "<b>Acme" not in letter.alternatives[0].content
    assert "<b>Acme" not in client.get(path).content.decode()


def test_addresses_of_invitations_that_are_long_over_are_forgotten(workspace, ana):
    ago = timezone.now() - timedelta(days=91)
    ends = {"accepted_at": ago, "revoked_at": ago, "expires_at": ago}
    with scope(workspace):
        for field, moment in ends.items():
            made = inviting.invite(f"{field}@team.example", Level.VIEWER, by=ana)
            Invitation.objects.filter(pk=made.pk).update(**{field: moment})
        inviting.invite("open@team.example", Level.VIEWER, by=ana)
        assert Invitation.forget_old() == 3
        assert [invitation.address for invitation in Invitation.objects.all()] == ["open@team.example"]


def test_a_link_that_was_handed_over_proves_no_address_and_tells_of_nobody(
    workspace, ana, eva, visitor, client_for, page_of
):
    """Whoever invites sees it: with it they could make a log-in of somebody else's address, proved, and wait there."""
    from allauth.account.models import EmailAddress

    def handed(address: str) -> str:
        with scope(workspace):
            invitation = inviting.invite(address, Level.VIEWER, by=ana)
        link = client_for(ana).post(page_of(workspace, "link", pk=invitation.pk)).context["link"]
        return link[link.index("/invitations/") :]

    path, browser = handed("victim@team.example"), visitor()
    for place in (path, handed(eva.user.email)):  # of whom there is a log-in, and of whom there is none
        assert "Sign up as" in visitor().get(place).content.decode()
    browser.get(path)
    form = {"name": "Mal", "email": "victim@team.example", "password1": PASSWORD, "next": path}
    assert browser.post("/accounts/signup/", form)["Location"] == "/accounts/confirm-email/"
    assert browser.get("/accounts/me/").status_code == 302
    assert not EmailAddress.objects.get(email="victim@team.example").verified
    with pytest.raises(inviting.NoSuchInvitation), inviting.behind(path.split("/")[2].replace("~", "")):
        pass  # the mark cannot be taken off


def test_whoever_was_handed_a_link_joins_when_the_address_is_proved(workspace, ana, visitor, client_for, page_of):
    from tests.workspaces.accounts.conftest import code_in, mails_to

    with scope(workspace):
        invitation = inviting.invite("remote@team.example", Level.COACH, by=ana)
    link = client_for(ana).post(page_of(workspace, "link", pk=invitation.pk)).context["link"]
    path, browser = link[link.index("/invitations/") :], visitor()
    browser.get(path)
    browser.post(
        "/accounts/signup/", {"name": "Ray", "email": "remote@team.example", "password1": PASSWORD, "next": path}
    )
    code = code_in(mails_to("remote@team.example")[-1])
    assert browser.post("/accounts/confirm-email/", {"code": code})["Location"] == path
    browser.post(path)
    assert workspace.member(user__email="remote@team.example").level == Level.COACH


def test_who_is_removed_or_lowered_meanwhile_invites_nobody_any_more(workspace, ana, make_member):
    ada, ira = make_member(workspace, "ada", Level.ADMIN), make_member(workspace, "ira", Level.ADMIN)
    with scope(workspace):
        open_one = inviting.invite("one@team.example", Level.VIEWER, by=ana)
        changing.remove(ada.pk, by=ana)
        changing.change_level(ira.pk, Level.EDITOR, by=ana)
        for late in (ada, ira):  # as they were when their requests came
            with pytest.raises(Refused, match="meanwhile"):
                inviting.invite("second@team.example", Level.ADMIN, by=late)
            with pytest.raises(Refused, match="meanwhile"):
                inviting.send_again(open_one, by=late)
        assert not Invitation.objects.filter(address="second@team.example").exists()


def test_accepting_while_one_is_made_owner_does_not_take_that_back(workspace, ana, make_member):
    ben = make_member(workspace, "ben", Level.VIEWER)
    with scope(workspace):
        invitation = inviting.invite("ben@elsewhere.example", Level.COACH, by=ana)
        Invitation.objects.filter(pk=invitation.pk).update(address=ben.user.email)
        token = inviting.new_link(invitation).rstrip("/").rpartition("/")[2]
    held, done = Event(), Event()

    def hand_over() -> None:
        try:
            with scope(workspace):
                changing.hand_over(ben.pk, by=ana)
                held.set()
                done.wait(0.5)  # the other one reads, or waits, meanwhile
        finally:
            connection.close()

    def accept() -> None:
        try:
            held.wait(10)
            inviting.accept(token, ben.user)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for finished in [pool.submit(hand_over), pool.submit(accept)]:
            finished.result(20)
    assert workspace.member(pk=ben.pk).level == Level.OWNER
