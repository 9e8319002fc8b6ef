"""Why numbers cannot be computed, in the reader's language.

Statistics know neither Django nor languages: they say it in English, and here are all of their sentences.
"""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from analytics.stats import NotComputable

OF_STATISTICS = (
    _("withheld: fewer than five people"),
    _("withheld: fewer than five accounts"),
    _("withheld: fewer than five people, or they could be reckoned from it"),
    _("no earlier forecast has come due"),
    _("nobody was waiting when the forecasts were made"),
    _("the naive forecast made no mistake"),
    _("nobody has been followed for that long"),
    _("everybody has had the event; the variance is not defined"),
    _("there is nobody to follow"),
    _("there is nobody to take a share of"),
    _("nobody has reached it"),
    _("too few had the event by then to tell how sure the mean is"),
    _("the two means are restricted to different times"),
    _("there are no two groups with anybody in them"),
    _("no event happened while two of the groups were being followed"),
    _("nobody has come to this end by then; the variance is not defined"),
    _("everybody has come to this end; the variance is not defined"),
    _("nobody has been watched for that long yet"),
    _("fewer than 5 people have answered"),
    _("there is nobody to forecast for"),
    _("nobody before them has been followed for that long"),
    _("some have waited longer already than anybody before them did"),
)


def reason(result: NotComputable) -> str:
    """Why there is no number. What is no sentence of the statistics is in the reader's language already."""
    return gettext(result.reason)
