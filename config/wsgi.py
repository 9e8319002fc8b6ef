"""The web application. WSGI: intake is three times faster under it than under ASGI (see docs/decisions)."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

pages = get_wsgi_application()

# Nobody waits for an answer for so long, and whatever hangs here holds a thread that others need.
from config.environment import give_up_after  # noqa: E402

give_up_after(30)

# These need the settings that were just loaded.
from config import metrics  # noqa: E402
from onboarding.features import ofrep  # noqa: E402
from onboarding.intake import gateway  # noqa: E402
from onboarding.widget.embed import short  # noqa: E402
from workspaces.scope.role import refuse_unsafe_role  # noqa: E402

refuse_unsafe_role()


def pages_and_metrics(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django's pages, and /metrics beside them."""
    if environ["PATH_INFO"] == metrics.PATH:
        return metrics.application(environ, start_response)
    return pages(environ, start_response)


application = gateway.before(gateway.before(short.before(pages_and_metrics), find=ofrep.find))
