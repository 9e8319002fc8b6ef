"""The web application. WSGI: intake is three times faster under it than under ASGI (see docs/decisions)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

pages = get_wsgi_application()

# These need the settings that were just loaded.
from onboarding.intake import gateway  # noqa: E402
from workspaces.scope.role import refuse_unsafe_role  # noqa: E402

refuse_unsafe_role()

application = gateway.before(pages)
