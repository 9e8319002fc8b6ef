"""Mail goes to a server that is named wholly, or nowhere: half of one is refused, and says what is missing."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.mail import CONSOLE, FOLDER, SERVER, mail

pytestmark = pytest.mark.pure
WHOLE = {"HOST": "smtp.example.com", "USER": "u", "PASSWORD": "p", "FROM": "Acme <reports@example.com>"}


@pytest.fixture
def said(monkeypatch):
    def say(*, in_production=True, **values):
        for name in ("HOST", "PORT", "USER", "PASSWORD", "TLS", "FROM", "FOLDER"):
            monkeypatch.delenv(f"FIRSTMILE_EMAIL_{name}", raising=False)
        for name, value in values.items():
            monkeypatch.setenv(f"FIRSTMILE_EMAIL_{name}", value)
        return mail(in_production=in_production)

    return say


def test_a_whole_server_is_spoken_to_by_starttls_on_587(said):
    found = said(**WHOLE)
    assert (found.backend, found.host, found.port, found.tls) == (SERVER, "smtp.example.com", 587, "starttls")
    assert (found.user, found.password, found.sender) == ("u", "p", "Acme <reports@example.com>")
    assert found.goes_out


@pytest.mark.parametrize(("tls", "port"), [("tls", 465), ("none", 25), ("STARTTLS", 587)])
def test_the_port_follows_from_how_it_is_encrypted(said, tls, port):
    assert said(HOST="h", FROM="a@b.example", TLS=tls).port == port
    assert said(HOST="h", FROM="a@b.example", TLS=tls, PORT="2525").port == 2525


def test_nothing_said_prints_mail_and_sends_none(said):
    for in_production in (True, False):
        found = said(in_production=in_production)
        assert found.backend == CONSOLE
        assert not found.goes_out


def test_for_development_mail_may_go_to_a_folder(said):
    found = said(in_production=False, FOLDER="/tmp/mails")
    assert (found.backend, found.folder) == (FOLDER, "/tmp/mails")


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"USER": "u", "PASSWORD": "p"}, "FIRSTMILE_EMAIL_USER is set and FIRSTMILE_EMAIL_HOST names no server"),
        ({"PORT": "25"}, "FIRSTMILE_EMAIL_PORT is set"),
        ({"TLS": "tls"}, "FIRSTMILE_EMAIL_TLS is set"),
        ({"HOST": "h"}, "FIRSTMILE_EMAIL_FROM must say who mail is from"),
        ({**WHOLE, "PASSWORD": ""}, "belong together"),
        ({**WHOLE, "USER": ""}, "belong together"),
        ({**WHOLE, "TLS": "ssl"}, "write starttls, tls or none"),
        ({**WHOLE, "TLS": "none"}, "in the clear"),
        ({**WHOLE, "PORT": "smtp"}, "write a port"),
        ({**WHOLE, "PORT": "99999"}, "write a port"),
        ({**WHOLE, "FROM": "Acme"}, "FIRSTMILE_EMAIL_FROM is"),
        ({**WHOLE, "FROM": "a@b.example\nBcc: c@d.example"}, "FIRSTMILE_EMAIL_FROM is"),
        ({**WHOLE, "FOLDER": "/tmp/x"}, "one of them only"),
    ],
)
def test_half_of_a_server_is_refused(said, values, problem):
    with pytest.raises(ImproperlyConfigured, match=problem):
        said(**values)
