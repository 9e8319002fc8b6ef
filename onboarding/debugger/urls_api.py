from django.urls import path

from onboarding.debugger import api

urlpatterns = [
    path("events", api.Events.as_view(), name="events"),
    path("events/<str:ref>", api.Event.as_view(), name="event"),
    path("rejections/<str:ref>/replay", api.Replay.as_view(), name="replay"),
]
