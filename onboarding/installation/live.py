"""How far the installation has come, by what was really seen: the four steps of the guide, each with its state."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onboarding.people.models import Person
from onboarding.widget import arrivals
from onboarding.widget.arrivals import Arrival
from onboarding.widget.embed.origins import BadOrigin, allows, origin_of
from onboarding.widget.models import IdentityCount, IdentitySecret, WidgetSettings
from workspaces.tenants.models import Workspace

DAYS = 7
SHOWN = 8  # arrivals that are listed

# Why somebody was refused, as the end of "… was refused: ".
WHY = {
    "origin_not_allowed": _("this site is not allowed"),
    "token_missing": _("it came without a token, and tokens are needed here"),
    "token_expired": _("its token had expired"),
    "token_forged": _("its token was signed by no live secret"),
    "no_secret": _("it came with a token, but there is no identity secret"),
    "token_of_another": _("its token was signed for another user than the page named"),
    "token_algorithm": _("its token was not signed with HS256"),
    "token_incomplete": _("its token lacks sub or exp, or they are not what they should be"),
    "token_early": _("its token is not valid yet: is your server’s clock right?"),
    "token_malformed": _("its token is no JWT that can be read"),
    "token_too_large": _("its token is larger than 4 KB"),
    "bad_user": _("the user’s id was empty or too long"),
}
OF_TOKENS = {code for code in WHY if code.startswith("token_")} | {"no_secret"}


class State(StrEnum):
    DONE = "done"
    WAITING = "waiting"  # for something to happen outside
    TROUBLE = "trouble"  # what happened last was refused
    OPEN = "open"  # for the member to begin with
    UNKNOWN = "unknown"  # nobody can say at the moment


@dataclass(frozen=True)
class Visits:
    """How often people came in the last days: with a good token, without one, with one that was refused."""

    signed: int = 0
    unsigned: int = 0
    refused: int = 0

    @property
    def let_in(self) -> int:
        return self.signed + self.unsigned

    @property
    def share(self) -> float | None:
        """Of those let in the share with a token; None when nobody came."""
        return self.signed / self.let_in if self.let_in else None


@dataclass(frozen=True)
class Step:
    """`arrival` is what the state rests on, where it rests on one."""

    state: State
    arrival: Arrival | None = None


@dataclass(frozen=True)
class Seen:
    """All that the live check tells. `reachable`: whether the list of arrivals could be read."""

    reachable: bool
    arrivals: Sequence[Arrival]
    site: Step
    page: Step
    token: Step
    events: Step
    last_event_at: datetime | None
    secrets: int
    enforced: bool

    def tag(self) -> str:
        """Stays the same as long as what is told does; times are told in minutes."""
        return hashlib.sha256(repr((self, f"{timezone.now():%H:%M}")).encode()).hexdigest()[:20]


def seen(workspace: Workspace, settings: WidgetSettings) -> Seen:
    """Look. Inside the workspace's scope."""
    came = arrivals.lately(workspace.pk)
    reachable, came = came is not None, came or []
    last_event_at = Person.objects.order_by("-last_seen_at").values_list("last_seen_at", flat=True).first()
    secrets = IdentitySecret.live().count()
    return Seen(
        reachable=reachable,
        arrivals=came[:SHOWN],
        site=_site(settings, came),
        page=_page(settings, came, reachable=reachable),
        token=_token(came, secrets=secrets, reachable=reachable),
        events=Step(State.WAITING if last_event_at is None else State.DONE),
        last_event_at=last_event_at,
        secrets=secrets,
        enforced=settings.enforced,
    )


def visits() -> Visits:
    since = timezone.now().date() - timedelta(days=DAYS - 1)
    sums = IdentityCount.objects.filter(day__gte=since).aggregate(
        signed=Sum("signed"), unsigned=Sum("unsigned"), refused=Sum("refused")
    )
    return Visits(**{name: number or 0 for name, number in sums.items()})


def can_be_allowed(origin: str) -> bool:
    try:
        return origin_of(origin) == origin
    except BadOrigin:
        return False


def _site(settings: WidgetSettings, came: Sequence[Arrival]) -> Step:
    if settings.allowed_origins:
        return Step(State.DONE)
    refused = next((one for one in came if one.outcome == "origin_not_allowed"), None)
    return Step(State.TROUBLE if refused else State.OPEN, refused)


def _page(settings: WidgetSettings, came: Sequence[Arrival], *, reachable: bool) -> Step:
    """A page of an allowed site asked; whether its user was known is the next step's affair."""
    asked = next((one for one in came if allows(settings.allowed_origins, one.origin)), None)
    if asked is not None and (asked.admitted or asked.outcome in OF_TOKENS):
        return Step(State.DONE, asked)
    refused = next((one for one in came if not one.admitted), None)
    if refused is not None:
        return Step(State.TROUBLE, refused)
    return Step(State.WAITING if reachable else State.UNKNOWN)


def _token(came: Sequence[Arrival], *, secrets: int, reachable: bool) -> Step:
    """The last that was told of a token holds."""
    last = next((one for one in came if one.signed or one.outcome in OF_TOKENS), None)
    if last is not None:
        return Step(State.DONE if last.signed else State.TROUBLE, last)
    if not reachable:
        return Step(State.UNKNOWN)
    return Step(State.WAITING if secrets else State.OPEN)
