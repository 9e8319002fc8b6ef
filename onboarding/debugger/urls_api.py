from django.urls import path

from onboarding.debugger import views_api

app_name = "events_api"
urlpatterns = [
    path("events", views_api.EventsView.as_view(), name="events"),
    path("events/<str:ref>", views_api.EventView.as_view(), name="event"),
    path("rejections/<str:ref>/replay", views_api.ReplayView.as_view(), name="replay"),
]
