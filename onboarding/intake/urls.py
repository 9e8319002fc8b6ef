from django.urls import path, re_path

from onboarding.intake import steps, views

app_name = "intake"
urlpatterns = [
    # SDKs are configured with a host and sometimes with a slash too many.
    *(re_path(rf"^{name}/?$", views.receive, {"call": call}, name=name) for name, call in steps.CALLS.items()),
    path("openapi.json", views.description, name="description"),
    path("projects/<str:write_key>/settings", views.settings, name="settings"),
    re_path(r"^(?P<path>.*)$", views.unknown, name="unknown"),
]
