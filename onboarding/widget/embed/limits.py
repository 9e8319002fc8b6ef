"""How often the widget is opened and asked: by one address, one reader, and in one workspace.

The buckets are intake's (docs/decisions/0052, 0070). What one address asks is counted first, and what is no reader's at
all never out of the readers' share: so nobody uses up what a workspace's other readers need.
"""

import ipaddress
from collections.abc import Mapping, MutableMapping
from typing import Any

from django.conf import settings

from onboarding.intake import rate
from workspaces.scope import cause

PER_READER = 2  # openings a second
ASKED_PER_READER = 5  # times a second, for a checklist and to note what was done

_ADDRESS = rate.Bucket(
    "widget-address:",
    lambda _: settings.WIDGET_OPENINGS_PER_ADDRESS,
    "More than {:,} checklists a second were opened from one address; it is tried again in a moment.",
)
_READER = rate.Bucket(
    "widget-reader:",
    lambda _: PER_READER * bool(settings.WIDGET_OPENINGS_PER_ADDRESS),
    "One reader opened more than {:,} checklists a second; it is tried again in a moment.",
)
_ASKING = rate.Bucket(
    "widget-asking:",
    lambda _: ASKED_PER_READER * bool(settings.WIDGET_OPENINGS_PER_ADDRESS),
    "One reader asked more than {:,} times a second; it is tried again in a moment.",
)
_WORKSPACE = rate.Bucket(
    "widget:",
    lambda _: settings.WIDGET_OPENINGS_PER_SECOND,
    "More than {:,} checklists a second were opened in the workspace; it is tried again in a moment.",
)
_ADMITTED = "firstmile.address_admitted"
_NOBODY = _WORKSPACE._replace(name="widget-nobody:")


def address_of(environ: Mapping[str, Any]) -> str:
    """The address that asks, as the last proxy that is ours tells it; of IPv6 the network that one customer has.

    "" where that cannot be told. What a client says of itself stands further left, and is not believed.
    """
    address = cause.address_of(environ, proxies=settings.PROXIES)
    if ":" not in address:
        return address
    return str(ipaddress.ip_network(f"{address}/64", strict=False))


def admit_address(environ: MutableMapping[str, Any]) -> None:
    """Before anything is looked up, once a request. Raises intake's Drop, as all of these do."""
    if _ADMITTED not in environ and (address := address_of(environ)):
        rate.admit_one(address, _ADDRESS)
    environ[_ADMITTED] = True  # what the short way leaves to the page is counted already


def admit_reader(workspace_id: int, user: str) -> None:
    """Somebody who was let in opens a checklist."""
    rate.admit_one(f"{workspace_id}:{user}", _READER)
    rate.admit(workspace_id, 1, _WORKSPACE)


def admit_nobody(workspace_id: int) -> None:
    """Somebody was refused, or is not known yet: bounded as well, but apart."""
    rate.admit(workspace_id, 1, _NOBODY)


def admit_asking(workspace_id: int, sender: str) -> None:
    """A reader asks for the checklist, or says what they did."""
    rate.admit_one(f"{workspace_id}:{sender}", _ASKING)
