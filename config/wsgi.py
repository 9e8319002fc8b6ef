"""The web application. WSGI: intake is three times faster under it than under ASGI (see docs/decisions)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from workspaces.scope.role import refuse_unsafe_role  # noqa: E402  (needs the settings that were just loaded)

refuse_unsafe_role()
