"""Every resource of the REST API, in the order of the storeys."""

from django.urls import include, path, re_path

from workspaces.api.views import unknown

app_name = "api"
urlpatterns = [
    path("", include("milestones.library.urls_api")),
    path("", include("milestones.ladders.urls_api")),
    path("", include("onboarding.debugger.urls_api")),
    re_path(r"", unknown, name="unknown"),
]
