"""Acme's ladder with a crowd on it, a weekly report to ana, and a mail server of the tests' own."""

import socket
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from analytics.reports import consent, soon, tasks
from analytics.reports.models import Question, Report
from tests.analytics.dashboards.conftest import count, crowd, versions  # noqa: F401  (fixtures)
from workspaces.scope import scope

DAY = timedelta(days=1)


@pytest.fixture
def people(workspace, publish, versions, count, crowd, clock):  # noqa: F811
    """240 people of two plans on Acme's ladder, and 3 of a plan of their own."""
    publish(workspace, at=clock - 100 * DAY)
    (version,) = versions(workspace)
    count(workspace, crowd(version, 120, seed=1, segment={"plan": "pro"}))
    count(workspace, crowd(version, 120, seed=2, mean_days=9, segment={"plan": "free"}))
    count(workspace, crowd(version, 3, seed=3, segment={"plan": "secret"}))


@pytest.fixture
def report(workspace, people, ana, clock):
    """Every Monday at 8, so due four hours ago; it goes to ana. Nobody was asked for consent lately."""
    Question.objects.all().delete()  # they are of no workspace, so they do not go with one
    with scope(workspace):
        made = Report.objects.create(
            name="Weekly adoption", ladder_key="admin", made_by=ana.user, counts_from=clock - 3 * DAY
        )
        consent.add(made, ana.user.email, by=ana)
        return made


@pytest.fixture
def outsider(workspace, report, ana):
    """An address of nobody's who is a member, that has said yes."""
    with scope(workspace):
        recipient = consent.add(report, "board@example.org", by=ana)
        consent.confirm(recipient)
        return recipient


@pytest.fixture(autouse=True)
def worker_at_hand(monkeypatch):
    """A worker that writes a page as soon as it is called for. The real one has a test of its own."""
    monkeypatch.setattr(soon, "call", lambda wanted, kept_s: tasks.write(*wanted, kept_s))


class Sink:
    """A mail server that keeps what it takes. `refuse` answers a recipient; `before_ok` runs before its last OK."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bytes]] = []
        self.refuse: Callable[[str], str] = lambda address: ""
        self.before_ok: Callable[[], str | None] = lambda: None
        self.hangs_up = False

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options) -> str:
        if answer := self.refuse(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.taken.append((envelope.rcpt_tos[0], envelope.content))
        if self.hangs_up:
            server.transport.abort()
        return self.before_ok() or "250 OK"

    @property
    def messages(self):
        return [message_from_bytes(content, policy=default) for _, content in self.taken]

    @property
    def to(self) -> list[str]:
        return sorted(address for address, _ in self.taken)


@pytest.fixture
def sink(settings):
    server = Sink()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield server
    controller.stop()
