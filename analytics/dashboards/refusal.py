"""What is answered to a question that makes no sense."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from analytics.metrics.question import Unanswerable


def refusal(request: HttpRequest, error: Unanswerable) -> HttpResponse:
    return render(request, "dashboards/refusal.html", {"reason": str(error)}, status=400)
