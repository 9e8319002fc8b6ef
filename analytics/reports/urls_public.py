"""Without a log-in: for whoever gets a report by mail, or holds a link."""

from django.urls import path

from analytics.reports import views_mailed

app_name = "mailed"
urlpatterns = [
    path("confirm/<str:token>/", views_mailed.confirm, name="confirm"),
    path("unsubscribe/<str:token>/", views_mailed.unsubscribe, name="unsubscribe"),
]
