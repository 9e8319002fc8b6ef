"""Operations that will go: every answer of theirs says since when that is known and when they end.

`Deprecation` (RFC 9745) and `Sunset` (RFC 8594) are for programs; `Link` leads people to what takes the place.
"""

from calendar import timegm
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.utils.http import http_date

AT_LEAST = timedelta(days=365)
PAGE = "/api/deprecations"


@dataclass(frozen=True)
class Deprecation:
    """`since` its first day and until `ends` the operation works as ever; `instead` says in a sentence what to use."""

    since: date
    ends: date
    instead: str

    def __post_init__(self) -> None:
        if self.ends - self.since < AT_LEAST:
            raise ValueError(f"Programs get at least {AT_LEAST.days} days to change.")

    def headers(self, name: str) -> dict[str, str]:
        """What every answer of the operation of this name carries."""
        page = f"<{settings.BASE_URL}{PAGE}#{name}>"
        return {
            "Deprecation": f"@{timegm(self.since.timetuple())}",
            "Sunset": http_date(timegm(self.ends.timetuple())),
            "Link": f'{page}; rel="deprecation"; type="text/html", {page}; rel="sunset"; type="text/html"',
        }
