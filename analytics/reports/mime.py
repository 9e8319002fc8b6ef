"""A kept letter as one message: alternatives, the HTML with the pictures that belong to it, and what is attached.

Built with the standard library, whose policy refuses a line break in any header; Django hands it to the mail server.
"""

import email.message
import email.policy
from collections.abc import Mapping
from email.utils import formatdate
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.message import sanitize_address

from analytics.reports.letters import Letter


class Mime(email.message.EmailMessage):
    """With `as_bytes` as Django's backends call it."""

    def as_bytes(self, unixfrom: bool = False, policy: Any = None, *, linesep: str = "\n") -> bytes:
        return super().as_bytes(unixfrom, policy=policy or self.policy.clone(linesep=linesep))


class Message(EmailMessage):
    """A message that is built already."""

    def __init__(self, mime: Mime, *, to: str) -> None:
        super().__init__(from_email=settings.DEFAULT_FROM_EMAIL, to=[to], subject=str(mime["Subject"]))
        self.mime = mime

    def message(self, *_: Any, **__: Any) -> Any:
        return self.mime


def message_of(letter: Letter, *, to: str, headers: Mapping[str, str]) -> Message:
    """To one recipient. Raises ValueError for a header that nobody could send."""
    mime = Mime(policy=email.policy.SMTP)
    mime["From"] = settings.DEFAULT_FROM_EMAIL
    mime["To"] = sanitize_address(to, "utf-8")
    mime["Subject"] = letter.subject
    mime["Date"] = formatdate()
    for name, value in headers.items():
        mime[name] = value
    mime.set_content(letter.text)
    mime.add_alternative(letter.html, subtype="html")
    html = next(part for part in mime.iter_parts() if part.get_content_subtype() == "html")
    for piece in letter.pieces:
        kind, _, subtype = piece.kind.partition("/")
        if kind == "image":
            html.add_related(piece.content, kind, subtype, cid=f"<{piece.name}>", disposition="inline")
    for piece in letter.pieces:
        kind, _, subtype = piece.kind.partition("/")
        if kind != "image":
            mime.add_attachment(piece.content, kind, subtype, filename=piece.name)
    return Message(mime, to=to)
