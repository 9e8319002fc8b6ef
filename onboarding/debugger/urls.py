from django.urls import path

from onboarding.debugger import views, views_replay

app_name = "debugger"
urlpatterns = [
    path("events/", views.events, name="events"),
    path("events/latest/", views.latest, name="latest"),
    path("events/rejected/again/", views_replay.all_again, name="all_again"),
    path("events/<str:ref>/", views.message, name="message"),
    path("events/<str:ref>/replay/", views_replay.replay, name="replay"),
]
