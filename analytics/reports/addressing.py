"""An edition's letter as the message to one of its recipients, with the headers by which they can stop it."""

from urllib.parse import urlsplit

from django.conf import settings

from analytics.reports.consent import UNSUBSCRIBE, link
from analytics.reports.editions import letter_in
from analytics.reports.letters import addressed
from analytics.reports.mime import Message, message_of
from analytics.reports.models import Dispatch


def message_to_its_recipient(dispatch: Dispatch) -> Message:
    stop = link(dispatch.recipient, UNSUBSCRIBE)
    headers = {
        "Message-ID": dispatch.message_id,
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }
    letter = addressed(letter_in(dispatch.edition), unsubscribe=stop)
    return message_of(letter, to=dispatch.address, headers=headers)


def message_id(dispatch: Dispatch) -> str:
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    return f"<report.{dispatch.workspace_id}.{dispatch.pk}.{dispatch.again}@{host}>"
