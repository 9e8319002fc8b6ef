from django.urls import re_path

from onboarding.intake.posthog import views

app_name = "posthog"
# At the root, because SDKs are configured with a host. With and without the slash at the end.
urlpatterns = [
    re_path(r"^(?:batch|capture|e|i/v0/e|i/v0/ai/batch)/?$", views.capture, name="capture"),
    re_path(r"^i/v1/analytics/events/?$", views.events, name="events"),
    re_path(r"^(?:flags|decide)/?$", views.flags, name="flags"),
]
