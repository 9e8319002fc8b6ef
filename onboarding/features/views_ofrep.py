"""OFREP as Django serves it: for development servers and tests. The web server's way is the gateway."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from onboarding.features import ofrep
from onboarding.intake.views import respond


@csrf_exempt
def answer(request: HttpRequest) -> HttpResponse:
    """Any address of OFREP's."""
    route = ofrep.find(request.path_info)
    if route is None:
        raise Http404("Nothing is evaluated at this address")
    return respond(request, route)
