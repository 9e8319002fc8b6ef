"""Headers that every answer of Django's has, beside those of Django's own security middleware and of the policy."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import has_vary_header

from config.csp_reports import PATH

# What no page of ours needs, no script that got in may have either.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "autoplay", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer"),
        *("microphone", "midi", "payment", "screen-wake-lock", "usb", "xr-spatial-tracking"),
    )
)
HEADERS = {"Permissions-Policy": PERMISSIONS, "Reporting-Endpoints": f'csp="{PATH}"'}

Answer = Callable[[HttpRequest], HttpResponse]


def middleware(answer: Answer) -> Answer:
    def answered(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if has_vary_header(response, "Cookie"):  # it is for whoever asked alone, and old as soon as they log out
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return answered
