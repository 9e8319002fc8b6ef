"""Who vouches for a reader: tokens that the customer's server signed."""

import base64
import json
from datetime import timedelta

import jwt
import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from onboarding.widget.embed.identity import LONGEST_TOKEN, Identity, Refused, identify
from onboarding.widget.models import IdentityCount, IdentitySecret, TooManySecrets, WidgetSettings
from tests.onboarding.widget.embed.conftest import Caller
from workspaces.keys.models import ApiKey
from workspaces.scope import scope

KEY = b"fm_identity_of-a-good-length-0123456789"
pure = pytest.mark.pure


def refused(token: str, user: str = "pia", *, enforced: bool = False, key: bytes = KEY) -> str:
    with pytest.raises(Refused) as refusal:
        identify(user, token, secrets={1: key}, enforced=enforced)
    assert len(refusal.value.sentence) > 20
    return refusal.value.code


@pure
def test_a_good_token_says_who_reads_for_which_account_and_how_long(sign):
    token = sign(KEY, accountId="initech", name="Pia", aud="somebody-else")
    found = identify("pia", token, secrets={7: bytes(40), 8: KEY}, enforced=True)
    assert (found.user, found.sender, found.account, found.secret_id) == ("pia", "u:pia", "initech", 8)
    assert timedelta(minutes=9) < found.expires_at - timezone.now() <= timedelta(minutes=10)


@pure
def test_without_enforcement_nobody_needs_a_token_but_a_bad_one_is_refused_all_the_same(sign):
    assert identify("pia", "", secrets={}, enforced=False) == Identity("pia")
    assert refused(sign("somebody-elses-secret-of-a-good-length")) == "token_forged"
    assert refused("", enforced=True) == "token_missing"


@pure
def test_each_fault_of_a_token_has_a_reason_of_its_own(sign):
    assert refused(sign(KEY, minutes=-2)) == "token_expired"
    assert refused(sign(KEY, "quinn")) == "token_of_another"
    assert refused(sign(KEY, exp=None)) == "token_incomplete"
    assert refused(sign(KEY, sub=None)) == "token_incomplete"
    assert refused(sign(KEY, accountId=["x"])) == "token_incomplete"
    assert refused(sign(KEY, accountId="x" * 300)) == "token_incomplete"
    assert refused(sign(KEY, nbf=timezone.now() + timedelta(hours=1))) == "token_early"
    assert refused(sign(KEY, exp=10**15)) == "token_malformed"
    assert refused(sign(KEY, exp="soon")) == "token_malformed"
    assert refused(sign(KEY, exp=str(10**10))) == "token_malformed"
    assert refused(sign(KEY * 2, algorithm="HS384")) == "token_algorithm"
    assert refused("x" * (LONGEST_TOKEN + 1)) == "token_too_large"
    assert refused("no token") == "token_malformed"
    with pytest.raises(Refused, match="no identity secret"):
        identify("pia", sign(KEY), secrets={}, enforced=False)


@pure
def test_clocks_may_differ_by_thirty_seconds(sign):
    assert identify("pia", sign(KEY, minutes=-0.4), secrets={1: KEY}, enforced=True).user == "pia"
    assert refused(sign(KEY, minutes=-0.6)) == "token_expired"


@pure
def test_a_token_that_says_it_needs_no_signature_is_refused(sign):
    claims = {"sub": "pia", "exp": int(timezone.now().timestamp()) + 600}
    assert refused(jwt.encode(claims, "", algorithm="none")) == "token_algorithm"
    for header in ({"alg": "none"}, {"alg": "None"}, {"alg": ""}, {}, {"alg": ["HS256"]}, {"alg": "RS256"}):
        parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, claims)]
        assert refused(".".join([*parts, ""])) in ("token_algorithm", "token_malformed")


@pure
@pytest.mark.parametrize("user", ["", "x" * 256, "a\x00b", "\ud800"])
def test_an_id_that_no_event_could_carry_is_refused(user):
    assert refused("", user) == "bad_user"


@pure
@given(st.one_of(st.text(max_size=200), st.builds(lambda *parts: ".".join(parts), *[st.text(max_size=40)] * 3)))
def test_no_text_is_taken_for_a_token(text):
    if text:
        assert refused(text).startswith("token_")


@pure
@given(st.integers(0, 200), st.integers(0, 255))
def test_a_token_with_one_byte_changed_is_refused(place, byte):
    token = bytearray(jwt.encode({"sub": "pia", "exp": 4 * 10**9}, KEY, algorithm="HS256").encode())
    last = len(token) - 1  # whose two lowest bits base64 doesn't use
    place = place % last
    if token[place] != byte:
        token[place] = byte
        assert refused(token.decode("latin-1")).startswith("token_")


def test_two_secrets_are_live_at_most_and_each_is_shown_once(workspace, ana):
    with scope(workspace):
        first, text = IdentitySecret.make(by=ana)
        second, _ = IdentitySecret.make(by=ana)
        assert text.startswith("fm_identity_")
        assert first.key() == text.encode()
        with pytest.raises(TooManySecrets, match="Revoke"):
            IdentitySecret.make(by=ana)
        first.revoke(by=ana)
        third, _ = IdentitySecret.make(by=ana)
        assert list(IdentitySecret.live()) == [second, third]
        with connection.cursor() as cursor:
            cursor.execute("SELECT sealed, hint FROM widget_identitysecret WHERE id = %s", [first.pk])
            (row,) = cursor.fetchall()
        assert text not in row[0]
        assert text[20:-8] not in "".join(row)


def test_both_live_secrets_are_good_and_a_revoked_one_is_not(caller, workspace, sign):
    with scope(workspace):
        (old, old_text), (_, new_text) = IdentitySecret.make(by=None), IdentitySecret.make(by=None)
    assert caller.begin(token=sign(old_text)).status_code == 200
    assert caller.begin(token=sign(new_text)).status_code == 200
    with scope(workspace):
        old.revoke(by=None)
    assert caller.begin(token=sign(new_text)).status_code == 200
    assert caller.begin(token=sign(old_text)).json()["code"] == "token_forged"


def test_a_token_of_another_workspace_is_worth_nothing(caller, secret, other_workspace, sign):
    with scope(other_workspace):
        theirs = IdentitySecret.make(by=None)[1]
    assert caller.begin(token=sign(theirs)).json()["code"] == "token_forged"
    assert caller.begin(token=sign(secret)).status_code == 200


def test_a_token_is_not_good_with_another_workspaces_key(workspace, other_workspace, secret, sign):
    with scope(other_workspace):
        WidgetSettings.of(other_workspace).allow("https://app.customer.example", by=None)
    key = ApiKey.issue(other_workspace, kind="write", name="theirs")[1]
    assert Caller(key).begin(token=sign(secret)).json()["code"] == "no_secret"


def test_who_comes_is_counted_as_signed_unsigned_or_refused(caller, workspace, other_workspace, secret, sign):
    for token in (sign(secret), sign(secret), sign(secret), "", "forged.forged.forged"):
        caller.frame(token=token)
    with scope(workspace):
        count = IdentityCount.objects.get()
        assert (count.signed, count.unsigned, count.refused) == (3, 1, 1)
        assert IdentityCount.signed_share() == 0.75
        IdentityCount.objects.update(day=timezone.now().date() - timedelta(days=7))
        assert IdentityCount.signed_share() is None
    with scope(other_workspace):
        assert not IdentityCount.objects.exists()
