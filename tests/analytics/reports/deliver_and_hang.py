"""A worker of its own that delivers a workspace's reports: python deliver_and_hang.py WORKSPACE_ID."""

import sys

import django

django.setup()

from django.utils import timezone  # noqa: E402

from analytics.reports import dispatching  # noqa: E402
from workspaces.tenants.models import Workspace  # noqa: E402

dispatching.deliver(Workspace.objects.get(pk=int(sys.argv[1])), now=timezone.now())
