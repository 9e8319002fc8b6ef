from django.urls import path

from onboarding.usage import views

app_name = "usage"
urlpatterns = [
    path("workflows/", views.index, name="index"),
    path("workflows/new/", views.new, name="new"),
    path("workflows/<slug:key>/", views.show, name="show"),
    path("workflows/<slug:key>/archival/", views.archival, name="archival"),
]
