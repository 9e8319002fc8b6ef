"""Where this installation stands, as the member who looks at it reached it."""

from django.http import HttpRequest


def own_origin(request: HttpRequest) -> str:
    """The origin of the page that was asked for; its host is one of ALLOWED_HOSTS."""
    return f"{request.scheme}://{request.get_host()}"
