import pytest

from workspaces.keys.sealed import Unreadable, seal, unseal

pytestmark = pytest.mark.pure


def test_what_is_sealed_can_be_read_again_and_not_in_the_table():
    sealed = seal(b"whsec of Acme")
    assert "whsec" not in sealed
    assert unseal(sealed) == b"whsec of Acme"
    assert seal(b"whsec of Acme") != sealed


def test_a_former_secret_key_opens_what_it_sealed(settings):
    sealed = seal(b"of old")
    former = settings.SECRET_KEY
    settings.SECRET_KEY = "x" * 60
    with pytest.raises(Unreadable, match="FIRSTMILE_SECRET_KEY_FALLBACKS"):
        unseal(sealed)
    settings.SECRET_KEY_FALLBACKS = [former]
    assert unseal(sealed) == b"of old"


def test_what_was_changed_is_not_opened():
    sealed = seal(b"secret")
    with pytest.raises(Unreadable):
        unseal(sealed[:-6] + "AAAAA=")
